import HourglassEngine
import HourglassTensor

/// The numbers of a recurrent layer.
public struct Recurrent: Hashable, Sendable {
  /// In which order the steps are read.
  public enum Direction: String, Hashable, Sendable, Codable, CaseIterable {
    /// From the first to the last.
    case forward
    /// From the last to the first.
    case backward
    /// By two cells, one each way, whose states stand side by side. Schuster and Paliwal 1997.
    case both
  }

  /// What comes out.
  public enum Output: String, Hashable, Sendable, Codable, CaseIterable {
    /// The state after every step.
    case sequence
    /// The state after the step that is read last.
    case last
  }

  /// Values of a cell's state.
  public var units: Int
  public var direction: Direction
  public var output: Output
  /// Of the matrix that the input is multiplied by; nil: glorot-uniform. The state's begins orthogonal.
  public var initializer: Initializer?

  public init(
    units: Int, direction: Direction = .forward, output: Output = .sequence, initializer: Initializer? = nil
  ) {
    (self.units, self.direction, self.output, self.initializer) = (units, direction, output, initializer)
  }

  /// Values of a step's output.
  var features: Int { direction == .both ? 2 * units : units }
  /// For each cell whether it reads the last step first.
  var ways: [Bool] {
    switch direction {
    case .forward: [false]
    case .backward: [true]
    case .both: [false, true]
    }
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

  func words(_ name: String) -> String {
    let way =
      switch direction {
      case .forward: ""
      case .backward: ", backward"
      case .both: ", both ways"
      }
    return "\(name), \(units) unit\(units == 1 ? "" : "s")\(way)"
      + (output == .sequence ? "" : ", last state")
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

/// In JSON what is as usual is left out, but for the output.
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

/// A recurrent layer over a sequence.
///
/// - Shapes: `[steps, features] → [steps, units]`, or `[units]` where only the last state is asked for; twice
///   the units in both directions.
protocol RecurrentForm: LayerForm {
  static func layer(_ numbers: Recurrent) -> Layer
  /// What it is called.
  static var title: String { get }
  static var cell: Recurrence.Cell { get }
  /// Sums of a step's input and state that each unit has.
  static var sums: Int { get }

  var numbers: Recurrent { get }
}

extension RecurrentForm {
  static func layer(_ values: Tagged.Values) throws -> Layer { layer(try Recurrent(values)) }
  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try numbers.encode(to: &container)
  }
  var description: String { numbers.description(Self.name) }
  var words: String { numbers.words(Self.title) }
  var traits: Layer.Traits { .recurrent }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try numbers.output(of: input, at: place)
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    numbers.weights(for: input, sums: Self.sums)
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage {
    numbers.output == .sequence ? .kept(axis: 0) : .lost
  }
  var side: Layer.Side { .last }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    numbers.append(to: &graph, x, weights, Self.cell, setting)
  }
}
