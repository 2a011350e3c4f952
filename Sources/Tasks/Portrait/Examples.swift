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

  init(
    _ model: Model, _ whole: Dataset, _ positions: [UInt32], _ errors: ErrorProfile, threads: Int
  ) throws {
    self.positions = positions.map(Int.init)
    dataset = whole.subset(positions)
    guard !positions.isEmpty else {
      (originals, reconstructions, scores) = (whole.tensor(0..<0), whole.tensor(0..<0), [])
      return
    }
    originals = dataset.tensor.asFloat32
    reconstructions = try model.reconstruct(dataset, threads: threads)
    scores = positions.map { Double(errors.scores[Int($0)]) }
  }

  /// The same samples through another model.
  ///
  /// - Throws: `DataError` if the samples are not of the kind that model was trained on.
  public func reconstructed(by model: Model, threads: Int) throws -> Tensor {
    positions.isEmpty ? originals : try model.reconstruct(dataset, threads: threads)
  }

  public var count: Int { positions.count }

  /// The values of an original and of its reconstruction.
  public func pair(_ index: Int) -> (original: [Float], reconstruction: [Float]) {
    (originals[index..<(index + 1)].values, reconstructions[index..<(index + 1)].values)
  }
}
