import Hourglass

/// What `train --log` leaves for TensorBoard: curves, the distribution of weights and codes, and
/// reconstructions. A step is an epoch.
///
/// What the disk does not take is lost and the training goes on; the first time is said.
struct TrainingLog {
  /// What the curves are called, which is also how `doctor --log` finds them.
  enum Tag {
    static let loss = "loss/training"
    static let validationLoss = "loss/validation"
    /// The same of a training whose objective is more than the error.
    static let objective = "objective/training"
    static let validationObjective = "objective/validation"
    static let critic = "training/critic accuracy"
    static let rate = "training/rate"
    static let speed = "training/samples per second"
    static let gradientNorm = "training/gradient norm"
  }

  /// Samples whose codes are counted, at most.
  private static let encoded = 1000
  /// Epochs between two pictures of reconstructions.
  private static let pictureEvery = 5

  private let folder: String
  private let threads: Int
  /// Whether the loss of an epoch is the error of samples.
  private let isError: Bool
  private let encoded: Dataset
  private let sheet: ReconstructionSheet?
  private var events: EventLog
  /// The epoch that comes next if nothing leads back.
  private var next: Int
  private var hasWarned = false

  /// Opens a new file in the folder that `--log` names; nil where it names none.
  ///
  /// - Parameter epoch: the first one that will be added: curves of before are shown up to there.
  /// - Throws: `InterchangeError` if no file can be made there.
  init?(_ plan: TrainingPlan, _ session: Session, from epoch: Int) throws {
    guard let folder = try session.arguments[RecipeOption.log] else { return nil }
    self.folder = folder
    threads = try session.threads
    isError = plan.architecture.isObjectiveError
    let judged = plan.held ?? plan.training
    encoded = judged.spread(over: TrainingLog.encoded)
    sheet = ReconstructionSheet(of: judged)
    next = epoch
    events = try EventLog(folder: folder, from: epoch)
    try events.text("training", plan.words, step: epoch)
    try events.flush()
  }

  /// Adds an epoch that is done.
  ///
  /// - Returns: a warning, the first time that something could not be written.
  mutating func add(_ epoch: Epoch, of trainer: Trainer) -> String? {
    do {
      try write(epoch, trainer)
      return nil
    } catch {
      defer { hasWarned = true }
      return hasWarned ? nil : "warning: the log is not whole: \(error)"
    }
  }

  private mutating func write(_ epoch: Epoch, _ trainer: Trainer) throws {
    let step = epoch.number
    // A divergence led back to an earlier epoch: a new file hides what came after it.
    if step < next { events = try EventLog(folder: folder, from: step) }
    next = step + 1
    try events.scalar(isError ? Tag.loss : Tag.objective, epoch.loss, step: step)
    if let loss = epoch.validationLoss {
      try events.scalar(isError ? Tag.validationLoss : Tag.validationObjective, loss, step: step)
    }
    if let accuracy = epoch.criticAccuracy { try events.scalar(Tag.critic, accuracy, step: step) }
    try events.scalar(Tag.rate, Double(epoch.rate), step: step)
    try events.scalar(Tag.speed, epoch.samplesPerSecond, step: step)
    try events.scalar(Tag.gradientNorm, trainer.gradientNorm, step: step)
    let isEnd = step == 1 || trainer.isFinished
    let showsPicture = sheet != nil && (isEnd || TrainingLog.isDue(step, every: TrainingLog.pictureEvery))
    if isEnd || showsPicture || TrainingLog.isDue(step) {
      let model = Model(trainer.autoencoder, trainer.preparation)
      try addHistograms(of: model, step)
      if showsPicture, let picture = try sheet?.picture(of: model, threads: threads) {
        try events.image(
          "reconstructions", pixels: picture.pixels, width: picture.width, height: picture.height,
          channels: picture.channels, step: step)
      }
    }
    // With every epoch, so that a killed run's log reaches as far as its checkpoint.
    try events.flush()
  }

  private func addHistograms(of model: Model, _ step: Int) throws {
    let (outline, block) = (model.autoencoder.outline, model.autoencoder.block)
    for placed in outline.weights where placed.weight.shape.rank >= 2 {
      let values = block[placed.offset..<(placed.offset + placed.weight.shape.count)]
      try events.histogram("weights/\(placed.name)", values, step: step)
    }
    try events.histogram("codes", try model.encode(encoded, threads: threads).values, step: step)
  }

  /// Whether an epoch gets what takes room: every `stride`th of the first hundred, then every tenth of those,
  /// and so on, so that a log of a million epochs holds some five hundred of them.
  static func isDue(_ epoch: Int, every stride: Int = 1) -> Bool {
    var stride = stride
    var decade = 100
    while epoch >= decade {
      stride *= 10
      decade *= 10
    }
    return epoch % stride == 0
  }
}

extension Dataset {
  /// At most `limit` samples, evenly spread over all.
  func spread(over limit: Int) -> Dataset {
    guard count > limit else { return self }
    return subset((0..<limit).map { UInt32($0 * count / limit) })
  }
}
