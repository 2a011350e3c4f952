import HourglassEngine
import HourglassTensor

/// The same values at each of `count` steps: `[features] → [count, features]`. Keras's `RepeatVector`.
struct RepeatStepsLayer: LayerForm {
  static let name = "repeatSteps"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("count")
    return .repeatSteps(count: try values.required("count"))
  }
  static var examples: [Layer.Example] {
    [(.repeatSteps(count: 3), [4], [3, 4]), (.repeatSteps(count: 1), [2], [1, 2])]
  }

  let count: Int

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(count, forKey: "count")
  }
  var description: String { ".repeatSteps(\(count))" }
  var words: String { "repeated for \(count) steps" }
  var traits: Layer.Traits { .identityOnUse }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkCount(count, "steps", at: place)
    guard input.rank == 1 else {
      throw ModelError(
        place: place, expected: "[features]", found: "\(input)", remedy: "add .flatten before it")
    }
    return [count, input[0]]
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .takenUp(count: count) }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let features = graph.shape(of: x).count
    return graph.expand(graph.reshape(x, [1, features]), [count, features])
  }
}
