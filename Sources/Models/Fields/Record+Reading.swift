import HourglassEngine
import HourglassTensor

/// What the encoder reads of records.
extension Record {
  /// The vectors of levels, in the order of the groups: `fields.2.vectors [levels of all its slots, width]`.
  ///
  /// From the normal law of deviation 1 / √width at first: a vector has then the length of a one-hot row.
  func weights() -> [(name: String, weight: Weight)] {
    groups.enumerated().compactMap { number, group -> (name: String, weight: Weight)? in
      guard group.isEmbedded, group.role != .out else { return nil }
      let rows = entries(of: group).reduce(0, +)
      return (
        "\(number).vectors",
        Weight(
          name: "vectors", shape: [rows, group.vector],
          start: .drawn(.lecunNormal, gain: 1 / Float(group.vector).squareRoot()), fan: (1, group.vector))
      )
    }
  }

  /// Levels of each slot of a group, with the entry for those never seen.
  func entries(of group: Group) -> [Int] { slots[group.range].map(\.kind.entries) }

  /// - Parameters:
  ///   - x: `[slots]` a row, 0 where a value is missing.
  ///   - present: 1 where the encoder is given a value, else 0; nil where it is given all.
  ///   - vectors: in the order of ``weights()``.
  ///   - limit: as `Architecture.inputLimit`, of numbers.
  ///   - isOfTold: whether only what the decoder is told is wanted; there must be such.
  func read(
    _ graph: inout Graph, _ x: Graph.Value, present: Graph.Value?, _ vectors: [Graph.Value], limit: Float?,
    isOfTold: Bool = false
  ) -> Graph.Value {
    var vectors = vectors[...]
    var parts: [Graph.Value] = []
    for group in groups where group.role != .out {
      let (from, count) = (group.range.lowerBound, group.count)
      let own = group.isEmbedded ? vectors.popFirst() : nil
      if isOfTold, group.role != .told { continue }
      let values = graph.slice(x, from: from, count: count)
      let there = present.map { graph.slice($0, from: from, count: count) }
      parts.append(read(&graph, values, there, own, group, limit: limit))
      if group.hasGaps { parts.append(there ?? graph.ones(count)) }
    }
    return graph.concatenate(parts)
  }

  /// What the decoder is told, of what the encoder reads: ``toldCount`` values a row; nil where that is
  /// nothing.
  func told(_ graph: inout Graph, of read: Graph.Value) -> Graph.Value? {
    let parts = groups.filter { $0.role == .told }.map {
      graph.slice(read, from: $0.reading.lowerBound, count: $0.reading.count)
    }
    return parts.isEmpty ? nil : graph.concatenate(parts)
  }

  private func read(
    _ graph: inout Graph, _ x: Graph.Value, _ there: Graph.Value?, _ vectors: Graph.Value?, _ group: Group,
    limit: Float?
  ) -> Graph.Value {
    /// A value `[slots, size]` with 0 in the rows that are missing, in a line.
    func line(_ values: Graph.Value, _ size: Int) -> Graph.Value {
      let kept = there.map { graph.multiply(values, graph.reshape($0, [group.count, 1])) } ?? values
      return graph.reshape(kept, [group.count * size])
    }
    switch group.form {
    case .number:
      let limited = limit.map { graph.clamped(x, -$0, $0) } ?? x
      return graph.masked(limited, there)
    case .count:
      let (means, scales) = logarithms(of: group)
      let logarithm = graph.unary(.logarithm, graph.add(graph.binary(.maximum, x, graph.constant(0)), 1))
      if group.isOfLibrary, means.allSatisfy({ $0 == 0 }), scales.allSatisfy({ $0 == 1 }) {
        return graph.masked(logarithm, there)
      }
      let centred = graph.subtract(logarithm, graph.table(means, [group.count]))
      return graph.masked(graph.multiply(centred, graph.table(scales, [group.count])), there)
    case .flag: return graph.masked(graph.add(graph.multiply(x, 2), -1), there)
    case .category where group.isEmbedded:
      guard let vectors else { preconditionFailure("Record: a group of categories has no vectors") }
      var starts: [Float] = []
      var next = 0
      for levels in entries(of: group) {
        starts.append(Float(next))
        next += levels
      }
      let places = graph.add(x, graph.table(starts, [group.count]))
      return line(graph.pickRows(vectors, at: places), group.vector)
    case .category: return line(graph.oneHot(x, count: group.padded), group.padded)
    case .ordinal:
      let steps = (0..<group.padded).map { Float($0) + 0.5 }
      let values = graph.reshape(x, [group.count, 1])
      return line(graph.binary(.greater, values, graph.table(steps, [group.padded])), group.padded)
    }
  }

  /// Means of log(1 + x), and what it is multiplied by.
  private func logarithms(of group: Group) -> (means: [Float], scales: [Float]) {
    var (means, scales): ([Float], [Float]) = ([], [])
    for slot in slots[group.range] {
      guard case .count(let mean, let deviation) = slot.kind else { continue }
      means.append(mean)
      scales.append(1 / max(deviation, 1e-6))
    }
    return (means, scales)
  }

  /// Which fields the encoder is given while training: each is hidden with probability `rate`, and with it
  /// what was computed from it. 1 or 0 a slot.
  func kept(_ graph: inout Graph, rate: Float, stream: UInt32) -> Graph.Value {
    let draws = graph.random(.uniform, [count], stream: stream)
    let own = graph.binary(.greater, draws, graph.constant(rate))
    guard slots.contains(where: { $0.source != nil }) else { return own }
    return graph.concatenate(
      groups.map { group in
        let sources = slots[group.range].map { slot in
          slot.source.flatMap { name in slots.firstIndex { $0.name == name } }
        }
        let known = sources.compactMap { $0 }
        guard known.count == group.count else {
          return graph.slice(own, from: group.range.lowerBound, count: group.count)
        }
        // What was computed from fields stands in their order: a part of it looks at a part of the record.
        let part = max(Record.partOfSources, (known.count + Record.mostParts - 1) / Record.mostParts)
        return graph.concatenate(
          Swift.stride(from: 0, to: known.count, by: part).map { start in
            picked(&graph, known[start..<min(start + part, known.count)], of: own)
          })
      })
  }

  /// The values of a row that stand in these places: one column of a 0/1 matrix picks each.
  private func picked(_ graph: inout Graph, _ places: ArraySlice<Int>, of x: Graph.Value) -> Graph.Value {
    let (first, last) = (places.min() ?? 0, places.max() ?? 0)
    let width = last - first + 1
    var matrix = [Float](repeating: 0, count: width * places.count)
    for (column, place) in places.enumerated() { matrix[(place - first) * places.count + column] = 1 }
    return graph.product(
      graph.slice(x, from: first, count: width), graph.table(matrix, [width, places.count]))
  }

  /// Slots that are picked together at least, and parts that a group is picked in at most.
  private static let partOfSources = 64
  private static let mostParts = 16
}

extension Graph {
  /// 1 in every place of every row.
  mutating func ones(_ count: Int) -> Value { broadcast(expand(constant(1), [count])) }

  mutating func masked(_ x: Value, _ mask: Value?) -> Value { mask.map { multiply(x, $0) } ?? x }

  mutating func clamped(_ x: Value, _ low: Float, _ high: Float) -> Value {
    binary(.maximum, binary(.minimum, x, constant(high)), constant(low))
  }
}
