import HourglassEngine
import HourglassTensor

/// A learned vector for each of `entries` whole numbers: y[t] = w[x[t]].
///
/// Training refuses samples with any other number. On use one outside 0 to `entries` - 1 is taken for the
/// nearest, one between two whole numbers is rounded; a missing one reads entry 0 and, as its step is
/// missing, counts for nothing in the layers of sequences.
///
/// - Shapes: `[steps] → [steps, features]`.
/// - Weights: `weight [entries, features]`, from the standard normal at first, as in PyTorch.
struct EmbeddingLayer: LayerForm {
  static let name = "embedding"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("entries", "features")
    return .embedding(entries: try values.required("entries"), features: try values.required("features"))
  }
  static var examples: [Layer.Example] { [(.embedding(entries: 3, features: 2), [4], [4, 2])] }

  let entries: Int
  let features: Int

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(entries, forKey: "entries")
    try container.encode(features, forKey: "features")
  }
  var description: String { ".embedding(\(entries) entries, \(features) features)" }
  var words: String { "embedding of \(entries) entries in \(features) features" }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkCount(entries, "entries", at: place)
    try checkCount(features, "features", at: place)
    guard input.rank == 1 else {
      throw ModelError(
        place: place, expected: "[steps]", found: "\(input)", remedy: "add .flatten before it")
    }
    return [input[0], features]
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    // One input: the standard normal.
    [Weight(name: "weight", shape: [entries, features], start: .drawn(.lecunNormal), fan: (1, features))]
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .kept(axis: 0) }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.pickRows(weights[0], at: x)
  }
}
