public import HourglassTensor

/// Numbers in rows and columns.
public struct Table: Sendable {
  /// The names in the header, without those of columns taken out; nil where there is none.
  public let columns: [String]?
  /// `[rows, columns]`, `float32`, or `float64` where single precision would lose differences in some column;
  /// NaN where a value is missing.
  public let tensor: Tensor
  /// Whether a value is missing.
  public let hasGaps: Bool
  /// The class of each row, where a column of classes was taken out.
  public let labels: [Int32]?
  /// What class `k` is called, at `k`.
  public let classNames: [String]?
  /// The weight of each row, where a column of weights was taken out.
  public let weights: [Float]?
  /// The time of each row as it is written, where a column of times was found.
  public let times: [String]?
  /// What the column of times is called.
  public let timeName: String?
  /// The columns that were taken out for classes and weights, or left out.
  public let taken: [TakenColumn]
  /// The columns that were asked for as they stand, in the order asked for.
  public let kept: [CSV.KeptColumn]
  /// What the columns are called that are neither values nor anything else, since others were expected.
  public let passedOver: [String]
  /// What was taken for what, where that goes not without saying: `line 1 for the separator`.
  public let remarks: [String]

  public init(
    columns: [String]?, tensor: Tensor, hasGaps: Bool = false, labels: [Int32]? = nil,
    classNames: [String]? = nil, weights: [Float]? = nil, times: [String]? = nil, timeName: String? = nil,
    taken: [TakenColumn] = [], kept: [CSV.KeptColumn] = [], passedOver: [String] = [], remarks: [String] = []
  ) {
    self.columns = columns
    self.tensor = tensor
    self.hasGaps = hasGaps
    self.labels = labels
    self.classNames = classNames
    self.weights = weights
    self.times = times
    self.timeName = timeName
    self.taken = taken
    self.remarks = remarks
    self.kept = kept
    self.passedOver = passedOver
  }
}

/// Tables of numbers as text: CSV, TSV and their relatives, plain or gzip.
///
/// Cells may be quoted; a byte-order mark, Windows line ends and blank lines at the end are accepted; UTF-16
/// is read, and names that are no UTF-8 as ISO 8859-1. Numbers
/// become the nearest `Float`; where a column lies so far from 0 that its differences would be lost (times in
/// seconds, say), all become the nearest `Double`, by a second reading. The text is read in blocks: memory is
/// taken for the numbers alone.
///
/// - Header: the first row is one if a cell of it is text and none is a number or, with gaps allowed, a gap.
/// - Separator: tab, semicolon, comma or bar, the first of them that the first rows have equally often;
///   blanks where there is none of them.
/// - Beside the rows: comments, a line `sep=;`, a row of units, names of rows; numbers with a decimal comma,
///   thousands apart, a sign of money or percent, or a unit, and TRUE and FALSE. What was taken for what
///   stands in the table's remarks.
/// - Gaps: an empty cell, `NA`, `N/A`, `NaN`, `NULL`, `None`, `?`, `-` and their kin, where they are allowed,
///   become NaN.
/// - Source: RFC 4180.
public enum CSV {
  /// What numbers are rounded to.
  public enum Precision: Hashable, Sendable {
    /// `Double` where single precision would lose differences in some column, else `Float`.
    case byNeed
    case single, double
  }

  /// What stands before decimals.
  public enum DecimalMark: Hashable, Sendable { case point, comma }

  /// How a table is read.
  public struct Options: Hashable, Sendable {
    /// An ASCII character; nil to find it by looking.
    public var separator: Character?
    /// Whether values may be missing.
    public var gaps: Bool
    /// A column of classes to take out, by its name or its number from 1. Whole numbers become classes in the
    /// order of the numbers, text in the order of first appearance.
    public var label: String?
    /// A column of weights to take out, by its name or its number from 1: numbers that are not negative.
    public var weight: String?
    /// Columns to leave out, by their names, numbers from 1, or from one number to another (`2-5`).
    public var drop: [String] = []
    /// Whether the first row is a header; nil to find out by looking.
    public var header: Bool?
    /// What stands before decimals; nil to find out by looking.
    public var decimal: DecimalMark?
    /// What was taken out of an earlier table of the kind. A column named here gives way to `label` and
    /// `weight`, and is then passed over; where a row has no class, none has.
    public var remembered = Remembered()
    public var precision = Precision.byNeed
    /// Whether columns of texts and times are read as such.
    var isTyped = false
    /// Whether a column of labels may be all there is.
    var isLabels = false
    /// Bytes from the beginning that are looked at.
    package var reach = CSVLayout.reach
    /// Takes out the first column if its first cell is text or its name is one of times: the times of the
    /// rows.
    public var findsTimes = false
    /// Columns whose texts are wanted as they stand, by name or number from 1, whatever else they are read
    /// for.
    public var kept: [String] = []
    /// The names of the columns of numbers. A table whose header has them all may have others beside them,
    /// which are passed over.
    public var expected: [String]?
    /// Keeps the texts of all columns that are passed over for not being expected, in place of naming them.
    public var keepsOthers = false
    /// So many columns are all values, whatever the first is called, unless it is text.
    public var columnsKept: Int?

    public init(
      separator: Character? = nil, gaps: Bool = false, label: String? = nil, weight: String? = nil
    ) {
      self.separator = separator
      self.gaps = gaps
      self.label = label
      self.weight = weight
    }
  }

  /// - Parameters:
  ///   - separator: an ASCII character; nil to find it by looking.
  ///   - gaps: whether values may be missing.
  /// - Throws: what ``read(_:_:)`` throws.
  public static func read(_ path: String, separator: Character? = nil, gaps: Bool = false) throws -> Table {
    try read(path, Options(separator: separator, gaps: gaps))
  }

  /// - Throws: ``FormatError`` that names the line of the file and the column of a ragged row, a cell that
  ///   is text, infinite or beyond `Float`, or missing where it may not be; for no rows; for a column to take
  ///   out that is not there; for a file that is missing or damaged.
  public static func read(_ path: String, _ options: Options) throws -> Table {
    try read(path, options, blockSize: TextWindow.blockSize)
  }

  package static func read(_ path: String, _ options: Options, blockSize: Int) throws -> Table {
    do {
      return try byNeed(options) { options in
        let reader = try FileReader(path, blockSize: blockSize)
        return try table(TextWindow(reader, blockSize: blockSize), options, place: path)
      }
    } catch is IsUTF16 {
      return try read(bytes: content(of: path), name: path, options)
    }
  }

  /// A text in UTF-16, which is read whole.
  struct IsUTF16: Error {}

  /// The bytes of a file, taken out of gzip where they are in it.
  static func content(of path: String) throws -> [UInt8] {
    let content = try ContentReader(FileReader(path), limit: Gzip.limit)
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: FileReader.blockSize)
    while true {
      let count = try block.withUnsafeMutableBytes { try content.read(into: $0) }
      bytes += block[..<count]
      if count < block.count { return bytes }
    }
  }

  /// Whether a byte has a meaning of its own in a table, and cannot part cells.
  static func isTaken(_ byte: UInt8) -> Bool {
    "\"+-.0123456789eE\n\r".utf8.contains(byte)
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(
    bytes: [UInt8], name: String, separator: Character? = nil, gaps: Bool = false
  ) throws -> Table {
    try read(bytes: bytes, name: name, Options(separator: separator, gaps: gaps))
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(bytes: [UInt8], name: String, _ options: Options) throws -> Table {
    try bytes.withUnsafeBytes { bytes in
      func read(_ text: UnsafeRawBufferPointer) throws -> Table {
        guard CSVText.isUTF16(text) else {
          return try byNeed(options) { try table(TextWindow(text), $0, place: name) }
        }
        return try CSVText.transcoded(text).withUnsafeBytes { text in
          try byNeed(options) { try table(TextWindow(text), $0, place: name) }
        }
      }
      guard Gzip.isGzip(bytes) else { return try read(bytes) }
      return try Gzip.decompress(bytes, limit: Gzip.limit, place: name).withBytes(read)
    }
  }

  /// Reads, and reads again in double precision where the columns turn out to need it.
  static func byNeed<Result>(
    _ options: Options, _ read: (Options) throws -> (Result, needsDoublePrecision: Bool)
  ) rethrows -> Result {
    let (result, needsDoublePrecision) = try read(options)
    guard needsDoublePrecision else { return result }
    var options = options
    options.precision = .double
    return try read(options).0
  }

  private static func table(
    _ window: TextWindow, _ options: Options, place: String
  ) throws -> (Table, needsDoublePrecision: Bool) {
    var parser = try CSVParser(window, options, place: place)
    let block = try Block(capacity: max(64, parser.rowSize), place: place)
    while try parser.readRows(into: block, upTo: Int.max) > 0 {}
    let rows = block.count / parser.rowSize
    let tensor = Tensor([rows, parser.width], parser.element, in: block.storage())
    return (try parser.table(tensor), parser.needsDoublePrecision)
  }

  static func noRows(_ place: String, _ found: String = "none") -> FormatError {
    FormatError(place: place, expected: "at least one row of numbers", found: found)
  }
}
