import HourglassEngine
import HourglassTensor

/// y = x where x > 0, else a x with one learned a a feature, 0.25 at first. He et al. 2015.
/// - Weights: `slope [features…]`.
struct PreluLayer: ActivationForm {
  static let name = "prelu"
  static var usual: Layer { .prelu }
  static var examples: [Layer.Example] { [(.prelu, [5], [5])] }

  var words: String { "PReLU, slopes learned" }
  var traits: Layer.Traits { [.ofSingleValues, .rectifier] }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    [Weight(name: "slope", shape: input, start: .constant(0.25))]
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.rectified(x, setting.isChannelsLast ? graph.channelsLast(weights[0]) : weights[0])
  }
}
