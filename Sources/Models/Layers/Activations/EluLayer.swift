import HourglassEngine
import HourglassTensor

/// y = x where x > 0, else alpha (eˣ - 1). Clevert et al. 2016.
struct EluLayer: ActivationForm {
  static let name = "elu"
  static var usual: Layer { .elu() }
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("alpha")
    return .elu(alpha: try values.optional("alpha") ?? 1)
  }
  static var examples: [Layer.Example] { [(.elu(alpha: 1.5), [4], [4])] }

  let alpha: Float

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(alpha, forKey: "alpha")
  }
  var description: String { ".elu(\(alpha))" }
  var words: String { "ELU, alpha \(alpha)" }
  var traits: Layer.Traits { [.ofSingleValues, .rectifier] }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkSlope(alpha, at: place)
    return input
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    // e^min(x, 0) - 1 is 0 where x > 0, so the two halves add up.
    let below = graph.unary(.exponential, graph.binary(.minimum, x, graph.constant(0)))
    let curve = graph.multiply(graph.add(below, -1), alpha)
    return graph.add(graph.unary(.rectifier, x), curve)
  }
}
