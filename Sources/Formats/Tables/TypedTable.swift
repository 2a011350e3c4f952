/// A table as it stands in its file: columns of numbers, times or texts, all of one length.
public struct TypedTable: Hashable, Sendable {
  /// The columns, in the order of the file; no two of one name.
  public let columns: [Column]
  public let rowCount: Int
  /// What was taken for what, where that goes not without saying: `line 1 for the separator`.
  public let remarks: [String]
  /// How the file parts its cells and names its columns.
  public let form: TableForm
  /// Columns that would be numbers but for a few cells, and are texts therefore.
  public let slips: [Slip]

  /// - Precondition: every column has `rowCount` values.
  public init(
    columns: [Column], rowCount: Int, remarks: [String] = [], form: TableForm = TableForm(),
    slips: [Slip] = []
  ) {
    for column in columns {
      precondition(
        column.values.count == rowCount,
        "TypedTable: column \(column.name) has \(column.values.count) values, not \(rowCount)")
    }
    self.columns = columns
    self.rowCount = rowCount
    self.remarks = remarks
    self.form = form
    self.slips = slips
  }

  /// A few cells of a column that are no numbers as the others are: one, or at most a tenth.
  public struct Slip: Hashable, Sendable {
    public let column: String
    /// The first of them.
    public let text: String
    /// Its row, from 1.
    public let row: Int
    public let cells: Int
    /// Whether they are digits that are no number, as `007` is.
    public let areCodes: Bool
  }

  /// The column of a name.
  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// One value a row.
  public struct Column: Hashable, Sendable {
    /// What it is called here: a name that is empty in the file is `column 3`, a second `a` is `a (2)`.
    public let name: String
    /// What the header has for it, to be written again.
    public let title: String
    public let values: Values
    /// How its cells are written, to write the like again.
    public let form: CellForm

    /// - Parameter title: nil for the name.
    public init(name: String, title: String? = nil, values: Values, form: CellForm) {
      self.name = name
      self.title = title ?? name
      self.values = values
      self.form = form
    }
  }

  /// The values of a column.
  public enum Values: Hashable, Sendable {
    /// NaN where a value is missing; `inf` is infinite.
    case numbers([Double])
    /// Seconds since 1970-01-01T00:00 on the clock as written, times of day alone from midnight on; NaN where
    /// one is missing.
    case times([Double])
    /// The texts in the order of first appearance, and which of them each row has; -1 where it has none.
    case texts(levels: [String], indices: [Int32])

    /// How many there are, with those that are missing.
    public var count: Int {
      switch self {
      case .numbers(let values), .times(let values): values.count
      case .texts(_, let indices): indices.count
      }
    }

    /// How many are missing.
    public var gaps: Int {
      switch self {
      case .numbers(let values), .times(let values): values.count { $0.isNaN }
      case .texts(_, let indices): indices.count { $0 < 0 }
      }
    }
  }

  /// The cell as it would be written, without quotes.
  public func text(row: Int, column: Int) -> String {
    let column = columns[column]
    switch column.values {
    case .numbers(let values), .times(let values): return column.form.text(values[row])
    case .texts(let levels, let indices):
      return indices[row] < 0 ? column.form.gap : levels[Int(indices[row])]
    }
  }
}

/// How a file parts the cells of a table and names its columns.
public struct TableForm: Hashable, Sendable, Codable {
  /// An ASCII character: `,`, `;`, `|`, a tab, or a blank.
  public var separator = ","
  public var hasHeader = true
  /// Whether the header leaves the first column without even an empty name, as R does.
  public var isHeaderShort = false
  /// Whether names stand in quotes.
  public var quotesHeader = false
  /// Whether the first line tells spreadsheets the separator: `sep=;`.
  public var tellsSeparator = false
  /// Whether UTF-8's byte-order mark stands first.
  public var hasByteOrderMark = false
  /// Whether lines end as on Windows.
  public var hasCarriageReturns = false

  public init(separator: String = ",", hasHeader: Bool = true) {
    self.separator = separator
    self.hasHeader = hasHeader
  }
}
