import HourglassEngine
import HourglassTensor

/// What a law is: the whole of it stands in the file of the type that conforms.
protocol Likelihood: Sendable {
  /// The word of the command line, and the key in JSON.
  static var word: String { get }
  /// The law of that word, by its numbers.
  static func law(_ numbers: Law.Numbers) throws -> Law
  /// The numbers that it is made of, by their keys.
  var numbers: [(key: String, value: Law.Number)] { get }
  /// What is wrong with them.
  var complaint: (expected: String, found: String)? { get }

  var parameters: Int { get }
  var domain: Law.Domain { get }
  var constant: Double { get }
  /// Whether one value can be called less than another.
  var hasOrder: Bool { get }

  /// `[columns]`, or `[columns, 1]`.
  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value
  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double
  func mean(_ parameters: [Double]) -> Double
  func mode(_ parameters: [Double]) -> Double
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double
  func entropy(_ parameters: [Double]) -> Double
  func probabilities(_ parameters: [Double]) -> [Double]?

  /// The parameters of greatest likelihood, where they are the same for all values.
  ///
  /// - Parameter values: in the domain; at least one.
  func fitted(to values: [Double]) -> [Double]
}

extension Likelihood {
  var numbers: [(key: String, value: Law.Number)] { [] }
  var complaint: (expected: String, found: String)? { nil }
  var constant: Double { 0 }
  var hasOrder: Bool { true }
  func probabilities(_ parameters: [Double]) -> [Double]? { nil }

  /// log p of levels.
  func ofLevels(_ x: Double, _ parameters: [Double]) -> Double {
    guard let shares = probabilities(parameters), let place = Int(exactly: x.rounded()),
      shares.indices.contains(place)
    else { return -.infinity }
    return shares[place].logarithm
  }
}

extension Law {
  /// Many columns of one law in a graph.
  struct Columns {
    /// How many there are.
    let count: Int
    /// Parameters of a column, those that it has no use for included.
    let width: Int
    /// `[columns, width]`; of parameters one by one the first of them.
    let parameters: Graph.Value
    /// Each parameter of all columns by itself, `[columns]`, where they came so.
    let parts: [Graph.Value]?
    /// `[columns]`; of what is read without a target a 0.
    let target: Graph.Value
    /// Levels of each column; nil: as many as the law has.
    let levels: [Int]?

    init(
      _ law: Law, _ graph: inout Graph, _ parameters: Graph.Value, _ target: Graph.Value, _ levels: [Int]?
    ) {
      self.init(law, &graph, parameters, target, columns: graph.shape(of: target).count, levels)
    }

    init(
      _ law: Law, _ graph: inout Graph, _ parameters: Graph.Value, columns: Int, _ levels: [Int]?
    ) {
      self.init(law, &graph, parameters, graph.constant(0), columns: columns, levels)
    }

    private init(
      _ law: Law, _ graph: inout Graph, _ parameters: Graph.Value, _ target: Graph.Value, columns: Int,
      _ levels: [Int]?
    ) {
      (count, width) = (columns, law.parameters)
      precondition(
        graph.shape(of: parameters).count == columns * width,
        "law \(law.name): \(graph.shape(of: parameters)) are no \(width) parameters of \(columns) columns")
      precondition(
        levels.map { $0.count == columns } ?? true, "law \(law.name): levels of \(columns) columns")
      parts = nil
      self.parameters = graph.reshape(parameters, [columns, width])
      self.target = graph.shape(of: target).count == 1 ? target : graph.reshape(target, [columns])
      self.levels = levels
    }

    /// Of parameters that came one by one.
    init(
      _ law: Law, _ graph: inout Graph, _ parts: [Graph.Value], _ target: Graph.Value, columns: Int
    ) {
      precondition(parts.count == law.parameters, "law \(law.name): \(parts.count) parameters")
      (count, width, parameters, self.parts, levels) = (columns, law.parameters, parts[0], parts, nil)
      self.target = graph.shape(of: target).count == 1 ? target : graph.reshape(target, [columns])
    }

    /// One parameter of each column: `[columns]`.
    func parameter(_ place: Int, _ graph: inout Graph) -> Graph.Value {
      if let parts { return parts[place] }
      return graph.reshape(graph.slice(parameters, from: place, count: 1), [count])
    }

    /// `number` of them in a row: `[columns, number]`.
    func parameters(from place: Int, _ number: Int, _ graph: inout Graph) -> Graph.Value {
      precondition(parts == nil, "law: its parameters came one by one")
      return graph.slice(parameters, from: place, count: number)
    }
  }
}

extension Graph {
  /// min(max(x, low), high), whose derivative is taken as 1: what is held comes back by the slope that it has
  /// at the limit.
  mutating func held(_ x: Value, _ limits: ClosedRange<Float>) -> Value {
    let below = binary(.minimum, x, constant(limits.upperBound))
    let inside = binary(.maximum, below, constant(limits.lowerBound))
    return add(x, detach(subtract(inside, x)))
  }
}

extension Double {
  /// The nearest number within the limits.
  func held(_ limits: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, limits.lowerBound), limits.upperBound)
  }

  /// log(1 + eˣ) without overflow.
  var softplus: Double {
    self > 0 ? self + (-self).exponential.logarithmOfOnePlus : exponential.logarithmOfOnePlus
  }

  /// 1 / (1 + e⁻ˣ) without overflow.
  var sigmoid: Double {
    let e = (-abs(self)).exponential
    return (self < 0 ? e : 1) / (1 + e)
  }
}
