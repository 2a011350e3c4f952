import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What a model of records says of each field: not one value, but how likely each is.
///
/// A law of fixed width says nothing of how far off it is. Where the deviations of such fields are known (see
/// `Model.deviations`), they are the law's width.
public struct FieldLaws: Sendable {
  private struct Entry: Sendable {
    let law: Law
    let parameters: [Int]
    /// Of a law of fixed width how far values lie from it.
    let deviation: Double?
  }

  private let entries: [Entry?]

  /// Nil of a model of other samples.
  ///
  /// - Parameter deviations: by slot, of laws of fixed width; nil: 1.
  public init?(_ model: Model, deviations: [Double]? = nil) {
    guard let record = model.autoencoder.outline.record else { return nil }
    entries = record.slots.indices.map { place in
      record.law(ofSlot: place).map { law, range in
        Entry(law: law, parameters: range, deviation: law.isOfFixedWidth ? deviations?[place] ?? 1 : nil)
      }
    }
  }

  /// The law of a slot with its parameters; nil of one that is read only.
  private func law(_ slot: Int, _ row: ArraySlice<Float>) -> (law: Law, parameters: [Double])? {
    guard let entry = entries[slot] else { return nil }
    let numbers = entry.parameters.map { Double(row[row.startIndex + $0]) }
    guard let deviation = entry.deviation else { return (entry.law, numbers) }
    return (.normal, [numbers[0], 2 * max(deviation, 1e-5).logarithm])
  }

  /// A draw of each field: `[n, slots]`; NaN in slots that are read only.
  ///
  /// - Parameters:
  ///   - outputs: `[n, numbers]`, as `Model.outputs` gives them.
  ///   - step: another one draws others.
  public func draws(from outputs: Tensor, seed: UInt64, step: Int = 0) -> Tensor {
    let random = Random(seed: seed, stream: .sampling)
    return map(outputs) { row, slot, law, parameters in
      law.draw(
        parameters, random, step: UInt32(truncatingIfNeeded: step),
        position: UInt64(row * entries.count + slot))
    }
  }

  /// The quantile of each field: `[n, slots]`; NaN where a law has no order, and in slots that are read only.
  public func quantiles(_ probability: Double, from outputs: Tensor) -> Tensor {
    map(outputs) { _, _, law, parameters in
      law.hasOrder ? law.quantile(probability, parameters) : .nan
    }
  }

  /// The probability of each level of a slot: a row a sample; nil where there are no levels.
  public func probabilities(ofSlot slot: Int, from outputs: Tensor) -> [[Double]]? {
    let (values, width) = (outputs.values, outputs.shape.sample.count)
    guard outputs.rows > 0, let first = law(slot, values[0..<width]),
      first.law.probabilities(first.parameters) != nil
    else { return nil }
    return (0..<outputs.rows).map { row in
      law(slot, values[(row * width)..<((row + 1) * width)]).flatMap { $0.law.probabilities($0.parameters) }
        ?? []
    }
  }

  private func map(
    _ outputs: Tensor, _ value: (Int, Int, Law, [Double]) -> Double
  ) -> Tensor {
    let (values, width) = (outputs.values, outputs.shape.sample.count)
    return Tensor([outputs.rows, entries.count]) { result in
      for row in 0..<outputs.rows {
        let numbers = values[(row * width)..<((row + 1) * width)]
        for slot in entries.indices {
          let found = law(slot, numbers).map { value(row, slot, $0.law, $0.parameters) }
          result[row * entries.count + slot] = Float(found ?? .nan)
        }
      }
    }
  }
}

extension Law {
  /// Whether it says where values lie and not how near.
  var isOfFixedWidth: Bool {
    switch self {
    case .gaussian, .laplace, .huber: true
    default: false
    }
  }
}
