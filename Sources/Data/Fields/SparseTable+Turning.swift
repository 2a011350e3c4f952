public import HourglassFormats
import HourglassTensor

extension SparseTable {
  /// A table whose samples stand in columns, as genes by cells are written: a sample a row. The first
  /// column names what is counted, every other is a sample.
  ///
  /// - Parameter place: the table's name, for errors.
  /// - Throws: `DataError` for a column of samples that is none of numbers, and for a gap.
  public init(turning table: TypedTable, place: String) throws(DataError) {
    guard let first = table.columns.first, table.columns.count > 1 else {
      throw DataError(
        place: place, expected: "a column of names, and a column for each sample",
        found: "\(table.columns.count) column",
        remedy: "leave out --samples-in")
    }
    let rows = (0..<table.rowCount).map { [table.text(row: $0, column: 0)] }
    var (starts, columns, values) = ([0], [Int32](), [Float]())
    for column in table.columns.dropFirst() {
      guard case .numbers(let numbers) = column.values else {
        throw DataError(
          place: "\(place): column '\(column.name)'",
          expected: "numbers, as every column behind '\(first.name)' is a sample", found: "texts or times",
          remedy: "leave out --samples-in, or the column")
      }
      for (row, number) in numbers.enumerated() where number != 0 {
        guard number.isFinite else {
          throw DataError(
            place: "\(place): row \(row + 1), column '\(column.name)'", expected: "a number",
            found: number.isNaN ? "a gap" : "\(number)", remedy: "write 0 where nothing was counted")
        }
        columns.append(Int32(row))
        values.append(Float(number))
      }
      starts.append(values.count)
    }
    self.init(
      rowStarts: starts, columns: columns, values: values, columnCount: table.rowCount,
      remarks: ["its columns for samples"], columnNames: NameFile.names(rows),
      rowNames: table.columns.dropFirst().map(\.name))
  }
}
