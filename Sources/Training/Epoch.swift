/// What one pass over the training samples came to.
public struct Epoch: Hashable, Sendable {
  /// Counted from 1.
  public let number: Int
  /// Mean loss of the training samples, each at the moment its batch was seen.
  public let loss: Double
  /// Mean loss of the validation samples after the epoch; nil without any.
  public let validationLoss: Double?
  /// Wall-clock time of the training steps; validation is not in it.
  public let seconds: Double
  /// Training samples seen.
  public let samples: Int
  /// The learning rate at the end of the epoch.
  public let rate: Float
  /// Whether the loss that counts, of validation where there is any, is the lowest so far.
  public let isBest: Bool

  public var samplesPerSecond: Double { seconds > 0 ? Double(samples) / seconds : 0 }
}
