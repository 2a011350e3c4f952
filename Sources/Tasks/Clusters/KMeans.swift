import HourglassEngine
public import HourglassTensor
import HourglassTraining

/// Points in groups around centres: of several starts the one with the least sum of squared distances.
///
///     inertia = Σ over points of min over centres of ‖x - c‖²
///
/// Starts are drawn by k-means++, of 2 + ⌊log k⌋ candidates the one that lowers the sum most. Then points go
/// to their nearest centre and centres to the mean of their points, until no point changes. Bounds spare
/// distances that cannot matter; the result is that of the plain method. A centre that is left without points
/// goes to the point that lies furthest from its own.
///
/// The same points, count and seed give the same groups on any number of threads.
///
/// Complexity: O(n k d) for a round without bounds.
///
/// - Source: Lloyd 1982; Arthur and Vassilvitskii 2007 (the start, and its candidates); Hamerly 2010 (the
///   bounds). Ten starts and 300 rounds are the usual ones of scikit-learn.
public struct KMeans: Hashable, Sendable {
  /// `[clusters, width]`.
  public let centres: [[Double]]
  /// Of each point the centre that is nearest, counted from 0.
  public let assignments: [Int]
  public let inertia: Double
  /// Rounds of the start that was best.
  public let rounds: Int

  static let starts = 10
  static let mostRounds = 300

  /// - Parameters:
  ///   - codes: `[n, code…]`.
  ///   - clusters: fewer where there are fewer points.
  /// - Throws: `TrainingError` for no codes, or one that is not finite.
  public init(
    _ codes: Tensor, clusters: Int, starts: Int = 10, seed: UInt64 = 1, threads: Int = Team.processors
  ) throws(TrainingError) {
    try Clustering.check(codes)
    self.init(
      ClusterPoints(codes), clusters: clusters, starts: starts, seed: seed, team: Team(count: max(1, threads))
    )
  }

  init(_ points: ClusterPoints, clusters: Int, starts: Int = KMeans.starts, seed: UInt64, team: Team) {
    let count = max(1, min(clusters, points.count))
    let random = Random(seed: seed, stream: .clusters)
    var best: LloydRun?
    for start in 0..<max(1, starts) {
      let centres = KMeansStart(points, random, UInt32(start), team).centres(count)
      var run = LloydRun(points, centres: centres, count: count)
      run.converge(rounds: KMeans.mostRounds, team)
      if best.map({ run.inertia < $0.inertia }) ?? true { best = run }
    }
    // One start at least was made.
    let run = best ?? LloydRun(points, centres: [], count: 0)
    centres = (0..<run.count).map { Array(run.centres[($0 * points.width)..<(($0 + 1) * points.width)]) }
    assignments = run.assignments.map(Int.init)
    (inertia, rounds) = (run.inertia, run.rounds)
  }
}

/// Where k-means begins.
struct KMeansStart {
  private let points: ClusterPoints
  private let random: Random
  private let step: UInt32
  private let team: Team

  init(_ points: ClusterPoints, _ random: Random, _ step: UInt32, _ team: Team) {
    (self.points, self.random, self.step, self.team) = (points, random, step, team)
  }

  /// `[count, width]`: points, each drawn in proportion to its squared distance from the nearest before.
  func centres(_ count: Int) -> [Double] {
    let first = random.integer(below: points.count, step: step, position: 0)
    var centres = Array(points[first])
    var nearest = [Double](repeating: .infinity, count: points.count)
    var sums = lower(&nearest, by: first)
    let candidates = 2 + Int(Double(max(1, count)).logarithm)
    for number in 1..<max(count, 1) where number < count {
      var best: (row: Int, nearest: [Double], sums: [Double], total: Double)?
      for candidate in 0..<candidates {
        let draw = random.bits(step: step, position: UInt64(number * candidates + candidate))
        let share = Double(UInt64(draw.x) << 21 | UInt64(draw.y) >> 11) * 0x1p-53
        let row = row(at: share * Statistics.sum(sums), sums, nearest)
        var lowered = nearest
        let found = lower(&lowered, by: row)
        let total = Statistics.sum(found)
        if best.map({ total < $0.total }) ?? true { best = (row, lowered, found, total) }
      }
      guard let best else { break }
      centres += points[best.row]
      (nearest, sums) = (best.nearest, best.sums)
    }
    return centres
  }

  /// The point at which the running sum of squared distances passes a number.
  private func row(at wanted: Double, _ sums: [Double], _ nearest: [Double]) -> Int {
    var (left, part) = (wanted, 0)
    while part < sums.count - 1, left >= sums[part] {
      left -= sums[part]
      part += 1
    }
    var last = part * points.part
    for row in last..<min(points.count, last + points.part) where nearest[row] > 0 {
      last = row
      left -= nearest[row]
      if left < 0 { break }
    }
    return last
  }

  /// Lowers squared distances to those from a point, and adds them up part by part.
  private func lower(_ nearest: inout [Double], by centre: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: points.parts)
    let width = points.width
    nearest.withUnsafeMutableBufferPointer { nearest in
      sums.withUnsafeMutableBufferPointer { sums in
        points.values.withUnsafeBufferPointer { values in
          team.forEachPart(of: points.count, size: points.part) { part in
            var sum = 0.0
            for row in part {
              var square = 0.0
              for column in 0..<width {
                let off = values[row * width + column] - values[centre * width + column]
                square += off * off
              }
              nearest[row] = min(nearest[row], square)
              sum += nearest[row]
            }
            sums[part.lowerBound / points.part] = sum
          }
        }
      }
    }
    return sums
  }
}
