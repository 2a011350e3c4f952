import HourglassEngine
import HourglassTensor

/// From what the decoder ends in to the parameters of the laws, where counts have a ``Library``.
extension Record {
  /// Slots whose counts are parts of the whole.
  var libraryGroups: [Group] { library == nil ? [] : groups.filter(\.isOfLibrary) }

  /// Whether the counts of a slot share in the library.
  public func isOfLibrary(slot place: Int) -> Bool {
    libraryGroups.contains { $0.range.contains(place) }
  }

  /// Numbers that are learned for all records: `fields.0.dispersions [slots]`, log-dispersions over
  /// ``stride``. A tenth of them is learned so that they keep pace with what the layers say.
  func weightsOfLibrary() -> [(name: String, weight: Weight)] {
    groups.enumerated().compactMap { number, group in
      guard library != nil, group.isOfLibrary, group.law.learnedOfLibrary > 0 else { return nil }
      return (
        "\(number).dispersions", Weight(name: "dispersions", shape: [group.count], start: .constant(0))
      )
    }
  }

  static let stride: Float = 10

  /// Σ x of the counts that are parts of the whole, at least 1: `[1]` a row.
  func total(_ graph: inout Graph, _ x: Graph.Value) -> Graph.Value? {
    let parts = libraryGroups.map { group in
      graph.sumRow(graph.slice(x, from: group.range.lowerBound, count: group.count))
    }
    return graph.sum(parts).map { graph.binary(.maximum, $0, graph.constant(1)) }
  }

  /// The parameters of the laws: ``parameterCount`` a row. Of a group with a library its log-means first,
  /// then the other parameters, each for all slots; of others what the decoder gave.
  ///
  /// - Parameters:
  ///   - y: what the decoder ends in.
  ///   - x: the record, 0 where a value is missing; nil: one of the typical library size.
  ///   - learned: in the order of ``weightsOfLibrary()``.
  func parameters(
    _ graph: inout Graph, _ y: Graph.Value, of x: Graph.Value?, _ learned: [Graph.Value]
  ) -> Graph.Value {
    guard let library, !libraryGroups.isEmpty else { return y }
    let shares = graph.concatenate(
      libraryGroups.map { graph.slice(y, from: $0.output.lowerBound, count: $0.count) })
    let total = x.flatMap { self.total(&graph, $0) } ?? graph.constant(library.typical)
    let shift = graph.subtract(graph.unary(.logarithm, total), graph.logSumExp(shares))
    var learned = learned[...]
    var parts: [Graph.Value] = []
    for group in groups where group.role.isGiven {
      let own = graph.slice(y, from: group.output.lowerBound, count: group.output.count)
      guard group.isOfLibrary else {
        parts.append(own)
        continue
      }
      parts.append(graph.add(graph.slice(own, from: 0, count: group.count), shift))
      if group.law.learnedOfLibrary > 0, let dispersions = learned.popFirst() {
        parts.append(graph.broadcast(graph.multiply(dispersions, Record.stride)))
      }
      let rest = group.output.count - group.count
      if rest > 0 { parts.append(graph.slice(own, from: group.count, count: rest)) }
    }
    return graph.concatenate(parts)
  }

  /// What the Poisson terms of a row are above those of the multinomial law: -log Poisson(l | l), shared out
  /// among the slots as the counts are.
  func excess(_ graph: inout Graph, of x: Graph.Value, _ group: Group) -> Graph.Value? {
    guard let library, library.isMultinomial, group.isOfLibrary, let total = total(&graph, x) else {
      return nil
    }
    let surprise = graph.surprise(.poisson, of: total, graph.unary(.logarithm, total))
    let own = graph.slice(x, from: group.range.lowerBound, count: group.count)
    return graph.multiply(own, graph.binary(.divide, surprise, total))
  }
}
