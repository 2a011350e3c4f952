import HourglassTensor

/// Whether two samples have the same shares of levels, by how often each level comes in either.
///
/// Levels that are too rare for the χ² law are taken together: those of which fewer than five are to be
/// expected in one of the samples. Which are rare is decided by both samples together, so that a level that
/// one of them lacks is no stranger than chance makes it. Where two levels are left, or two kinds of rows, as
/// with and without a gap, the p-value is Fisher's, exact for any number.
///
///     χ² = Σ (found - expected)² / expected,    p = Q((levels - 1) / 2, χ² / 2)
public struct CountTest: Hashable, Sendable {
  public let pValue: Double

  /// - Parameters: how often each level comes; as many in both.
  public init(_ first: [Int], _ second: [Int]) {
    precondition(first.count == second.count, "CountTest: \(first.count) and \(second.count) levels")
    let (n, m) = (first.reduce(0, +), second.reduce(0, +))
    guard n > 0, m > 0 else {
      pValue = 1
      return
    }
    let counts = CountTest.pooled(zip(first, second).map { ($0, $1) }, n, m)
    switch counts.count {
    case 0, 1: pValue = 1
    case 2 where !CountTest.areMany(counts, n, m):
      pValue = CountTest.fisher(counts[0].0, counts[0].1, n, m)
    default: pValue = CountTest.chiSquared(counts, n, m).pValue
    }
  }

  /// Whether the χ² law is exact to all digits that anybody reads.
  private static func areMany(_ counts: [(Int, Int)], _ n: Int, _ m: Int) -> Bool {
    counts.allSatisfy { Double($0.0 + $0.1) * Double(min(n, m)) / Double(n + m) > 10_000 }
  }

  /// The levels that are there, rare ones as one.
  private static func pooled(_ counts: [(Int, Int)], _ n: Int, _ m: Int) -> [(Int, Int)] {
    let present = counts.filter { $0.0 + $0.1 > 0 }
    guard present.count > 2 else { return present }
    let share = Double(min(n, m)) / Double(n + m)
    var common = present.filter { Double($0.0 + $0.1) * share >= 5 }
    let rest = present.filter { Double($0.0 + $0.1) * share < 5 }
    guard !rest.isEmpty else { return common }
    let pool = rest.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    // Two levels have an exact test, however few they are.
    if common.count < 2 || Double(pool.0 + pool.1) * share >= 1 { return common + [pool] }
    let least = common.indices.min { common[$0].0 + common[$0].1 < common[$1].0 + common[$1].1 } ?? 0
    common[least] = (common[least].0 + pool.0, common[least].1 + pool.1)
    return common
  }

  static func chiSquared(
    _ counts: [(Int, Int)], _ n: Int, _ m: Int
  ) -> (statistic: Double, pValue: Double) {
    let whole = Double(n + m)
    var sum = 0.0
    for (first, second) in counts {
      for (found, size) in [(first, n), (second, m)] {
        let expected = Double(first + second) * Double(size) / whole
        sum += (Double(found) - expected) * (Double(found) - expected) / expected
      }
    }
    return (sum, (Double(counts.count - 1) / 2).upperGamma(sum / 2))
  }

  /// The chance that a table with these margins is as unlikely as this one, or more.
  ///
  /// - Parameters: of one level, how often it comes in either sample; the samples' sizes.
  /// - Source: Fisher 1922.
  static func fisher(_ first: Int, _ second: Int, _ n: Int, _ m: Int) -> Double {
    let level = first + second
    func logChoose(_ whole: Int, _ part: Int) -> Double {
      (Double(whole) + 1).logGamma - (Double(part) + 1).logGamma - (Double(whole - part) + 1).logGamma
    }
    func logChance(_ count: Int) -> Double { logChoose(n, count) + logChoose(m, level - count) }
    let all = logChoose(n + m, level)
    let own = logChance(first)
    // As SciPy and R: what differs in the last digits alone is as likely.
    let sum = (max(0, level - m)...min(level, n)).reduce(0.0) { sum, count in
      let chance = logChance(count)
      return chance <= own + 1e-7 ? sum + (chance - all).exponential : sum
    }
    return min(1, sum)
  }
}
