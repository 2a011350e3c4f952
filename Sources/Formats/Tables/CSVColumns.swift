import HourglassTensor

/// What the numbers of a table's columns tell while they are read.
struct CSVColumns {
  /// How far from 0 a column may lie in units of its range, so that single precision keeps its differences to
  /// 2⁻¹⁴ of the range; one number alone counts as having the range ¼.
  private static let farthest = 1024.0

  private static let leastRows = 10.0

  private var isCounting = true
  private var lowest: [Double]
  private var highest: [Double]
  private var first: [Double] = []
  /// Whether each value so far is by one more than that of the row before.
  private var counts: [Bool]
  private var rows = 0.0

  init(width: Int) {
    counts = [Bool](repeating: true, count: width)
    lowest = [Double](repeating: .infinity, count: width)
    highest = [Double](repeating: -.infinity, count: width)
  }

  /// Takes a row in; a value that is missing is NaN.
  mutating func add(_ row: [Double]) {
    if rows == 0 { first = row }
    if isCounting {
      isCounting = false
      for column in counts.indices where counts[column] {
        counts[column] = row[column] == first[column] + rows
        isCounting = isCounting || counts[column]
      }
    }
    rows += 1
    lowest.withUnsafeMutableBufferPointer { lowest in
      highest.withUnsafeMutableBufferPointer { highest in
        row.withUnsafeBufferPointer { row in
          for column in 0..<lowest.count {
            // No comparison with NaN is true.
            let value = row[column]
            lowest[column] = value < lowest[column] ? value : lowest[column]
            highest[column] = value > highest[column] ? value : highest[column]
          }
        }
      }
    }
  }

  /// Features that count the rows from 0 or 1 on, of a table of ten rows or more.
  var counting: [Int] {
    rows < CSVColumns.leastRows ? [] : counts.indices.filter { counts[$0] && (0...1).contains(first[$0]) }
  }

  /// Whether single precision would make the differences in some column coarse, or take them away.
  var needDoublePrecision: Bool {
    zip(lowest, highest).contains { lowest, highest in
      guard lowest <= highest else { return false }
      let reach = max(abs(lowest), abs(highest))
      if lowest < highest { return reach > CSVColumns.farthest * (highest - lowest) }
      return reach > CSVColumns.farthest / 4 && Double(Float(lowest)) != lowest
    }
  }
}
