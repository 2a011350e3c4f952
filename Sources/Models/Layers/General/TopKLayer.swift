import HourglassEngine
import HourglassTensor

/// y = x where x is among the `count` greatest values of the last axis, else 0; of equals the first. Makhzani
/// and Frey 2014, the k-sparse autoencoder.
struct TopKLayer: LayerForm {
  static let name = "topK"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("count")
    return .topK(count: try values.required("count"))
  }
  static var examples: [Layer.Example] {
    [(.topK(count: 2), [6], [6]), (.topK(count: 1), [2, 3], [2, 3])]
  }

  let count: Int

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(count, forKey: "count")
  }
  var description: String { ".topK(\(count))" }
  var words: String { "the \(count) greatest values, the others 0" }
  var traits: Layer.Traits { .ofSingleValues }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    let last = input.dimensions.last ?? 1
    try require(
      (1...last).contains(count), "between 1 and \(last) of the last axis of \(input)", found: "\(count)",
      at: place)
    return input
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .unchanged }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.multiply(x, graph.markGreatest(x, count: count))
  }
}
