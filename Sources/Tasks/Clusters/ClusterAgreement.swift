import HourglassData
import HourglassTensor

/// How well groups agree with classes that are known.
///
///     accuracy = the most Σ n(k, c(k)) / n over maps c that give every group a class of its own
///     NMI = I(K; C) / ((H(K) + H(C)) / 2)
///     ARI = (Σ pairs(nₖ꜀) - E) / ((Σ pairs(nₖ) + Σ pairs(n꜀)) / 2 - E)
///     E = Σ pairs(nₖ) Σ pairs(n꜀) / pairs(n),   pairs(m) = m (m - 1) / 2
///
/// Points of groups that have no class left, as there are more groups than classes, count as wrong.
///
/// - Source: Kuhn 1955 (the assignment); Strehl and Ghosh 2002, with the arithmetic mean of scikit-learn;
///   Hubert and Arabie 1985.
public struct ClusterAgreement: Hashable, Sendable {
  public let accuracy: Double
  /// Normalised mutual information, by the arithmetic mean of the entropies.
  public let mutualInformation: Double
  /// Adjusted Rand index: 1 for the same groups, 0 in the mean of chance.
  public let randIndex: Double
  /// Points that have a group and a class.
  public let count: Int
  /// Of each group the place of its class among ``classes``; nil for one that has none.
  public let matches: [Int?]
  /// The classes there are, in order.
  public let classes: [Int32]

  /// - Parameters:
  ///   - groups: numbers from 0.
  ///   - classes: one a point.
  public init(_ groups: [Int], classes: [Int32]) {
    precondition(
      groups.count == classes.count, "ClusterAgreement: \(groups.count) groups, \(classes.count) classes")
    let own = Set(classes).sorted()
    self.classes = own
    let places = Dictionary(uniqueKeysWithValues: own.enumerated().map { ($1, $0) })
    let table = Contingency(groups, classes.map { places[$0] ?? 0 })
    (count, randIndex, mutualInformation) = (groups.count, table.randIndex, table.mutualInformation)
    let gains = (0..<table.rows).map { row in (0..<table.columns).map { Double(table[row, $0]) } }
    matches = BestAssignment(gains: gains).columns
    let right = matches.enumerated().reduce(0) { sum, match in
      sum + (match.element.map { table[match.offset, $0] } ?? 0)
    }
    accuracy = groups.isEmpty ? 0 : Double(right) / Double(groups.count)
  }

  /// The adjusted Rand index of two ways of grouping the same points.
  static func randIndex(_ first: [Int], _ second: [Int]) -> Double { Contingency(first, second).randIndex }
}

/// How many points are in each pair of a group of one kind and one of another.
struct Contingency {
  let rows: Int
  let columns: Int
  private let counts: [Int]

  init(_ first: [Int], _ second: [Int]) {
    rows = (first.max() ?? -1) + 1
    columns = (second.max() ?? -1) + 1
    var counts = [Int](repeating: 0, count: rows * columns)
    for (row, column) in zip(first, second) { counts[row * columns + column] += 1 }
    self.counts = counts
  }

  subscript(row: Int, column: Int) -> Int { counts[row * columns + column] }

  private var rowSums: [Int] { (0..<rows).map { row in (0..<columns).reduce(0) { $0 + self[row, $1] } } }
  private var columnSums: [Int] {
    (0..<columns).map { column in (0..<rows).reduce(0) { $0 + self[$1, column] } }
  }

  private static func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }

  var randIndex: Double {
    let (both, one, other) = (
      counts.reduce(0) { $0 + Self.pairs($1) }, rowSums.reduce(0) { $0 + Self.pairs($1) },
      columnSums.reduce(0) { $0 + Self.pairs($1) }
    )
    let all = Self.pairs(counts.reduce(0, +))
    guard all > 0 else { return 1 }
    let expected = one * other / all
    let most = (one + other) / 2
    // All points in one group, or each in its own, both times.
    return most == expected ? 1 : (both - expected) / (most - expected)
  }

  var mutualInformation: Double {
    let total = Double(counts.reduce(0, +))
    guard total > 0 else { return 1 }
    let (rows, columns) = (rowSums, columnSums)
    func entropy(_ sums: [Int]) -> Double {
      -sums.reduce(0) { $0 + ($1 > 0 ? Double($1) / total * (Double($1) / total).logarithm : 0) }
    }
    let mean = (entropy(rows) + entropy(columns)) / 2
    guard mean > 0 else { return 1 }
    var information = 0.0
    for row in 0..<self.rows {
      for column in 0..<self.columns where self[row, column] > 0 {
        let joint = Double(self[row, column]) / total
        information +=
          joint * (joint * total * total / (Double(rows[row]) * Double(columns[column]))).logarithm
      }
    }
    return max(0, min(1, information / mean))
  }
}
