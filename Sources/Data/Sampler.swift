import HourglassTensor

/// Which samples a training step sees: every sample once an epoch, in a new random order each epoch.
///
/// The order is a pure function of the seed and the epoch: a run resumes in the middle of an epoch by asking
/// for the same epoch again. Samples are drawn alike; draws by weight or balanced by class would be further
/// cases here, with the same `order(epoch:)`.
public struct Sampler: Hashable, Sendable {
  /// Number of samples.
  public let count: Int
  /// Samples a step; the last step of an epoch has what is left.
  public let batch: Int
  public let seed: UInt64

  /// - Precondition: at least one sample and one a batch, at most 2³² - 1 samples.
  public init(count: Int, batch: Int, seed: UInt64) {
    precondition(
      count > 0 && count <= Int(UInt32.max) && batch > 0,
      "Sampler: \(count) samples in batches of \(batch)")
    self.count = count
    self.batch = batch
    self.seed = seed
  }

  /// Steps an epoch: ⌈count / batch⌉.
  public var batches: Int { (count - 1) / batch + 1 }

  /// The positions of all samples in the order of an epoch, counted from 0.
  ///
  /// - Precondition: 0 ≤ epoch < 2³².
  public func order(epoch: Int) -> [UInt32] {
    Random(seed: seed, stream: .shuffle).permutation(count, step: UInt32(epoch))
  }

  /// Where in an epoch's order a step finds its samples.
  ///
  /// - Precondition: 0 ≤ step < batches.
  public func range(step: Int) -> Range<Int> {
    precondition(step >= 0 && step < batches, "Sampler: has no step \(step) of \(batches)")
    return (step * batch)..<min((step + 1) * batch, count)
  }
}
