import HourglassEngine
import HourglassTensor

/// A number of groups that was tried.
public struct ClusterTrial: Hashable, Sendable {
  public let clusters: Int
  /// Less is better; nil where the method has no likelihood or another criterion was asked for.
  public let bayesianCriterion: Double?
  /// The mean adjusted Rand index between groups that were found on halves of the codes; nil where BIC was
  /// asked for.
  public let stability: Double?
}

/// How many groups there are.
///
/// By BIC: the number whose mixture has the least. By stability: of five pairs of halves of the points, drawn
/// at random, each half is grouped and all points are given to the groups of either; the mean adjusted Rand
/// index of the two says how well the number fits. Of numbers within a fiftieth of the best the largest.
///
/// At most ``most`` points are looked at, drawn by the seed.
///
/// - Source: Ben-Hur, Elisseeff and Guyon 2002 (stability under sampling); Fraley and Raftery 1998 (BIC).
struct ClusterChoice {
  let clusters: Int
  let trials: [ClusterTrial]

  static let most = 10_000
  static let pairs = 5
  static let tolerance = 0.02

  init(_ points: ClusterPoints, _ plan: ClusteringPlan, _ team: Team) throws {
    if let clusters = plan.clusters {
      (self.clusters, trials) = (clusters, [])
      return
    }
    var points = points
    let random = Random(seed: plan.seed, stream: .clusters)
    if points.count > Self.most {
      points = points.subset(
        random.permutation(points.count, step: .max - 2).prefix(Self.most).map(Int.init).sorted())
    }
    let numbers = 2..<(max(2, min(plan.most, points.count / 4)) + 1)
    guard points.count > 2 else {
      (clusters, trials) = (1, [])
      return
    }
    switch plan.usedCriterion {
    case .bic:
      trials = numbers.map { number in
        let found = Grouping(points, plan, clusters: number, seed: plan.seed, team: team)
        return ClusterTrial(clusters: number, bayesianCriterion: found.bayesianCriterion, stability: nil)
      }
      let best = trials.min { ($0.bayesianCriterion ?? .infinity) < ($1.bayesianCriterion ?? .infinity) }
      clusters = best?.clusters ?? 2
    case .stability:
      trials = numbers.map { number in
        ClusterTrial(
          clusters: number, bayesianCriterion: nil,
          stability: ClusterChoice.stability(points, plan, clusters: number, random, team))
      }
      let best = trials.compactMap(\.stability).max() ?? 0
      clusters = trials.last { ($0.stability ?? 0) >= best - Self.tolerance }?.clusters ?? 2
    }
  }

  /// How well the groups of halves agree.
  private static func stability(
    _ points: ClusterPoints, _ plan: ClusteringPlan, clusters: Int, _ random: Random, _ team: Team
  ) -> Double? {
    let values = (0..<pairs).map { pair -> Double in
      let order = random.permutation(points.count, step: UInt32(pair) &- 1024).map(Int.init)
      let half = points.count / 2
      let sides = [order.prefix(half), order.suffix(points.count - half)].map { rows in
        let seed = plan.seed &+ UInt64(pair)
        return groups(points, from: points.subset(rows.sorted()), plan, clusters, seed, team)
      }
      return ClusterAgreement.randIndex(sides[0], sides[1])
    }
    return Statistics.mean(values)
  }

  /// All points in the groups of some.
  private static func groups(
    _ points: ClusterPoints, from some: ClusterPoints, _ plan: ClusteringPlan, _ clusters: Int,
    _ seed: UInt64,
    _ team: Team
  ) -> [Int] {
    if let covariance = plan.method.covariance {
      let fit = MixtureFit(
        some, clusters: clusters, covariance: covariance, starts: plan.starts, seed: seed, team: team)
      return MixtureFit(fit.mixture, of: points, covariance, team).assignments
    }
    let centres = KMeans(some, clusters: clusters, starts: 3, seed: seed, team: team).centres
    return (0..<points.count).map { row in
      var (best, least) = (0, Double.infinity)
      for (group, centre) in centres.enumerated() {
        let square = zip(points[row], centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if square < least { (best, least) = (group, square) }
      }
      return best
    }
  }
}
