import HourglassTensor

/// Numbers in rows and columns.
public struct Table: Sendable {
  /// The names in the header; nil where there is none.
  public let columns: [String]?
  /// `[rows, columns]`, `float32`.
  public let tensor: Tensor

  public init(columns: [String]?, tensor: Tensor) {
    self.columns = columns
    self.tensor = tensor
  }
}

/// Tables of numbers as text: CSV, TSV and their relatives, plain or gzip.
///
/// Cells may be quoted; a byte-order mark, Windows line ends and blank lines at the end are accepted. Numbers
/// become the nearest `Float`.
///
/// - Header: the first row is one if a cell of it is text and none is a number.
/// - Separator: tab, semicolon or comma, the first of them that the first rows have equally often.
/// - Source: RFC 4180.
public enum CSV {
  /// - Parameter separator: an ASCII character; nil to find it by looking.
  /// - Throws: ``FormatError`` that names the row (line of the file) and column of a ragged row, a cell that
  ///   is empty, text, NaN, infinite or beyond `Float`; for no rows; for a file that is missing or damaged.
  public static func read(_ path: String, separator: Character? = nil) throws -> Table {
    try read(MappedFile.storage(path), separator, place: path)
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(bytes: [UInt8], name: String, separator: Character? = nil) throws -> Table {
    try read(MappedFile.storage(bytes), separator, place: name)
  }

  private static func read(_ storage: Storage, _ separator: Character?, place: String) throws -> Table {
    try storage.withBytes { bytes in
      guard Gzip.isGzip(bytes) else { return try parse(bytes, separator, place: place) }
      return try Gzip.decompress(bytes, limit: Gzip.limit, place: place).withBytes { text in
        try parse(text, separator, place: place)
      }
    }
  }

  private static func parse(
    _ bytes: UnsafeRawBufferPointer, _ separator: Character?, place: String
  ) throws -> Table {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw FormatError(
        place: place, expected: "text in UTF-8", found: "UTF-16", remedy: "save it again as UTF-8")
    }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let text = UnsafeRawBufferPointer(rebasing: bytes[(hasMark ? 3 : 0)...])
    let byte: UInt8
    if let separator {
      let taken = Array("\"+-.0123456789eE".utf8) + [0x0A, 0x0D]
      guard let ascii = separator.asciiValue, !taken.contains(ascii) else {
        throw FormatError(
          place: place, expected: "a separator of one ASCII character that numbers do not have",
          found: "'\(separator)'", remedy: "use ',', ';' or a tab")
      }
      byte = ascii
    } else {
      byte = CSVScanner.separator(of: text)
    }
    guard let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { throw noRows(place) }
    var parser = CSVParser(CSVScanner(start, count: text.count, separator: byte), place: place)
    return try parser.table()
  }

  static func noRows(_ place: String, _ found: String = "none") -> FormatError {
    FormatError(place: place, expected: "at least one row of numbers", found: found)
  }
}
