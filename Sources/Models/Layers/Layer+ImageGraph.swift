import HourglassEngine
import HourglassTensor

extension Graph {
  /// `[channels, …]` → `[…, channels]`.
  mutating func channelsLast(_ x: Value) -> Value {
    let shape = shape(of: x)
    guard shape.rank > 1 else { return x }
    let matrix = transpose(reshape(x, [shape[0], shape.count / shape[0]]))
    return reshape(matrix, Shape(shape.dimensions.dropFirst() + [shape[0]]))
  }

  /// `[…, channels]` → `[channels, …]`.
  mutating func channelsFirst(_ x: Value) -> Value {
    let shape = shape(of: x)
    guard shape.rank > 1, let channels = shape.dimensions.last else { return x }
    let matrix = transpose(reshape(x, [shape.count / channels, channels]))
    return reshape(matrix, Shape([channels] + shape.dimensions.dropLast()))
  }
}

extension Layer {
  /// Where a layer reads the channels of an image.
  private enum Order { case first, last, either }

  private func order(of rank: Int) -> Order {
    switch self {
    case .conv, .deconv, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool: .last
    case .batchNorm: rank > 1 ? .last : .either
    case .dense, .layerNorm, .flatten, .reshape, .lstm, .gru, .attention, .positionalEncoding,
      .positionEmbedding,
      .embedding, .densePerStep, .repeatSteps, .delay, .transpose, .tied, .topK:
      .first
    case .relu, .leakyRelu, .prelu, .elu, .gelu, .sigmoid, .tanh, .softplus, .dropout, .gaussianDropout,
      .residual:
      .either
    }
  }

  /// The value with its channels where this layer reads them.
  func arranged(_ graph: inout Graph, _ x: Graph.Value, _ setting: inout Setting) -> Graph.Value {
    switch (order(of: graph.shape(of: x).rank), setting.isChannelsLast) {
    case (.last, false):
      setting.isChannelsLast = true
      return graph.channelsLast(x)
    case (.first, true):
      setting.isChannelsLast = false
      return graph.channelsFirst(x)
    default: return x
    }
  }

  /// Appends a layer of images, whose channels are last but for a residual.
  func appendToImage(
    _ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let shape = graph.shape(of: x)
    switch self {
    case .conv(let numbers):
      let window = Layer.checked(shape) { input throws(ModelError) in
        try numbers.window(of: input, at: "\(self)")
      }
      let known = setting.withoutMissingPositions(&graph, x)
      let y = graph.convolution(
        graph.reshape(known, window.image), graph.reshape(weights[0], window.weight), window)
      return Layer.finished(&graph, y, weights, shape.rank)
    case .deconv(let numbers):
      let window = Layer.checked(shape) { input throws(ModelError) in
        try numbers.transposedWindow(of: input, at: "\(self)")
      }
      let y = graph.convolutionInput(
        graph.reshape(x, window.result), graph.reshape(weights[0], window.weight), window)
      return Layer.finished(&graph, y, weights, shape.rank)
    case .maxPool(let numbers):
      let window = pooled(numbers, shape)
      return Layer.finished(&graph, graph.maximum(graph.reshape(x, window.image), window), [], shape.rank)
    case .averagePool(let numbers):
      let window = pooled(numbers, shape)
      return Layer.averaged(&graph, graph.reshape(x, window.image), window, shape.rank)
    case .upsample(let factor, let interpolation):
      return Layer.upsampled(&graph, x, factor, interpolation)
    case .globalAveragePool, .globalMaxPool:
      setting.isChannelsLast = false
      return globallyPooled(&graph, x)
    case .residual(let layers): return Layer.residual(&graph, x, layers, weights, &setting)
    default: return x
    }
  }

  /// What was found right when the shapes were worked out.
  private static func checked(
    _ channelsLast: Shape, _ make: (Shape) throws(ModelError) -> Window
  ) -> Window {
    let channels = channelsLast.dimensions.last ?? 1
    do {
      return try make(Shape([channels] + channelsLast.dimensions.dropLast()))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private func pooled(_ numbers: Pooling, _ shape: Shape) -> Window {
    Layer.checked(shape) { input throws(ModelError) in try numbers.window(of: input, at: "\(self)") }
  }

  /// With its bias, and as a series again where it was one.
  private static func finished(
    _ graph: inout Graph, _ y: Graph.Value, _ weights: [Graph.Value], _ rank: Int
  ) -> Graph.Value {
    let shape = graph.shape(of: y)
    let y = rank == 3 ? y : graph.reshape(y, [shape[1], shape[2]])
    return weights.count > 1 ? graph.add(y, weights[1]) : y
  }

  private static func averaged(
    _ graph: inout Graph, _ x: Graph.Value, _ window: Window, _ rank: Int
  ) -> Graph.Value {
    var y = x
    // Along the columns first, whose positions lie nearer to each other.
    for (axis, along) in [(1, window.columns), (0, window.rows)] where along.kernel > 1 || along.stride > 1 {
      y = graph.resample(y, Resampling(.mean(along), positions: along.input), axis: axis)
    }
    return finished(&graph, y, [], rank)
  }

  private static func upsampled(
    _ graph: inout Graph, _ x: Graph.Value, _ factor: Sides, _ interpolation: Interpolation
  ) -> Graph.Value {
    let shape = graph.shape(of: x)
    var y = x
    for axis in (0..<(shape.rank - 1)).reversed() {
      let times = factor.at(axis, of: shape.rank - 1) ?? 1
      if times == 1 { continue }
      let kind: Resampling.Kind =
        interpolation == .nearest ? .repeated(factor: times) : .linear(factor: times)
      y = graph.resample(y, Resampling(kind, positions: shape[axis]), axis: axis)
    }
    return y
  }

  private func globallyPooled(_ graph: inout Graph, _ x: Graph.Value) -> Graph.Value {
    let shape = graph.shape(of: x)
    let channels = shape.dimensions.last ?? 1
    let positions = shape.count / channels
    guard self == .globalMaxPool else {
      return graph.multiply(graph.sumFront(x, to: [channels]), 1 / Float(positions))
    }
    let window = Window(
      rows: .single, columns: .init(positions, kernel: positions), inputs: channels, outputs: channels)
    return graph.reshape(graph.maximum(graph.reshape(x, window.image), window), [channels])
  }

  /// x + f(x), with the channels where f leaves them.
  private static func residual(
    _ graph: inout Graph, _ x: Graph.Value, _ layers: [Layer], _ weights: [Graph.Value],
    _ setting: inout Setting
  ) -> Graph.Value {
    let wasLast = setting.isChannelsLast
    let steps = setting.steps
    defer { setting.steps = steps }
    let shape = graph.shape(of: x)
    let channels = shape.dimensions.last ?? 1
    let input = wasLast ? Shape([channels] + shape.dimensions.dropLast()) : shape
    guard let parts = try? Layer.steps(layers, input, at: "residual") else {
      preconditionFailure("residual: \(layers) do not fit \(input)")
    }
    var y = x
    var next = 0
    for step in parts {
      let count = step.layer.weights(for: step.input, before: nil).count
      y = step.layer.append(to: &graph, y, Array(weights[next..<(next + count)]), &setting)
      next += count
    }
    if setting.isChannelsLast == wasLast { return graph.add(x, y) }
    return graph.add(wasLast ? graph.channelsFirst(x) : graph.channelsLast(x), y)
  }
}
