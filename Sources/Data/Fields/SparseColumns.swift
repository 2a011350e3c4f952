public import HourglassFormats
import HourglassTensor

/// A sparse table column by column: of each the rows that name it, and their values.
///
/// Complexity: O(values + columns) to make.
struct SparseColumns {
  let table: SparseTable
  /// Entries of the table in the order of their columns, and where each column begins.
  private let entries: [Int]
  private let starts: [Int]
  /// The row of each entry of the table.
  private let rows: [Int32]

  init(_ table: SparseTable) {
    self.table = table
    var starts = [Int](repeating: 0, count: table.columnCount + 1)
    for column in table.columns { starts[Int(column) + 1] += 1 }
    for column in 0..<table.columnCount { starts[column + 1] += starts[column] }
    var (next, entries) = (starts, [Int](repeating: 0, count: table.values.count))
    var rows = [Int32](repeating: 0, count: table.values.count)
    for row in 0..<table.rowCount {
      for entry in table.entries(of: row) {
        rows[entry] = Int32(row)
        entries[next[Int(table.columns[entry])]] = entry
        next[Int(table.columns[entry])] += 1
      }
    }
    (self.entries, self.starts, self.rows) = (entries, starts, rows)
  }

  /// The entries of a column in the table, in the order of their rows.
  func entries(of column: Int) -> ArraySlice<Int> { entries[starts[column]..<starts[column + 1]] }

  func row(of entry: Int) -> Int { Int(rows[entry]) }

  /// The values of a column that differ, sorted, with the number of their rows; those of rows that do not
  /// name it are 0.
  func repetitions(of column: Int) -> [(value: Double, count: Int)] {
    let entries = entries(of: column)
    let named = Statistics.repetitions(ofSorted: entries.map { Double(table.values[$0]) }.sorted())
    let silent = table.rowCount - entries.count
    guard silent > 0 else { return named }
    let zeros = named.first { $0.value == 0 }?.count ?? 0
    let others = named.filter { $0.value != 0 }
    return (others.filter { $0.value < 0 } + [(0, zeros + silent)] + others.filter { $0.value > 0 })
  }

  /// A column with all its zeros.
  func column(_ place: Int, name: String) -> TypedTable.Column {
    var values = [Double](repeating: 0, count: table.rowCount)
    for entry in entries(of: place) { values[row(of: entry)] = Double(table.values[entry]) }
    return TypedTable.Column(name: name, values: .numbers(values), form: CellForm(.number))
  }
}

extension SparseTable {
  /// What column a label in front of each row is called.
  public static let labelName = "label"
  /// What the column of the rows' names is called.
  static let rowName = "barcode"

  /// What the columns are called: by their file, else `column 1`, `column 2`, ….
  public var names: [String] { columnNames ?? (0..<columnCount).map { "column \($0 + 1)" } }

  /// The same with the labels as a last column, called `label`, of a table that has them.
  ///
  /// Complexity: O(values + rows).
  func withLabelsAsColumn() -> SparseTable {
    guard let labels else { return self }
    var (starts, columns, values) = ([0], [Int32](), [Float]())
    for row in 0..<rowCount {
      columns += self.columns[entries(of: row)]
      values += self.values[entries(of: row)]
      if labels[row] != 0 {
        columns.append(Int32(columnCount))
        values.append(Float(labels[row]))
      }
      starts.append(values.count)
    }
    return SparseTable(
      rowStarts: starts, columns: columns, values: values, columnCount: columnCount + 1, labels: labels,
      remarks: remarks, columnNames: names + [SparseTable.labelName], rowNames: rowNames)
  }

  /// The table with all its zeros, the rows' names in front.
  func typed(where isWanted: (String) -> Bool = { _ in true }) -> [TypedTable.Column] {
    let columns = SparseColumns(self)
    let own = names.enumerated().filter { isWanted($0.element) }.map { columns.column($0, name: $1) }
    guard let rowNames, isWanted(SparseTable.rowName) else { return own }
    let texts = TypedTable.Values.texts(levels: rowNames, indices: rowNames.indices.map { Int32($0) })
    return [TypedTable.Column(name: SparseTable.rowName, values: texts, form: CellForm(.text))] + own
  }
}
