import HourglassEngine
import HourglassTensor

/// How much nearer points lie to their own group than to the next one.
///
///     s = (b - a) / max(a, b)
///
/// for the mean distance a to the other points of the own group and the least mean distance b to those of
/// another; 0 for a point alone in its group. 1 is far apart, 0 on the border, below 0 in the wrong group.
/// Of more points than ``most`` the mean over so many that are drawn, among themselves.
///
/// Complexity: O(m² d) for m the points looked at.
///
/// - Source: Rousseeuw 1987.
public struct Silhouette: Hashable, Sendable {
  /// The mean over points; nil where there is one group alone.
  public let mean: Double?
  /// Points that were looked at.
  public let count: Int

  /// Points that are looked at, at most.
  public static let most = 5000

  init(_ points: ClusterPoints, _ groups: [Int], seed: UInt64, team: Team) {
    var (points, groups) = (points, groups)
    if points.count > Silhouette.most {
      let rows = Random(seed: seed, stream: .clusters).permutation(points.count, step: .max)
        .prefix(Silhouette.most).map(Int.init).sorted()
      groups = rows.map { groups[$0] }
      points = points.subset(rows)
    }
    count = points.count
    let number = (groups.max() ?? 0) + 1
    var sizes = [Int](repeating: 0, count: number)
    for group in groups { sizes[group] += 1 }
    guard sizes.count(where: { $0 > 0 }) > 1 else {
      mean = nil
      return
    }
    var values = [Double](repeating: 0, count: points.count)
    values.withUnsafeMutableBufferPointer { values in
      team.forEachPart(of: points.count, size: 32) { [points, groups, sizes] part in
        for row in part { values[row] = Silhouette.value(of: row, points, groups, sizes) }
      }
    }
    mean = Statistics.sum(values) / Double(values.count)
  }

  private static func value(of row: Int, _ points: ClusterPoints, _ groups: [Int], _ sizes: [Int]) -> Double {
    let (own, width) = (groups[row], points.width)
    guard sizes[own] > 1 else { return 0 }
    var sums = [Double](repeating: 0, count: sizes.count)
    points.values.withUnsafeBufferPointer { values in
      for other in 0..<points.count {
        var square = 0.0
        for column in 0..<width {
          let off = values[row * width + column] - values[other * width + column]
          square += off * off
        }
        sums[groups[other]] += square.squareRoot()
      }
    }
    let a = sums[own] / Double(sizes[own] - 1)
    var b = Double.infinity
    for group in sums.indices where group != own && sizes[group] > 0 {
      b = min(b, sums[group] / Double(sizes[group]))
    }
    let most = max(a, b)
    return most > 0 ? (b - a) / most : 0
  }
}
