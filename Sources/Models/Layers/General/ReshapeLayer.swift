import HourglassEngine
import HourglassTensor

/// The same values under another shape.
struct ReshapeLayer: LayerForm {
  static let name = "reshape"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("shape")
    return .reshape(try values.required("shape"))
  }
  static var examples: [Layer.Example] { [(.reshape([3, 2]), [6], [3, 2])] }

  let shape: Shape

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(shape, forKey: "shape")
  }
  var description: String { ".reshape(\(shape))" }
  var words: String { "reshaped to \(shape.words)" }
  var traits: Layer.Traits { .identityOnUse }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    guard shape.count == input.count else {
      throw ModelError(
        place: place, expected: "\(shape.count) values", found: "\(input), which are \(input.count)",
        remedy: "give a shape with as many values")
    }
    return shape
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .reshaped }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.reshape(x, shape)
  }
}
