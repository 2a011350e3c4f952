import HourglassEngine
import HourglassTensor

/// The layers of images `[channels, height, width]` and series `[channels, length]`, in short forms.
extension Layer {
  /// A ``conv(_:)`` by its numbers.
  public static func conv(
    _ channels: Int, kernel: Sides = 3, stride: Sides = 1, padding: Padding = .same, dilation: Sides = 1,
    groups: Int = 1, initializer: Initializer? = nil, bias: Bool = true
  ) -> Layer {
    .conv(
      Convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
        groups: groups, initializer: initializer, bias: bias))
  }

  /// A ``deconv(_:)`` by its numbers.
  public static func deconv(
    _ channels: Int, kernel: Sides = 3, stride: Sides = 1, padding: Padding = .same, dilation: Sides = 1,
    groups: Int = 1, outputPadding: Sides = 0, initializer: Initializer? = nil, bias: Bool = true
  ) -> Layer {
    .deconv(
      Convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
        groups: groups, outputPadding: outputPadding, initializer: initializer, bias: bias))
  }

  /// A ``maxPool(_:)`` by its numbers.
  public static func maxPool(_ window: Sides, stride: Sides? = nil, padding: Padding = .valid) -> Layer {
    .maxPool(Pooling(window: window, stride: stride, padding: padding))
  }

  /// An ``averagePool(_:)`` by its numbers.
  public static func averagePool(_ window: Sides, stride: Sides? = nil, padding: Padding = .valid) -> Layer {
    .averagePool(Pooling(window: window, stride: stride, padding: padding))
  }

  static var examplesOfImages: [(layer: Layer, input: Shape, output: Shape)] {
    [
      (.conv(4), [2, 5, 6], [4, 5, 6]),
      (.conv(3, kernel: [3, 2], stride: 2, padding: .valid, bias: false), [2, 7, 6], [3, 3, 3]),
      (.conv(4, kernel: 2, padding: .explicit(1), dilation: 2, groups: 2), [2, 5, 5], [4, 5, 5]),
      (.conv(3, kernel: 5, stride: 2, initializer: .orthogonal), [2, 9], [3, 5]),
      (.deconv(2, stride: 2), [3, 3, 4], [2, 6, 8]),
      (.deconv(4, kernel: 2, stride: 3, padding: .valid, groups: 2, bias: false), [2, 2, 3], [4, 5, 8]),
      (.deconv(2, stride: 2, padding: .explicit(1), outputPadding: 1), [3, 4], [2, 8]),
      (.maxPool(2), [2, 4, 6], [2, 2, 3]), (.maxPool(2, padding: .same), [2, 7], [2, 4]),
      (.maxPool(3, stride: [1, 2], padding: .explicit(1)), [1, 3, 4], [1, 3, 2]),
      (.averagePool(2), [2, 4, 6], [2, 2, 3]),
      (.averagePool(3, stride: 1, padding: .explicit(1)), [2, 4, 3], [2, 4, 3]),
      (.upsample(), [2, 3, 2], [2, 6, 4]), (.upsample(factor: [1, 3]), [1, 2, 2], [1, 2, 6]),
      (.upsample(by: .bilinear), [2, 3, 2], [2, 6, 4]),
      (.upsample(factor: 3, by: .bilinear), [2, 3], [2, 9]),
      (.globalAveragePool, [3, 2, 4], [3]), (.globalMaxPool, [3, 5], [3]),
      (.batchNorm(), [3, 2, 4], [3, 2, 4]), (.layerNorm(), [2, 2, 4], [2, 2, 4]),
      (.residual([.conv(2), .prelu, .batchNorm(), .conv(2, kernel: 1)]), [2, 4, 3], [2, 4, 3]),
      (.residual([.dense(units: 3), .tanh, .residual([.dense(units: 3)]), .dense(units: 4)]), [4], [4]),
    ]
  }

  var descriptionOfImages: String {
    switch self {
    case .conv(let numbers): ".conv(\(numbers.words))"
    case .deconv(let numbers): ".deconv(\(numbers.words))"
    case .maxPool(let numbers): ".maxPool(\(numbers.words))"
    case .averagePool(let numbers): ".averagePool(\(numbers.words))"
    case .upsample(let factor, let interpolation):
      ".upsample(\(factor)" + (interpolation == .nearest ? ")" : ", \(interpolation.rawValue))")
    case .globalAveragePool: ".globalAveragePool"
    case .globalMaxPool: ".globalMaxPool"
    case .residual(let layers): ".residual([" + layers.map { "\($0)" }.joined(separator: ", ") + "])"
    default: ""
    }
  }

  /// The shape of a sample after a layer of images.
  func outputOfImage(_ input: Shape, at place: String) throws(ModelError) -> Shape {
    switch self {
    case .conv(let numbers):
      let window = try numbers.window(of: input, at: place)
      return window.shape(window.result, rank: input.rank)
    case .deconv(let numbers):
      let window = try numbers.transposedWindow(of: input, at: place)
      return window.shape(window.image, rank: input.rank)
    case .maxPool(let numbers), .averagePool(let numbers):
      let window = try numbers.window(of: input, at: place)
      return window.shape(window.result, rank: input.rank)
    case .upsample(let factor, _): return try Layer.upsampled(input, factor, at: place)
    case .globalAveragePool, .globalMaxPool:
      guard input.rank == 2 || input.rank == 3 else {
        throw ModelError(
          place: place, expected: "[channels, height, width] or [channels, length]", found: "\(input)",
          remedy: "leave it out, or add .reshape before it")
      }
      return [input[0]]
    case .residual(let layers):
      let output = try Layer.steps(layers, input, at: place).last?.output ?? input
      guard !layers.isEmpty, output == input else {
        throw ModelError(
          place: place, expected: "layers that end in \(input), the shape they begin with",
          found: layers.isEmpty ? "none" : "\(output)")
      }
      return input
    default: return input
    }
  }

  private static func upsampled(_ input: Shape, _ factor: Sides, at place: String) throws(ModelError) -> Shape
  {
    guard input.rank == 2 || input.rank == 3 else {
      throw ModelError(
        place: place, expected: "[channels, height, width] or [channels, length]", found: "\(input)",
        remedy: "add .reshape before it")
    }
    var shape = [input[0]]
    for axis in 1..<input.rank {
      guard let times = factor.at(axis - 1, of: input.rank - 1), (1...4096).contains(times) else {
        throw ModelError(
          place: place, expected: "one factor from 1 to 4096, or one for each of \(input.rank - 1) axes",
          found: "\(factor.numbers)")
      }
      guard (1...(Layer.widest / times)).contains(input[axis]) else {
        throw ModelError(
          place: place, expected: "sides of 1 to \(Layer.widest) when \(times) times as long",
          found: "\(input)")
      }
      shape.append(input[axis] * times)
    }
    return Shape(shape)
  }

  /// Layers one after the other, with what goes in and out of each.
  static func steps(
    _ layers: [Layer], _ input: Shape, at place: String
  ) throws(ModelError) -> [(layer: Layer, input: Shape, output: Shape)] {
    var shape = input
    var steps: [(layer: Layer, input: Shape, output: Shape)] = []
    for (number, layer) in layers.enumerated() {
      let output = try layer.output(of: shape, at: "\(place), its [\(number)] \(layer)")
      steps.append((layer, shape, output))
      shape = output
    }
    return steps
  }

  static func residualWeights(_ layers: [Layer], _ input: Shape, before next: Layer?) -> [Weight] {
    guard let steps = try? Layer.steps(layers, input, at: "") else { return [] }
    return steps.enumerated().flatMap { number, step in
      let behind = layers[(number + 1)...].first { !$0.isTransparent }
      return step.layer.weights(for: step.input, before: behind).map { weight in
        Weight(
          name: "\(number).\(weight.name)", shape: weight.shape, start: weight.start,
          isTrained: weight.isTrained, fan: (weight.inputs, weight.outputs))
      }
    }
  }
}

extension Convolution {
  /// `32, kernel 4, stride 2`: what is not as usual.
  var words: String {
    let usual = Convolution(channels: channels)
    var parts = ["\(channels)", "kernel \(kernel)"]
    if stride != usual.stride { parts.append("stride \(stride)") }
    if padding != usual.padding { parts.append("padding \(padding)") }
    if dilation != usual.dilation { parts.append("dilation \(dilation)") }
    if groups != usual.groups { parts.append("groups \(groups)") }
    if outputPadding != usual.outputPadding { parts.append("output padding \(outputPadding)") }
    if let initializer { parts.append(initializer.rawValue) }
    if !bias { parts.append("no bias") }
    return parts.joined(separator: ", ")
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    guard let window = try? window(of: input, at: "") else { return [] }
    let taps = window.rows.kernel * window.columns.kernel
    return weights(
      window, rank: input.rank, before: next,
      fan: (window.inputs / groups * taps, window.outputs / groups * taps), channels: window.outputs)
  }

  func transposedWeights(for input: Shape, before next: Layer?) -> [Weight] {
    guard let window = try? transposedWindow(of: input, at: "") else { return [] }
    let taps = window.rows.kernel * window.columns.kernel
    // Of the places of the kernel, an output is reached by one in every stride.
    let reached = max(1, taps / (window.rows.stride * window.columns.stride))
    return weights(
      window, rank: input.rank, before: next,
      fan: (window.outputs / groups * reached, window.inputs / groups * taps), channels: window.inputs)
  }

  private func weights(
    _ window: Window, rank: Int, before next: Layer?, fan: (inputs: Int, outputs: Int), channels: Int
  ) -> [Weight] {
    let shape = window.weight.dimensions
    let weight = Weight(
      name: "weight", shape: rank == 3 ? Shape(shape) : [shape[0], shape[1], shape[3]],
      start: .drawn(initializer, before: next), fan: fan)
    return bias ? [weight, Weight(name: "bias", shape: [channels], start: .constant(0))] : [weight]
  }
}

extension Pooling {
  var words: String {
    "\(window)" + (stride.map { ", stride \($0)" } ?? "") + (padding == .valid ? "" : ", padding \(padding)")
  }
}
