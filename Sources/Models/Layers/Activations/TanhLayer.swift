import HourglassEngine
import HourglassTensor

/// y = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)
struct TanhLayer: ActivationForm {
  static let name = "tanh"
  static var usual: Layer { .tanh }
  static var examples: [Layer.Example] { [(.tanh, [4], [4])] }

  var words: String { "tanh" }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.unary(.hyperbolicTangent, x)
  }
}
