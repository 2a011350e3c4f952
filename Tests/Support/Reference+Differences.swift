import HourglassEngine
import HourglassTensor

extension Reference {
  /// What a derivative is taken with respect to: a value of the parameter block, or of a fed slot.
  public enum Source: Hashable, Sendable {
    case parameter(Int)
    case input(slot: Int, Int)
  }

  /// Central differences of Σ `target` (over all its values and rows), in `Double`:
  ///
  ///     (f(x + h) - f(x - h)) / 2h
  ///
  /// The error is of the order h² f‴/6 and 1e-16 f / h: about 1e-9 where f and its derivatives are near 1.
  public static func differences(
    of target: Graph.Value, in graph: Graph, _ conditions: Conditions, by sources: [Source], h: Double = 1e-5
  ) -> [Double] {
    sources.map { source in
      let above = total(of: target, graph, conditions.moved([source], by: [h]))
      let below = total(of: target, graph, conditions.moved([source], by: [-h]))
      return (above - below) / (2 * h)
    }
  }

  /// The central difference along one direction: Σ direction[i] ∂ Σ target / ∂ sources[i].
  public static func difference(
    of target: Graph.Value, in graph: Graph, _ conditions: Conditions, along direction: [Double],
    by sources: [Source], h: Double = 1e-5
  ) -> Double {
    let above = total(of: target, graph, conditions.moved(sources, by: direction.map { $0 * h }))
    let below = total(of: target, graph, conditions.moved(sources, by: direction.map { -$0 * h }))
    return (above - below) / (2 * h)
  }

  private static func total(of target: Graph.Value, _ graph: Graph, _ conditions: Conditions) -> Double {
    Statistics.sum(Reference(graph, conditions, upTo: target).values(of: target))
  }

  /// The distance of the nearest argument from where its function is not differentiable.
  public var distanceFromKinks: Double {
    var nearest = Double.infinity
    for node in graph.nodes {
      for row in 0..<(node.isBatched ? conditions.rows : 1) {
        switch node.op {
        case .unary(let function):
          for x in input(node, 0, row) { nearest = min(nearest, function.distanceFromKink(x) ?? .infinity) }
        case .binary(let function):
          let left = repeated(input(node, 0, row), inputShape(node, 0), to: node.shape)
          let right = repeated(input(node, 1, row), inputShape(node, 1), to: node.shape)
          for (x, y) in zip(left, right) {
            nearest = min(nearest, function.distanceFromKink(x, y) ?? .infinity)
          }
        case .pickMaximum(let window), .placeMaximum(let window):
          nearest = min(nearest, window.distanceFromKink(input(node, 0, row)))
        default: break
        }
      }
    }
    return nearest
  }
}

extension Conditions {
  func moved(_ sources: [Reference.Source], by steps: [Double]) -> Conditions {
    var result = self
    for (source, step) in zip(sources, steps) {
      switch source {
      case .parameter(let place): result.parameters[place] += step
      case .input(let slot, let place): result.inputs[slot][place] += step
      }
    }
    return result
  }
}
