public import HourglassTensor

extension Dataset {
  /// The samples at consecutive positions, raw, in the type they are stored in:
  /// `[range.count, sample shape…]`.
  ///
  /// Shares the bytes where the data set is all of its tensor.
  ///
  /// - Precondition: the range lies in `0..<count`.
  public func tensor(_ range: Range<Int>) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "Dataset of \(count) samples: has no positions \(range)")
    if let sparse { return sparse.tensor(range.map(row)) }
    let samples = samples
    guard let rows else { return samples[range] }
    let size = sampleShape.count * samples.element.size
    let storage = Storage(count: range.count * size) { target in
      samples.withBytes { source in
        for (place, row) in rows[range].enumerated() {
          let sample = source[(Int(row) * size)..<(Int(row) * size + size)]
          UnsafeMutableRawBufferPointer(rebasing: target[(place * size)..<(place * size + size)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: sample))
        }
      }
    }
    return Tensor(sampleShape.batch(range.count), samples.element, in: storage)
  }

  /// All samples, raw.
  public var tensor: Tensor { tensor(0..<count) }

  /// The labels of all samples, in the data set's order; nil where they are not known.
  public var orderedLabels: [Int32]? {
    guard let labels, let rows else { return labels }
    return rows.map { labels[Int($0)] }
  }

  /// What the samples are called, in the data set's order; nil where they have no names.
  public var orderedNames: [String]? {
    guard let sampleNames, let rows else { return sampleNames }
    return rows.map { sampleNames[Int($0)] }
  }

  /// Which parts of their files the samples are, in the data set's order; nil where they are whole files.
  public var orderedSpans: [SampleSpan]? {
    guard let spans, let rows else { return spans }
    return rows.map { spans[Int($0)] }
  }

  /// Writes the samples at some positions, scaled, one after the other: what a training step does for its
  /// rows.
  ///
  ///     target[i, j] = (sample(positions[i])[j] - shift[j]) · scale[j]
  ///
  /// Allocates nothing; may run on several threads at once for different targets. Complexity:
  /// O(target.count).
  ///
  /// - Precondition: the target holds `positions.count · sampleShape.count` values; every position is in
  ///   `0..<count`; the scaling has one shift, or one a value of the sample.
  public func gather(
    _ positions: UnsafeBufferPointer<UInt32>, scaling: Scaling, into target: UnsafeMutableBufferPointer<Float>
  ) {
    let width = sampleShape.count
    precondition(
      target.count == positions.count * width,
      "Dataset.gather: \(positions.count) samples of \(width) do not fill \(target.count) values")
    scaling.checkWidth(width)
    for position in positions {
      precondition(position < count, "Dataset of \(count) samples: has no position \(position)")
    }
    if let sparse {
      for (place, position) in positions.enumerated() {
        sparse.tensor([row(Int(position))]).withBytes { bytes in
          guard let source = bytes.baseAddress, let start = target.baseAddress else { return }
          scaling.write(Values<Float>(pointer: source, count: width), into: start + place * width)
        }
      }
      return
    }
    var gathering = Gathering(
      positions: positions, rows: rows, scaling: scaling, width: width, target: target)
    samples.read(&gathering)
  }
}

/// One pass that picks rows, converts and scales them.
private struct Gathering: Reading {
  let positions: UnsafeBufferPointer<UInt32>
  let rows: [UInt32]?
  let scaling: Scaling
  let width: Int
  let target: UnsafeMutableBufferPointer<Float>

  func read<Value: Readable>(_ values: Values<Value>) {
    guard let start = target.baseAddress else { return }
    for place in 0..<positions.count {
      let row = rows.map { Int($0[Int(positions[place])]) } ?? Int(positions[place])
      scaling.write(values.row(row, width: width), into: start + place * width)
    }
  }
}
