public import HourglassTensor

/// Samples: a tensor whose first axis counts them, or some of its rows in some order.
///
/// Values stay in the type they came with. Parts of a data set share its bytes.
///
/// A row is a place in ``samples``; a position is a place in the data set, `0..<count`. Without ``rows`` they
/// are the same.
public struct Dataset: Sendable {
  /// `[n, sample shape…]`.
  public let samples: Tensor
  /// The rows of ``samples`` that belong, in the data set's order; nil: all of them.
  public let rows: [UInt32]?
  /// The class of each row of ``samples``, where known. Training an autoencoder never reads it.
  public let labels: [Int32]?
  /// What label `k` is called, at `k`.
  public let classNames: [String]?
  /// The names of a table's columns.
  public let featureNames: [String]?
  /// What a person called the data: for provenance and messages.
  public let origin: String

  /// All rows of a tensor.
  ///
  /// - Throws: ``DataError`` if there is no sample, no value in a sample, no axis beside the one that counts
  ///   samples, more than 2³² - 1 samples, or as many labels or names as do not fit.
  public init(
    _ samples: Tensor, labels: [Int32]? = nil, classNames: [String]? = nil, featureNames: [String]? = nil,
    origin: String
  ) throws {
    try Dataset.check(samples.shape, origin: origin)
    if let labels, labels.count != samples.rows {
      throw DataError(
        place: origin, expected: "\(samples.rows) labels, one a sample", found: "\(labels.count)",
        remedy: "give the labels of these samples or none")
    }
    let width = samples.shape.sample.count
    if let featureNames, featureNames.count != width {
      throw DataError(
        place: origin, expected: "\(width) column names", found: "\(featureNames.count)",
        remedy: "name every column or none")
    }
    self.init(
      samples: samples, rows: nil, labels: labels, classNames: classNames, featureNames: featureNames,
      origin: origin)
  }

  private init(
    samples: Tensor, rows: [UInt32]?, labels: [Int32]?, classNames: [String]?, featureNames: [String]?,
    origin: String
  ) {
    self.samples = samples
    self.rows = rows
    self.labels = labels
    self.classNames = classNames
    self.featureNames = featureNames
    self.origin = origin
  }

  private static func check(_ shape: Shape, origin: String) throws {
    guard shape.rank > 1 else {
      throw DataError(
        place: origin, expected: "an array [samples, values…]", found: "shape \(shape)",
        remedy: "reshape it so that the first axis counts the samples and the others hold one of them")
    }
    guard shape[0] > 0 else {
      throw DataError(
        place: origin, expected: "at least one sample", found: "shape \(shape)",
        remedy: "check how the file was made")
    }
    guard shape.sample.count > 0 else {
      throw DataError(
        place: origin, expected: "at least one value in a sample", found: "shape \(shape)",
        remedy: "check how the file was made")
    }
    guard shape[0] <= Int(UInt32.max) else {
      throw DataError(
        place: origin, expected: "at most \(UInt32.max) samples", found: "\(shape[0])",
        remedy: "cut the data into several files")
    }
  }

  /// Number of samples.
  public var count: Int { rows?.count ?? samples.rows }

  /// The shape of one sample.
  public var sampleShape: Shape { samples.shape.sample }

  /// The row of ``samples`` at a position.
  public func row(_ position: Int) -> Int {
    rows.map { Int($0[position]) } ?? position
  }

  /// The samples at these positions, in this order, sharing the bytes. A position may come more than once.
  ///
  /// - Precondition: every position is in `0..<count`.
  public func subset(_ positions: [UInt32]) -> Dataset {
    for position in positions {
      precondition(position < count, "Dataset of \(count) samples: has no position \(position)")
    }
    return Dataset(
      samples: samples, rows: rows.map { rows in positions.map { rows[Int($0)] } } ?? positions,
      labels: labels,
      classNames: classNames, featureNames: featureNames, origin: origin)
  }

  /// Consecutive samples, sharing the bytes.
  ///
  /// - Precondition: the range lies in `0..<count`.
  public func subset(_ range: Range<Int>) -> Dataset {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "Dataset of \(count) samples: has no positions \(range)")
    return subset(range.map { UInt32($0) })
  }
}
