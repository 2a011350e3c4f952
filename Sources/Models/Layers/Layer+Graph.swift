import HourglassEngine
import HourglassTensor

extension Layer {
  /// Appends this layer to a graph.
  ///
  /// - Parameter weights: in the order of ``weights(for:before:)``.
  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let x = arranged(&graph, x, &setting)
    let y = appended(to: &graph, x, weights, &setting)
    setting.followSteps(through: self, &graph, from: x, to: y)
    return y
  }

  private func appended(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    switch self {
    case .conv, .deconv, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool, .residual:
      return appendToImage(&graph, x, weights, &setting)
    case .dropout(let rate):
      guard setting.isTraining, rate > 0 else { return x }
      let draw = graph.random(.uniform, graph.shape(of: x), stream: setting.nextStream())
      let kept = graph.binary(.greater, draw, graph.constant(rate))
      return graph.multiply(x, graph.multiply(kept, 1 / (1 - rate)))
    case .gaussianDropout(let rate):
      guard setting.isTraining, rate > 0 else { return x }
      let draw = graph.random(.normal, graph.shape(of: x), stream: setting.nextStream())
      return graph.multiply(x, graph.add(graph.multiply(draw, (rate / (1 - rate)).squareRoot()), 1))
    case .batchNorm(let momentum, let epsilon):
      return Layer.batchNorm(&graph, x, weights, momentum, epsilon, &setting)
    case .layerNorm(let epsilon): return Layer.layerNorm(&graph, x, weights, epsilon)
    case .dense(_, _, let bias):
      let product = graph.product(x, weights[0])
      return bias ? graph.add(product, weights[1]) : product
    case .tied, .topK: return appendCoded(&graph, x, weights)
    case .relu: return graph.unary(.rectifier, x)
    case .leakyRelu(let slope): return Layer.rectified(&graph, x, graph.constant(slope))
    case .prelu:
      return Layer.rectified(&graph, x, setting.isChannelsLast ? graph.channelsLast(weights[0]) : weights[0])
    case .elu(let alpha): return Layer.exponentialUnit(&graph, x, alpha)
    case .gelu:
      let error = graph.unary(.errorFunction, graph.multiply(x, 0.707_106_78))
      return graph.multiply(x, graph.multiply(graph.add(error, 1), 0.5))
    case .sigmoid: return graph.unary(.sigmoid, x)
    case .tanh: return graph.unary(.hyperbolicTangent, x)
    case .softplus: return graph.unary(.softplus, x)
    case .lstm, .gru, .attention, .positionalEncoding, .positionEmbedding, .embedding, .densePerStep,
      .repeatSteps, .delay, .transpose:
      return appendToSequence(&graph, x, weights, setting)
    case .flatten: return graph.reshape(setting.withoutMissingSteps(&graph, x), [graph.shape(of: x).count])
    case .reshape(let shape): return graph.reshape(x, shape)
    }
  }

  private static func layerNorm(
    _ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ epsilon: Float
  ) -> Graph.Value {
    let share = 1 / Float(graph.shape(of: x).dimensions.last ?? 1)
    let centred = graph.subtract(x, graph.multiply(graph.sumLast(x), share))
    let variance = graph.multiply(graph.sumLast(graph.unary(.square, centred)), share)
    return normalised(&graph, centred, variance, epsilon, weights)
  }

  private static func batchNorm(
    _ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ momentum: Float, _ epsilon: Float,
    _ setting: inout Setting
  ) -> Graph.Value {
    guard setting.isTraining else {
      return normalised(&graph, graph.subtract(x, weights[2]), weights[3], epsilon, weights)
    }
    let features = graph.shape(of: weights[0])
    let positions = graph.shape(of: x).count / features.count
    let inverse = graph.multiply(graph.scalar(Assembly.Scalar.inverseRows), 1 / Float(positions))
    func mean(_ value: Graph.Value) -> Graph.Value {
      // The positions of a row first: that leaves less to add over the batch.
      graph.multiply(graph.sumBatch(graph.sumFront(value, to: features)), inverse)
    }
    let average = mean(x)
    let centred = graph.subtract(x, average)
    let variance = mean(graph.unary(.square, centred))
    setting.statistics += [
      .moving(.init(value: average, weight: weights[2], momentum: momentum, positions: nil)),
      .moving(.init(value: variance, weight: weights[3], momentum: momentum, positions: positions)),
    ]
    return normalised(&graph, centred, variance, epsilon, weights)
  }

  /// scale · centred / √(variance + epsilon) + shift
  private static func normalised(
    _ graph: inout Graph, _ centred: Graph.Value, _ variance: Graph.Value, _ epsilon: Float,
    _ weights: [Graph.Value]
  ) -> Graph.Value {
    let deviation = graph.unary(.squareRoot, graph.add(variance, epsilon))
    let scaled = graph.multiply(centred, graph.unary(.reciprocal, deviation))
    return graph.add(graph.multiply(scaled, weights[0]), weights[1])
  }

  private static func exponentialUnit(
    _ graph: inout Graph, _ x: Graph.Value, _ alpha: Float
  ) -> Graph.Value {
    // e^min(x, 0) - 1 is 0 where x > 0, so the two halves add up.
    let below = graph.unary(.exponential, graph.binary(.minimum, x, graph.constant(0)))
    let curve = graph.multiply(graph.add(below, -1), alpha)
    return graph.add(graph.unary(.rectifier, x), curve)
  }

  /// max(x, 0) + slope · min(x, 0)
  private static func rectified(
    _ graph: inout Graph, _ x: Graph.Value, _ slope: Graph.Value
  ) -> Graph.Value {
    let below = graph.binary(.minimum, x, graph.constant(0))
    return graph.add(graph.unary(.rectifier, x), graph.multiply(below, slope))
  }
}
