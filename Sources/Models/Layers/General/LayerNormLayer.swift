import HourglassEngine
import HourglassTensor

/// y = scale (x - μ) / √(σ² + epsilon) + shift, with mean and variance of each sample over its last axis.
/// Ba et al. 2016.
/// - Weights: `scale [features]`, `shift [features]`.
struct LayerNormLayer: LayerForm {
  static let name = "layerNorm"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("epsilon")
    return .layerNorm(epsilon: try values.optional("epsilon") ?? 1e-5)
  }
  static var examples: [Layer.Example] {
    [
      (.layerNorm(), [6], [6]), (.layerNorm(epsilon: 0.1), [3, 4], [3, 4]),
      (.layerNorm(), [2, 2, 4], [2, 2, 4]),
    ]
  }

  let epsilon: Float

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(epsilon, forKey: "epsilon")
  }
  var words: String { "layer normalisation" }
  var traits: Layer.Traits { .transparent }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try require(epsilon > 0 && epsilon.isFinite, "an epsilon above 0", found: "\(epsilon)", at: place)
    return input
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    let features: Shape = [input.dimensions.last ?? 1]
    return [
      Weight(name: "scale", shape: features, start: .constant(1)),
      Weight(name: "shift", shape: features, start: .constant(0)),
    ]
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .unchanged }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let share = 1 / Float(graph.shape(of: x).dimensions.last ?? 1)
    let centred = graph.subtract(x, graph.multiply(graph.sumLast(x), share))
    let variance = graph.multiply(graph.sumLast(graph.unary(.square, centred)), share)
    return graph.normalised(centred, variance, epsilon, weights)
  }
}
