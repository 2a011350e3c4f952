import HourglassEngine
import HourglassTensor

/// While training y = x (1 + √(rate / (1 - rate)) n) with n from the standard normal; on use y = x.
/// Srivastava et al. 2014, section 10.
struct GaussianDropoutLayer: DropoutForm {
  static let name = "gaussianDropout"
  static func layer(rate: Float) -> Layer { .gaussianDropout(rate: rate) }
  static var examples: [Layer.Example] { [(.gaussianDropout(rate: 0.3), [6], [6])] }

  let rate: Float

  var words: String { "gaussian dropout of \(rate)" }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    guard setting.isTraining, rate > 0 else { return x }
    let draw = graph.random(.normal, graph.shape(of: x), stream: setting.nextStream())
    return graph.multiply(x, graph.add(graph.multiply(draw, (rate / (1 - rate)).squareRoot()), 1))
  }
}
