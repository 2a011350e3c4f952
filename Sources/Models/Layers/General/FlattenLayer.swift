import HourglassEngine
import HourglassTensor

/// `[a, b, …] → [a · b · …]`; steps of a sequence that are known to be missing are 0.
struct FlattenLayer: LayerForm {
  static let name = "flatten"
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(.flatten) }
  static var examples: [Layer.Example] { [(.flatten, [2, 3], [6])] }

  var words: String { "flattened" }
  var traits: Layer.Traits { [.ofSingleValues, .identityOnUse] }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape { [input.count] }
  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .lost }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.reshape(setting.withoutMissingSteps(&graph, x), [graph.shape(of: x).count])
  }
}
