import HourglassEngine
import HourglassTensor

/// y = scale (x - μ) / √(σ² + epsilon) + shift, with mean and variance of each feature, or of each channel of
/// an image or a series, its first axis: while training of the batch, on use running ones, which each step
/// moves by `momentum` towards the batch's. Ioffe and Szegedy 2015.
/// - Weights: `scale`, `shift`, and untrained `mean`, `variance`, all `[features]`.
struct BatchNormLayer: LayerForm {
  static let name = "batchNorm"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("momentum", "epsilon")
    return .batchNorm(
      momentum: try values.optional("momentum") ?? 0.1, epsilon: try values.optional("epsilon") ?? 1e-5)
  }
  static var examples: [Layer.Example] {
    [
      (.batchNorm(), [5], [5]), (.batchNorm(momentum: 0.2), [3, 4], [3, 4]),
      (.batchNorm(), [3, 2, 4], [3, 2, 4]),
    ]
  }

  let momentum: Float
  let epsilon: Float

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(momentum, forKey: "momentum")
    try container.encode(epsilon, forKey: "epsilon")
  }
  var words: String { "batch normalisation" }
  var traits: Layer.Traits { [.transparent, .normalisesBatches] }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try require(
      momentum > 0 && momentum <= 1 && epsilon > 0 && epsilon.isFinite,
      "a momentum in (0, 1] and an epsilon above 0", found: "\(momentum) and \(epsilon)", at: place)
    return input
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    let features: Shape = [input.dimensions.first ?? 1]
    return [
      Weight(name: "scale", shape: features, start: .constant(1)),
      Weight(name: "shift", shape: features, start: .constant(0)),
      Weight(name: "mean", shape: features, start: .constant(0), isTrained: false),
      Weight(name: "variance", shape: features, start: .constant(1), isTrained: false),
    ]
  }

  func channels(rank: Int) -> Layer.Channels { rank > 1 ? .last : .either }
  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .unchanged }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    guard setting.isTraining else {
      return graph.normalised(graph.subtract(x, weights[2]), weights[3], epsilon, weights)
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
    return graph.normalised(centred, variance, epsilon, weights)
  }
}

extension Graph {
  /// scale · centred / √(variance + epsilon) + shift
  mutating func normalised(
    _ centred: Value, _ variance: Value, _ epsilon: Float, _ weights: [Value]
  ) -> Value {
    let deviation = unary(.squareRoot, add(variance, epsilon))
    let scaled = multiply(centred, unary(.reciprocal, deviation))
    return add(multiply(scaled, weights[0]), weights[1])
  }
}
