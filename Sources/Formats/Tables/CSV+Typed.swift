import HourglassTensor

extension CSV {
  /// Which of two numbers below 13 in a date is the day: `05/06/2023`.
  public enum DateOrder: String, Hashable, Sendable, Codable { case dayFirst, monthFirst }

  /// How a table of numbers, times and texts is read.
  public struct TypedOptions: Hashable, Sendable {
    /// What becomes of a column of numbers or times in which some cells are none.
    public enum Unreadable: Hashable, Sendable {
      /// All its cells are texts, which is told in the remarks.
      case texts
      /// The first such cell is refused.
      case refused
    }

    /// An ASCII character; nil to find it by looking.
    public var separator: Character?
    /// Whether the first row is a header; nil to find out by looking.
    public var header: Bool?
    /// What stands before decimals; nil to find out by looking.
    public var decimal: DecimalMark?
    /// What stands first in columns of dates that do not tell; nil to refuse them.
    public var dateOrder: DateOrder?
    public var unreadable = Unreadable.texts
    /// Columns whose cells are texts whatever they look like, by name.
    public var texts: Set<String> = []
    /// Words that stand for a missing value beside the usual ones.
    public var gaps: Set<String> = []
    /// The most threads to read with; what is read does not depend on it.
    public var threads = Workers.processors
    /// Bytes from the beginning that are looked at.
    package var reach = CSVLayout.reach
    /// Bytes that a thread reads at once.
    package var chunkSize = 1 << 19

    public init() {}

    /// The same for the reader of the layout.
    var layout: Options {
      var options = Options(separator: separator, gaps: true)
      options.header = header
      options.decimal = decimal
      options.reach = reach
      options.isTyped = true
      return options
    }
  }

  /// Bytes of a typed table that are read at once: 8 MiB, enough for several threads.
  private static let typedBlockSize = 1 << 23

  /// Reads columns of numbers, times and texts as they stand.
  ///
  /// | cells | become |
  /// |---|---|
  /// | numbers, also with thousands apart, a decimal comma, money, percent or a unit | numbers |
  /// | whole numbers with zeros in front, or beyond 2⁵³ | texts: they are codes |
  /// | dates and times, ISO 8601 or in local orders, with English names of months | times |
  /// | all else, also TRUE and FALSE | texts |
  /// | an empty cell, `NA`, `NULL`, `?` and their kin | a missing value |
  ///
  /// A percentage is read as it is written: `12.5%` is 12.5. Where day and month may be either, a value
  /// above 12 somewhere in the column decides; with dots the day stands first. Times with different distances
  /// from Greenwich become those of Greenwich. Blank lines are passed over, but in a table of one column they
  /// are missing values. The file is read in blocks, and again where a later row shows a column to be
  /// something else; memory is taken for the values, and once for every text that differs.
  ///
  /// - Throws: ``FormatError`` that names the line of a row with more or fewer cells than the first, of a
  ///   quote that is not closed, of dates that do not tell the day from the month, of a comma that may part
  ///   thousands or decimals; with ``TypedOptions/Unreadable/refused`` of a cell that is not as those of its
  ///   column; for no rows, and a file that is missing or damaged.
  public static func readTyped(_ path: String, _ options: TypedOptions = TypedOptions()) throws -> TypedTable
  {
    try readTyped(path, options, blockSize: typedBlockSize)
  }

  package static func readTyped(_ path: String, _ options: TypedOptions, blockSize: Int) throws -> TypedTable
  {
    do {
      return try typed(options, place: path) {
        try TextWindow(FileReader(path, blockSize: blockSize), blockSize: blockSize)
      }
    } catch is IsUTF16 {
      return try readTyped(bytes: content(of: path), name: path, options)
    }
  }

  /// - Parameter name: the file's name, for errors.
  /// - Throws: what ``readTyped(_:_:)`` throws about the content.
  public static func readTyped(
    bytes: [UInt8], name: String, _ options: TypedOptions = TypedOptions()
  ) throws -> TypedTable {
    try bytes.withUnsafeBytes { bytes in
      func read(_ text: UnsafeRawBufferPointer) throws -> TypedTable {
        guard CSVText.isUTF16(text) else { return try typed(options, place: name) { TextWindow(text) } }
        return try CSVText.transcoded(text).withUnsafeBytes { text in
          try typed(options, place: name) { TextWindow(text) }
        }
      }
      guard Gzip.isGzip(bytes) else { return try read(bytes) }
      return try Gzip.decompress(bytes, limit: Gzip.limit, place: name).withBytes(read)
    }
  }

  /// Reads until every column is what the last reading took it for. Each reading but the last settles what
  /// one column at least is, and a column is settled twice at most: the order of its dates, then texts.
  private static func typed(
    _ options: TypedOptions, place: String, _ window: () throws -> TextWindow
  ) throws -> TypedTable {
    var settled: [Int: TypedColumn.Settled] = [:]
    while true {
      var reader = try TypedReader(window(), options, place: place, settled)
      try reader.readRows()
      guard let more = reader.unsettled else { return try reader.table() }
      settled.merge(more) { $1 }
    }
  }
}
