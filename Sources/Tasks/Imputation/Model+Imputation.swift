import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Model {
  /// Samples whose gaps are filled with what the model makes of the rest, in the units of the data:
  /// `[n, sample…]`. A value that is there stays.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func imputed(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    let made = try reconstruct(dataset, threads: threads)
    return dataset.tensor.filled(with: made)
  }

  /// How far off the law of fixed width of each slot is where a value is missing: the root of the mean
  /// squared distance of values that are there from what is made of their rows without them. 1 where no value
  /// is, and
  /// of slots with other laws.
  ///
  ///     deviation = √(Σ (x - y)² / n)
  ///
  /// Each value is hidden once, a fifth of all at a time.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func deviations(on dataset: Dataset, threads: Int = Team.processors) throws -> [Double] {
    guard let record = autoencoder.outline.record else { return [] }
    let count = record.count
    var (sums, counts) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    let values = dataset.tensor.values
    for part in 0..<Model.parts {
      let hidden = record.hiding(values) { ($0 + $1) % Model.parts == part }
      let made = try reconstruct(
        Dataset(Tensor(dataset.tensor.shape, hidden), hasGaps: true, origin: dataset.origin),
        threads: threads
      ).values
      for index in values.indices where hidden[index].isNaN && !values[index].isNaN {
        let distance = Double(made[index]) - Double(values[index])
        sums[index % count] += distance * distance
        counts[index % count] += 1
      }
    }
    return record.slots.indices.map { slot in
      record.slots[slot].law.isOfFixedWidth && counts[slot] > 1 ? (sums[slot] / counts[slot]).squareRoot() : 1
    }
  }

  private static let parts = 5
}

extension Record {
  /// Samples without some of their values, and without what was computed from these.
  ///
  /// - Parameter isHidden: of a row and a slot.
  func hiding(_ values: [Float], _ isHidden: (_ row: Int, _ slot: Int) -> Bool) -> [Float] {
    let places = Dictionary(slots.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let sources = slots.indices.map { slots[$0].source.flatMap { places[$0] } ?? $0 }
    return values.indices.map { index in
      isHidden(index / count, sources[index % count]) ? .nan : values[index]
    }
  }
}

extension Tensor {
  /// The same with values of another where there are none.
  fileprivate func filled(with other: Tensor) -> Tensor {
    let (own, others) = (values, other.values)
    guard own.contains(where: \.isNaN) else { return self }
    return Tensor(shape) { result in
      for index in own.indices { result[index] = own[index].isNaN ? others[index] : own[index] }
    }
  }
}
