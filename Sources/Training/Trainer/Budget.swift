/// How long a training lasts where nobody says so: as many epochs as come to some ten thousand steps, with
/// patience where held-out samples can tell when nothing more is gained.
///
/// What a weight needs is steps, whatever the number of samples: fifty epochs are two hundred steps of sixty
/// rows and two hundred thousand of a million. Figures: Documentation/defaults.md.
public struct Budget: Hashable, Sendable {
  /// Passes over the training samples, at most.
  public let epochs: Int
  /// Steps that these come to.
  public let steps: Int
  /// Epochs without a lower validation loss after which training stops; nil: it does not.
  public let patience: Int?

  /// Steps where held-out samples end a training that has begun to learn its samples by heart: 47 epochs of
  /// MNIST's 54 000.
  public static let usualSteps = 10_000
  /// Steps where nothing ends it.
  public static let unjudgedSteps = 2500
  /// Steps where fields are hidden at random: no two passes are alike, and few samples are not soon learned
  /// by heart.
  public static let hidingSteps = 30_000
  /// Epochs of the smallest data where fields are hidden.
  public static let mostHidingEpochs = 1000
  /// Epochs of the smallest data.
  public static let mostEpochs = 2000
  /// A tenth of all epochs, but at least this many, bring nothing better before training stops: a thousand
  /// steps find nearly all that ten thousand do.
  public static let leastPatience = 20

  /// - Parameters:
  ///   - samples: that are trained on.
  ///   - batch: samples a step; of an optimizer that takes all of them in every step, what another would
  ///     take: the passes count.
  ///   - isFullBatch: whether every step takes all samples.
  ///   - isJudged: whether samples are held out.
  ///   - hidesFields: whether whole fields are hidden at random, anew in every step.
  public init(
    samples: Int, batch: Int, isFullBatch: Bool = false, isJudged: Bool, hidesFields: Bool = false
  ) {
    let stepsAnEpoch = max(1, (samples + batch - 1) / max(1, batch))
    let wanted = hidesFields ? Budget.hidingSteps : isJudged ? Budget.usualSteps : Budget.unjudgedSteps
    let rounded = (wanted + stepsAnEpoch / 2) / stepsAnEpoch
    epochs = min(max(1, rounded), hidesFields ? Budget.mostHidingEpochs : Budget.mostEpochs)
    steps = isFullBatch ? epochs : epochs * stepsAnEpoch
    patience = isJudged ? Budget.patience(for: epochs) : nil
  }

  /// The decay of a moving average of the weights over the last twentieth of so many steps; nil of a training
  /// that is too short for one.
  public static func average(steps: Int) -> Float? {
    steps < 400 ? nil : min(0.999, 1 - 20 / Float(steps))
  }

  /// Epochs over which the rate rises where a training begins at PCA: a tenth of them. Steps of the whole
  /// rate would lose at once what the start has, where that is nearly all there is to have.
  public static func warmup(fromPCA epochs: Int) -> Double { (Double(epochs) / 10).rounded(.up) }

  /// The patience that goes with so many epochs.
  public static func patience(for epochs: Int) -> Int { max(leastPatience, epochs / 10) }
}
