import HourglassEngine
import HourglassTensor

/// The two axes exchanged, `[a, b] → [b, a]`: data give a series as `[channels, steps]`, the layers of
/// sequences read `[steps, features]`.
struct TransposeLayer: LayerForm {
  static let name = "transpose"
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(.transpose) }
  static var examples: [Layer.Example] { [(.transpose, [2, 3], [3, 2]), (.transpose, [1, 4], [4, 1])] }

  var words: String { "transposed" }
  var traits: Layer.Traits { .identityOnUse }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    let sides = try sequence(input, "two axes", at: place)
    return [sides.features, sides.steps]
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .exchanged }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.transpose(x)
  }
}
