import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Model {
  /// How badly each sample is reconstructed: the model's own loss of it above the least that it could be,
  /// `[n]`. The higher, the stranger the sample; 0 for one that is reconstructed without a fault. Values that
  /// are missing do not count; a sample without any value has NaN.
  ///
  /// The loss `bce` is the entropy of the sample plus its divergence from the reconstruction, KL(x ‖ y); the
  /// score is the second alone. So it is with `ce`; of the other terms the least is 0, and the score the
  /// loss. Values outside the domain of the term score by their distance too: see `Reconstruction.Domain`.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func scores(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    var scores: [Float] = []
    scores.reserveCapacity(dataset.count)
    try visitScored(dataset, threads: threads) { scores += $0.scores }
    return Tensor([dataset.count], scores)
  }

  /// What each value contributes to its sample's score: `[n, sample…]`. The mean of a sample's values is its
  /// score (for categories, the sum over the last axis). A value that is missing has NaN and does not count
  /// in the mean.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func scoresPerFeature(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    let width = autoencoder.architecture.input.count
    if autoencoder.outline.record != nil { return try scoresPerSlot(dataset, threads: threads) }
    var terms = [Double](repeating: 0, count: width)
    return try Tensor(preparation.sampleShape.batch(dataset.count)) { result in
      try visitScored(dataset, threads: threads) { rows in
        for row in rows.scores.indices {
          terms.withUnsafeMutableBufferPointer { rows.writeSurprises(row, to: $0) }
          for index in 0..<width { result[(rows.start + row) * width + index] = Float(terms[index]) }
        }
      }
    }
  }
}

extension Model {
  /// One score a row of the series that samples were cut from: the mean over its channels and over the
  /// windows that hold it, NaN where none does.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func scoresPerStep(
    _ dataset: Dataset, _ steps: SeriesSteps, threads: Int = Team.processors
  ) throws -> Tensor {
    steps.meansOverChannels(steps.joined(try scoresPerFeature(dataset, threads: threads)))
  }

  /// What each slot of a record costs, weighted as in the loss;
  /// NaN where a value is missing.
  private func scoresPerSlot(_ dataset: Dataset, threads: Int) throws -> Tensor {
    let width = autoencoder.architecture.input.count
    return try Tensor(preparation.sampleShape.batch(dataset.count)) { result in
      try visitTerms(dataset, threads: threads) { start, terms in
        let count = terms.count / width
        dataset.tensor(start..<(start + count)).withBytes { bytes in
          let samples = bytes.bindMemory(to: Float.self)
          for index in terms.indices {
            result[start * width + index] = samples[index].isNaN ? .nan : terms[index]
          }
        }
      }
    }
  }
}

extension Preparation {
  /// The length of a sample's last axis.
  var lastAxis: Int { sampleShape.dimensions.last ?? 1 }
}
