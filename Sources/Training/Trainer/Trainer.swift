import HourglassData
import HourglassEngine
import HourglassKernels
import HourglassModels
import HourglassTensor

/// Trains an autoencoder, one epoch or one step at a time. The loop is the caller's; stopping early is
/// `break`.
///
/// ```swift
/// let trainer = try Trainer(Autoencoder(architecture, seed: 7), Recipe(), on: training, validating: held)
/// while let epoch = try trainer.nextEpoch() { print(epoch) }
/// let model = try trainer.finishedModel()
/// ```
///
/// Samples may have weights: the loss of a batch is Σ share · loss / n, with shares that are 1 in the mean
/// over an epoch (`Dataset.shares()`), so that weights which are all alike change nothing. Values may be
/// missing: see `Reconstruction`. Batch normalisation sees all samples of a batch, whatever they weigh.
///
/// The result depends on the architecture, the recipe and the data alone, not on the number of threads.
/// Confined to one task.
public final class Trainer {
  public let recipe: Recipe
  public let preparation: Preparation
  public let training: Dataset
  public let held: Dataset?
  public let threads: Int
  /// What happened so far, and where in the data the next step begins.
  public internal(set) var course = Course()
  /// The last thing worth telling a person: a rate that was halved.
  public internal(set) var notice: String?

  /// The notice, which is then forgotten.
  public func takeNotice() -> String? {
    defer { notice = nil }
    return notice
  }

  let start: Autoencoder
  let assembly: Assembly
  let session: Session
  let critic: CriticTurns?
  /// Of an optimizer that takes matrices as a whole.
  var matrixSteps: MatrixSteps?
  let rows: TrainingRows
  private let made: MadeRows?
  /// Of a training that looks at every sample twice.
  private let secondRows: MadeRows?
  private let movedTargets: MovedTargets?
  /// Parameters at the start of the block that are the encoder's.
  private let encoderCount: Int
  let sampleWeights: UnsafeMutablePointer<Float>
  /// The place of each sample in its batch.
  private let places: Block
  let state: [Block]
  let average: Block?
  var best: [Float]?
  var quasiNewton: QuasiNewton?
  private let validation: Validation?
  var arrangedEpoch = -1
  private var weightedRows = 0
  /// Whether samples of the epoch under way are being fetched ahead of the steps.
  var isFetching = false
  /// Of all samples, and of those of the epoch under way.
  let sampler: Sampler
  var drawn: Sampler
  /// The positions of the samples of the epoch under way; nil: all.
  var kept: [UInt32]?
  let trimming: Trimming?
  var lastGood: Checkpoint?
  private let matrices: [(offset: Int, rows: Int, columns: Int)]
  private let columnNorms: Block
  /// What the code carried in the epoch under way.
  var carried = CarriedNats()
  /// How the books of the code were used in the epoch under way.
  var bookUse = BookUse()

  /// - Parameters:
  ///   - preparation: how samples are scaled; nil: fitted to the training samples.
  ///   - starts: what other trainings on the same samples, prepared in the same way, began at.
  ///   - threads: workers; they change the time, never the result.
  /// - Throws: an error naming what does not fit: the recipe, the samples, or the two to each other, or the
  ///   processor to the recipe's precision.
  public convenience init(
    _ autoencoder: Autoencoder, _ recipe: Recipe = Recipe(), on training: Dataset,
    validating held: Dataset? = nil, preparation: Preparation? = nil, starts: LinearStarts? = nil,
    threads: Int = Team.processors
  ) throws {
    try recipe.precision.checkProcessor()
    try self.init(
      emulating: autoencoder, recipe, on: training, validating: held, preparation: preparation,
      starts: starts, threads: threads)
  }

  /// As above, also where the processor only emulates the precision: for tests.
  package init(
    emulating autoencoder: Autoencoder, _ recipe: Recipe, on training: Dataset,
    validating held: Dataset? = nil,
    preparation given: Preparation? = nil, starts: LinearStarts? = nil, threads: Int
  ) throws {
    try recipe.check()
    let preparation = try given ?? .fitted(for: autoencoder.architecture.reconstruction, to: training)
    try Trainer.check(autoencoder, recipe, preparation, training, held)
    let autoencoder = try Trainer.beginning(autoencoder, recipe, preparation, training, starts, threads)
    (self.recipe, self.preparation) = (recipe, preparation)
    (self.training, self.held, self.threads) = (training, held, max(1, threads))
    (start, encoderCount) = (autoencoder, autoencoder.outline.encoderCount)
    (sampler, rows) = try Trainer.rows(of: training, preparation.scaling, recipe, start.architecture)
    drawn = sampler
    let capacity = Trainer.capacity(recipe, sampler)
    assembly = Assembly.training(
      start.outline, start.architecture, gaps: training.hasGaps, rows: capacity,
      isEncoderFrozen: recipe.encoderRate == 0)
    let plan = assembly.plan(capacity: capacity, precision: recipe.precision)
    let turn = CriticTurns.plan(autoencoder, capacity: capacity, recipe, gaps: training.hasGaps)
    let team = Team(count: plan.isSmall && turn?.isSmall != false ? 1 : self.threads)
    session = Session(plan, parameters: autoencoder.block, team: team)
    sampleWeights = Trainer.zeros(capacity)
    critic = CriticTurns(autoencoder, turn, sharing: session, sampleWeights, gaps: training.hasGaps)
    made = try Trainer.made(rows, training, preparation.scaling, recipe, start.architecture, capacity, team)
    movedTargets = MovedTargets(rows, made?.augmenter, start.architecture.heads, capacity: capacity)
    secondRows = try Trainer.secondRows(start, rows, training, preparation.scaling, recipe, capacity, team)
    validation = try held.map {
      try Validation($0, autoencoder, preparation.scaling, recipe, team: team)
    }
    trimming = try Trimming(recipe, of: training, autoencoder, preparation.scaling, team: team)
    state = recipe.optimizer.stateLengths(of: autoencoder.outline).map { Block(count: $0) }
    average = recipe.average.map { _ in Block(count: autoencoder.block.count) }
    average?.array = autoencoder.block
    matrices = Trainer.matrices(of: autoencoder.outline)
    columnNorms = Block(count: matrices.map(\.columns).max() ?? 1)
    session.setFeed(Assembly.Slot.sampleWeights, Feed(floats: sampleWeights))
    places = assembly.setPlaces(of: session)
    beginOptimizer()
  }

  private static func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
    let values = UnsafeMutablePointer<Float>.allocate(capacity: count)
    values.initialize(repeating: 0, count: count)
    return values
  }

  private func beginOptimizer() {
    beginMean()
    beginMatrixSteps()
    if case .lbfgs(let memory) = recipe.optimizer { quasiNewton = QuasiNewton(memory: memory) }
  }

  deinit { sampleWeights.deallocate() }

  private static func matrices(of outline: Outline) -> [(offset: Int, rows: Int, columns: Int)] {
    outline.ofLayers.filter { $0.weight.shape.rank == 2 && $0.weight.isTrained }
      .map { ($0.offset, $0.weight.shape[0], $0.weight.shape[1]) }
  }

  /// ‖g‖ of the objective in the last step, before the gradient is cut to a norm; 0 before the first step.
  ///
  /// Where the recipe cuts single values of the gradient, it is the norm of what is left.
  public var gradientNorm: Double {
    quasiNewton?.gradientNorm ?? session.gradientNorm(of: start.outline.trainedCount)
  }

  /// Epochs that are done.
  public var epochs: [Epoch] { course.epochs }

  /// Whether the last epoch of the recipe is done, or patience has run out.
  public var isFinished: Bool { course.epochs.count >= recipe.epochs || isOutOfPatience }

  /// Whether `patience` epochs have passed without a lower loss.
  public var isOutOfPatience: Bool {
    guard let patience = recipe.patience, course.stepInEpoch == 0 else { return false }
    let best = course.epochs.last { $0.isBest }?.number ?? 0
    return course.epochs.count - best >= patience
  }

  /// The next pass over all samples, or what is left of it; nil after the last.
  ///
  /// - Parameter progress: told after each step how many samples are done, and their mean loss. What it
  ///   throws ends the training in the middle of the epoch; the best autoencoder stays that of the epochs
  ///   before.
  /// - Throws: ``TrainingError`` if the loss is not finite.
  public func nextEpoch(_ progress: (_ done: Int, _ loss: Double) throws -> Void = { _, _ in }) throws
    -> Epoch?
  {
    while let step = try nextStep() {
      try progress(step.done, step.loss)
      if let epoch = step.epoch { return epoch }
    }
    return nil
  }

  /// The next step; nil after the last. A step that ends an epoch validates and says what the epoch came to.
  ///
  /// - Throws: ``TrainingError`` if the loss is not finite and the recipe says to stop.
  public func nextStep() throws -> Step? {
    guard !isFinished else { return nil }
    let clock = ContinuousClock()
    let begin = clock.now
    if course.stepInEpoch == 0 { rememberEpochStart() }
    if course.steps == 0 { try judgeStart() }
    let sampler = arrange()
    let steps = quasiNewton == nil ? sampler.batches : 1
    var validationLoss: Double?
    do {
      // A step whose validation failed is not taken again.
      if course.stepInEpoch < steps { try takeStep(sampler) }
      course.seconds += (clock.now - begin) / .seconds(1)
      if course.stepInEpoch == steps { validationLoss = try validate() }
    } catch let error as TrainingError {
      guard try recover(from: error) else { throw error }
      return Step(done: 0, loss: .nan, epoch: nil)
    }
    guard course.stepInEpoch == steps else {
      let done = course.stepInEpoch * sampler.batch
      return Step(done: done, loss: course.sum / Double(done), epoch: nil)
    }
    let loss = course.sum / Double(sampler.count)
    return Step(done: sampler.count, loss: loss, epoch: finishEpoch(loss, validationLoss))
  }

  /// The learning rate of the step that comes next.
  func rate(steps: Int) -> Float {
    if recipe.schedule == .constant, recipe.warmup == 0 { return recipe.rate * course.rateFactor }
    let progress = Double(course.epochs.count) + Double(course.stepInEpoch) / Double(steps)
    let factor = recipe.schedule.factor(
      at: progress, of: Double(recipe.epochs), warmup: recipe.warmup, losses: course.countedLosses)
    return Float(Double(recipe.rate * course.rateFactor) * factor)
  }

  /// How far what grows with the epochs has grown, from 0 to 1.
  private func warmth(steps: Int) -> Float {
    let span = start.architecture.code.warmUp
    guard span > 0 else { return 1 }
    let progress = Float(course.epochs.count) + Float(course.stepInEpoch) / Float(steps)
    return min(1, progress / span)
  }

  private func takeStep(_ sampler: Sampler) throws {
    if quasiNewton != nil { return try takeFullBatchStep() }
    let range = sampler.range(step: course.stepInEpoch)
    let rate = rate(steps: sampler.batches)
    weigh(range)
    rows.prefetch(after: range, isFirst: !isFetching)
    isFetching = true
    let feeds =
      try made?.feeds(range, epoch: course.epochs.count)
      ?? MadeRows.Feeds(samples: rows.feed(from: range.lowerBound))
    try takeCriticTurns(on: feeds, range, rate: rate)
    session.setFeeds(feeds, gaps: assembly.hasGaps)
    if let classes = rows.classFeed(from: range.lowerBound) {
      session.setFeed(Assembly.Slot.condition, classes)
    }
    try feedHeads(range)
    session.setScalar(Assembly.Scalar.inverseRows, 1 / Float(range.count))
    session.setScalar(Assembly.Scalar.progress, warmth(steps: sampler.batches))
    let update = update(
      rate: rate, step: course.optimizerStep, share: course.share(ofRate: rate),
      range: 0..<start.outline.trainedCount, ofEncoder: encoderCount)
    session.run(
      rows: range.count, update: update, seed: recipe.seed, step: UInt32(truncatingIfNeeded: course.steps + 1)
    )
    let loss = Double(session.fixedResult(0)[0])
    try checkFinite(loss, in: session)
    take(matrixSteps, in: session, rate: rate, number: course.optimizerStep)
    if let place = assembly.divergence {
      carried.add(Double(session.fixedResult(place)[0]), rows: range.count)
    }
    course.firstLoss = course.firstLoss ?? loss
    course.steps += 1
    course.stepInEpoch += 1
    course.sum += loss * Double(range.count)
    course.rate = rate
    if recipe.optimizer.averagesItself { course.addToMean(rate: rate) }
    followUp(rows: range.count)
  }

  /// Says what the heads are to tell of the samples of a step, and shows them these a second time.
  private func feedHeads(_ range: Range<Int>) throws {
    guard let targets = rows.targetFeed(from: range.lowerBound) else { return }
    session.setFeed(targets: movedTargets?.feed(range, epoch: course.epochs.count) ?? targets)
    session.setScalar(Assembly.Scalar.inverseLabelled, Float(1 / labelledShare))
    guard start.architecture.looksTwice else { return }
    let feeds = try secondRows?.feeds(range, epoch: course.epochs.count)
    let feed = feeds?.degraded ?? feeds?.samples ?? rows.feed(from: range.lowerBound)
    session.setFeed(Assembly.Slot.secondSamples, assembly.hasGaps ? feed.with(gaps: .zero) : feed)
  }

  /// The weight of every sample of a batch in its mean: share / n.
  func weigh(_ places: Range<Int>) {
    let count = places.count
    let even = 1 / Float(count)
    if let shares = rows.shares(from: places.lowerBound) {
      for index in 0..<count { sampleWeights[index] = shares[index] * even }
    } else if weightedRows != count {
      weightedRows = count
      sampleWeights.update(repeating: even, count: count)
    }
  }

  /// What happens to parameters besides their update: running statistics, maximum norm, average.
  private func followUp(rows: Int) {
    moveStatistics(rows: rows)
    if let limit = recipe.maximumNorm, let block = session.parameters.baseAddress,
      let norms = columnNorms.pointer
    {
      for matrix in matrices {
        hourglass_limit_columns(
          block + matrix.offset, Int64(matrix.rows), Int64(matrix.columns), limit, norms)
      }
    }
    if let decay = recipe.average, let block = average?.pointer,
      let parameters = session.parameters.baseAddress
    {
      hourglass_average(block, parameters, decay, Int64(session.parameters.count))
    }
  }

  /// The parameters that are validated and kept.
  var current: UnsafeMutableBufferPointer<Float> { average?.values ?? ownMean ?? session.parameters }

  /// - Throws: ``TrainingError`` if the mean objective of the validation samples is not finite.
  func validate() throws -> Double? {
    guard let loss = try validation?.loss(current) else { return nil }
    guard loss.isFinite else {
      throw TrainingError(
        place: "validation after epoch \(course.epochs.count + 1)", expected: "a finite loss",
        found: "\(loss)",
        remedy: "lower the rate (now \(course.rate)), or look for outliers in the validation samples")
    }
    return loss
  }

  private func finishEpoch(_ loss: Double, _ validationLoss: Double?) -> Epoch {
    let counted = validationLoss ?? loss
    let isRanked = start.architecture.isRankedByLoss
    let lowest = course.epochs.last { $0.isBest }?.countedLoss ?? course.start?.validationLoss ?? .infinity
    let isBest = !isRanked || counted < lowest
    if isBest { keep(current) }
    let epoch = Epoch(
      number: course.epochs.count + 1, loss: loss, validationLoss: validationLoss, seconds: course.seconds,
      samples: drawn.count, rate: course.rate, isBest: isBest,
      criticAccuracy: course.critic?.accuracy)
    noticeCritic()
    noticeCollapse()
    course.finish(epoch)
    noticeBooks()
    return epoch
  }

  func keep(_ current: UnsafeMutableBufferPointer<Float>) {
    if best == nil { best = Array(current) }
    best?.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: current) }
  }

  /// The autoencoder as it is now.
  public var autoencoder: Autoencoder { with(Array(ownMean ?? session.parameters)) }

  /// The autoencoder of the best epoch so far: of the lowest validation loss, or without validation of the
  /// lowest training loss.
  public var bestAutoencoder: Autoencoder { best.map(with) ?? autoencoder }

  private func with(_ block: [Float]) -> Autoencoder {
    var autoencoder = start
    autoencoder.block = block
    return autoencoder
  }
}
