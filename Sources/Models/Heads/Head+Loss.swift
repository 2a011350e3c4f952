import HourglassEngine
import HourglassTensor

/// On a graph.
extension Head {
  /// What its layers give as the law reads it: `[count, parameters]`.
  func parameters(_ graph: inout Graph, _ output: Graph.Value) -> Graph.Value {
    guard isPicture else { return graph.reshape(output, [count, law.parameters]) }
    return graph.transpose(graph.reshape(output, [law.parameters, count]))
  }

  /// The loss of each sample: `[1]` a row.
  ///
  /// - Parameters:
  ///   - output: what its layers give.
  ///   - target: `[count]`, 0 where it is missing.
  ///   - presence: 1 where a value of the target is there, else 0.
  func loss(
    _ graph: inout Graph, output: Graph.Value, target: Graph.Value, presence: Graph.Value
  ) -> Graph.Value {
    let surprises = surprise(&graph, parameters(&graph, output), target)
    let sum = graph.sumRow(graph.multiply(surprises, presence))
    guard count > 1 else { return sum }
    let there = graph.binary(.maximum, graph.sumRow(presence), graph.constant(1))
    return graph.binary(.divide, sum, there)
  }

  /// `[count]` a row.
  private func surprise(
    _ graph: inout Graph, _ parameters: Graph.Value, _ target: Graph.Value
  ) -> Graph.Value {
    guard case .categorical(let levels) = law, smoothing > 0 || !classWeights.isEmpty else {
      return law.surprise(&graph, parameters: parameters, target: target)
    }
    let marks = graph.oneHot(target, count: levels)
    // Σ q y with q = (1 - s) mark + s / levels.
    let own = graph.sumLast(graph.multiply(marks, parameters))
    let all = graph.multiply(graph.sumLast(parameters), smoothing / Float(levels))
    let chosen = graph.add(graph.multiply(own, 1 - smoothing), all)
    var surprise = graph.subtract(graph.logSumExp(parameters), chosen)
    if !classWeights.isEmpty {
      let weights = graph.table(classWeights, [levels])
      surprise = graph.multiply(surprise, graph.sumLast(graph.multiply(marks, weights)))
    }
    return graph.reshape(surprise, [count])
  }

  /// How far a second answer is from a first one, which is held fixed: of classes KL(p ‖ q) in nats, of
  /// numbers half the squared distance of the parameters; the mean over the places. `[1]` a row.
  ///
  /// - Parameter threshold: of classes only answers count whose likeliest class has this probability, and are
  ///   taken for that class; nil: all count as they are.
  func distance(
    _ graph: inout Graph, from first: Graph.Value, to second: Graph.Value, threshold: Float?
  ) -> Graph.Value {
    let (a, b) = (graph.detach(parameters(&graph, first)), parameters(&graph, second))
    guard case .categorical(let levels) = law else {
      let squares = graph.unary(.square, graph.subtract(b, a))
      return graph.multiply(graph.sumRow(squares), 0.5 / Float(count))
    }
    let whole = graph.logSumExp(b)
    guard let threshold else {
      let p = graph.softmax(a)
      let logOdds = graph.subtract(graph.subtract(a, graph.logSumExp(a)), graph.subtract(b, whole))
      return graph.multiply(graph.sumRow(graph.multiply(p, logOdds)), 1 / Float(count))
    }
    let place = graph.greatestPlace(a)
    let marks = graph.oneHot(place, count: levels)
    let shape: Shape = [count]
    let p = graph.reshape(graph.sumLast(graph.multiply(marks, graph.softmax(a))), shape)
    let isSure = graph.detach(graph.binary(.greater, p, graph.constant(threshold)))
    let chosen = graph.reshape(graph.sumLast(graph.multiply(marks, b)), shape)
    let surprise = graph.subtract(graph.reshape(whole, shape), chosen)
    return graph.multiply(graph.sumRow(graph.multiply(surprise, isSure)), 1 / Float(count))
  }
}
