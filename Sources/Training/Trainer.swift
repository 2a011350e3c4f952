import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Trains an autoencoder, one epoch or one step at a time. The loop is the caller's; stopping early is `break`.
///
/// ```swift
/// let trainer = try Trainer(Autoencoder(architecture, seed: 7), Recipe(), on: training, validating: held)
/// while let epoch = try trainer.nextEpoch() { print(epoch) }
/// let model = trainer.model
/// ```
///
/// The result depends on the architecture, the recipe and the data alone, not on the number of threads. Confined to
/// one task.
public final class Trainer {
  public let recipe: Recipe
  public let preparation: Preparation
  /// Epochs that are done.
  public private(set) var epochs: [Epoch] = []
  /// Steps that are done, in all epochs.
  public private(set) var stepCount = 0

  let threads: Int
  let training: Dataset
  let held: Dataset?
  private let start: Autoencoder
  private let rows: TrainingRows
  private let sampler: Sampler
  private let session: Session
  private let validation: Validation?
  private let state: [UnsafeMutablePointer<Float>]
  private let sampleWeights: UnsafeMutablePointer<Float>
  private var weightedRows = 0
  private var best: (loss: Double, block: [Float])?

  /// - Parameters:
  ///   - preparation: how samples are scaled; nil: fitted to the training samples.
  ///   - threads: workers; they change the time, never the result.
  /// - Throws: an error naming what does not fit: the recipe, the samples, or the two to each other.
  public init(
    _ autoencoder: Autoencoder, _ recipe: Recipe = Recipe(), on training: Dataset,
    validating held: Dataset? = nil, preparation given: Preparation? = nil, threads: Int = Team.processors
  ) throws {
    try recipe.check()
    let preparation = try given ?? Preparation.fitted(to: training)
    try preparation.check(training)
    if let held { try preparation.check(held) }
    let input = autoencoder.architecture.input
    guard input.count == training.sampleShape.count else {
      throw TrainingError(
        place: training.origin, expected: "samples of \(input), as the architecture's input",
        found: "\(training.sampleShape)", remedy: "change \"input\" in the architecture")
    }
    try Trainer.checkRange(autoencoder.architecture, preparation, training)
    self.recipe = recipe
    self.preparation = preparation
    start = autoencoder
    self.threads = max(1, threads)
    self.training = training
    self.held = held
    rows = try TrainingRows(training, preparation.scaling)
    let batch = min(recipe.batch, training.count)
    sampler = Sampler(count: training.count, batch: batch, seed: recipe.seed)
    let assembly = Assembly.training(
      autoencoder.outline, autoencoder.architecture.reconstruction)
    let plan = assembly.plan(capacity: batch)
    let team = Team(count: plan.isSmall ? 1 : max(1, threads))
    session = Session(plan, parameters: autoencoder.block, team: team)
    validation = try held.map { try Validation($0, autoencoder, preparation.scaling, team: team) }
    let length = max(1, autoencoder.block.count)
    state = (0..<recipe.optimizer.stateCount).map { _ in
      let block = UnsafeMutableRawPointer.allocate(
        byteCount: length * MemoryLayout<Float>.stride, alignment: Storage.alignment)
      return block.initializeMemory(as: Float.self, repeating: 0, count: length)
    }
    sampleWeights = .allocate(capacity: batch)
    sampleWeights.initialize(repeating: 0, count: batch)
    session.setFeed(Assembly.Slot.sampleWeights, Feed(floats: sampleWeights))
  }

  deinit {
    for block in state { UnsafeMutableRawPointer(block).deallocate() }
    sampleWeights.deallocate()
  }

  /// The binary cross-entropy is one only for samples in [0, 1].
  private static func checkRange(
    _ architecture: Architecture, _ preparation: Preparation, _ training: Dataset
  ) throws {
    guard architecture.reconstruction == .bernoulli, !preparation.scaling.isUnitInterval else { return }
    throw TrainingError(
      place: training.origin, expected: "values in [0, 1] for the loss bce",
      found: "values outside it after scaling \"\(preparation.scaling.kind.rawValue)\"",
      remedy: "choose the scaling min-max, or the loss mse")
  }

  /// The next pass over all samples, or nil after the last.
  ///
  /// - Parameter progress: told after each step how many samples are done, and their mean loss. What it throws ends the
  ///   training in the middle of the epoch; the best autoencoder stays that of the epochs before.
  /// - Throws: ``TrainingError`` if the loss is not finite.
  public func nextEpoch(_ progress: (_ done: Int, _ loss: Double) throws -> Void = { _, _ in }) throws
    -> Epoch?
  {
    guard epochs.count < recipe.epochs else { return nil }
    let clock = ContinuousClock()
    let start = clock.now
    rows.arrange(sampler.order(epoch: epochs.count))
    var sum = 0.0
    for step in 0..<sampler.batches {
      let range = sampler.range(step: step)
      let loss = try self.step(range)
      sum += loss * Double(range.count)
      try progress(range.upperBound, sum / Double(range.upperBound))
    }
    let seconds = (clock.now - start) / .seconds(1)
    return finish(loss: sum / Double(sampler.count), seconds: seconds)
  }

  /// One step on the samples at these places of the epoch's order; returns their mean loss before it.
  private func step(_ range: Range<Int>) throws(TrainingError) -> Double {
    stepCount += 1
    if weightedRows != range.count {
      weightedRows = range.count
      sampleWeights.update(repeating: 1 / Float(range.count), count: range.count)
    }
    session.setFeed(Assembly.Slot.samples, rows.feed(from: range.lowerBound))
    session.run(
      rows: range.count,
      update: recipe.optimizer.update(rate: recipe.rate, step: stepCount, state: state), seed: recipe.seed,
      step: UInt32(truncatingIfNeeded: stepCount))
    let loss = Double(session.fixedResult(0)[0])
    guard loss.isFinite else {
      throw TrainingError(
        place: "step \(stepCount) of epoch \(epochs.count + 1)", expected: "a finite loss", found: "\(loss)",
        remedy: "lower the rate (now \(recipe.rate)) or scale the data")
    }
    return loss
  }

  private func finish(loss: Double, seconds: Double) -> Epoch {
    let validationLoss = validation?.loss(session.parameters)
    let counted = validationLoss ?? loss
    let isBest = best.map { counted < $0.loss } ?? true
    if isBest { keep(counted) }
    let epoch = Epoch(
      number: epochs.count + 1, loss: loss, validationLoss: validationLoss, seconds: seconds,
      samples: sampler.count, rate: recipe.rate, isBest: isBest)
    epochs.append(epoch)
    return epoch
  }

  private func keep(_ loss: Double) {
    if best == nil {
      best = (loss, Array(session.parameters))
    } else {
      best?.loss = loss
      best?.block.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: session.parameters) }
    }
  }

  /// The autoencoder as it is now.
  public var autoencoder: Autoencoder { with(Array(session.parameters)) }

  /// The autoencoder of the best epoch so far: of the lowest validation loss, or without validation of the lowest
  /// training loss.
  public var bestAutoencoder: Autoencoder { with(best?.block ?? Array(session.parameters)) }

  private func with(_ block: [Float]) -> Autoencoder {
    var autoencoder = start
    autoencoder.block = block
    return autoencoder
  }
}
