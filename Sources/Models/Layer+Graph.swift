import HourglassEngine
import HourglassTensor

extension Layer {
  /// Appends this layer to a graph.
  ///
  /// - Parameter weights: in the order of ``weights(for:before:)``.
  func append(to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value]) -> Graph.Value {
    switch self {
    case .dense(_, _, let bias):
      let product = graph.product(x, weights[0])
      return bias ? graph.add(product, weights[1]) : product
    case .relu: return graph.unary(.rectifier, x)
    case .leakyRelu(let slope): return Layer.rectified(&graph, x, graph.constant(slope))
    case .prelu: return Layer.rectified(&graph, x, weights[0])
    case .elu(let alpha):
      // e^min(x, 0) - 1 is 0 where x > 0, so the two halves add up.
      let below = graph.unary(.exponential, graph.binary(.minimum, x, graph.constant(0)))
      let curve = graph.multiply(graph.add(below, -1), alpha)
      return graph.add(graph.unary(.rectifier, x), curve)
    case .gelu:
      let error = graph.unary(.errorFunction, graph.multiply(x, 0.707_106_78))
      return graph.multiply(x, graph.multiply(graph.add(error, 1), 0.5))
    case .sigmoid: return graph.unary(.sigmoid, x)
    case .tanh: return graph.unary(.hyperbolicTangent, x)
    case .softplus: return graph.unary(.softplus, x)
    case .flatten: return graph.reshape(x, [graph.shape(of: x).count])
    case .reshape(let shape): return graph.reshape(x, shape)
    }
  }

  /// max(x, 0) + slope · min(x, 0)
  private static func rectified(
    _ graph: inout Graph, _ x: Graph.Value, _ slope: Graph.Value
  ) -> Graph.Value {
    let below = graph.binary(.minimum, x, graph.constant(0))
    return graph.add(graph.unary(.rectifier, x), graph.multiply(below, slope))
  }
}
