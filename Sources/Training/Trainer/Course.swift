/// How far a training has come: with the recipe and the data, all that decides how it goes on besides the
/// numbers in its blocks.
public struct Course: Hashable, Sendable, Codable {
  /// Epochs that are done.
  public internal(set) var epochs: [Epoch] = []
  /// Steps that are done, in all epochs.
  public internal(set) var steps = 0
  /// Those of them that the optimizer knows nothing of, because it began anew after them.
  var stepsBefore: Int?
  /// Steps that are done of the epoch under way.
  public internal(set) var stepInEpoch = 0
  /// Σ loss · samples of the epoch under way.
  var sum = 0.0
  /// Seconds that its steps took.
  var seconds = 0.0
  /// The learning rate of the last step.
  var rate: Float = 0
  /// The loss of the first step of all.
  var firstLoss: Double?
  /// What the state before the first step came to, where it counts as epoch 0.
  public internal(set) var start: Provenance.Record?
  /// What divergences have left of the rate.
  var rateFactor: Float = 1
  /// Σ rate² of the steps that an optimizer which averages itself has done; nil of others.
  var rateSquares: Double?
  /// How the critic of an adversarial training fares in the epoch under way; nil without one.
  var critic: CriticCourse?
  /// The losses that count of the epochs done.
  var countedLosses: [Double] = []

  init() {}

  /// The number of the next step in the optimizer's count, which corrects its averages by it.
  var optimizerStep: Int { steps + 1 - (stepsBefore ?? 0) }

  mutating func finish(_ epoch: Epoch) {
    epochs.append(epoch)
    countedLosses.append(epoch.countedLoss)
    stepInEpoch = 0
    sum = 0
    seconds = 0
    critic?.finish()
  }
}

/// What one step came to.
public struct Step: Hashable, Sendable {
  /// Samples done in this epoch, and their mean loss so far.
  public let done: Int
  public let loss: Double
  /// The epoch that this step ended.
  public let epoch: Epoch?
}
