import HourglassData
import HourglassTensor
import HourglassTraining

extension Model {
  /// What the principal components that the model keeps make of samples, in the units of the data: `[n,
  /// sample…]`; nil for a model that keeps none. A value that is missing stands at the mean, and has what the
  /// others make of it.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func reconstructLinearly(_ dataset: Dataset) throws -> Tensor? {
    try preparation.check(dataset)
    let width = preparation.sampleShape.count
    guard let control, control.mean.count == width else { return nil }
    let scaled = preparation.scaling.apply(dataset.tensor)
    var values: [Float] = []
    values.reserveCapacity(dataset.count * width)
    var made = [Double](repeating: 0, count: width)
    scaled.values.withUnsafeBufferPointer { samples in
      for row in 0..<dataset.count {
        control.reconstruct(
          UnsafeBufferPointer(rebasing: samples[(row * width)..<((row + 1) * width)]), into: &made)
        values += made.lazy.map { Float($0) }
      }
    }
    let tensor = Tensor(preparation.sampleShape.batch(dataset.count), values)
    return dataset.markingPadding(in: preparation.scaling.undo(tensor))
  }
}

/// The value of a sample that adds most to its error.
public struct Blame: Hashable, Sendable {
  /// Its place in the sample.
  public let index: Int
  /// Its share of the sample's error, above 0 and at most 1.
  public let share: Double

  /// - Parameter terms: what each value contributes; NaN for one that is missing. One below 0 counts nothing.
  /// - Returns: nil where no value contributes.
  public init?(_ terms: some Sequence<Float>) {
    var (sum, largest, place) = (0.0, 0.0, 0)
    for (index, term) in terms.enumerated() where term > 0 && term.isFinite {
      sum += Double(term)
      if Double(term) > largest { (largest, place) = (Double(term), index) }
    }
    guard largest > 0 else { return nil }
    (index, share) = (place, largest / sum)
  }
}
