public import HourglassData
import HourglassEngine
import HourglassTensor

/// Every choice of a training besides the architecture and the data, as a plain value.
///
/// The number of threads is not among them: it changes how long a training takes, never its result.
public struct Recipe: Hashable, Sendable {
  /// Passes over the training samples.
  public var epochs: Int
  /// Samples a step. 256 is the batch of the published runs that the defaults are held against.
  public var batch: Int
  public var batchSchedule = BatchSchedule.constant
  /// Whether an epoch draws its samples with replacement, a class first, each as likely as any other, then a
  /// sample of it; else every sample once. Validation stays as it is.
  public var isBalanced = false
  /// How training samples are changed at random, anew in each epoch; nil: not at all.
  public var augmentation: Augmentation?
  /// The share of training samples that every epoch but the first leaves out, those that it finds
  /// reconstructed worst, above 0 and at most 1/2; nil: none. As large a share of the validation samples is
  /// left out too, from the first epoch on. For data of which a part is not what the others are.
  public var trim: Float?
  public var optimizer: Optimizer
  /// The learning rate η.
  public var rate: Float
  public var schedule = Schedule.constant
  /// Epochs over which the rate rises linearly from 0.
  public var warmup: Double = 0
  /// Decoupled weight decay: each step multiplies every trained parameter by 1 - η · decay. Loshchilov and
  /// Hutter 2019.
  public var decay: Float
  /// Cuts the whole gradient to this norm. Pascanu et al. 2013.
  public var clipNorm: Float?
  /// Cuts each value of the gradient at minus and plus this.
  public var clipValue: Float?
  /// Both as the engine takes them.
  var clip: Update.Clip? {
    clipNorm.map { Update.Clip.norm($0) } ?? clipValue.map { Update.Clip.value($0) }
  }
  /// After each step, scales the weights into a unit down to this norm. Srebro and Shraibman 2005.
  public var maximumNorm: Float?
  /// Decay of an exponential moving average of the parameters, which is then what is validated and kept.
  /// Polyak and Juditsky 1992; 0.999 is usual.
  public var average: Float?
  /// What the rate of the encoder's parameters is multiplied by: below 1 for one that was trained before, 0
  /// leaves it as it is, statistics of normalisations included.
  public var encoderRate: Float = 1
  /// Of a training with heads: the share of the samples of each step that are drawn from those with a target;
  /// nil: a quarter where fewer have one, else as they come.
  public var labelledShare: Float?
  /// Epochs without a lower loss after which training stops.
  public var patience: Int?
  public var onDivergence = Divergence.stop
  /// Where the weights begin.
  public var firstWeights = FirstWeights.drawn
  /// What the factors of the large products of a step are rounded to. Parameters, their gradient, the
  /// optimizer and the loss are in single precision either way, and so is validation: the model is judged as
  /// it is used.
  public var precision = Precision.float32
  /// What the first weights and the order of the samples are drawn from.
  public var seed: UInt64

  /// What to do when a loss or a gradient is not finite.
  public enum Divergence: String, Hashable, Sendable, Codable, CaseIterable {
    /// Stop with the place; the last checkpoint stays.
    case stop
    /// Go back to the start of the epoch and go on with half the rate, at most ten times.
    case reduce
  }

  /// Where the weights of a training begin.
  public enum FirstWeights: String, Hashable, Sendable, Codable, CaseIterable {
    /// As the autoencoder given has them: drawn from the seed.
    case drawn
    /// The autoencoder begins as PCA of the training samples with a code of the same width. Where samples are
    /// held out, what it has before the first step counts as epoch 0: where no epoch is better, that is kept.
    /// `Autoencoder.beginning(atMean:components:)` says which networks can.
    case principal = "pca"
  }

  public init(
    epochs: Int = 50, batch: Int = 256, optimizer: Optimizer = .adam(), rate: Float? = nil, seed: UInt64 = 0
  ) {
    self.epochs = epochs
    self.batch = batch
    self.optimizer = optimizer
    self.rate = rate ?? optimizer.usualRate
    decay = optimizer.usualDecay
    self.seed = seed
  }

  /// Epochs of all samples that come before those which leave some out. One is enough to tell what is common,
  /// and few more are enough to learn the odd by heart: on eight sets of ADBench, contaminated as they are,
  /// what the loss ranks worst is odd more often after one epoch (85 % of pairs in order) than after five
  /// (79 %).
  public static let epochsBeforeTrim = 1

  /// - Throws: ``TrainingError`` for a choice outside its range, or choices that do not go together.
  public func check() throws(TrainingError) {
    func require(_ isRight: Bool, _ place: String, _ expected: String, _ found: String) throws(TrainingError)
    {
      if !isRight { throw TrainingError(place: place, expected: expected, found: found) }
    }
    func positive(_ place: String, _ value: Float?) throws(TrainingError) {
      guard let value else { return }
      try require(value.isFinite && value > 0, place, "a number above 0", "\(value)")
    }
    try require((1...1_000_000).contains(epochs), "epochs", "between 1 and 1000000", "\(epochs)")
    try require((1...(1 << 20)).contains(batch), "batch", "between 1 and \(1 << 20)", "\(batch)")
    try positive("rate", rate)
    try require(decay.isFinite && decay >= 0, "weight decay", "a number of at least 0", "\(decay)")
    try require(rate * decay < 1, "weight decay", "less than 1 / rate = \(1 / rate)", "\(decay)")
    try require(warmup >= 0 && warmup.isFinite, "warm-up", "at least 0 epochs", "\(warmup)")
    try positive("clip by norm", clipNorm)
    try positive("clip by value", clipValue)
    try require(clipNorm == nil || clipValue == nil, "clip", "a norm or a value", "both")
    try positive("maximum norm", maximumNorm)
    if let average {
      try require(average > 0 && average < 1, "average", "a decay between 0 and 1", "\(average)")
    }
    if let patience { try require(patience > 0, "patience", "at least 1 epoch", "\(patience)") }
    if let trim {
      try require(trim > 0 && trim <= 0.5, "trim", "a share above 0 and at most 0.5", "\(trim)")
      try require(epochs > 1, "trim", "at least 2 epochs, the first of all samples", "1")
    }
    try checkOfTargets()
    if optimizer.isFullBatch { try checkFullBatch() }
    if optimizer.averagesItself {
      let place = "optimizer \(optimizer.name)"
      try require(average == nil, place, "no average beside its own", "\(average ?? 0)")
      try require(
        maximumNorm == nil, place, "no maximum norm, which its mean would not keep", "\(maximumNorm ?? 0)")
    }
    try optimizer.check()
    try schedule.check()
    try batchSchedule.check()
  }

  /// What belongs to trainings with a target, or with a trained encoder.
  private func checkOfTargets() throws(TrainingError) {
    func require(_ isRight: Bool, _ place: String, _ expected: String, _ found: String) throws(TrainingError)
    {
      if !isRight { throw TrainingError(place: place, expected: expected, found: found) }
    }
    try require(
      encoderRate.isFinite && (0...1).contains(encoderRate), "encoder rate", "a factor from 0 to 1",
      "\(encoderRate)")
    try require(
      encoderRate == 1 || !(optimizer.takesMatrices || optimizer.averagesItself || optimizer.isFullBatch),
      "encoder rate", "an optimizer that updates every value by itself, such as adam", optimizer.name)
    if let labelledShare {
      try require(
        labelledShare > 0 && labelledShare <= 1, "labelled share", "a share above 0 and at most 1",
        "\(labelledShare)")
    }
  }

  /// Whoever follows the loss along a line needs the same loss at the same place.
  private func checkFullBatch() throws(TrainingError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String) throws(TrainingError) {
      if !isRight { throw TrainingError(place: "optimizer lbfgs", expected: expected, found: found) }
    }
    try require(
      precision == .float32, "precision f32: its line search follows differences of the loss that bf16 loses",
      precision.rawValue)
    try require(
      !isBalanced, "every sample once a step; weigh the samples instead",
      "samples drawn by class")
    try require(
      augmentation == nil, "the same samples in every step",
      "samples changed at random (\(augmentation.map(String.init(describing:)) ?? ""))")
    try require(trim == nil, "the same samples in every step", "the worst of them left out")
    try require(
      clipNorm == nil && clipValue == nil && decay == 0 && maximumNorm == nil,
      "no clipping, decay or maximum norm: its line search follows the loss alone", "one of them")
  }
}
