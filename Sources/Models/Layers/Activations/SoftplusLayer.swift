import HourglassEngine
import HourglassTensor

/// y = log(1 + eˣ). Dugas et al. 2001.
struct SoftplusLayer: ActivationForm {
  static let name = "softplus"
  static var usual: Layer { .softplus }
  static var examples: [Layer.Example] { [(.softplus, [4], [4])] }

  var words: String { "softplus" }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.unary(.softplus, x)
  }
}
