import HourglassEngine
import HourglassTensor

/// y = max(x, 0). Nair and Hinton 2010.
struct ReluLayer: ActivationForm {
  static let name = "relu"
  static var usual: Layer { .relu }
  static var examples: [Layer.Example] { [(.relu, [6], [6])] }

  var words: String { "ReLU" }
  var traits: Layer.Traits { [.ofSingleValues, .rectifier] }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.unary(.rectifier, x)
  }
}
