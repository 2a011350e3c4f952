/// What one pass over the training samples came to.
public struct Epoch: Hashable, Sendable, Codable {
  /// Counted from 1.
  public let number: Int
  /// Mean objective of the training samples, penalties included and a critic's part left out, each at the
  /// moment its batch was seen.
  public let loss: Double
  /// Mean objective of the validation samples after the epoch; nil without any.
  public let validationLoss: Double?
  /// Wall-clock time of the training steps; validation is not in it.
  public let seconds: Double
  /// Training samples seen.
  public let samples: Int
  /// The learning rate at the end of the epoch.
  public let rate: Float
  /// Whether the loss that counts, of validation where there is any, is the lowest so far. Where a critic
  /// judges outputs no loss ranks the epochs, and every one is better than those before.
  public let isBest: Bool
  /// Of an adversarial training the share of pairs of a real and a made one whose real one the critic scored
  /// higher, the mean over its turns: 1/2 where it can only guess, 1 where it has won.
  public var criticAccuracy: Double?

  public var samplesPerSecond: Double { seconds > 0 ? Double(samples) / seconds : 0 }

  /// The validation loss where there is any, else the training loss.
  public var countedLoss: Double { validationLoss ?? loss }
}

extension Epoch: CustomStringConvertible {
  /// `epoch 7: loss 0.1034, validation 0.0991, 412345 samples/s`
  public var description: String {
    let validation = validationLoss.map { ", validation \(Float($0))" } ?? ""
    let critic = criticAccuracy.map { ", critic \(Float($0))" } ?? ""
    return "epoch \(number): loss \(Float(loss))\(validation)\(critic), \(Int(samplesPerSecond)) samples/s"
  }
}
