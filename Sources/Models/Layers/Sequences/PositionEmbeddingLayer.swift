import HourglassEngine
import HourglassTensor

/// Adds a learned vector to each step: y[t] = x[t] + w[t].
/// - Weights: `weight [steps, features]`, glorot-uniform at first, as in Keras.
struct PositionEmbeddingLayer: SequenceForm {
  static let name = "positionEmbedding"
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(.positionEmbedding) }
  static var examples: [Layer.Example] { [(.positionEmbedding, [3, 2], [3, 2])] }

  var words: String { "places told by learned vectors" }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    [Weight(name: "weight", shape: input, start: .drawn(.glorotUniform))]
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.add(x, weights[0])
  }
}
