import HourglassTensor

/// The smallest and largest value of a feature.
struct Extent: Hashable {
  var lowest: Double
  var highest: Double

  /// No value lies between.
  var isEmpty: Bool { lowest > highest }

  /// Of all values of some features.
  static func whole(_ parts: [Extent]) -> Extent {
    Extent(
      lowest: parts.lazy.map(\.lowest).min() ?? .infinity,
      highest: parts.lazy.map(\.highest).max() ?? -.infinity)
  }

  /// The largest distance from 0.
  var reach: Double { max(abs(lowest), abs(highest)) }

  /// Whether it is one number, of single precision, or none: nothing is lost to rounding.
  var isHeldBySinglePrecision: Bool { isEmpty || (lowest == highest && Double(Float(lowest)) == lowest) }

  /// Whether single precision reaches the ends and their difference.
  fileprivate var isInRange: Bool {
    let limit = Double(Float.greatestFiniteMagnitude)
    return reach <= limit && highest - lowest <= limit
  }

  /// Whether numbers of some bits can tell the ends apart: rounding moves an end by less than a tenth of the
  /// spread.
  fileprivate func isTold(bits: Int) -> Bool {
    let spread = highest - lowest
    let rounding: Double
    if bits > Float.significandBitCount + 1 {
      // The ends are rounded already.
      rounding = reach.ulp / 2
    } else {
      rounding = max(abs(Double(Float(lowest)) - lowest), abs(Double(Float(highest)) - highest))
    }
    return rounding <= spread / 10 || spread == 0
  }
}

extension Dataset {
  /// Whether every value of a sample is a feature with a unit of its own.
  var isPerFeature: Bool { sampleShape.rank == 1 }

  /// What to call one value of a sample in a message: `column 'age'`, `column 3`, `value [2, 7]`.
  func featureName(_ index: Int) -> String {
    if let featureNames { return "column '\(featureNames[index])'" }
    var place: [Int] = []
    var rest = index
    for dimension in sampleShape.dimensions.reversed() {
      place.insert(rest % dimension, at: 0)
      rest /= dimension
    }
    return place.count == 1 ? "column \(place[0])" : "value \(place)"
  }
}

extension Columns {
  /// The values of a sample that share a unit: each by itself, those of a channel of a series, or all.
  var groups: [Range<Int>] {
    let width = sums.count
    if dataset.isPerFeature { return (0..<width).map { $0..<($0 + 1) } }
    guard case .series(let form) = dataset.form else { return [0..<width] }
    return (0..<form.channels).map { ($0 * form.window)..<(($0 + 1) * form.window) }
  }

  /// The ends of each group of values.
  var groupExtents: [Extent] { groups.map { group in Extent.whole(group.map { extents[$0] }) } }

  /// A number for each value of a sample out of one a group; the one where there is one group.
  func spread<Value>(_ numbers: [Value]) -> [Value] {
    let groups = groups
    guard groups.count > 1 else { return numbers }
    return zip(numbers, groups).flatMap { number, group in group.map { _ in number } }
  }
}

/// What one pass down the columns tells of them. Values that are missing are passed over.
struct Columns: Reading {
  let dataset: Dataset
  /// One a value of the sample.
  private(set) var extents: [Extent] = []
  /// In `Double`, row after row.
  private(set) var sums: [Double]
  /// How many values are there.
  private(set) var counts: [Int]
  /// The first value of a sample whose ends differ, and are the same in double precision.
  private var blurred: Int?

  /// - Throws: ``DataError`` where single precision cannot hold the differences, or double precision the
  ///   values, and for a column, or samples of more axes, without any value.
  init(of dataset: Dataset) throws {
    self.dataset = dataset
    sums = [Double](repeating: 0, count: dataset.sampleShape.count)
    counts = [Int](repeating: dataset.count, count: sums.count)
    if dataset.hasGaps { counts = [Int](repeating: 0, count: sums.count) }
    dataset.scan(&self)
    try check()
  }

  private func check() throws {
    let groups = groups
    for (number, group) in groups.enumerated() where group.allSatisfy({ extents[$0].isEmpty }) {
      let part = dataset.isPerFeature ? dataset.featureName(number) : "channel \(number)"
      throw DataError(
        place: dataset.isPerFeature || groups.count > 1 ? "\(dataset.origin) \(part)" : dataset.origin,
        expected: "at least one number", found: "nothing but gaps",
        remedy: dataset.isPerFeature
          ? "leave the column out (of a table with --drop)" : "check how the file was made")
    }
    for (index, extent) in extents.enumerated() where !extent.isEmpty {
      if !extent.isInRange {
        throw fault(index, "values and differences that single precision can hold")
      }
      let isInteger = dataset.element == .int64
      if index == blurred || (isInteger && !extent.isTold(bits: Double.significandBitCount + 1)) {
        throw fault(index, "values that double precision can tell apart")
      }
    }
  }

  /// Makes sure that the differences outlive a kind of scaling: one that takes nothing off rounds the values
  /// themselves.
  ///
  /// - Throws: ``DataError`` naming the first column that becomes a constant or coarse.
  func check(_ kind: Scaling.Kind) throws {
    guard kind == .none || kind == .by255 else { return }
    for (index, extent) in extents.enumerated() where !extent.isEmpty {
      guard extent.isTold(bits: Float.significandBitCount + 1) else {
        throw fault(
          index, "values that single precision can tell apart, with the scaling \(kind.rawValue)",
          "choose the scaling standard or min-max, which take differences first")
      }
    }
  }

  private func fault(
    _ index: Int, _ expected: String, _ remedy: String = "subtract a constant or divide by one before"
  ) -> DataError {
    DataError(
      place: "\(dataset.origin) \(dataset.featureName(index))", expected: expected,
      found: "\(extents[index].lowest) to \(extents[index].highest)", remedy: remedy)
  }

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    let dataset = dataset
    let width = sums.count
    var lowest = [Value](repeating: .highest, count: width)
    var highest = [Value](repeating: .lowest, count: width)
    for position in 0..<dataset.count {
      let row = values.row(dataset.row(position), width: width)
      lowest.withUnsafeMutableBufferPointer { lowest in
        highest.withUnsafeMutableBufferPointer { highest in
          for column in 0..<width {
            // No comparison with NaN is true.
            let value = row[column]
            lowest[column] = value < lowest[column] ? value : lowest[column]
            highest[column] = value > highest[column] ? value : highest[column]
          }
        }
      }
      if dataset.hasGaps { addPresent(row) } else { add(row) }
    }
    blurred = lowest.indices.first { index in
      lowest[index] < highest[index] && lowest[index].exact == highest[index].exact
    }
    extents = zip(lowest, highest).map { lowest, highest in
      lowest > highest
        ? Extent(lowest: .infinity, highest: -.infinity)
        : Extent(lowest: lowest.exact, highest: highest.exact)
    }
  }

  @inline(__always)
  private mutating func add<Value: Readable>(_ row: Values<Value>) {
    sums.withUnsafeMutableBufferPointer { sums in
      for column in 0..<row.count { sums[column] += row[column].exact }
    }
  }

  @inline(__always)
  private mutating func addPresent<Value: Readable>(_ row: Values<Value>) {
    sums.withUnsafeMutableBufferPointer { sums in
      for column in 0..<row.count { sums[column] += row[column].isGap ? 0 : row[column].exact }
    }
    counts.withUnsafeMutableBufferPointer { counts in
      for column in 0..<row.count { counts[column] &+= row[column].isGap ? 0 : 1 }
    }
  }
}

/// A pass down the columns for Σ (value - center)², in `Double`, row after row, one center a column. Values
/// that are missing are passed over.
struct ColumnSquares: Reading {
  private let dataset: Dataset
  private let centers: [Double]
  private(set) var sums: [Double]

  init(of dataset: Dataset, from centers: [Double]) {
    self.dataset = dataset
    self.centers = centers
    sums = [Double](repeating: 0, count: centers.count)
    dataset.scan(&self)
  }

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    let (dataset, centers) = (dataset, centers)
    let width = centers.count
    sums.withUnsafeMutableBufferPointer { sums in
      centers.withUnsafeBufferPointer { centers in
        for position in 0..<dataset.count {
          let row = values.row(dataset.row(position), width: width)
          for column in 0..<width {
            let difference = row[column].exact - centers[column]
            sums[column] += row[column].isGap ? 0 : difference * difference
          }
        }
      }
    }
  }
}
