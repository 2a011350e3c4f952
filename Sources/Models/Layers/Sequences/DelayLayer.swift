import HourglassEngine
import HourglassTensor

/// Every step becomes the one before it, and the first 0: y[0] = 0, y[t] = x[t - 1]. What follows it and
/// looks back only, as a recurrent layer does, knows of each step the ones before: with
/// ``Reconstruction/tokens(entries:)`` an autoencoder is then an autoregressive model, Σ log p(x[t] | x[<t]).
/// A step that is missing is passed on as 0.
///
/// - Shapes: `[steps, features] → [steps, features]`.
struct DelayLayer: SequenceForm {
  static let name = "delay"
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(.delay) }
  static var examples: [Layer.Example] { [(.delay, [4, 3], [4, 3]), (.delay, [2, 1], [2, 1])] }

  var words: String { "delayed by a step" }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let shape = graph.shape(of: x)
    let (count, features) = (shape.count, shape[1])
    var known = x
    // What stands in the place of a missing step must not reach the next one.
    if let mask = setting.mask(&graph, steps: shape[0]) {
      known = graph.multiply(x, graph.reshape(mask, [shape[0], 1]))
    }
    let first = graph.broadcast(graph.expand(graph.constant(0), [features]))
    guard count > features else { return graph.reshape(first, shape) }
    let rest = graph.slice(graph.reshape(known, [count]), from: 0, count: count - features)
    return graph.reshape(graph.concatenate([first, rest]), shape)
  }
}
