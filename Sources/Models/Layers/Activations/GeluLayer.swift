import HourglassEngine
import HourglassTensor

/// y = x Φ(x) = x (1 + erf(x / √2)) / 2. Hendrycks and Gimpel 2016, the exact form.
struct GeluLayer: ActivationForm {
  static let name = "gelu"
  static var usual: Layer { .gelu }
  static var examples: [Layer.Example] { [(.gelu, [4], [4])] }

  var words: String { "GELU" }
  var traits: Layer.Traits { [.ofSingleValues, .rectifier] }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let error = graph.unary(.errorFunction, graph.multiply(x, 0.707_106_78))
    return graph.multiply(x, graph.multiply(graph.add(error, 1), 0.5))
  }
}
