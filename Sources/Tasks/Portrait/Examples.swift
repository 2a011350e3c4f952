import HourglassData
import HourglassTensor
import HourglassTraining

/// Some samples beside their reconstructions, in the units of the data.
public struct Examples: Sendable {
  /// Where in the data set they stand.
  public let positions: [Int]
  /// The samples as a data set of their own, for their names, classes and files.
  public let dataset: Dataset
  /// `[n, sample…]`; NaN where a value is missing.
  public let originals: Tensor
  public let reconstructions: Tensor
  /// How odd each is, as `Model.scores` has it.
  public let scores: [Double]
  /// What principal components of the same width make of them; nil for a model that keeps none.
  public let linear: Tensor?
  /// The value of each that adds most to its error; nil for one without an error.
  public let blamed: [Blame?]

  init(
    _ model: Model, _ whole: Dataset, _ positions: [UInt32], _ errors: ErrorProfile, threads: Int
  ) throws {
    self.positions = positions.map(Int.init)
    dataset = whole.subset(positions)
    guard !positions.isEmpty else {
      (originals, reconstructions, scores) = (whole.tensor(0..<0), whole.tensor(0..<0), [])
      (linear, blamed) = (nil, [])
      return
    }
    originals = dataset.tensor.asFloat32
    reconstructions = try model.reconstruct(dataset, threads: threads)
    scores = positions.map { Double(errors.scores[Int($0)]) }
    linear = try model.reconstructLinearly(dataset)
    let (terms, width) = (
      try model.scoresPerFeature(dataset, threads: threads).values, originals.shape.sample.count
    )
    blamed = positions.indices.map { Blame(terms[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// The same samples through another model.
  ///
  /// - Throws: `DataError` if the samples are not of the kind that model was trained on.
  public func reconstructed(by model: Model, threads: Int) throws -> Tensor {
    positions.isEmpty ? originals : try model.reconstruct(dataset, threads: threads)
  }

  public var count: Int { positions.count }

  /// The values of an original, of its reconstruction, and of that of principal components.
  public func values(_ index: Int) -> (original: [Float], reconstruction: [Float], linear: [Float]?) {
    let row = index..<(index + 1)
    return (originals[row].values, reconstructions[row].values, linear?[row].values)
  }
}
