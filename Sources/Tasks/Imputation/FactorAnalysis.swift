import HourglassTensor

/// Factor analysis of a table with gaps, fitted by expectation and maximisation: the linear control of
/// imputation.
///
///     x = μ + Λ z + ε,   z ~ N(0, I) of k factors,   ε ~ N(0, diag ψ)
///
/// Rows need not be whole: the law of z is taken from the values that are there, and each column's loadings
/// and noise are fitted to the rows that have it. Rubin and Thayer 1982, with values missing at random; with
/// as many factors as columns less one it comes near the conditional mean of the normal law.
public struct FactorAnalysis: Sendable {
  public let columns: Int
  public let factors: Int
  /// Means and deviations of the values that are there: columns are standardised first.
  private let means: [Double]
  private let deviations: [Double]
  /// `[columns, factors + 1]`: loadings, and behind them the offset that is left of the mean.
  private var loadings: [Double]
  private var noise: [Double]

  /// The least variance that a column's noise may have, of 1: a column that others tell exactly keeps a trace
  /// of its own, or the fit would never end.
  private static let leastNoise = 1e-3
  /// What the matrix of each column's regression is made heavier by on its diagonal, in rows.
  private static let ridge = 1.0

  /// - Parameters:
  ///   - values: `rows · columns`, row by row; NaN where a value is missing.
  ///   - factors: at least 1, fewer than columns.
  /// - Complexity: O(rounds · rows · columns · factors²).
  public init(_ values: [Double], columns: Int, factors: Int, rounds: Int = 100) {
    precondition(columns > 0 && values.count % columns == 0, "FactorAnalysis: \(values.count) of \(columns)")
    self.columns = columns
    let factors = max(1, min(factors, columns - 1))
    self.factors = factors
    (means, deviations) = ColumnMoments.of(values, columns)
    loadings = [Double](repeating: 0, count: columns * (factors + 1))
    noise = [Double](repeating: 1, count: columns)
    let random = Random(seed: 0, stream: .weights)
    for column in 0..<columns {
      for factor in 0..<factors {
        loadings[column * (factors + 1) + factor] =
          0.5 * Double(random.normal(position: UInt64(column * factors + factor)))
      }
    }
    for _ in 0..<rounds where step(values) < 1e-5 { break }
  }

  /// Numbers of factors that are tried.
  private static let tried = [1, 2, 3, 5, 8, 12, 16]
  /// Every so many values one is hidden to judge them by.
  private static let judgedEvery: UInt64 = 10

  /// With the number of factors that fills in a tenth of the values best, which are hidden to tell.
  ///
  /// - Parameter values: as in ``init(_:columns:factors:rounds:)``.
  public static func fitted(to values: [Double], columns: Int) -> FactorAnalysis {
    let random = Random(seed: 0, stream: .analysis)
    let isJudged = values.indices.map { index in
      !values[index].isNaN && random.integer(below: Int(judgedEvery), position: UInt64(index)) == 0
    }
    let left = zip(values, isJudged).map { $1 ? .nan : $0 }
    let deviations = ColumnMoments.of(values, columns).1
    func error(_ factors: Int) -> Double {
      let analysis = FactorAnalysis(left, columns: columns, factors: factors, rounds: 50)
      var sum = 0.0
      for start in stride(from: 0, to: values.count, by: columns)
      where isJudged[start..<(start + columns)].contains(true) {
        let filled = analysis.filled(Array(left[start..<(start + columns)]))
        for column in 0..<columns where isJudged[start + column] {
          let distance = (filled[column] - values[start + column]) / deviations[column]
          sum += distance * distance
        }
      }
      return sum
    }
    let candidates = tried.filter { $0 == 1 || $0 < columns }
    let errors = candidates.map(error)
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    return FactorAnalysis(values, columns: columns, factors: candidates[best])
  }

  private func standard(_ value: Double, _ column: Int) -> Double {
    (value - means[column]) / deviations[column]
  }

  /// One round; the largest change of a column's noise, as a part of it.
  private mutating func step(_ values: [Double]) -> Double {
    let size = factors + 1
    var products = [Double](repeating: 0, count: columns * size * size)
    var targets = [Double](repeating: 0, count: columns * size)
    var squares = [Double](repeating: 0, count: columns)
    var counts = squares
    for start in stride(from: 0, to: values.count, by: columns) {
      let row = values[start..<(start + columns)]
      let (mean, second) = posterior(row)
      for column in 0..<columns where !values[start + column].isNaN {
        let value = standard(values[start + column], column)
        for i in 0..<size {
          targets[column * size + i] += value * mean[i]
          for j in 0..<size { products[(column * size + i) * size + j] += second[i * size + j] }
        }
        squares[column] += value * value
        counts[column] += 1
      }
    }
    var change = 0.0
    for column in 0..<columns where counts[column] > 0 {
      var matrix = Array(products[(column * size * size)..<((column + 1) * size * size)])
      let target = Array(targets[(column * size)..<((column + 1) * size)])
      for i in 0..<factors { matrix[i * size + i] += FactorAnalysis.ridge * noise[column] }
      let solved = PositiveMatrix(matrix, count: size).solve(target)
      let explained = zip(solved, target).reduce(0) { $0 + $1.0 * $1.1 }
      let left = max(FactorAnalysis.leastNoise, (squares[column] - explained) / counts[column])
      change = max(change, abs(left - noise[column]) / noise[column])
      loadings.replaceSubrange((column * size)..<((column + 1) * size), with: solved)
      noise[column] = left
    }
    return change
  }

  /// E[(z, 1)] and E[(z, 1) (z, 1)ᵀ] given the values of a row that are there.
  private func posterior(_ row: ArraySlice<Double>) -> (mean: [Double], second: [Double]) {
    let size = factors + 1
    var precision = [Double](repeating: 0, count: factors * factors)
    var pull = [Double](repeating: 0, count: factors)
    for i in 0..<factors { precision[i * factors + i] = 1 }
    for column in 0..<columns where !row[row.startIndex + column].isNaN {
      let base = column * size
      let residual =
        (standard(row[row.startIndex + column], column) - loadings[base + factors]) / noise[column]
      for i in 0..<factors {
        pull[i] += loadings[base + i] * residual
        let weight = loadings[base + i] / noise[column]
        for j in 0...i { precision[i * factors + j] += weight * loadings[base + j] }
      }
    }
    for i in 0..<factors { for j in 0..<i { precision[j * factors + i] = precision[i * factors + j] } }
    let matrix = PositiveMatrix(precision, count: factors)
    let mean = matrix.solve(pull) + [1]
    let covariance = matrix.inverse
    var second = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0..<size {
        second[i * size + j] =
          mean[i] * mean[j] + (i < factors && j < factors ? covariance[i * factors + j] : 0)
      }
    }
    return (mean, second)
  }

  /// A row with what is missing filled in by its conditional mean.
  public func filled(_ row: [Double]) -> [Double] {
    precondition(row.count == columns, "FactorAnalysis: a row of \(row.count), fitted to \(columns)")
    guard row.contains(where: \.isNaN) else { return row }
    let (mean, _) = posterior(row[...])
    return row.indices.map { column in
      guard row[column].isNaN else { return row[column] }
      let base = column * (factors + 1)
      let value = (0...factors).reduce(0) { $0 + loadings[base + $1] * mean[$1] }
      return means[column] + deviations[column] * value
    }
  }
}

/// Means and deviations of the columns of a table with gaps.
enum ColumnMoments {
  /// Of the values that are there; the deviation 1 where all are alike.
  static func of(_ values: [Double], _ columns: Int) -> ([Double], [Double]) {
    var (means, deviations) = ([Double](), [Double]())
    for column in 0..<columns {
      let known = stride(from: column, to: values.count, by: columns).compactMap { index in
        values[index].isNaN ? nil : values[index]
      }
      let deviation = (Statistics.variance(known) ?? 0).squareRoot()
      means.append(Statistics.mean(known) ?? 0)
      deviations.append(deviation > 0 ? deviation : 1)
    }
    return (means, deviations)
  }
}
