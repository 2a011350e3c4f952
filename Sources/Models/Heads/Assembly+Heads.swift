import HourglassEngine
import HourglassTensor

/// What a model tells of samples besides themselves.
extension Assembly {
  /// Samples in; what the layers of all heads give out, one head behind the other.
  public static func heads(_ outline: Outline, gaps: Bool = false) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let x = assembly.samples(outline)
    let answers = assembly.answers(outline, of: assembly.given(x, outline), isDrawn: false)
    assembly.results = [assembly.graph.concatenate(answers.map { assembly.flat($0) })]
    return assembly
  }

  private mutating func flat(_ value: Graph.Value) -> Graph.Value {
    graph.reshape(value, [graph.shape(of: value).count])
  }

  /// What the heads say of what an encoder is given.
  private mutating func answers(
    _ outline: Outline, of given: Graph.Value, isDrawn: Bool
  ) -> [Graph.Value] {
    let h = encoded(outline, given)
    return answers(outline, ofCode: code(outline, of: h, isDrawn: isDrawn).value)
  }

  private mutating func answers(_ outline: Outline, ofCode code: Graph.Value) -> [Graph.Value] {
    outline.heads.map { append($0, code) }
  }

  /// What heads and the consistency of their answers add to the objective of each sample: `[1]` a row; nil of
  /// a model without.
  mutating func heads(
    _ outline: Outline, _ architecture: Architecture, _ encoded: Encoded, of x: Graph.Value,
    _ purpose: Purpose
  ) -> Graph.Value? {
    guard !outline.heads.isEmpty else { return nil }
    let answers = answers(outline, ofCode: encoded.code.value)
    let count = architecture.heads.reduce(0) { $0 + $1.count }
    let target = graph.input(Slot.targets, [count])
    let presence = graph.input(Slot.targetPresence, [count])
    var parts: [Graph.Value] = []
    var start = 0
    for (head, answer) in zip(architecture.heads, answers) {
      graph.label = "head \(head.name)"
      let loss = head.loss(
        &graph, output: answer, target: graph.slice(target, from: start, count: head.count),
        presence: graph.slice(presence, from: start, count: head.count))
      parts.append(graph.multiply(loss, graph.multiply(graph.scalar(Scalar.inverseLabelled), head.weight)))
      start += head.count
    }
    if purpose == .training, let consistency = architecture.consistency {
      parts.append(
        graph.multiply(
          inconsistency(consistency, outline, architecture, encoded, of: x, answers), consistency.weight))
    }
    graph.label = ""
    return graph.sum(parts)
  }

  /// How far the answers about changed samples are from the first ones: `[1]` a row.
  private mutating func inconsistency(
    _ consistency: Consistency, _ outline: Outline, _ architecture: Architecture, _ encoded: Encoded,
    of x: Graph.Value, _ answers: [Graph.Value]
  ) -> Graph.Value {
    // A normalisation follows the statistics of the first look.
    let statistics = setting.statistics
    defer { setting.statistics = statistics }
    let seen: Graph.Value
    switch consistency.view {
    case .noise:
      let second = graph.input(Slot.secondSamples, outline.input)
      // What is degraded outside is so when it comes.
      let isMade = architecture.corruption.contains(where: \.isMadeOutside)
      seen = given(second, outline, corruption: isMade ? [] : architecture.corruption)
    case .adversarial(let radius):
      seen = graph.add(
        encoded.given, adversary(outline, architecture, encoded.given, answers, length: radius))
    }
    let second = self.answers(outline, of: seen, isDrawn: true)
    graph.label = "consistency"
    return distance(architecture, from: answers, to: second, threshold: consistency.threshold)
  }

  private mutating func distance(
    _ architecture: Architecture, from first: [Graph.Value], to second: [Graph.Value], threshold: Float?
  ) -> Graph.Value {
    var sum: Graph.Value?
    for (head, (a, b)) in zip(architecture.heads, zip(first, second)) {
      let part = head.distance(&graph, from: a, to: b, threshold: threshold)
      sum = sum.map { graph.add($0, part) } ?? part
    }
    return sum ?? graph.constant(0)
  }

  /// About the change of a length that changes the answers most, held fixed.
  ///
  ///     r = radius · g / ‖g‖, g = ∇ D(p(x), p(x + ξ d)) at a random direction d
  private mutating func adversary(
    _ outline: Outline, _ architecture: Architecture, _ x: Graph.Value, _ answers: [Graph.Value],
    length: Float
  ) -> Graph.Value {
    graph.label = "adversary"
    let draw = graph.random(.normal, graph.shape(of: x), stream: setting.nextStream())
    let probe = graph.multiply(unit(draw), Consistency.probe)
    let answers = answers.map { graph.detach($0) }
    let near = self.answers(outline, of: graph.add(graph.detach(x), probe), isDrawn: false)
    graph.label = "adversary"
    let far = distance(architecture, from: answers, to: near, threshold: nil)
    let slope = graph.gradient(of: far, withRespectTo: [probe])[0]
    return graph.detach(graph.multiply(unit(slope), length))
  }

  /// x / ‖x‖ of each row; 0 stays 0.
  private mutating func unit(_ x: Graph.Value) -> Graph.Value {
    // Slopes are tiny where answers are sure: brought near 1 before they are squared.
    let size = graph.add(graph.sumRow(graph.unary(.absolute, x)), 1e-30)
    let near = graph.binary(.divide, x, size)
    let square = graph.add(graph.sumRow(graph.unary(.square, near)), 1e-30)
    return graph.multiply(near, graph.unary(.reciprocal, graph.unary(.squareRoot, square)))
  }
}
