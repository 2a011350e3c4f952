import HourglassTensor

extension Dataset {
  /// How much the sample at each position counts in a mean over this data set; nil where all count alike.
  ///
  ///     share = w n / Σ w
  ///
  /// with w the sample's weight, 1 without weights and 0 for a sample all of whose values are missing, and n
  /// the number of samples: shares are 1 in the mean, so only the weights' relation to each other matters,
  /// and Σ share · loss / n is the weighted mean of losses. Complexity: one pass where values may be missing.
  ///
  /// - Throws: ``DataError`` where no sample counts.
  public func shares() throws -> [Float]? {
    let isEmpty = emptySamples()
    guard weights != nil || isEmpty != nil else { return nil }
    var shares = orderedWeights ?? [Float](repeating: 1, count: count)
    if let isEmpty {
      for position in shares.indices where isEmpty[position] { shares[position] = 0 }
    }
    let sum = Statistics.sum(shares.map(Double.init))
    guard sum > 0 else {
      throw DataError(
        place: origin, expected: "a sample that has a value and a weight above 0", found: "none",
        remedy: weights == nil ? "leave this part out" : "weigh a sample of this part with 1")
    }
    let scale = Double(count) / sum
    return shares.map { Float(Double($0) * scale) }
  }

  /// Whether all values of the sample at each position are missing; nil where that is so of none.
  func emptySamples() -> [Bool]? {
    guard hasGaps else { return nil }
    var search = EmptySearch(dataset: self)
    scan(&search)
    return search.isEmpty.contains(true) ? search.isEmpty : nil
  }
}

/// A pass over the rows for those without any value.
private struct EmptySearch: Reading {
  let dataset: Dataset
  var isEmpty: [Bool] = []

  init(dataset: Dataset) { self.dataset = dataset }

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    let width = dataset.sampleShape.count
    isEmpty = (0..<dataset.count).map { position in
      let sample = values.row(dataset.row(position), width: width)
      return (0..<width).allSatisfy { sample[$0].isGap }
    }
  }
}
