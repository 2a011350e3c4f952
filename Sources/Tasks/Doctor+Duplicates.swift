import HourglassData
import HourglassTensor
import HourglassTraining

extension Doctor {
  /// Samples of the held part that stand, byte for byte, in the training part.
  static func duplicates(_ training: Dataset, _ held: Dataset) throws -> [Finding] {
    let found = try Doctor.copies(in: held, of: training)
    let measure = Measure(
      "duplicate_share", Double(found) / Double(held.count), threshold: Threshold.duplicates)
    guard measure.isBeyond else { return [] }
    return [
      Finding(
        .duplicates, .warning, measure,
        problem:
          "\(found) of the \(held.count) held samples (\(measure.value.percent)) stand among the training "
          + "samples too: the model is judged by what it has seen.",
        remedy: "Remove repeated rows from the data before training, or give other samples to judge by "
          + "(--validation SOURCE).")
    ]
  }

  /// How many samples of a data set stand in another one too. Complexity: O(samples), with 64-bit hashes of
  /// the samples in memory.
  static func copies(in held: Dataset, of training: Dataset) throws -> Int {
    guard held.samples.element == training.samples.element else {
      return try copies(in: held.asFloat32(), of: training.asFloat32())
    }
    guard held.sampleShape.count == training.sampleShape.count else { return 0 }
    let size = held.sampleShape.count * held.samples.element.size
    func sample(_ dataset: Dataset, _ bytes: UnsafeRawBufferPointer, _ position: Int)
      -> UnsafeRawBufferPointer
    {
      let start = dataset.row(position) * size
      return UnsafeRawBufferPointer(rebasing: bytes[start..<(start + size)])
    }
    func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
      var hasher = Hasher()
      hasher.combine(bytes: bytes)
      return hasher.finalize()
    }
    return held.samples.withBytes { heldBytes in
      training.samples.withBytes { trainingBytes in
        // Those of the held samples that no training sample was equal to yet.
        var missing: [Int: [Int]] = [:]
        for position in 0..<held.count {
          missing[hash(sample(held, heldBytes, position)), default: []].append(position)
        }
        var found = 0
        for position in 0..<training.count {
          let bytes = sample(training, trainingBytes, position)
          let key = hash(bytes)
          guard let candidates = missing[key] else { continue }
          let others = candidates.filter { !sample(held, heldBytes, $0).elementsEqual(bytes) }
          found += candidates.count - others.count
          missing[key] = others.isEmpty ? nil : others
        }
        return found
      }
    }
  }
}

extension Dataset {
  fileprivate func asFloat32() throws -> Dataset {
    try Dataset(Tensor(sampleShape.batch(count), tensor.values), origin: origin)
  }
}

extension Model {
  /// The training and the validation part of the data that this model was trained on; nil for other data, or
  /// where nothing was held out of them.
  ///
  /// The parts are drawn again by the seed of the recipe, as `hourglass train` draws them, and held against
  /// the mean of the training samples that the model keeps.
  public func parts(of dataset: Dataset) throws -> (training: Dataset, held: Dataset)? {
    guard let provenance, let size = provenance.validationSamples, provenance.validation == provenance.source,
      size > 0, provenance.samples > 0, dataset.count == provenance.samples + size
    else { return nil }
    let parts = try dataset.split(
      holdingOut: Double(size) / Double(dataset.count), seed: provenance.recipe.seed)
    guard parts.held.count == size else { return nil }
    guard let control else { return dataset.origin == provenance.source ? parts : nil }
    guard control.mean.count == dataset.sampleShape.count else { return nil }
    return try isMean(control.mean, of: parts.training) ? parts : nil
  }

  /// Whether the scaled samples have this mean, to a hundred-thousandth of the largest value: another split
  /// of the same data differs by more, up to some ten million samples.
  private func isMean(_ mean: [Float], of dataset: Dataset) throws -> Bool {
    let found = PrincipalComponents.mean(of: dataset, preparation.scaling, try dataset.shares())
    return zip(found.values, mean).allSatisfy { value, mean in
      (value - Double(mean)).magnitude <= 1e-5 * found.largest
    }
  }
}
