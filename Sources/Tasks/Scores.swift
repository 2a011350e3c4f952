import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Model {
  /// How badly each sample is reconstructed: the model's own loss of it, `[n]`. The higher, the stranger the
  /// sample. Values that are missing do not count; a sample without any value has NaN.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func scores(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    var scores: [Float] = []
    scores.reserveCapacity(dataset.count)
    try visit(dataset, threads: threads) { _, samples, _, losses in
      scores += losses
      guard dataset.hasGaps else { return }
      let width = samples.count / losses.count
      for row in losses.indices
      where samples[(row * width)..<((row + 1) * width)].allSatisfy(\.isNaN) {
        scores[scores.count - losses.count + row] = .nan
      }
    }
    return Tensor([dataset.count], scores)
  }

  /// What each value contributes to its sample's score: `[n, sample…]`. The mean of a sample's values is its
  /// score (for categories, the sum over the last axis). A value that is missing has NaN and does not count
  /// in the mean.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func scoresPerFeature(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    let width = autoencoder.architecture.input.count
    let reconstruction = autoencoder.architecture.reconstruction
    return try Tensor(preparation.sampleShape.batch(dataset.count)) { result in
      try visit(dataset, threads: threads) { start, samples, outputs, _ in
        for index in 0..<samples.count {
          let term = reconstruction.term(of: Double(outputs[index]), for: Double(samples[index]))
          result[start * width + index] = Float(term)
        }
      }
    }
  }
}

extension Preparation {
  /// The length of a sample's last axis.
  var lastAxis: Int { sampleShape.dimensions.last ?? 1 }
}
