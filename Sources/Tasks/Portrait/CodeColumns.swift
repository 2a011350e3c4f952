import HourglassData
import HourglassTensor
import HourglassTraining

/// How each value of the code goes with each column of a table, from -1 over 0 for not at all to 1: Pearson's
/// correlation over samples,
///
///     r = Σ (z - z̄)(x - x̄) / √(Σ (z - z̄)² Σ (x - x̄)²)
///
/// A straight line between the two is found, a bend is not. Cells that are missing do not count.
public struct CodeColumns: Hashable, Sendable {
  /// One row a value of the code, in it one number a column; NaN where either does not vary.
  public let correlations: [[Double]]
  public let samples: Int

  /// - Parameters:
  ///   - codes: `[n, values]`
  ///   - table: `[n, columns]`; NaN where a cell is missing.
  /// - Precondition: as many codes as rows.
  public init(_ codes: Tensor, _ table: Tensor) {
    precondition(codes.rows == table.rows, "CodeColumns: \(codes.rows) codes, \(table.rows) rows")
    samples = codes.rows
    let (z, x) = (codes.doubles, table.doubles)
    let (values, columns) = (codes.shape.sample.count, table.shape.sample.count)
    correlations = (0..<values).map { value in
      (0..<columns).map { column in
        CodeColumns.correlation(
          (0..<codes.rows).map { (z[$0 * values + value], x[$0 * columns + column]) })
      }
    }
  }

  private static func correlation(_ pairs: [(Double, Double)]) -> Double {
    let there = pairs.filter { $0.0.isFinite && $0.1.isFinite }
    guard there.count > 2, let first = Statistics.mean(there.map(\.0)),
      let second = Statistics.mean(there.map(\.1))
    else { return .nan }
    let own = Statistics.sum(there.map { ($0.0 - first) * ($0.0 - first) })
    let other = Statistics.sum(there.map { ($0.1 - second) * ($0.1 - second) })
    let both = Statistics.sum(there.map { ($0.0 - first) * ($0.1 - second) })
    // What differs by no more than rounding does not vary.
    func varies(_ sum: Double, _ mean: Double) -> Bool { sum > 1e-12 * Double(there.count) * mean * mean }
    guard own > 0, other > 0, varies(own, first), varies(other, second) else { return .nan }
    return max(-1, min(1, both / (own * other).squareRoot()))
  }
}
