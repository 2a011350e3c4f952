import HourglassEngine
import HourglassTensor

/// y = 1 / (1 + e⁻ˣ)
struct SigmoidLayer: ActivationForm {
  static let name = "sigmoid"
  static var usual: Layer { .sigmoid }
  static var examples: [Layer.Example] { [(.sigmoid, [4], [4])] }

  var words: String { "sigmoid" }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.unary(.sigmoid, x)
  }
}
