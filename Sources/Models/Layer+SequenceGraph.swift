import HourglassEngine
import HourglassTensor

extension Layer {
  /// Appends a layer of sequences, whose features are last.
  func appendToSequence(
    _ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: Setting
  ) -> Graph.Value {
    switch self {
    case .densePerStep: return Layer.dense(&graph, x, weights)
    case .repeatSteps(let count):
      let features = graph.shape(of: x).count
      return graph.expand(graph.reshape(x, [1, features]), [count, features])
    case .transpose: return graph.transpose(x)
    default: return x
    }
  }

  /// x W + b
  private static func dense(
    _ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value]
  ) -> Graph.Value {
    let product = graph.product(x, weights[0])
    return weights.count > 1 ? graph.add(product, weights[1]) : product
  }
}
