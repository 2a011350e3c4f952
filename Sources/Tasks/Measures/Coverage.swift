import HourglassEngine
import HourglassTensor

/// How many generated points lie where real ones do, and how many real ones where generated ones do.
///
/// A point lies where others do if, for one of them, it is no further than that one's k-th neighbour among
/// its own.
///
///     precision = share of generated points in the reach of real ones
///     recall    = share of real points in the reach of generated ones
///
/// - Source: Kynkäänniemi et al. 2019, with their k of 3.
public struct Coverage: Hashable, Sendable {
  public let precision: Double
  public let recall: Double

  /// - Parameters:
  ///   - real: `[n, width]`, finite.
  ///   - generated: `[m, width]`, finite.
  ///   - neighbours: k; fewer where there are no more points.
  public init(real: Tensor, generated: Tensor, neighbours: Int = 3, threads: Int = Team.processors) {
    let width = real.rows == 0 ? 0 : real.count / real.rows
    precondition(
      generated.count == generated.rows * width, "Coverage: \(real.shape) beside \(generated.shape)")
    let team = Team(count: max(1, threads))
    let (first, second) = (real.values, generated.values)
    precision = Coverage.share(of: second, inReachOf: first, width, neighbours, team)
    recall = Coverage.share(of: first, inReachOf: second, width, neighbours, team)
  }

  private static func share(
    of points: [Float], inReachOf others: [Float], _ width: Int, _ neighbours: Int, _ team: Team
  ) -> Double {
    guard width > 0, !points.isEmpty, !others.isEmpty else { return 0 }
    let found = NearestNeighbours(others, width: width, neighbours: neighbours, team: team)
    let each = found.neighbours
    let reaches = (0..<found.count).map { each == 0 ? 0 : found.squaredDistances[($0 + 1) * each - 1] }
    let count = points.count / width
    var inside = [Bool](repeating: false, count: count)
    inside.withUnsafeMutableBufferPointer { inside in
      points.withUnsafeBufferPointer { points in
        others.withUnsafeBufferPointer { others in
          team.forEachPart(of: count, size: 64) { part in
            for point in part {
              inside[point] = reaches.indices.contains { other in
                Coverage.isWithin(reaches[other], points, point, others, other, width)
              }
            }
          }
        }
      }
    }
    return Double(inside.count { $0 }) / Double(count)
  }

  @inline(__always)
  private static func isWithin(
    _ reach: Double, _ points: UnsafeBufferPointer<Float>, _ point: Int,
    _ others: UnsafeBufferPointer<Float>, _ other: Int, _ width: Int
  ) -> Bool {
    var sum = 0.0
    for index in 0..<width {
      let away = Double(points[point * width + index]) - Double(others[other * width + index])
      sum += away * away
      // Most points are far: that shows after a few values.
      if sum > reach { return false }
    }
    return true
  }
}
