import HourglassEngine
import HourglassTensor

/// y = x where x > 0, else slope · x. Maas et al. 2013, whose slope is 0.01.
struct LeakyReluLayer: ActivationForm {
  static let name = "leakyRelu"
  static let word = "leaky-relu"
  static var usual: Layer { .leakyRelu() }
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("slope")
    return .leakyRelu(slope: try values.optional("slope") ?? 0.01)
  }
  static var examples: [Layer.Example] { [(.leakyRelu(slope: 0.2), [2, 3], [2, 3])] }

  let slope: Float

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(slope, forKey: "slope")
  }
  var description: String { ".leakyRelu(\(slope))" }
  var words: String { "leaky ReLU, slope \(slope)" }
  var traits: Layer.Traits { [.ofSingleValues, .rectifier] }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkSlope(slope, at: place)
    return input
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.rectified(x, graph.constant(slope))
  }
}

extension Graph {
  /// max(x, 0) + slope · min(x, 0)
  mutating func rectified(_ x: Value, _ slope: Value) -> Value {
    let below = binary(.minimum, x, constant(0))
    return add(unary(.rectifier, x), multiply(below, slope))
  }
}
