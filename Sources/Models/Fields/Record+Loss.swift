import HourglassEngine
import HourglassTensor

/// What a record's reconstruction is held against it by.
///
///     loss = Σ mᵢ wᵢ tᵢ / Σ mᵢ,   mᵢ = 1 where xᵢ is there, 0 where it is missing
///
/// over the slots that the decoder gives, with tᵢ minus the log-likelihood of the slot's ``Law``
/// (without what does
/// not depend on the decoder) and wᵢ the slot's weight.
extension Record {
  /// The loss of each record: `[1]` a row.
  ///
  /// - Parameter y: the parameters of the laws: ``parameters(_:_:of:_:)``.
  func loss(
    _ graph: inout Graph, output y: Graph.Value, target x: Graph.Value, presence: Graph.Value?
  ) -> Graph.Value {
    let parts = groups.filter { $0.role.isGiven }.map { group in
      graph.sumRow(weighted(&graph, y, x, presence, group))
    }
    let sum = graph.sum(parts) ?? graph.constant(0)
    guard let presence else { return graph.multiply(sum, 1 / Float(max(1, givenCount))) }
    let counted = groups.filter { $0.role.isGiven }.map { group in
      graph.sumRow(graph.slice(presence, from: group.range.lowerBound, count: group.count))
    }
    let count = graph.binary(.maximum, graph.sum(counted) ?? graph.constant(1), graph.constant(1))
    return graph.binary(.divide, sum, count)
  }

  /// What each slot adds to the sum: `[slots]` a row; 0 where a value is missing, and of slots that are read
  /// only.
  func terms(
    _ graph: inout Graph, output y: Graph.Value, target x: Graph.Value, presence: Graph.Value?
  ) -> Graph.Value {
    graph.concatenate(
      groups.map { group in
        !group.role.isGiven
          ? graph.broadcast(graph.expand(graph.constant(0), [group.count]))
          : weighted(&graph, y, x, presence, group)
      })
  }

  private func weighted(
    _ graph: inout Graph, _ y: Graph.Value, _ x: Graph.Value, _ presence: Graph.Value?, _ group: Group
  ) -> Graph.Value {
    let target = graph.slice(x, from: group.range.lowerBound, count: group.count)
    var terms =
      group.isOfLibrary
      ? group.law.surprise(&graph, parts: parts(&graph, y, group), target: target)
      : group.law.surprise(
        &graph, parameters: parameters(&graph, y, group), target: target,
        levels: levels(of: group, entries(of: group)))
    if let excess = excess(&graph, of: x, group) { terms = graph.subtract(terms, excess) }
    let weights = slots[group.range].map(\.weight)
    if weights.contains(where: { $0 != 1 }) {
      let same = weights.allSatisfy { $0 == weights[0] }
      terms = graph.multiply(
        terms, same ? graph.constant(weights[0]) : graph.table(weights, [group.count]))
    }
    let there = presence.map { graph.slice($0, from: group.range.lowerBound, count: group.count) }
    return graph.masked(terms, there)
  }

  /// Levels, of a law that tells levels apart.
  private func levels(of group: Group, _ counts: [Int]) -> [Int]? {
    switch group.law {
    case .categorical, .cumulative: counts
    default: nil
    }
  }

  /// The laws' parameters of a group: `[slots, numbers of each]`.
  private func parameters(_ graph: inout Graph, _ y: Graph.Value, _ group: Group) -> Graph.Value {
    let part = graph.slice(y, from: group.parameters.lowerBound, count: group.parameters.count)
    return graph.reshape(part, [group.count, group.parameters.count / group.count])
  }

  /// The same of a group with a library, each parameter of all slots: `[slots]`.
  private func parts(_ graph: inout Graph, _ y: Graph.Value, _ group: Group) -> [Graph.Value] {
    (0..<group.law.parameters).map { number in
      graph.slice(y, from: group.parameters.lowerBound + number * group.count, count: group.count)
    }
  }

  /// What the decoder's numbers mean, a value a slot: of measured numbers and counts the mean, of flags the
  /// probability, of levels the likeliest. 0 in slots that are read only.
  func readable(_ graph: inout Graph, output y: Graph.Value) -> Graph.Value {
    graph.concatenate(
      groups.map { group in
        guard group.role.isGiven else {
          return graph.broadcast(graph.expand(graph.constant(0), [group.count]))
        }
        // Nobody is told of a level that nobody has seen.
        let seen = slots[group.range].map { slot in
          if case .category(let levels) = slot.kind { levels } else { slot.kind.entries }
        }
        if group.isOfLibrary {
          return group.law.readable(&graph, parts: parts(&graph, y, group), columns: [group.count])
        }
        return group.law.readable(
          &graph, parameters: parameters(&graph, y, group), columns: [group.count],
          levels: levels(of: group, seen))
      })
  }
}
