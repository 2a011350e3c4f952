public import HourglassTensor

/// Rows of which most values are 0: each holds the columns and values of the others alone.
///
/// Row `r` has the values `values[rowStarts[r] ..< rowStarts[r + 1]]` in the columns that stand at the same
/// places, in rising order, from 0.
///
/// - Source: compressed sparse rows, as in Saad 2003, "Iterative Methods for Sparse Linear Systems", 3.4.
public struct SparseTable: Hashable, Sendable {
  /// Where each row begins, and behind the last one the end: one more than there are rows.
  public let rowStarts: [Int]
  public let columns: [Int32]
  public let values: [Float]
  public let columnCount: Int
  /// The number in front of each row, where the file has them: a class or a target.
  public let labels: [Double]?
  /// What was taken for what, where that goes not without saying.
  public let remarks: [String]
  /// What columns and rows are called, where a file beside says so.
  public let columnNames: [String]?
  public let rowNames: [String]?

  /// - Precondition: the starts rise from 0 to the number of values, and the columns of each row rise within
  ///   `0 ..< columnCount`; a label a row, or none.
  public init(
    rowStarts: [Int], columns: [Int32], values: [Float], columnCount: Int, labels: [Double]? = nil,
    remarks: [String] = [], columnNames: [String]? = nil, rowNames: [String]? = nil
  ) {
    precondition(
      rowStarts.first == 0 && rowStarts.last == values.count && columns.count == values.count,
      "SparseTable: \(columns.count) columns, \(values.count) values, the last row ends at \(rowStarts.last ?? -1)"
    )
    precondition(
      labels.map { $0.count == rowStarts.count - 1 } ?? true,
      "SparseTable: \(labels?.count ?? 0) labels of \(rowStarts.count - 1) rows")
    precondition(
      (columnNames?.count ?? columnCount) == columnCount
        && (rowNames?.count ?? rowStarts.count - 1) == rowStarts.count - 1,
      "SparseTable: a name a column and a row, or none")
    self.columnNames = columnNames
    self.rowNames = rowNames
    self.rowStarts = rowStarts
    self.columns = columns
    self.values = values
    self.columnCount = columnCount
    self.labels = labels
    self.remarks = remarks
  }

  public var rowCount: Int { rowStarts.count - 1 }

  /// The places of a row's entries in ``columns`` and ``values``.
  public func entries(of row: Int) -> Range<Int> { rowStarts[row]..<rowStarts[row + 1] }

  /// Some rows with their zeros.
  ///
  /// - Returns: `[rows.count, columnCount]`, `float32`.
  public func tensor(rows: Range<Int>) -> Tensor {
    var dense = [Float](repeating: 0, count: rows.count * columnCount)
    for (place, row) in rows.enumerated() {
      for entry in entries(of: row) { dense[place * columnCount + Int(columns[entry])] = values[entry] }
    }
    return Tensor([rows.count, columnCount], dense)
  }

  /// The same with names.
  public func named(columns: [String]?, rows: [String]?, remarks: [String] = []) -> SparseTable {
    SparseTable(
      rowStarts: rowStarts, columns: self.columns, values: values, columnCount: columnCount, labels: labels,
      remarks: self.remarks + remarks, columnNames: columns, rowNames: rows)
  }

  /// Columns for rows and rows for columns; labels of rows are left out.
  ///
  /// Complexity: O(values + rows + columns).
  public func transposed() -> SparseTable {
    var starts = [Int](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var next = starts
    var rows = [Int32](repeating: 0, count: values.count)
    var turned = [Float](repeating: 0, count: values.count)
    for row in 0..<rowCount {
      for entry in entries(of: row) {
        let place = next[Int(columns[entry])]
        next[Int(columns[entry])] += 1
        (rows[place], turned[place]) = (Int32(row), values[entry])
      }
    }
    return SparseTable(
      rowStarts: starts, columns: rows, values: turned, columnCount: rowCount, remarks: remarks,
      columnNames: rowNames, rowNames: columnNames)
  }
}
