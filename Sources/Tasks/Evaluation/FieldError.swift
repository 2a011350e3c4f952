import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How well one field of records is given back.
public struct FieldError: Hashable, Sendable {
  public let name: String
  /// Values that were there.
  public let count: Int
  /// The mean of its term: minus the log-likelihood in nats, or the squared error of a law of fixed width.
  public let error: Double
  /// The same of the best constant law, as the training values have it.
  public let marginal: Double

  public init(name: String, count: Int, error: Double, marginal: Double) {
    (self.name, self.count, self.error, self.marginal) = (name, count, error, marginal)
  }

  /// What of the constant law's cost is explained: 1 for a field that is given back without a fault, 0 for
  /// one of which no more is known than how it is distributed, below 0 for one that is missed worse.
  public var explained: Double { 1 - error / marginal }

  /// Of each field that the decoder gives, in the order of the samples; nil of samples that are no records.
  static func of(_ model: Model, on dataset: Dataset, threads: Int) throws -> [FieldError]? {
    guard let record = model.autoencoder.outline.record else { return nil }
    let shares = try dataset.shares()
    var sums = [Double](repeating: 0, count: record.count)
    var weights = sums
    var counts = [Int](repeating: 0, count: record.count)
    try model.visitTerms(dataset, threads: threads) { start, terms in
      let rows = terms.count / record.count
      dataset.tensor(start..<(start + rows)).withBytes { bytes in
        let samples = bytes.bindMemory(to: Float.self)
        for index in terms.indices where !samples[index].isNaN {
          let share = shares.map { Double($0[start + index / record.count]) } ?? 1
          sums[index % record.count] += share * Double(terms[index])
          weights[index % record.count] += share
          counts[index % record.count] += 1
        }
      }
    }
    return record.slots.indices.compactMap { index in
      let slot = record.slots[index]
      guard slot.role.isGiven else { return nil }
      let scale = Double(max(slot.weight, .leastNormalMagnitude)) * weights[index]
      return FieldError(
        name: slot.name, count: counts[index], error: sums[index] / scale, marginal: Double(slot.marginal))
    }
  }
}

extension Record {
  /// What the best constant laws cost a record: the weighted mean over its values that are there.
  func constantLoss(_ sample: UnsafeBufferPointer<Float>) -> Double {
    var (sum, count) = (0.0, 0)
    for (slot, value) in zip(slots, sample) where slot.role.isGiven && !value.isNaN {
      sum += Double(slot.weight) * Double(slot.marginal)
      count += 1
    }
    return sum / Double(max(1, count))
  }
}
