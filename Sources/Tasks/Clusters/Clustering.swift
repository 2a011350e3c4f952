import HourglassData
import HourglassEngine
public import HourglassTensor
import HourglassTraining

/// Codes in groups: which group each belongs to, how surely, and how far it is from the group's middle.
///
/// ```swift
/// let groups = try Clustering(model.encode(dataset), ClusteringPlan(clusters: 10))
/// print(groups.sizes, groups.silhouette.mean ?? 0)
/// ```
///
/// Groups are numbered from the largest to the smallest. The same codes and plan give the same groups on any
/// number of threads.
public struct Clustering: Sendable {
  public let plan: ClusteringPlan
  /// Groups there are.
  public let clusters: Int
  /// Of each code its group, from 0.
  public let assignments: [Int]
  /// `[n, clusters]`: how likely each code is to belong to each group; of k-means as if each group were a
  /// normal law of the one variance that all groups have.
  public let probabilities: [Double]
  /// Of each code how far it is from the middle of its group, where codes were grouped: Euclid's distance of
  /// k-means, Mahalanobis' of a mixture.
  public let distances: [Double]
  /// `[clusters, width]`: the middles, where codes were grouped.
  public let centres: [[Double]]
  /// Codes in each group.
  public let sizes: [Int]
  /// Of the codes, where they were grouped.
  public let silhouette: Silhouette
  /// BIC of a mixture, in nats; nil of k-means.
  public let bayesianCriterion: Double?
  /// The mean adjusted Rand index of all pairs of runs by different seeds; nil for one run.
  public let stability: Double?
  /// Numbers of groups that were tried, where it was to be found.
  public let trials: [ClusterTrial]
  /// Values of a point that was grouped: of a code, or of the map of codes.
  public let width: Int

  /// - Parameter codes: `[n, code…]`, as `Model.encode(_:precision:threads:)` gives them.
  /// - Throws: `TrainingError` for no codes, or one that is not finite.
  public init(_ codes: Tensor, _ plan: ClusteringPlan, threads: Int = Team.processors) throws {
    try Clustering.check(codes)
    let team = Team(count: max(1, threads))
    let space = try ClusterSpace(codes, plan, seed: plan.seed, threads: threads, team: team)
    let choice = try ClusterChoice(space.points, plan, team)
    let found = Grouping(space.points, plan, clusters: choice.clusters, seed: plan.seed, team: team)
    var runs = [found.assignments]
    for run in 1..<max(1, plan.runs) where run < plan.runs {
      let seed = plan.seed &+ UInt64(run)
      let other =
        try plan.method.isByMap
        ? ClusterSpace(codes, plan, seed: seed, threads: threads, team: team).points : space.points
      runs.append(
        Grouping(other, plan, clusters: choice.clusters, seed: seed, team: team).assignments)
    }
    self.init(plan, space.points, found, choice.trials, stability: Clustering.agreement(runs), team)
  }

  /// The groups of an encoder that was refined for them.
  ///
  /// Probabilities are the shares q of the centres, distances Euclid's from them.
  ///
  /// - Parameter codes: those of the refined model, `[n, code…]`.
  /// - Throws: `TrainingError` for codes that are not finite.
  public init(
    _ refinement: ClusterRefinement, codes: Tensor, _ plan: ClusteringPlan, threads: Int = Team.processors
  ) throws {
    try Clustering.check(codes)
    let points = ClusterPoints(codes)
    self.init(
      plan, points, Grouping(refinement, of: points), [], stability: nil, Team(count: max(1, threads)))
  }

  private init(
    _ plan: ClusteringPlan, _ points: ClusterPoints, _ found: Grouping, _ trials: [ClusterTrial],
    stability: Double?, _ team: Team
  ) {
    var sizes = [Int](repeating: 0, count: found.centres.count)
    for group in found.assignments { sizes[group] += 1 }
    let order = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    var places = [Int](repeating: 0, count: order.count)
    for (place, group) in order.enumerated() { places[group] = place }
    let count = order.count
    self.plan = plan
    clusters = count
    assignments = found.assignments.map { places[$0] }
    probabilities = (0..<points.count).flatMap { row in order.map { found.probabilities[row * count + $0] } }
    distances = found.distances
    centres = order.map { found.centres[$0] }
    self.sizes = order.map { sizes[$0] }
    silhouette = Silhouette(points, assignments, seed: plan.seed, team: team)
    bayesianCriterion = found.bayesianCriterion
    (self.stability, self.trials, width) = (stability, trials, points.width)
  }

  /// The mean adjusted Rand index of all pairs.
  static func agreement(_ runs: [[Int]]) -> Double? {
    guard runs.count > 1 else { return nil }
    var sums: [Double] = []
    for first in runs.indices {
      for second in (first + 1)..<runs.count {
        sums.append(ClusterAgreement.randIndex(runs[first], runs[second]))
      }
    }
    return Statistics.mean(sums)
  }

  /// The probability of a code's own group.
  public func probability(of row: Int) -> Double { probabilities[row * clusters + assignments[row]] }

  /// The codes of a group that are most typical of it: those nearest to its middle, of codes as near the
  /// first.
  public func typical(of group: Int, _ number: Int) -> [Int] {
    let own = assignments.indices.filter { assignments[$0] == group }
    return Array(own.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(number))
  }

  /// The codes of which it is least sure where they belong.
  public func doubtful(_ number: Int) -> [Int] {
    let sure = assignments.indices.map { probability(of: $0) }
    return Array(sure.indices.sorted { (sure[$0], $0) < (sure[$1], $1) }.prefix(number))
  }

  static func check(_ codes: Tensor) throws(TrainingError) {
    guard codes.rows > 0 else {
      throw TrainingError(
        place: "clusters", expected: "at least one code", found: "none", remedy: "give some samples")
    }
    let values = codes.values
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return }
    let width = max(1, values.count / codes.rows)
    throw TrainingError(
      place: "code of row \(place / width) (counted from 0)", expected: "finite values",
      found: "\(values[place])", remedy: "check the samples and the model (doctor)")
  }
}

/// Points in groups, by one method and one seed.
struct Grouping {
  let assignments: [Int]
  /// `[n, clusters]`.
  let probabilities: [Double]
  let distances: [Double]
  let centres: [[Double]]
  let bayesianCriterion: Double?

  init(_ points: ClusterPoints, _ plan: ClusteringPlan, clusters: Int, seed: UInt64, team: Team) {
    if let covariance = plan.method.covariance {
      self.init(
        MixtureFit(
          points, clusters: clusters, covariance: covariance, starts: plan.starts, seed: seed, team: team))
    } else {
      self.init(KMeans(points, clusters: clusters, starts: plan.starts, seed: seed, team: team), of: points)
    }
  }

  init(_ refinement: ClusterRefinement, of points: ClusterPoints) {
    let (width, groups) = (points.width, refinement.assignments)
    let count = refinement.centres.count / max(1, width)
    let centres: [[Double]] = (0..<count).map { group in
      let own = refinement.centres[(group * width)..<((group + 1) * width)]
      return own.map { Double($0) }
    }
    distances = groups.indices.map { row in
      let squares = zip(points[row], centres[groups[row]]).map { value, centre -> Double in
        (value - centre) * (value - centre)
      }
      return squares.reduce(0, +).squareRoot()
    }
    probabilities = refinement.shares.map { Double($0) }
    (assignments, self.centres, bayesianCriterion) = (groups, centres, nil)
  }

  private init(_ fit: MixtureFit) {
    (assignments, probabilities, distances) = (fit.assignments, fit.probabilities, fit.distances)
    (centres, bayesianCriterion) = (fit.mixture.means, fit.bayesianCriterion)
  }

  /// Groups of k-means, with the probabilities of normal laws of one variance.
  private init(_ groups: KMeans, of points: ClusterPoints) {
    let (count, width) = (groups.centres.count, points.width)
    let variance = groups.inertia / Double(max(1, points.count * max(1, width)))
    var probabilities: [Double] = []
    probabilities.reserveCapacity(points.count * count)
    var distances: [Double] = []
    for row in 0..<points.count {
      let squares = groups.centres.map { centre in
        zip(points[row], centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let own = squares[groups.assignments[row]]
      distances.append(own.squareRoot())
      let shares = squares.map {
        variance > 0 ? ((own - $0) / (2 * variance)).exponential : ($0 <= own ? 1 : 0)
      }
      let sum = shares.reduce(0, +)
      probabilities += shares.map { $0 / sum }
    }
    (self.probabilities, self.distances) = (probabilities, distances)
    (assignments, centres, bayesianCriterion) = (groups.assignments, groups.centres, nil)
  }
}

/// Where codes are grouped: as they are, or laid out by UMAP first.
struct ClusterSpace {
  let points: ClusterPoints

  init(_ codes: Tensor, _ plan: ClusteringPlan, seed: UInt64, threads: Int, team: Team) throws {
    let plain = ClusterPoints(codes)
    guard case .map(let umap, let wanted, _) = plan.method, codes.rows >= CodeMap.fewest, plain.width > 1
    else {
      points = plain
      return
    }
    let dimensions = max(2, min(wanted ?? plan.clusters ?? ClusteringPlan.dimensions, plain.width))
    let dataset = try Dataset(
      Tensor([plain.count, plain.width], codes.values), hasGaps: false, origin: "codes")
    var start = try CodeMap.coordinates(of: dataset, count: dimensions, seed: seed, threads: threads)
    let random = Random(seed: seed, stream: .clusters)
    let scale = ClusterPoints(count: plain.count, width: dimensions, values: start).meanVariance.squareRoot()
    for place in start.indices {
      start[place] +=
        1e-3 * max(scale, .leastNormalMagnitude)
        * Double(random.normal(step: .max - 1, position: UInt64(place)))
    }
    let laid = umap.embed(
      codes.values, width: plain.width, start: start, dimensions: dimensions, random: random, team: team)
    points = ClusterPoints(count: plain.count, width: dimensions, values: laid.map(Double.init))
  }
}
