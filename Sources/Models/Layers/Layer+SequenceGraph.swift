import HourglassEngine
import HourglassTensor

extension Layer {
  /// Appends a layer of sequences, whose features are last.
  func appendToSequence(
    _ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: Setting
  ) -> Graph.Value {
    switch self {
    case .lstm(let numbers): return numbers.append(to: &graph, x, weights, .lstm, setting)
    case .gru(let numbers): return numbers.append(to: &graph, x, weights, .gru, setting)
    case .attention(let heads):
      let mask = setting.mask(&graph, steps: graph.shape(of: x)[0])
      return Layer.attention(&graph, x, weights, heads: heads, mask)
    case .positionalEncoding:
      let shape = graph.shape(of: x)
      return graph.add(x, graph.table(Layer.waves(steps: shape[0], features: shape[1]), shape))
    case .positionEmbedding: return graph.add(x, weights[0])
    case .embedding: return graph.pickRows(weights[0], at: x)
    case .densePerStep: return Layer.dense(&graph, x, weights)
    case .repeatSteps(let count):
      let features = graph.shape(of: x).count
      return graph.expand(graph.reshape(x, [1, features]), [count, features])
    case .delay: return Layer.delayed(&graph, x, setting)
    case .transpose: return graph.transpose(x)
    default: return x
    }
  }

  private static func delayed(_ graph: inout Graph, _ x: Graph.Value, _ setting: Setting) -> Graph.Value {
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

  /// - Parameter mask: `[steps]`, 1 or 0; nil: all steps are there.
  private static func attention(
    _ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], heads: Int, _ mask: Graph.Value?
  ) -> Graph.Value {
    let parts = (0..<3).map { dense(&graph, x, Array(weights[(2 * $0)..<(2 * $0 + 2)])) }
    let width = graph.shape(of: x)[1] / heads
    // Scaled here, where there are fewer numbers than there are products.
    let queries = graph.multiply(parts[0], 1 / Float(width).squareRoot())
    var scores = graph.innerProducts(queries, parts[1], blocks: heads)
    // So far below the others that its exponential is exactly 0, and a sum with it is the sum without.
    if let mask { scores = graph.add(scores, graph.multiply(graph.add(mask, -1), farBelow)) }
    let mixed = graph.combinations(graph.softmax(scores), parts[2])
    return dense(&graph, mixed, Array(weights[6..<8]))
  }

  private static let farBelow: Float = 1e9

  /// sin(t / 10000^(2i / features)) at 2i, and the cosine at 2i + 1, of each step t.
  static func waves(steps: Int, features: Int) -> [Float] {
    (0..<steps).flatMap { step in
      (0..<features).map { feature in
        let exponent = Double(feature / 2 * 2) / Double(features)
        let angle = Double(step) * (-exponent * 10000.0.logarithm).exponential
        return Float(feature % 2 == 0 ? angle.sine : angle.cosine)
      }
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
