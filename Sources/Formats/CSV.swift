public import HourglassTensor

/// Numbers in rows and columns.
public struct Table: Sendable {
  /// The names in the header, without those of columns taken out; nil where there is none.
  public let columns: [String]?
  /// `[rows, columns]`, `float32`; NaN where a value is missing.
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
  /// The columns that were taken out for classes and weights.
  public let taken: [TakenColumn]
  /// The columns that were asked for as they stand, in the order asked for.
  public let kept: [CSV.KeptColumn]
  /// What the columns are called that are neither values nor anything else, since others were expected.
  public let passedOver: [String]

  public init(
    columns: [String]?, tensor: Tensor, hasGaps: Bool = false, labels: [Int32]? = nil,
    classNames: [String]? = nil, weights: [Float]? = nil, times: [String]? = nil, timeName: String? = nil,
    taken: [TakenColumn] = [], kept: [CSV.KeptColumn] = [], passedOver: [String] = []
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
    self.kept = kept
    self.passedOver = passedOver
  }
}

/// Tables of numbers as text: CSV, TSV and their relatives, plain or gzip.
///
/// Cells may be quoted; a byte-order mark, Windows line ends and blank lines at the end are accepted. Numbers
/// become the nearest `Float`. The text is read in blocks: memory is taken for the numbers alone.
///
/// - Header: the first row is one if a cell of it is text and none is a number or, with gaps allowed, a gap.
/// - Separator: tab, semicolon or comma, the first of them that the first rows have equally often.
/// - Gaps: an empty cell, `NA`, `N/A`, `NaN`, `nan`, `null`, `?` and `-`, where they are allowed, become NaN.
/// - Source: RFC 4180.
public enum CSV {
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
    /// What was taken out of an earlier table of the kind. A column named here gives way to `label` and
    /// `weight`, and is then passed over; where a row has no class, none has.
    public var remembered = Remembered()
    /// Whether a column of labels may be all there is.
    var isLabels = false
    /// Whether the first row is one like the others, whatever is in it.
    var isHeadless = false
    /// Takes out the first column if its first cell is text or its name is one of times: the times of the
    /// rows.
    public var findsTimes = false
    /// Columns whose texts are wanted as they stand, by name or number from 1, whatever else they are read
    /// for.
    public var kept: [String] = []
    /// The names of the columns of numbers. A table whose header has them all may have others beside them,
    /// which are passed over.
    public var expected: [String]?
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
    let reader = try FileReader(path, blockSize: blockSize)
    return try table(TextWindow(reader, blockSize: blockSize), options, place: path)
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
      guard Gzip.isGzip(bytes) else { return try table(TextWindow(bytes), options, place: name) }
      return try Gzip.decompress(bytes, limit: Gzip.limit, place: name).withBytes { text in
        try table(TextWindow(text), options, place: name)
      }
    }
  }

  private static func table(_ window: TextWindow, _ options: Options, place: String) throws -> Table {
    var parser = try CSVParser(window, options, place: place)
    let block = try Block(capacity: max(64, parser.rowSize), place: place)
    while try parser.readRows(into: block, upTo: Int.max) > 0 {}
    let rows = block.count / parser.rowSize
    let tensor = Tensor([rows, parser.width], .float32, in: block.storage())
    return try parser.table(tensor)
  }

  static func noRows(_ place: String, _ found: String = "none") -> FormatError {
    FormatError(place: place, expected: "at least one row of numbers", found: found)
  }
}
