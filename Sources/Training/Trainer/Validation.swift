import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// The mean objective of held samples, by their weights where they have some, computed with a trainer's
/// parameters. Where the recipe leaves the worst samples out, it is the mean of the others, which an outlier
/// more or less does not move.
final class Validation {
  private static let rowsTogether = 1024

  private let rows: TrainingRows
  private let made: MadeRows?
  /// The rows of each run.
  private let parts: Sampler
  private let session: Session
  private let hasGaps: Bool
  private let trimming: Trimming?
  private let places: Block

  /// - Parameter recipe: says which share to leave out, of few samples one, and the seed that what is
  ///   degraded at random is drawn from, alike in every pass.
  init(
    _ held: Dataset, _ autoencoder: Autoencoder, _ scaling: Scaling, _ recipe: Recipe,
    team: Team
  ) throws {
    let least = held.count > 2 ? 1 / Float(held.count) : 0
    trimming = try recipe.trim.map {
      try Trimming(max($0, least), of: held, autoencoder, scaling, team: team)
    }
    rows = try TrainingRows(
      held, scaling, shares: held.shares(), condition: autoencoder.architecture.condition,
      heads: autoencoder.architecture.heads, areTargetsOptional: true)
    hasGaps = autoencoder.outline.asksForGaps(held.hasGaps)
    parts = Sampler(
      count: held.count, batch: min(held.count, Validation.rowsTogether), seed: 0,
      joinsRest: autoencoder.architecture.penalties.contains(where: \.comparesSamples))
    let capacity = parts.largest
    let assembly = Assembly.losses(
      autoencoder.outline, autoencoder.architecture, gaps: hasGaps, rows: capacity)
    session = Session(assembly.plan(capacity: capacity), parameters: autoencoder.block, team: team)
    places = assembly.setPlaces(of: session)
    let change = try MadeRows.Change(
      nil, autoencoder.architecture, of: held, scaling, seed: recipe.seed, movesFrom: nil)
    made =
      change.isNone
      ? nil
      : MadeRows(rows, change, width: held.sampleShape.count, capacity: capacity, team: team)
    // What grows while training is held out at its full size.
    session.setScalar(Assembly.Scalar.progress, 1)
    if let targets = rows.targets {
      session.setScalar(Assembly.Scalar.inverseLabelled, Float(1 / max(1e-9, targets.labelledShare)))
    }
  }

  /// - Throws: `FormatError` where there is not enough memory for a JPEG.
  func loss(_ parameters: UnsafeMutableBufferPointer<Float>) throws -> Double {
    var counts: [Double]?
    if let kept = trimming?.kept(parameters) {
      var marks = [Double](repeating: 0, count: rows.count)
      for position in kept { marks[Int(position)] = rows.shares.map { Double($0[Int(position)]) } ?? 1 }
      counts = marks
    }
    _ = session.parameters.update(fromContentsOf: parameters)
    var sums: [Double] = []
    for part in 0..<parts.batches {
      let range = parts.range(step: part)
      let (start, count) = (range.lowerBound, range.count)
      rows.prefetch(after: range, isFirst: part == 0)
      let feeds =
        try made?.feeds(range, epoch: Degrader.ofHeld) ?? MadeRows.Feeds(samples: rows.feed(from: start))
      session.setFeeds(feeds, gaps: hasGaps)
      if let classes = rows.classFeed(from: start) { session.setFeed(Assembly.Slot.condition, classes) }
      if let targets = rows.targetFeed(from: start) { session.setFeed(targets: targets) }
      session.setScalar(Assembly.Scalar.inverseRows, 1 / Float(count))
      session.run(rows: count, firstRow: start)
      var losses = session.rowsResult(0).map(Double.init)
      if let counts {
        for index in losses.indices { losses[index] *= counts[start + index] }
      } else if let shares = rows.shares(from: start) {
        for index in losses.indices { losses[index] *= Double(shares[index]) }
      }
      sums.append(Statistics.sum(losses))
    }
    let ofWeights = session.plan.resultTotal > 1 ? Double(session.fixedResult(1)[0]) : 0
    let count = counts.map { Statistics.sum($0) } ?? Double(rows.count)
    return Statistics.sum(sums) / count + ofWeights
  }
}
