import HourglassTensor

/// Whether two samples of numbers come from one distribution, by the largest distance of their shares.
///
///     D = max over x of |F(x) - G(x)|     F, G the shares of either sample at most x
///
/// The p-value is exact where the sizes' product is at most a million, of all ways to share the values out,
/// else Kolmogorov's limit: 2 Σ (-1)^(k-1) exp(-2 k² D² nm / (n + m)). With tied values both are too large
/// rather than too small.
///
/// - Source: Kolmogorov 1933, Smirnov 1939.
public struct KolmogorovSmirnov: Hashable, Sendable {
  public let distance: Double
  public let pValue: Double

  private static let exactWork = 1_000_000

  /// - Parameters: values without NaN, one at least in each.
  /// - Complexity: O(n log n), exact O(n m).
  public init(_ first: [Double], _ second: [Double]) {
    precondition(!first.isEmpty && !second.isEmpty, "KolmogorovSmirnov: an empty sample")
    distance = KolmogorovSmirnov.distance(first.sorted(), second.sorted())
    let (n, m) = (first.count, second.count)
    pValue =
      n * m <= KolmogorovSmirnov.exactWork
      ? KolmogorovSmirnov.exactChance(of: distance, n, m) : KolmogorovSmirnov.limit(of: distance, n, m)
  }

  private static func distance(_ first: [Double], _ second: [Double]) -> Double {
    var (i, j, largest) = (0, 0, 0.0)
    while i < first.count, j < second.count {
      let value = Swift.min(first[i], second[j])
      while i < first.count, first[i] == value { i += 1 }
      while j < second.count, second[j] == value { j += 1 }
      largest = Swift.max(
        largest, (Double(i) / Double(first.count) - Double(j) / Double(second.count)).magnitude)
    }
    return largest
  }

  /// The chance of such a distance or a larger one: one minus that of a path from (0, 0) to (n, m) that stays
  /// nearer to the diagonal, step by step in either direction.
  static func exactChance(of distance: Double, _ n: Int, _ m: Int) -> Double {
    let (n, m) = (Swift.max(n, m), Swift.min(n, m))
    let (rows, columns) = (Double(m), Double(n))
    // Halfway below the distance, which is a whole number of steps of 1 / (n m).
    let bound = (0.5 + (distance * rows * columns - 1e-7).rounded(.down)) / (rows * columns)
    var chances = (0...n).map { Double($0) / columns > bound ? 0 : 1.0 }
    for row in 1...m {
      let share = Double(row) / rows
      let weight = Double(row) / Double(row + n)
      chances[0] = share > bound ? 0 : weight * chances[0]
      for column in 1...n {
        let isOutside = (share - Double(column) / columns).magnitude > bound
        chances[column] = isOutside ? 0 : weight * chances[column] + chances[column - 1]
      }
    }
    return Swift.min(1, Swift.max(0, 1 - chances[n]))
  }

  static func limit(of distance: Double, _ n: Int, _ m: Int) -> Double {
    let size = Double(n) * Double(m) / Double(n + m)
    let square = size * distance * distance
    // Below, the alternating sum is 1 to all digits.
    guard square > 0.04 else { return 1 }
    var (sum, sign) = (0.0, 1.0)
    for k in 1...100 {
      let term = (-2 * Double(k * k) * square).exponential
      sum += sign * term
      sign = -sign
      if term < 1e-17 * sum { break }
    }
    return Swift.min(1, Swift.max(0, 2 * sum))
  }
}

extension [Double] {
  /// Holm's p-values of several tests: at most `alarm` is the chance that one at or below it is of a test
  /// where nothing is to be found, however the tests hang together.
  ///
  ///     q of the k-th smallest of n = max over j ≤ k of min(1, (n - j + 1) p_j)
  ///
  /// - Source: Holm 1979.
  var holm: [Double] {
    var (adjusted, largest) = ([Double](repeating: 1, count: count), 0.0)
    for (rank, index) in indices.sorted(by: { (self[$0], $0) < (self[$1], $1) }).enumerated() {
      largest = Swift.max(largest, Swift.min(1, Double(count - rank) * self[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
