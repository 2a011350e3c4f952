import HourglassTensor

/// Sparse rows as text, a row a line: `1 3:0.5 7:2 # comment`, a label and then column and value by pairs;
/// plain or gzip. What LIBSVM and SVMlight read.
///
/// - Columns: from 1; from 0 where a column 0 is in the file, as scikit-learn writes them, in any order.
/// - Labels: one number a row; in a file without any, all rows begin with a pair.
/// - Left out: comments, blank lines, `qid:` (told in the remarks).
/// - Source: Joachims 1999, SVMlight; Chang and Lin 2011, LIBSVM.
public enum SVMLight {
  /// How a file is read.
  public struct Options: Hashable, Sendable {
    /// How many columns there are; nil for as many as the file names.
    public var columnCount: Int?
    /// Whether the first column is 0; nil to find out by looking.
    public var isZeroBased: Bool?

    public init(columnCount: Int? = nil, isZeroBased: Bool? = nil) {
      self.columnCount = columnCount
      self.isZeroBased = isZeroBased
    }
  }

  /// - Throws: ``FormatError`` that names the line of what is no label or pair, of a column that is named
  ///   twice or lies beyond the columns that there are; for no rows; for a file that is missing or damaged.
  public static func read(_ path: String, _ options: Options = Options()) throws -> SparseTable {
    try TextLines.read(path) { try SVMLightReader.read(&$0, options, place: path) }
  }

  /// - Parameter name: the file's name, for errors.
  /// - Throws: what ``read(_:_:)`` throws about the content.
  public static func read(
    bytes: [UInt8], name: String, _ options: Options = Options()
  ) throws -> SparseTable {
    try TextLines.read(bytes: bytes, name: name) { try SVMLightReader.read(&$0, options, place: name) }
  }
}

private struct SVMLightReader {
  let options: SVMLight.Options
  let place: String
  var rowStarts = [0]
  /// As they stand in the file.
  var columns: [Int32] = []
  var values: [Float] = []
  var labels: [Double] = []
  /// The greatest column, and on which line; whether 0 is one.
  var (greatest, greatestLine, hasZero, zeroLine) = (-1, 0, false, 0)
  var hasQueries = false

  init(_ options: SVMLight.Options, place: String) {
    self.options = options
    self.place = place
  }

  static func read(_ lines: inout TextLines, _ options: SVMLight.Options, place: String) throws -> SparseTable
  {
    var reader = SVMLightReader(options, place: place)
    while let line = try lines.next() {
      let content =
        line.firstIndex(of: UInt8(ascii: "#")).map { UnsafeBufferPointer(rebasing: line[..<$0]) } ?? line
      try reader.readRow(content, lines)
    }
    return try reader.table()
  }

  private mutating func readRow(_ line: UnsafeBufferPointer<UInt8>, _ lines: TextLines) throws {
    var words = TextWords(line)
    guard var word = words.next() else { return }
    let start = values.count
    let rows = rowStarts.count - 1
    let isPair = word.contains(UInt8(ascii: ":"))
    guard rows == 0 || isPair == labels.isEmpty else {
      throw lines.wrong(
        isPair
          ? "a label before the pairs, as in the rows before" : "a pair, column:value, as in the rows before",
        word, "give every row a label, or none")
    }
    if !isPair {
      guard let label = TextWords.number(word) else {
        throw lines.wrong("a number for the row's label", word, "give each row one label, a number")
      }
      labels.append(label)
    }
    var next: UnsafeBufferPointer<UInt8>? = isPair ? word : words.next()
    while let pair = next {
      word = pair
      try readPair(word, lines)
      next = words.next()
    }
    try sort(start, lines)
    rowStarts.append(values.count)
  }

  private mutating func readPair(_ word: UnsafeBufferPointer<UInt8>, _ lines: TextLines) throws {
    if word.starts(with: "qid:".utf8) {
      hasQueries = true
      return
    }
    let remedy = "write a row as: label column:value column:value"
    guard let colon = word.firstIndex(of: UInt8(ascii: ":")), let column = TextWords.count(word[..<colon]),
      let value = TextWords.number(UnsafeBufferPointer(rebasing: word[(colon + 1)...]))
    else { throw lines.wrong("a pair, column:value", word, remedy) }
    guard value.magnitude <= Double(Float.greatestFiniteMagnitude) else {
      throw lines.wrong("a value below 3.4e38", word, "scale the column")
    }
    guard column < Int(Int32.max) else {
      throw lines.wrong("a column below \(Int32.max)", word, "number the columns anew")
    }
    if column == 0, !hasZero { (hasZero, zeroLine) = (true, lines.line) }
    if column > greatest { (greatest, greatestLine) = (column, lines.line) }
    if let count = options.columnCount, column > count {
      throw lines.wrong("a column up to \(count)", word, "state as many columns as there are")
    }
    columns.append(Int32(column))
    values.append(Float(value))
  }

  /// Brings the entries of the last row in the order of their columns.
  private mutating func sort(_ start: Int, _ lines: TextLines) throws {
    let row = columns[start...]
    guard zip(row, row.dropFirst()).contains(where: { $0 >= $1 }) else { return }
    let order = row.indices.sorted { columns[$0] < columns[$1] }
    let (sortedColumns, sortedValues) = (order.map { columns[$0] }, order.map { values[$0] })
    if let twice = zip(sortedColumns, sortedColumns.dropFirst()).first(where: { $0 == $1 }) {
      throw lines.wrong("each column once in a row", Array("\(twice.0):".utf8), "leave out one of the two")
    }
    columns.replaceSubrange(start..., with: sortedColumns)
    values.replaceSubrange(start..., with: sortedValues)
  }

  private mutating func table() throws -> SparseTable {
    guard rowStarts.count > 1 else {
      throw FormatError(place: place, expected: "at least one row", found: "none")
    }
    if options.isZeroBased == false, hasZero {
      throw FormatError(
        place: "\(place) line \(zeroLine)", expected: "columns from 1", found: "column 0",
        remedy: "say that columns count from 0")
    }
    let isZeroBased = options.isZeroBased ?? hasZero
    let found = greatest + (isZeroBased ? 1 : 0)
    if let stated = options.columnCount, found > stated {
      throw FormatError(
        place: "\(place) line \(greatestLine)",
        expected: "a column up to \(stated - 1), as they count from 0",
        found: "\(greatest)", remedy: "state as many columns as there are")
    }
    if !isZeroBased { for entry in columns.indices { columns[entry] -= 1 } }
    let remarks =
      (hasZero && options.isZeroBased == nil ? ["column 0 for the first, so that columns count from 0"] : [])
      + (hasQueries ? ["qid for nothing"] : [])
    let count = options.columnCount ?? max(found, 0)
    let first = isZeroBased ? 0 : 1
    return SparseTable(
      rowStarts: rowStarts, columns: columns, values: values, columnCount: count,
      labels: labels.isEmpty ? nil : labels, remarks: remarks,
      columnNames: (0..<count).map { "column \($0 + first)" })
  }
}
