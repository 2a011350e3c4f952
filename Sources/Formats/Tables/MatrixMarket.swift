import HourglassTensor

/// Matrices as the Matrix Market exchanges them: a head, the sizes, then an entry a line; plain or gzip.
///
/// | in the head | read as |
/// |---|---|
/// | `coordinate` | lines of row, column (both from 1) and value, in any order |
/// | `array` | all values column by column; zeros are left out |
/// | `real`, `integer`, `pattern` | numbers; 1 where a pattern has an entry |
/// | `general`, `symmetric`, `skew-symmetric` | the entries, and those mirrored at the diagonal |
///
/// `complex` and `hermitian` are refused.
///
/// - Source: Boisvert, Pozo and Remington 1996, "The Matrix Market Exchange Formats", NISTIR 5935.
public enum MatrixMarket {
  /// - Throws: ``FormatError`` that names the line of an entry that is none or lies beyond the sizes, for
  ///   another number of entries than stated, an entry that is there twice, another head, and a file that is
  ///   missing or damaged.
  public static func read(_ path: String) throws -> SparseTable {
    try TextLines.read(path) { try MatrixMarketReader.read(&$0, place: path) }
  }

  /// - Parameter name: the file's name, for errors.
  /// - Throws: what ``read(_:)`` throws about the content.
  public static func read(bytes: [UInt8], name: String) throws -> SparseTable {
    try TextLines.read(bytes: bytes, name: name) { try MatrixMarketReader.read(&$0, place: name) }
  }
}

private struct MatrixMarketReader {
  /// So many rows, and as many more for an entry, are believed: each costs memory though it be empty.
  private static let (rowsAtMost, rowsAnEntry) = (1 << 20, 1 << 10)

  let place: String
  private(set) var isArray = false
  private(set) var isPattern = false
  /// -1 for skew-symmetric, 1 for symmetric, 0 for neither.
  private(set) var mirror: Float = 0
  private(set) var (rowCount, columnCount, count) = (0, 0, 0)
  private var rows: [Int32] = []
  private var columns: [Int32] = []
  private var values: [Float] = []

  /// Reads as far as the sizes.
  init(_ lines: inout TextLines, place: String) throws {
    self.place = place
    try readHead(&lines)
    var line = try lines.next()
    while let text = line, text.first == UInt8(ascii: "%") || TextWords(text).isAtEnd {
      line = try lines.next()
    }
    guard let text = line else {
      throw FormatError(place: place, expected: "the sizes of the matrix", found: "the end of the file")
    }
    var (words, sizes) = (TextWords(text), [Int]())
    while let word = words.next() { sizes.append(TextWords.count(word) ?? -1) }
    guard sizes.count == (isArray ? 2 : 3), sizes.allSatisfy({ $0 >= 0 }), sizes[0] < Int32.max,
      sizes[1] < Int32.max
    else {
      throw lines.wrong(
        isArray ? "two sizes, rows and columns" : "three sizes: rows, columns and entries", text,
        "write the sizes behind the head")
    }
    (rowCount, columnCount) = (sizes[0], sizes[1])
    if mirror != 0, rowCount != columnCount {
      throw lines.wrong("as many rows as columns, as it is symmetric", text, "call the matrix general")
    }
    let all = rowCount * columnCount
    // Of a symmetric array the half with the diagonal is written, of a skew-symmetric one without.
    count = !isArray ? sizes[2] : mirror == 0 ? all : (all + (mirror > 0 ? rowCount : -rowCount)) / 2
  }

  private mutating func readHead(_ lines: inout TextLines) throws {
    let text = try lines.next() ?? UnsafeBufferPointer(start: nil, count: 0)
    var (words, head) = (TextWords(text), [String]())
    while let word = words.next() { head.append(String(decoding: word, as: UTF8.self).lowercased()) }
    let remedy = "write for example: %%MatrixMarket matrix coordinate real general"
    guard head.count == 5, head[0] == "%%matrixmarket", head[1] == "matrix" else {
      throw lines.wrong("the head of a matrix", text, remedy)
    }
    guard ["coordinate", "array"].contains(head[2]), ["real", "integer", "pattern"].contains(head[3]),
      ["general", "symmetric", "skew-symmetric"].contains(head[4]),
      !(head[2] == "array" && head[3] == "pattern")
    else {
      throw lines.wrong(
        "coordinate or array, of real, integer or pattern, general, symmetric or skew-symmetric", text, remedy
      )
    }
    (isArray, isPattern) = (head[2] == "array", head[3] == "pattern")
    mirror = head[4] == "symmetric" ? 1 : head[4] == "general" ? 0 : -1
  }

  static func read(_ lines: inout TextLines, place: String) throws -> SparseTable {
    var reader = try MatrixMarketReader(&lines, place: place)
    var found = 0
    // Where the next value of an array stands.
    var (row, column) = (reader.mirror < 0 ? 1 : 0, 0)
    while let line = try lines.next() {
      if line.first == UInt8(ascii: "%") || TextWords(line).isAtEnd { continue }
      guard found < reader.count else {
        throw lines.wrong("\(reader.count) entries, as stated", line, "state as many entries as there are")
      }
      found += 1
      guard reader.isArray else {
        try reader.readEntry(line, lines)
        continue
      }
      try reader.readValue(line, row, column, lines)
      row += 1
      guard row == reader.rowCount else { continue }
      column += 1
      row = reader.mirror == 0 ? 0 : reader.mirror > 0 ? column : column + 1
    }
    guard found == reader.count else {
      throw FormatError(
        place: place, expected: "\(reader.count) entries, as stated", found: "\(found)",
        remedy: "state as many entries as there are")
    }
    return try reader.table()
  }

  private mutating func readEntry(_ line: UnsafeBufferPointer<UInt8>, _ lines: TextLines) throws {
    var words = TextWords(line)
    let row = words.next().flatMap { TextWords.count($0) }
    let column = words.next().flatMap { TextWords.count($0) }
    let value = isPattern ? 1 : words.next().flatMap { TextWords.number($0) }
    guard let row, let column, let value, words.isAtEnd else {
      throw lines.wrong(
        isPattern ? "an entry: row and column" : "an entry: row, column and value", line, "mend the line")
    }
    guard (1...max(1, rowCount)).contains(row), row <= rowCount, column >= 1, column <= columnCount else {
      throw lines.wrong(
        "a row from 1 to \(rowCount) and a column from 1 to \(columnCount)", line,
        "state the sizes that it has")
    }
    try add(row - 1, column - 1, value, line, lines)
  }

  private mutating func readValue(
    _ line: UnsafeBufferPointer<UInt8>, _ row: Int, _ column: Int, _ lines: TextLines
  ) throws {
    var words = TextWords(line)
    guard let value = words.next().flatMap({ TextWords.number($0) }), words.isAtEnd else {
      throw lines.wrong("a value", line, "write one value a line, column by column")
    }
    if value != 0 { try add(row, column, value, line, lines) }
  }

  private mutating func add(
    _ row: Int, _ column: Int, _ value: Double, _ line: UnsafeBufferPointer<UInt8>, _ lines: TextLines
  ) throws {
    guard value.magnitude <= Double(Float.greatestFiniteMagnitude) else {
      throw lines.wrong("a value below 3.4e38", line, "scale the matrix")
    }
    guard mirror >= 0 || row != column else {
      throw lines.wrong("no entry on the diagonal, as it is skew-symmetric", line, "leave out the entry")
    }
    rows.append(Int32(row))
    columns.append(Int32(column))
    values.append(Float(value))
    guard mirror != 0, row != column else { return }
    rows.append(Int32(column))
    columns.append(Int32(row))
    values.append(mirror * Float(value))
  }

  /// The entries by rows.
  private func table() throws -> SparseTable {
    guard rowCount > 0, columnCount > 0 else {
      throw FormatError(
        place: place, expected: "at least one row and one column", found: "\(rowCount) by \(columnCount)")
    }
    guard rowCount <= MatrixMarketReader.rowsAtMost + MatrixMarketReader.rowsAnEntry * values.count else {
      throw FormatError(
        place: place, expected: "rows with something in them",
        found: "\(rowCount) rows and \(values.count) entries", remedy: "leave out rows of zeros")
    }
    // By columns first, then by rows in the order they have then: a row's columns rise.
    let byColumn = columns.indices.sorted { (columns[$0], $0) < (columns[$1], $1) }
    var starts = [Int](repeating: 0, count: rowCount + 1)
    for row in rows { starts[Int(row) + 1] += 1 }
    for row in 0..<rowCount { starts[row + 1] += starts[row] }
    var (next, order) = (starts, [Int](repeating: 0, count: values.count))
    for entry in byColumn {
      order[next[Int(rows[entry])]] = entry
      next[Int(rows[entry])] += 1
    }
    let sorted = order.map { columns[$0] }
    for row in 0..<rowCount {
      for entry in starts[row]..<starts[row + 1]
      where entry > starts[row] && sorted[entry] == sorted[entry - 1] {
        throw FormatError(
          place: place, expected: "each entry once",
          found: "row \(row + 1) column \(sorted[entry] + 1) twice",
          remedy: "leave out one of the two, or write their sum")
      }
    }
    return SparseTable(
      rowStarts: starts, columns: sorted, values: order.map { values[$0] }, columnCount: columnCount)
  }
}
