import HourglassEngine
public import HourglassTensor
public import HourglassTraining

/// A mixture of normal laws fitted to all points, and how likely each point is to come from each law.
///
///     p(k | x) = πₖ N(x; μₖ, Σₖ) / Σⱼ πⱼ N(x; μⱼ, Σⱼ)
///     BIC = -2 Σ log p(x) + parameters · log n
///
/// Begins with the groups of ``KMeans``, one start of it for each start of its own, and keeps the likeliest.
/// Ends where a round raises the mean of log p(x) by less than 10⁻⁴. To the variances a millionth of the
/// points' own is added, so that none vanishes.
///
/// The same points, count and seed give the same bytes on any number of threads.
///
/// Complexity: O(n k d²) a round, O(n k d) with diagonal covariances.
///
/// - Source: Dempster, Laird and Rubin 1977; Schwarz 1978 (BIC).
public struct MixtureFit: Sendable {
  /// What a law's covariance may be.
  public enum Covariance: String, Hashable, Sendable, CaseIterable {
    case full
    /// Values are independent within a group.
    case diagonal
  }

  public let mixture: GaussianMixture
  public let covariance: Covariance
  /// Σ log p(x), in nats.
  public let logLikelihood: Double
  /// `[n, clusters]`: p(k | x).
  public let probabilities: [Double]
  /// Of each point the law it comes from most likely, counted from 0.
  public let assignments: [Int]
  /// Of each point √((x - μ)ᵀ Σ⁻¹ (x - μ)) for its law: Mahalanobis' distance.
  public let distances: [Double]
  public let rounds: Int

  static let mostRounds = 200
  static let tolerance = 1e-4
  static let floor = 1e-6

  /// Numbers that were fitted.
  public var parameters: Int {
    let (count, width) = (mixture.shares.count, mixture.width)
    return count - 1 + count * width + count * (covariance == .full ? width * (width + 1) / 2 : width)
  }

  /// Less is better; nats.
  public var bayesianCriterion: Double {
    -2 * logLikelihood + Double(parameters) * Double(max(1, assignments.count)).logarithm
  }

  /// - Parameters:
  ///   - codes: `[n, code…]`.
  ///   - clusters: fewer where there are fewer points.
  /// - Throws: `TrainingError` for no codes, or one that is not finite.
  public init(
    _ codes: Tensor, clusters: Int, covariance: Covariance = .full, starts: Int = 3, seed: UInt64 = 1,
    threads: Int = Team.processors
  ) throws(TrainingError) {
    try Clustering.check(codes)
    self.init(
      ClusterPoints(codes), clusters: clusters, covariance: covariance, starts: starts, seed: seed,
      team: Team(count: max(1, threads)))
  }

  init(
    _ points: ClusterPoints, clusters: Int, covariance: Covariance, starts: Int, seed: UInt64, team: Team
  ) {
    var best = MixtureFit(
      points, KMeans(points, clusters: clusters, starts: 1, seed: seed, team: team), covariance, team)
    for start in 1..<max(1, starts) where start < starts {
      let groups = KMeans(
        points, clusters: clusters, starts: 1, seed: seed &+ UInt64(start) &* 0x9E37, team: team)
      let fit = MixtureFit(points, groups, covariance, team)
      if fit.logLikelihood > best.logLikelihood { best = fit }
    }
    self = best
  }

  /// EM from groups on.
  init(
    _ points: ClusterPoints, _ groups: KMeans, _ covariance: Covariance,
    tolerance: Double = MixtureFit.tolerance,
    _ team: Team
  ) {
    let engine = MixtureRounds(points, count: groups.centres.count, isFull: covariance == .full, team)
    engine.begin(groups.centres.flatMap { $0 }, groups.assignments)
    var (last, rounds) = (-Double.infinity, 0)
    while rounds < MixtureFit.mostRounds {
      let mean = engine.round() / Double(max(1, points.count))
      rounds += 1
      if abs(mean - last) < tolerance { break }
      last = mean
    }
    self.covariance = covariance
    self.rounds = rounds
    mixture = engine.mixture
    let found = engine.judge()
    (logLikelihood, probabilities) = (found.logLikelihood, found.probabilities)
    (assignments, distances) = (found.assignments, found.distances)
  }

  /// What a mixture that is known says of points.
  init(_ mixture: GaussianMixture, of points: ClusterPoints, _ covariance: Covariance, _ team: Team) {
    let engine = MixtureRounds(points, count: mixture.shares.count, isFull: covariance == .full, team)
    engine.set(mixture)
    let found = engine.judge()
    (self.mixture, self.covariance, rounds) = (mixture, covariance, 0)
    (logLikelihood, probabilities) = (found.logLikelihood, found.probabilities)
    (assignments, distances) = (found.assignments, found.distances)
  }
}
