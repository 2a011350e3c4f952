import HourglassTensor

/// The normal law of a table with gaps, fitted by expectation and maximisation, and its conditional mean: the
/// other linear control of imputation.
///
///     E[x_m | x_o] = μ_m + Σ_mo Σ_oo⁻¹ (x_o - μ_o)
///
/// Little and Rubin 2002, section 11.2. Columns are standardised first; the covariance is held away from
/// being singular by a ridge of one row.
public struct GaussianImputation: Sendable {
  public let columns: Int
  private let shift: [Double]
  private let scale: [Double]
  private var mean: [Double]
  private var covariance: [Double]

  private static let ridge = 1.0

  /// - Parameter values: `rows · columns`, row by row; NaN where a value is missing.
  /// - Complexity: O(rounds · rows · columns³).
  public init(_ values: [Double], columns: Int, rounds: Int = 50) {
    precondition(
      columns > 0 && values.count % columns == 0, "GaussianImputation: \(values.count) of \(columns)")
    self.columns = columns
    let (shift, scale) = ColumnMoments.of(values, columns)
    (self.shift, self.scale) = (shift, scale)
    mean = [Double](repeating: 0, count: columns)
    covariance = [Double](repeating: 0, count: columns * columns)
    for column in 0..<columns { covariance[column * columns + column] = 1 }
    let standard = values.indices.map { (values[$0] - shift[$0 % columns]) / scale[$0 % columns] }
    for _ in 0..<rounds where step(standard) < 1e-4 { break }
  }

  private mutating func step(_ values: [Double]) -> Double {
    let rows = values.count / columns
    var sums = [Double](repeating: 0, count: columns)
    var squares = [Double](repeating: 0, count: columns * columns)
    for start in stride(from: 0, to: values.count, by: columns) {
      let row = Array(values[start..<(start + columns)])
      let (filled, spread, missing) = conditional(row)
      for i in 0..<columns {
        sums[i] += filled[i]
        for j in 0...i { squares[i * columns + j] += filled[i] * filled[j] }
      }
      for (a, i) in missing.enumerated() {
        for (b, j) in missing.enumerated() where j <= i {
          squares[i * columns + j] += spread[a * missing.count + b]
        }
      }
    }
    let count = Double(max(1, rows))
    let next = sums.map { $0 / count }
    var change = 0.0
    for i in 0..<columns {
      for j in 0...i {
        var value = squares[i * columns + j] - count * next[i] * next[j]
        if i == j { value += GaussianImputation.ridge }
        value /= count + GaussianImputation.ridge
        change = max(change, abs(value - covariance[i * columns + j]))
        covariance[i * columns + j] = value
        covariance[j * columns + i] = value
      }
    }
    mean = next
    return change
  }

  /// The row with its conditional mean in the gaps, the covariance of what is missing, and which that is.
  private func conditional(_ row: [Double]) -> (filled: [Double], spread: [Double], missing: [Int]) {
    let missing = row.indices.filter { row[$0].isNaN }
    guard !missing.isEmpty else { return (row, [], []) }
    let known = row.indices.filter { !row[$0].isNaN }
    let inner = PositiveMatrix(
      known.flatMap { i in known.map { covariance[i * columns + $0] } }, count: known.count)
    let weights = inner.solve(known.map { row[$0] - mean[$0] })
    var filled = row
    var spread = [Double](repeating: 0, count: missing.count * missing.count)
    for (a, i) in missing.enumerated() {
      let across = known.map { covariance[i * columns + $0] }
      filled[i] = mean[i] + zip(across, weights).reduce(0) { $0 + $1.0 * $1.1 }
      let solved = inner.solve(across)
      for (b, j) in missing.enumerated() {
        let explained = zip(solved, known).reduce(0) { $0 + $1.0 * covariance[$1.1 * columns + j] }
        spread[a * missing.count + b] = covariance[i * columns + j] - explained
      }
    }
    return (filled, spread, missing)
  }

  /// A row with what is missing filled in by its conditional mean.
  public func filled(_ row: [Double]) -> [Double] {
    precondition(row.count == columns, "GaussianImputation: a row of \(row.count), fitted to \(columns)")
    let standard = row.indices.map { (row[$0] - shift[$0]) / scale[$0] }
    let filled = conditional(standard).filled
    return row.indices.map { row[$0].isNaN ? shift[$0] + scale[$0] * filled[$0] : row[$0] }
  }
}
