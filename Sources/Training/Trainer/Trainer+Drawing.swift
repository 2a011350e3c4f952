import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Which samples an epoch draws, and how much each of them counts.
extension Trainer {
  /// - Throws: ``TrainingError`` where samples are to be drawn by classes that are not known; `DataError`
  ///   where no sample counts.
  static func rows(
    of training: Dataset, _ scaling: Scaling, _ recipe: Recipe, _ architecture: Architecture
  ) throws -> (Sampler, TrainingRows) {
    var shares = try training.shares()
    var draw = Sampler.Draw.all
    if recipe.isBalanced {
      guard let labels = training.orderedLabels else {
        throw TrainingError(
          place: training.origin, expected: "the class of each sample, to draw classes equally often",
          found: "none", remedy: "name the column or file of the classes (--label)")
      }
      draw = .balanced(labels)
      shares = shares.map { balanced($0, labels) }
    }
    let rows = try TrainingRows(
      training, scaling, shares: shares, condition: architecture.condition, heads: architecture.heads)
    if let targets = rows.targets { draw = try labelledDraw(targets, recipe, training) ?? draw }
    // Data that do not fit in memory are read here and there from now on, and fetched ahead of the steps.
    training.expect(.random)
    let sampler = Sampler(
      count: training.count, batch: recipe.batch, seed: recipe.seed, draw: draw,
      joinsRest: architecture.comparingSamples != nil)
    return (sampler, rows)
  }

  /// Of samples of which few have a target, a draw that sees enough of them; nil for every sample once.
  private static func labelledDraw(
    _ targets: TargetRows, _ recipe: Recipe, _ training: Dataset
  ) throws(TrainingError) -> Sampler.Draw? {
    let share = targets.labelledShare
    guard share > 0 else {
      throw TrainingError(
        place: training.origin, expected: "a training sample with a target", found: "none",
        remedy: "give some their class or number")
    }
    guard share < 1, !recipe.optimizer.isFullBatch else { return nil }
    guard !recipe.isBalanced, recipe.trim == nil else {
      throw TrainingError(
        place: recipe.isBalanced ? "balanced" : "trim",
        expected: "nothing of the kind where samples have no label", found: "it",
        remedy: recipe.isBalanced ? "weigh the classes instead (--class-weights balanced)" : "leave it out")
    }
    let usual = share < Double(usualLabelledShare) ? usualLabelledShare : nil
    guard let wanted = recipe.labelledShare ?? usual else { return nil }
    return .labelled(targets.isLabelled, share: Double(wanted))
  }

  /// Of each step the share of samples with a target where fewer have one.
  static let usualLabelledShare: Float = 0.25

  /// The share of the samples that the steps of a training see which have a target.
  var labelledShare: Double {
    guard let targets = rows.targets else { return 1 }
    guard case .labelled(_, let share) = sampler.draw else { return max(1e-9, targets.labelledShare) }
    return share + (1 - share) * targets.labelledShare
  }

  /// Rows that a full-batch step computes together.
  private static let rowsTogether = 4096

  /// The steps of an epoch, counted from 0; of a full-batch method what it computes together.
  static func cut(_ sampler: Sampler, _ recipe: Recipe, epoch: Int) -> Sampler {
    let count = sampler.count
    if recipe.optimizer.isFullBatch { return sampler.with(batch: min(count, rowsTogether)) }
    return sampler.with(
      batch: recipe.batchSchedule.batch(min(recipe.batch, count), epoch: epoch, most: count))
  }

  /// Rows of the largest step of all epochs.
  static func capacity(_ recipe: Recipe, _ sampler: Sampler) -> Int {
    let last = cut(sampler, recipe, epoch: recipe.epochs - 1).largest
    // How many samples an epoch leaves out is not known before.
    if sampler.joinsRest, recipe.trim != nil {
      let batch = cut(sampler, recipe, epoch: recipe.epochs - 1).batch
      return min(sampler.count, batch + batch / 2)
    }
    // Schedules only ever grow a batch, so the last epoch has the largest, but for what joins it.
    guard sampler.joinsRest, recipe.batchSchedule != .constant else { return last }
    return (0..<recipe.epochs).reduce(last) { max($0, cut(sampler, recipe, epoch: $1).largest) }
  }

  /// Where samples are changed at random or degraded, what does so.
  ///
  /// - Throws: as `MadeRows.Change` does.
  static func made(
    _ rows: TrainingRows, _ training: Dataset, _ scaling: Scaling, _ recipe: Recipe,
    _ architecture: Architecture, _ capacity: Int, _ team: Team, seed: UInt64? = nil
  ) throws -> MadeRows? {
    let change = try MadeRows.Change(
      recipe.augmentation, architecture, of: training, scaling, seed: seed ?? recipe.seed,
      movesFrom: recipe.optimizer.isFullBatch ? nil : recipe.seed)
    guard !change.isNone else { return nil }
    return MadeRows(rows, change, width: training.sampleShape.count, capacity: capacity, team: team)
  }

  /// Added to the seed of what changes samples before a second look.
  private static let secondLook: UInt64 = 0x10_0C

  /// Of a training that looks at every sample twice what changes it before the second look.
  static func secondRows(
    _ autoencoder: Autoencoder, _ rows: TrainingRows, _ training: Dataset, _ scaling: Scaling,
    _ recipe: Recipe, _ capacity: Int, _ team: Team
  ) throws -> MadeRows? {
    guard autoencoder.architecture.looksTwice else { return nil }
    return try made(
      rows, training, scaling, recipe, autoencoder.architecture, capacity, team,
      seed: recipe.seed &+ secondLook)
  }

  /// Pseudo-inputs of the prior that are not placed yet begin as samples.
  static func placingPseudoInputs(
    of autoencoder: Autoencoder, _ recipe: Recipe, _ preparation: Preparation, _ training: Dataset
  ) -> Autoencoder {
    let random = Random(seed: recipe.seed, stream: .prior)
    return autoencoder.placingPseudoInputs { number in
      let row = random.integer(below: training.count, position: UInt64(number))
      return preparation.scaling.apply(training.tensor(row..<(row + 1))).values.map { $0.isNaN ? 0 : $0 }
    }
  }

  /// Shares whose mean is 1 over draws of a class, and then of a sample of it.
  private static func balanced(_ shares: [Float], _ labels: [Int32]) -> [Float] {
    let mean = meanOfClasses(shares, labels)
    return shares.map { Float(Double($0) / mean) }
  }

  /// The mean over classes of the means of their shares.
  static func meanOfClasses(_ shares: [Float], _ labels: [Int32]) -> Double {
    var sums: [Int32: (share: Double, count: Double)] = [:]
    for (label, share) in zip(labels, shares) {
      let sum = sums[label] ?? (0, 0)
      sums[label] = (sum.share + Double(share), sum.count + 1)
    }
    let means = sums.keys.sorted().map { label in sums[label].map { $0.share / $0.count } ?? 0 }
    return Statistics.mean(means) ?? 1
  }
}
