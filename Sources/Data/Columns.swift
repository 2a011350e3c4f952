import HourglassTensor

/// The smallest and largest value of a feature.
struct Extent: Hashable {
  var lowest: Double
  var highest: Double

  /// One extent a value of the sample, in one pass.
  ///
  /// - Throws: ``DataError`` where single precision cannot hold the values or their differences.
  static func all(of dataset: Dataset) throws -> [Extent] {
    var pass = ColumnExtents(dataset)
    dataset.samples.read(&pass)
    for (index, extent) in pass.columns.enumerated() where !extent.fitsSinglePrecision {
      throw DataError(
        place: "\(dataset.origin) \(dataset.featureName(index))",
        expected: "values and differences that single precision can hold",
        found: "\(extent.lowest) to \(extent.highest)",
        remedy: "subtract a constant or divide by one before")
    }
    return pass.columns
  }

  /// Whether numbers of 24 bits and at most 3.4e38 can tell the ends apart: rounding moves an end by less
  /// than a tenth of the spread.
  private var fitsSinglePrecision: Bool {
    let limit = Double(Float.greatestFiniteMagnitude)
    let spread = highest - lowest
    guard abs(lowest) <= limit, abs(highest) <= limit, spread <= limit else { return false }
    let rounding = max(abs(Double(Float(lowest)) - lowest), abs(Double(Float(highest)) - highest))
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

/// A pass down the columns for their extents.
private struct ColumnExtents: Reading {
  let dataset: Dataset
  var columns: [Extent] = []

  init(_ dataset: Dataset) { self.dataset = dataset }

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    let width = dataset.sampleShape.count
    let first = values.row(dataset.row(0), width: width)
    var lowest = (0..<width).map { first[$0] }
    var highest = lowest
    lowest.withUnsafeMutableBufferPointer { lowest in
      highest.withUnsafeMutableBufferPointer { highest in
        for position in 0..<dataset.count {
          let row = values.row(dataset.row(position), width: width)
          for column in 0..<width {
            let value = row[column]
            lowest[column] = value < lowest[column] ? value : lowest[column]
            highest[column] = value > highest[column] ? value : highest[column]
          }
        }
      }
    }
    columns = zip(lowest, highest).map { Extent(lowest: $0.exact, highest: $1.exact) }
  }
}

/// A pass down the columns for their sums, in `Double`, row after row.
struct ColumnSums: Reading {
  enum Term {
    case values
    /// Of (value - center)², one center a column.
    case squares(from: [Double])
  }

  let dataset: Dataset
  let term: Term
  var columns: [Double]

  init(_ dataset: Dataset, of term: Term) {
    self.dataset = dataset
    self.term = term
    self.columns = [Double](repeating: 0, count: dataset.sampleShape.count)
  }

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    let dataset = dataset
    let width = columns.count
    let term = term
    columns.withUnsafeMutableBufferPointer { columns in
      for position in 0..<dataset.count {
        let row = values.row(dataset.row(position), width: width)
        switch term {
        case .values:
          for column in 0..<width { columns[column] += row[column].exact }
        case .squares(from: let centers):
          for column in 0..<width {
            let difference = row[column].exact - centers[column]
            columns[column] += difference * difference
          }
        }
      }
    }
  }
}
