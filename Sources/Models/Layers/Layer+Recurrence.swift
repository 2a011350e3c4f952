import HourglassEngine
import HourglassTensor

extension Layer {
  /// A ``lstm(_:)`` by its numbers.
  public static func lstm(
    _ units: Int, _ direction: Recurrent.Direction = .forward, output: Recurrent.Output = .sequence
  ) -> Layer {
    .lstm(Recurrent(units: units, direction: direction, output: output))
  }

  /// A ``gru(_:)`` by its numbers.
  public static func gru(
    _ units: Int, _ direction: Recurrent.Direction = .forward, output: Recurrent.Output = .sequence
  ) -> Layer {
    .gru(Recurrent(units: units, direction: direction, output: output))
  }

  static var examplesOfRecurrence: [(layer: Layer, input: Shape, output: Shape)] {
    [
      (.lstm(5), [4, 3], [4, 5]), (.lstm(3, .backward, output: .last), [3, 2], [3]),
      (.lstm(2, .both), [3, 2], [3, 4]), (.lstm(2, .both, output: .last), [4, 1], [4]),
      (.gru(5), [4, 3], [4, 5]), (.gru(3, output: .last), [3, 2], [3]), (.gru(2, .both), [3, 2], [3, 4]),
    ]
  }
}

extension Recurrent {
  /// As it is written in Swift: `.lstm(64, .both, output: .last)`.
  func description(_ name: String) -> String {
    let way = direction == .forward ? "" : ", .\(direction)"
    return ".\(name)(\(units)\(way)" + (output == .sequence ? ")" : ", output: .last)")
  }

  /// - Throws: ``ModelError`` where the input is no sequence.
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    guard (1...Recurrent.widest).contains(units) else {
      throw ModelError(place: place, expected: "between 1 and \(Recurrent.widest) units", found: "\(units)")
    }
    guard input.rank == 2 else {
      throw ModelError(
        place: place, expected: "a sequence [steps, features]", found: "\(input)",
        remedy: input.rank == 1 ? "add .reshape([\(input.count), 1]) before it" : "add .reshape before it")
    }
    return output == .last ? [features] : [input[0], features]
  }

  /// Units whose square matrix of four sums stays below the widest layer.
  static let widest = 1 << 14

  func weights(for input: Shape, sums: Int) -> [Weight] {
    ways.flatMap { isReversed -> [Weight] in
      let part = isReversed && direction == .both ? "backward." : ""
      // The forget gate begins open: Jozefowicz et al. 2015.
      let start = Weight.Start.runs(of: units, sums == 4 ? [0, 1, 0, 0] : [0, 0, 0, 0])
      return [
        Weight(
          name: part + "weight", shape: [input.dimensions.last ?? 1, sums * units],
          start: .drawn(initializer ?? .glorotUniform)),
        Weight(name: part + "recurrentWeight", shape: [units, sums * units], start: .drawn(.orthogonal)),
        Weight(name: part + "bias", shape: [4 * units], start: start),
      ]
    }
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ cell: Recurrence.Cell,
    _ setting: Setting
  ) -> Graph.Value {
    let steps = graph.shape(of: x)[0]
    // A decoder that reads forward is not reached by the padding behind, and may guess at what is missing
    // between.
    let mask = setting.steps.areDecoded && direction == .forward ? nil : setting.mask(&graph, steps: steps)
    let states = ways.enumerated().map { number, isReversed in
      let own = weights[(3 * number)..<(3 * number + 3)]
      let cellWeights = Graph.CellWeights(
        input: own[own.startIndex], state: own[own.startIndex + 1], bias: own[own.startIndex + 2])
      let h = graph.recurrence(cell, x, cellWeights, mask: mask, isReversed: isReversed)
      guard output == .last else { return h }
      let line = graph.reshape(h, [steps * units])
      return graph.slice(line, from: isReversed ? 0 : (steps - 1) * units, count: units)
    }
    return graph.concatenate(states)
  }
}

extension Recurrent {
  init(_ values: Tagged.Values) throws {
    try values.allow("units", "direction", "output", "initializer")
    self.init(
      units: try values.required("units"), direction: try values.optional("direction") ?? .forward,
      output: try values.optional("output") ?? .sequence, initializer: try values.optional("initializer"))
  }

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(units, forKey: "units")
    if direction != .forward { try container.encode(direction, forKey: "direction") }
    try container.encode(output, forKey: "output")
    try container.encodeIfPresent(initializer, forKey: "initializer")
  }
}
