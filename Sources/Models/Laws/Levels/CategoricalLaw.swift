import HourglassEngine
import HourglassTensor

/// One of several levels without an order.
///
///     p(k | y) = eʸₖ / Σ eʸ
///
/// The parameters are a logit of each level. Columns of fewer levels may stand together with those of more:
/// logits past a column's own count for nothing. A value that is no level gives the surprise of the last one.
struct CategoricalLaw: Likelihood {
  static let word = "categorical"
  static func law(_ numbers: Law.Numbers) throws -> Law { .categorical(levels: try numbers.levels(word)) }

  /// What is added to a logit that counts for nothing: far below any, and far from what would overflow.
  static let nothing: Float = -1e6
  static let limit = 1 << 20

  var levels: Int

  var numbers: [(key: String, value: Law.Number)] { [("levels", .whole(levels))] }
  var complaint: (expected: String, found: String)? {
    (2...CategoricalLaw.limit).contains(levels)
      ? nil : ("between 2 and \(CategoricalLaw.limit) levels", "\(levels)")
  }

  var parameters: Int { levels }
  var domain: Law.Domain { .levels(levels) }
  var hasOrder: Bool { false }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let logits = masked(&graph, columns)
    var target = columns.target
    if let levels = columns.levels {
      let last = graph.table(levels.map { Float($0 - 1) }, [columns.count])
      target = graph.binary(.minimum, target, last)
    }
    let chosen = graph.sumLast(graph.multiply(logits, graph.oneHot(target, count: self.levels)))
    return graph.subtract(graph.logSumExp(logits), chosen)
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    graph.greatestPlace(masked(&graph, columns))
  }

  /// The logits, those past a column's own far below the others.
  private func masked(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    guard let levels = columns.levels, levels.contains(where: { $0 < self.levels }) else {
      return columns.parameters
    }
    let mask = levels.flatMap { own in
      (0..<self.levels).map { $0 < own ? 0 : CategoricalLaw.nothing }
    }
    return graph.add(columns.parameters, graph.table(mask, [columns.count, self.levels]))
  }

  static func softmax(_ logits: [Double]) -> [Double] {
    let whole = logSumExp(logits)
    return logits.map { ($0 - whole).exponential }
  }

  static func logSumExp(_ logs: [Double]) -> Double {
    let greatest = logs.max() ?? -.infinity
    if greatest == -.infinity { return greatest }
    return greatest + logs.reduce(0) { $0 + ($1 - greatest).exponential }.logarithm
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    guard let place = Int(exactly: x), parameters.indices.contains(place) else { return -.infinity }
    return parameters[place] - CategoricalLaw.logSumExp(parameters)
  }

  func mean(_ parameters: [Double]) -> Double { mode(parameters) }
  func mode(_ parameters: [Double]) -> Double {
    Double(
      parameters.indices.max {
        parameters[$0] < parameters[$1] || parameters[$0] == parameters[$1] && $0 > $1
      } ?? 0)
  }
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    CategoricalLaw.quantile(probability, CategoricalLaw.softmax(parameters))
  }

  /// The first level by which `probability` of them is reached.
  static func quantile(_ probability: Double, _ shares: [Double]) -> Double {
    var sum = 0.0
    for (place, share) in shares.enumerated() {
      sum += share
      if share > 0, sum >= probability { return Double(place) }
    }
    return Double(shares.lastIndex { $0 > 0 } ?? 0)
  }

  static func entropy(_ shares: [Double]) -> Double {
    shares.reduce(0) { $1 > 0 ? $0 - $1 * $1.logarithm : $0 }
  }

  func entropy(_ parameters: [Double]) -> Double {
    CategoricalLaw.entropy(CategoricalLaw.softmax(parameters))
  }
  func probabilities(_ parameters: [Double]) -> [Double]? { CategoricalLaw.softmax(parameters) }

  static func shares(of values: [Double], _ levels: Int) -> [Double] {
    var counts = [Double](repeating: 0, count: levels)
    for value in values { counts[Int(value)] += 1 }
    return counts.map { $0 / Double(values.count) }
  }

  /// The logarithms of the shares; of a level that is not there -50.
  func fitted(to values: [Double]) -> [Double] {
    CategoricalLaw.shares(of: values, levels).map { max($0.logarithm, -50) }
  }
}
