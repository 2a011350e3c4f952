import HourglassTensor

/// Rows of numbers, times and texts out of cells: one reading of a file.
struct TypedReader {
  let window: TextWindow
  let options: CSV.TypedOptions
  let place: String
  var layout: CSVLayout
  var scanner: CSVScanner
  let form: TableForm
  /// What the columns are called, no two alike.
  let names: [String]
  var columns: [TypedColumn] = []
  let memory: TypedMemory
  /// What each column is, and its fewest and most decimals.
  var kinds: [TypedColumn.Kind]
  var decimals: [(least: Int, most: Int)]
  /// Columns with a number in quotes.
  var areQuoted: [Bool]
  var rows = 0
  private(set) var blankLines = 0
  /// Columns whose numbers may be read without a look at what else they could be.
  let arePlain: [Bool]
  /// What begins comments among the rows.
  let comment: UInt8?
  /// Rows to be read one by one before many are tried at once again, and how many it was the last time.
  var (careful, lastCareful) = (0, 0)
  /// Chunks of the text that are tried at once.
  var chunksAtOnce = 64
  /// What was found out about columns that must be read again.
  private var found: [Int: TypedColumn.Settled] = [:]

  /// Reads as far as the first row.
  ///
  /// - Parameter settled: what earlier readings of the file found out.
  init(
    _ window: TextWindow, _ options: CSV.TypedOptions, place: String, _ settled: [Int: TypedColumn.Settled]
  ) throws {
    self.window = window
    self.options = options
    self.place = place
    let hasMark = window.lines.starts(with: [0xEF, 0xBB, 0xBF])
    layout = try CSVParser.begin(window, options.layout, place: place)
    scanner = try CSVParser.scanner(window, layout, place: place)
    form = TypedReader.form(layout, window, hasMark: hasMark)
    guard layout.width > 0, !layout.rows.isEmpty || layout.header != nil else {
      throw FormatError(place: place, expected: "at least one row", found: "none")
    }
    guard !layout.rows.isEmpty || layout.start > 0 else {
      throw FormatError(place: place, expected: "at least one row", found: "only a header")
    }
    names = TypedReader.names(layout)
    let width = layout.width
    if layout.marks.count < width {
      layout.marks = [CSVNumber.Mark?](repeating: options.decimal, count: width)
    }
    kinds = []
    for column in 0..<width {
      let (kind, state) = TypedReader.begin(column, layout, options, names[column], settled[column])
      kinds.append(kind)
      columns.append(state)
    }
    memory = try TypedMemory(sizes: kinds.map { $0 == .text ? 4 : 8 }, place: place)
    decimals = Array(repeating: (.max, 0), count: width)
    areQuoted = Array(repeating: false, count: width)
    arePlain = columns.map { $0.mark != .comma && options.gaps.isEmpty }
    comment = layout.comment ?? (kinds[0] == .text ? nil : UInt8(ascii: "#"))
  }

  // MARK: - Rows

  /// Reads all rows.
  mutating func readRows() throws {
    while try !isAtEnd() {
      if careful == 0, try readChunks() { continue }
      careful = max(0, careful - 1)
      if rows == memory.capacity { try memory.grow() }
      let start = scanner
      do {
        try readRow()
        rows += 1
      } catch is CSVParser.Unfinished {
        try slide(to: start)
      }
    }
    guard rows > 0 else {
      throw FormatError(place: place, expected: "at least one row", found: "only a header")
    }
  }

  private mutating func readRow() throws {
    let line = scanner.line
    let last = kinds.count - 1
    let row = rows
    for column in 0...last {
      let terminator: CSVScanner.Terminator
      if kinds[column] == .number, arePlain[column], let number = scanner.typedNumber() {
        memory.set(number.value, column, row)
        if number.decimals < decimals[column].least { decimals[column].least = number.decimals }
        if number.decimals > decimals[column].most { decimals[column].most = number.decimals }
        if number.isQuoted { areQuoted[column] = true }
        terminator = number.terminator
      } else {
        terminator = try readCell(column, line)
      }
      guard (column == last) == (terminator != .separator) else { throw ragged(line, column + 1, terminator) }
    }
  }

  /// Reads a cell that is no plain number, or is not to be one.
  private mutating func readCell(_ column: Int, _ line: Int) throws -> CSVScanner.Terminator {
    if let (text, isQuoted, terminator) = scanner.span() {
      try take(text, isQuoted, column, line)
      return terminator
    }
    guard let (text, terminator) = scanner.cell() else { throw try unclosedQuote(line, column) }
    try text.withUnsafeBufferPointer { try take($0, true, column, line) }
    return terminator
  }

  private mutating func take(
    _ text: UnsafeBufferPointer<UInt8>, _ isQuoted: Bool, _ column: Int, _ line: Int
  ) throws {
    switch kinds[column] {
    case .text:
      memory.set(columns[column].levels.index(of: text), column, rows)
      if isQuoted, !areQuoted[column] { areQuoted[column] = isOptional(text) }
    case .time:
      guard let time = columns[column].times.read(text, line: line) else {
        return try takeOther(text, isQuoted, column, line)
      }
      if let offset = time.offset {
        takeOffset(time.seconds, offset, column)
      } else {
        memory.set(time.seconds, column, rows)
      }
      if isQuoted, !areQuoted[column] { areQuoted[column] = isOptional(text) }
      if columns[column].times.isMisread { settle(column, isText: false) }
    case .unsettled: break
    case .number, .unknown: try takeOther(text, isQuoted, column, line)
    }
  }

  /// Whether a cell stands in quotes that it does not need.
  private func isOptional(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    TypedReader.isQuoteOptional(text, separator: layout.separator)
  }

  static func isQuoteOptional(_ text: UnsafeBufferPointer<UInt8>, separator: UInt8) -> Bool {
    guard let first = text.first, let last = text.last, first != 0x20, last != 0x20 else { return false }
    return !text.contains { $0 == separator || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
  }

  private mutating func takeOther(
    _ text: UnsafeBufferPointer<UInt8>, _ isQuoted: Bool, _ column: Int, _ line: Int
  ) throws {
    if isGap(text, column) {
      memory.set(.nan, column, rows)
      return
    }
    let bytes = Array(text)
    if kinds[column] == .unknown {
      try settleUnknown(bytes, column)
      if kinds[column] == .time { return try take(text, isQuoted, column, line) }
    }
    if kinds[column] == .number, let (value, count) = columns[column].number(bytes) {
      memory.set(value, column, rows)
      if value.isFinite {
        decimals[column].least = min(decimals[column].least, count)
        decimals[column].most = max(decimals[column].most, count)
      }
      if isQuoted, !areQuoted[column] { areQuoted[column] = isOptional(text) }
      return
    }
    try refuse(bytes, column, line)
  }
}

// MARK: - Settling

extension TypedReader {
  /// What was found out about columns that must be read again; nil where nothing was.
  var unsettled: [Int: TypedColumn.Settled]? { found.isEmpty ? nil : found }

  private mutating func settle(_ column: Int, isText: Bool) {
    found[column] = TypedColumn.Settled(isText: isText, order: columns[column].times.order)
    kinds[column] = .unsettled
  }

  /// The first cell of a column that began with gaps.
  private mutating func settleUnknown(_ text: [UInt8], _ column: Int) throws {
    var probe = columns[column]
    if TypedReader.isAmbiguous(text, probe.mark) || probe.number(text) != nil {
      kinds[column] = .number
    } else if text.withUnsafeBufferPointer({ TimePattern(writing: $0) }) != nil {
      kinds[column] = .time
    } else {
      settle(column, isText: true)
    }
  }

  /// A cell that is not what its column is.
  private mutating func refuse(_ text: [UInt8], _ column: Int, _ line: Int) throws {
    switch kinds[column] {
    case .number where TypedReader.isAmbiguous(text, columns[column].mark):
      throw ambiguousComma(text, line, column)
    case .number where options.unreadable == .refused && !TypedReader.isCode(text):
      throw notANumber(text, line, column)
    case .time where options.unreadable == .refused: throw notATime(text, line, column)
    case .number, .time: settle(column, isText: true)
    case .unknown, .text, .unsettled: break
    }
  }

  private mutating func isGap(_ text: UnsafeBufferPointer<UInt8>, _ column: Int) -> Bool {
    guard text.isEmpty || text.count <= 5 || !options.gaps.isEmpty else { return false }
    guard text.isEmpty || TypedReader.isGap(Array(text), options) else { return false }
    if !columns[column].hasGap {
      columns[column].hasGap = true
      columns[column].form.gap = CSVText.string(Array(text))
    }
    return true
  }

  /// A time with a distance from Greenwich: as it stands while all have one distance.
  private mutating func takeOffset(_ seconds: Double, _ offset: Int, _ column: Int) {
    if let shift = columns[column].times.note(offset: offset) {
      memory.add(-Double(shift), column, rows: rows)
    }
    let isGreenwich = columns[column].times.isGreenwich
    memory.set(seconds - (isGreenwich ? Double(offset) : 0), column, rows)
  }

  // MARK: - Places

  /// Whether nothing but line ends, spaces and comments is left in the whole text.
  private mutating func isAtEnd() throws -> Bool {
    while true {
      layout.commentLines += scanner.skipComments(comment)
      if scanner.isAtEnd {
        if window.isLast { return true }
        try slide(to: scanner)
      } else if kinds.count > 1, scanner.skipBlankLine() {
        blankLines += 1
      } else {
        return false
      }
    }
  }

  /// Reads on, and goes back to a place read before.
  private mutating func slide(to start: CSVScanner) throws {
    guard try window.slide(by: start.position) else { throw CSVParser.tooLong(place, start.line) }
    let line = start.line
    scanner = try CSVParser.scanner(window, layout, place: place)
    (scanner.position, scanner.line) = (0, line)
  }
}
