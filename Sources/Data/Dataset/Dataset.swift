public import HourglassFormats
public import HourglassTensor

/// Samples: a tensor whose first axis counts them, or some of its rows in some order.
///
/// Values stay in the type they came with. Parts of a data set share its bytes.
///
/// A row is a place in ``samples``; a position is a place in the data set, `0..<count`. Without ``rows`` they
/// are the same.
public struct Dataset: Sendable {
  /// Where the values lie.
  enum Content: Sendable {
    case dense(Tensor)
    case sparse(SparseRows)
  }

  private(set) var content: Content
  /// The rows of ``samples`` that belong, in the data set's order; nil: all of them.
  public private(set) var rows: [UInt32]?
  /// The class of each row of ``samples``, where known. Training an autoencoder never reads it.
  public private(set) var labels: [Int32]?
  /// What label `k` is called, at `k`.
  public private(set) var classNames: [String]?
  /// The names of a table's columns.
  public let featureNames: [String]?
  /// How much each row of ``samples`` counts, relative to the others; nil: all alike.
  public private(set) var weights: [Float]?
  /// Whether a value of ``samples`` is missing. A part has it from the whole, whichever rows it has.
  public private(set) var hasGaps: Bool
  /// How the samples were made of files; nil where there was nothing to choose.
  public private(set) var form: SampleForm?
  /// What each row of ``samples`` is called: the file it was made of. For samples that are files.
  public private(set) var sampleNames: [String]?
  /// Which part of its file each row of ``samples`` is; nil where it is all of it.
  public private(set) var spans: [SampleSpan]?
  /// What was taken out of the table, or from beside the array, for ``labels`` and ``weights``.
  public private(set) var takenColumns: [TakenColumn] = []
  /// Columns of the source that were asked for as they stand: one text a row of ``samples``, or of the series
  /// that they were cut from.
  public private(set) var keptColumns: [CSV.KeptColumn] = []
  /// The series that the samples were cut from; nil where they were not.
  public private(set) var series: SeriesSource?
  /// The table that the samples are the records of; nil of other samples.
  public private(set) var records: RecordSource?
  /// What is known of how each row of ``samples`` was made.
  public private(set) var factors: Factors?
  /// What the encoder is to read beside each row of ``samples``, which are then what it should have been.
  var inputSamples: (values: Tensor, origin: String)?
  /// What is known of each row of ``samples`` besides: see ``Target``.
  public private(set) var targets: [Target] = []
  /// The pictures that the samples are windows of; nil where they are none.
  public private(set) var patches: Patches?
  /// How these samples were held out of the data that ``origin`` names; nil where they are no such part.
  public private(set) var holdOut: HoldOut?
  /// Rows of ``samples`` that are in neither part then, since they share values with these.
  var rowsLeftOut: [UInt32] = []
  /// What a person called the data: for provenance and messages.
  public private(set) var origin: String

  /// All rows of a tensor.
  ///
  /// - Parameter hasGaps: whether a value is NaN, where that is known; nil: it is looked for, in one pass
  ///   over data of floating point.
  /// - Throws: ``DataError`` if there is no sample, no value in a sample, no axis beside the one that counts
  ///   samples, more than 2³² - 1 samples, as many labels, names or weights as do not fit, or weights that
  ///   are negative, not finite or all 0.
  public init(
    _ samples: Tensor, labels: [Int32]? = nil, classNames: [String]? = nil, featureNames: [String]? = nil,
    weights: [Float]? = nil, hasGaps: Bool? = nil, origin: String
  ) throws {
    try Dataset.check(samples.shape, origin: origin)
    if let labels { try Dataset.check(labels, count: samples.rows, origin: origin) }
    let width = samples.shape.sample.count
    if let featureNames, featureNames.count != width {
      throw DataError(
        place: origin, expected: "\(width) column names", found: "\(featureNames.count)",
        remedy: "name every column or none")
    }
    if let weights { try Dataset.check(weights, count: samples.rows, origin: origin) }
    content = .dense(samples)
    self.rows = nil
    self.labels = labels
    self.classNames = classNames
    self.featureNames = featureNames
    self.weights = weights
    self.hasGaps = hasGaps ?? false
    self.origin = origin
    if hasGaps == nil { self.hasGaps = searchNonFinite(stopsAtGap: true).hasGaps }
  }

  /// Rows that name the values alone that are not as in the background.
  ///
  /// - Throws: ``DataError`` if there is no sample or no value in a sample.
  public init(_ samples: SparseRows, featureNames: [String], origin: String) throws {
    try Dataset.check([samples.count, samples.width], origin: origin)
    precondition(
      featureNames.count == samples.width,
      "Dataset: \(featureNames.count) names of \(samples.width) columns")
    content = .sparse(samples)
    self.featureNames = featureNames
    self.origin = origin
    hasGaps = samples.hasGaps
  }

  /// The same samples under another name.
  func named(_ name: (String) -> String) -> Dataset {
    var dataset = self
    dataset.origin = name(origin)
    return dataset
  }

  private static func check(_ labels: [Int32], count: Int, origin: String) throws {
    guard labels.count != count else { return }
    throw DataError(
      place: origin, expected: "\(count) labels, one a sample", found: "\(labels.count)",
      remedy: "give the labels of these samples or none")
  }

  private static func check(_ weights: [Float], count: Int, origin: String) throws {
    guard weights.count == count else {
      throw DataError(
        place: origin, expected: "\(count) weights, one a sample", found: "\(weights.count)",
        remedy: "give the weights of these samples or none")
    }
    if let index = weights.firstIndex(where: { !($0.isFinite && $0 >= 0) }) {
      throw DataError(
        place: "\(origin) weight of row \(index) (counted from 0)", expected: "a finite number from 0 on",
        found: "\(weights[index])", remedy: "give rows that must not count the weight 0")
    }
    guard weights.contains(where: { $0 > 0 }) else {
      throw DataError(
        place: origin, expected: "a weight above 0", found: "only zeros", remedy: "weigh a row with 1")
    }
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
  public var count: Int { rows?.count ?? rowCount }

  /// The shape of one sample.
  public var sampleShape: Shape {
    switch content {
    case .dense(let samples): samples.shape.sample
    case .sparse(let samples): [samples.width]
    }
  }

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
    var part = self
    part.rows = rows.map { rows in positions.map { rows[Int($0)] } } ?? positions
    return part
  }

  /// The same samples with other weights, one a row of ``samples``.
  ///
  /// - Throws: ``DataError`` for another number of them, negative ones, ones that are not finite, and only
  ///   zeros.
  public func weighted(_ weights: [Float]?) throws -> Dataset {
    if let weights { try Dataset.check(weights, count: rowCount, origin: origin) }
    var copy = self
    copy.weights = weights
    return copy
  }

  /// The same samples with other labels, one a row of ``samples``.
  ///
  /// - Parameter classNames: what label `k` is called, at `k`, where that is known.
  /// - Throws: ``DataError`` for another number of labels.
  public func labelled(_ labels: [Int32], classNames: [String]? = nil) throws -> Dataset {
    try Dataset.check(labels, count: rowCount, origin: origin)
    var copy = self
    copy.labels = labels
    copy.classNames = classNames
    return copy
  }

  /// The same positions of other values of the same shape.
  func replacingContent(by samples: Tensor) -> Dataset {
    var copy = self
    copy.content = .dense(samples)
    (copy.inputSamples, copy.patches) = (nil, nil)
    return copy
  }

  /// The same samples where it has become known whether there are gaps.
  func with(hasGaps: Bool) -> Dataset {
    var copy = self
    copy.hasGaps = hasGaps
    return copy
  }

  /// The same samples as a part that was held out, and the rows that are in neither part.
  func with(holdOut: HoldOut, leftOut: [UInt32]) -> Dataset {
    var copy = self
    copy.holdOut = holdOut
    copy.rowsLeftOut = leftOut
    return copy
  }

  /// Of a part that was held out the samples that are in neither part; nil where there are none.
  public var leftOut: Dataset? {
    guard !rowsLeftOut.isEmpty else { return nil }
    var part = self
    (part.rows, part.rowsLeftOut) = (rowsLeftOut, [])
    return part
  }

  /// The same samples with other targets.
  func with(targets: [Target]) -> Dataset {
    var copy = self
    copy.targets = targets
    return copy
  }

  /// The same samples with what was taken from beside them.
  func with(takenColumns: [TakenColumn]) -> Dataset {
    var copy = self
    copy.takenColumns = takenColumns
    return copy
  }

  /// The same samples with columns of their source.
  func with(keptColumns: [CSV.KeptColumn]) -> Dataset {
    var copy = self
    copy.keptColumns = keptColumns
    return copy
  }

  /// The same samples with the series that they were cut from.
  func with(series: SeriesSource) -> Dataset {
    var copy = self
    copy.series = series
    return copy
  }

  /// The same samples with the pictures that they are windows of.
  func with(patches: Patches) -> Dataset {
    var copy = self
    copy.patches = patches
    return copy
  }

  /// The same samples as the records of a table.
  func with(records: RecordSource) -> Dataset {
    var copy = self
    copy.records = records
    return copy
  }

  /// The same samples with what is known of how they were made, one row of factors a row of ``samples``.
  func with(factors: Factors) -> Dataset {
    precondition(factors.count == rowCount, "Dataset: \(factors.count) rows of factors")
    var copy = self
    copy.factors = factors
    return copy
  }

  /// The same samples with what is known of the files they were made of.
  func with(form: SampleForm?, sampleNames: [String]?, spans: [SampleSpan]? = nil) -> Dataset {
    precondition(sampleNames == nil || sampleNames?.count == rowCount, "Dataset: one name a row")
    var copy = self
    copy.form = form
    copy.sampleNames = sampleNames
    copy.spans = spans
    return copy
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
