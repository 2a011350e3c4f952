/// What a table's first rows say of how it is laid out: where the numbers begin and what is no number.
///
/// | found | taken for |
/// |---|---|
/// | `sep=;` alone in the first line | the separator, as spreadsheets write it |
/// | lines that begin with `#` or `%` at the top | comments, everywhere |
/// | the last comment at the top, if it has a row's cells | the header, where the first row is none |
/// | a header one cell shorter than the rows | R's: the first column holds the names of the rows |
/// | a first column without a name, of text or of whole numbers that never repeat | names of rows |
/// | a row of text alone between the header and rows with numbers | units |
/// | a column without name or value | nothing |
/// | `0,5` in some cell of a column | decimals behind a comma |
struct CSVLayout {
  /// Bytes from the beginning that are looked at, and rows at most.
  static let reach = 1 << 16
  private static let rowsAtMost = 200
  private static let cellsAtMost = 40_000

  var separator: UInt8
  /// Blanks, as many as there may be, stand between cells.
  var isBlankSeparated = false
  /// The byte that comments begin with, where the text has some.
  var comment: UInt8?
  /// The names of all columns; a name may be empty.
  var header: [String]?
  /// Where the rows of numbers begin, and on which line.
  var start = 0
  var line = 1
  /// Columns of a row.
  var width = 0
  /// The first column holds names or numbers of rows.
  var hasRowNames = false
  /// The header leaves the first column without even an empty name.
  private(set) var isHeaderShort = false
  /// The header's first name stands in quotes.
  private(set) var isHeaderQuoted = false
  /// The first line says what the separator is.
  private(set) var tellsSeparator = false
  /// Columns without name or value.
  var empty: Set<Int> = []
  /// What stands before decimals, by column; nil where the first rows do not tell.
  var marks: [CSVNumber.Mark?] = []
  /// Lines above the numbers that are comments, and no header.
  var commentLines = 0
  /// What was found and goes without saying nowhere, in a few words each.
  var remarks: [String] = []

  /// The rows that were looked at, without header and units.
  private(set) var rows: [[[UInt8]]] = []

  /// A text that ends before what is looked for, though the file goes on.
  struct Unfinished: Error {}
}

extension CSVLayout {
  /// Looks at the beginning of a text, without its mark of byte order.
  ///
  /// - Parameters:
  ///   - isWhole: whether nothing follows these bytes.
  /// - Throws: ``Unfinished`` where more of the text is needed; ``FormatError`` for no text.
  init(
    _ text: UnsafeBufferPointer<UInt8>, isWhole: Bool, _ options: CSV.Options, place: String
  ) throws {
    var top = try CSVTop(text, isWhole: isWhole)
    separator = 0x2C
    if let told = options.separator?.asciiValue ?? top.separator {
      separator = told
    } else {
      (separator, isBlankSeparated) = CSVScanner.separator(
        of: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[top.end...]), comment: top.mark,
        blanks: !options.isLabels)
    }
    if options.separator == " " { isBlankSeparated = true }
    comment = top.mark
    tellsSeparator = top.separator != nil
    if tellsSeparator { remarks.append("line 1 for the separator") }
    guard let base = text.baseAddress else { throw CSV.noRows(place) }
    var scanner = CSVScanner(
      base, count: text.count, separator: separator, isBlankSeparated: isBlankSeparated)
    (scanner.position, scanner.line) = (top.end, top.line)
    let starts = try readRows(&scanner, isWhole: isWhole, options)
    guard !rows.isEmpty else {
      (start, line) = starts.first.map { ($0.position, $0.line) } ?? (scanner.position, scanner.line)
      return
    }
    let first = starts.first.map { text[$0.position] }
    findHeader(&top, options, starts)
    isHeaderQuoted = header != nil && first == 0x22
    width = rows.first?.count ?? header?.count ?? 0
    findRowNames()
    width = header?.count ?? width
    findEmptyColumns()
    findMarks(options)
  }

  // MARK: - The parts

  /// Reads the rows to look at.
  ///
  /// - Returns: where each begins.
  private mutating func readRows(
    _ scanner: inout CSVScanner, isWhole: Bool, _ options: CSV.Options
  ) throws -> [(position: Int, line: Int, comments: Int)] {
    var starts: [(position: Int, line: Int, comments: Int)] = []
    var cellCount = 0
    var comments = 0
    while rows.count < CSVLayout.rowsAtMost, rows.count < 3 || scanner.position < options.reach {
      comments += scanner.skipComments(comment)
      if !scanner.isAtEnd { starts.append((scanner.position, scanner.line, comments)) }
      guard !scanner.isAtEnd, let row = scanner.row() else {
        guard isWhole else { throw Unfinished() }
        break
      }
      if row.isLast, !isWhole { throw Unfinished() }
      rows.append(row.cells)
      cellCount += row.cells.count
      if cellCount > CSVLayout.cellsAtMost, rows.count >= 12 { break }
    }
    return starts
  }

  private mutating func findHeader(
    _ top: inout CSVTop, _ options: CSV.Options, _ starts: [(position: Int, line: Int, comments: Int)]
  ) {
    commentLines = top.count
    let looksSo = CSVLayout.isHeader(rows[0], options) || isShortHeader(options)
    let isHeader = options.header ?? (looksSo && !(options.isTyped && isTimes))
    var taken = 0
    if isHeader {
      header = rows[0].map(CSVText.string)
      taken = 1
    } else if options.header == nil, let names = top.names(separator, isBlankSeparated),
      names.count == rows[0].count, CSVLayout.isHeader(names, options)
    {
      header = names.map(CSVText.string)
      commentLines -= 1
      remarks.append("the comment on line \(top.lastLine) for the header")
    }
    if taken == 1, isUnits(options) {
      remarks.append("line \(starts[1].line) for units")
      taken = 2
    }
    // The line behind what was taken begins the numbers, or the text ends there.
    if taken < starts.count {
      (start, line) = (starts[taken].position, starts[taken].line)
      commentLines += starts[taken].comments
    }
    rows.removeFirst(taken)
  }

  /// Whether a column begins with two times, so that its first cell is no name.
  private var isTimes: Bool {
    guard rows.count > 1 else { return false }
    return zip(rows[0], rows[1]).contains { first, second in
      [first, second].allSatisfy { $0.withUnsafeBufferPointer { TimePattern(writing: $0) != nil } }
    }
  }

  /// Whether a first row looks as if it were names that are numbers: whole ones in steps of one, which the
  /// row below has not.
  static func looksLikeYears(_ first: [[UInt8]], _ second: [[UInt8]]) -> Bool {
    func steps(_ row: [[UInt8]]) -> Bool {
      let numbers = row.compactMap(CSVCell.wholeNumber)
      return numbers.count == row.count && numbers.count > 2
        && zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }
    }
    return steps(first) && !steps(second)
  }

  /// A row is a header if a cell of it is text and none is a number or, with gaps allowed, a gap.
  static func isHeader(_ cells: [[UInt8]], _ options: CSV.Options) -> Bool {
    (cells.contains { isName($0, options) } && !cells.contains(where: isNumber)) || isCounted(cells)
  }

  /// Whether the first row is one cell shorter than all others, which begin with a name: R's names of
  /// columns, numbers among them or not.
  private func isShortHeader(_ options: CSV.Options) -> Bool {
    rows.count > 2 && rows[0].contains { CSVLayout.isName($0, options) }
      && rows.dropFirst().allSatisfy { $0.count == rows[0].count + 1 && CSVLayout.isName($0[0], options) }
  }

  /// pandas' names of columns that nobody named, 0, 1, 2, …, behind nothing for the rows' numbers.
  private static func isCounted(_ cells: [[UInt8]]) -> Bool {
    cells.count > 2 && cells[0].isEmpty
      && cells.dropFirst().enumerated().allSatisfy { $1 == Array("\($0)".utf8) }
  }

  /// A name, not a number that is missing or not finite.
  static func isName(_ cell: [UInt8], _ options: CSV.Options) -> Bool {
    switch CSVCell.kind(cell) {
    case .text: !isNumber(cell)
    case .gap: !options.gaps && !cell.isEmpty && !CSVCell.isNotFinite(cell)
    case .number, .notFinite: false
    }
  }

  static func isNumber(_ cell: [UInt8]) -> Bool {
    CSVCell.single(cell) != nil || CSVNumber(cell, mark: nil, units: false) != nil
  }

  /// Whether the second row has text, and no number, wherever the third has numbers.
  private func isUnits(_ options: CSV.Options) -> Bool {
    guard rows.count > 2, rows[1].count == rows[0].count, rows[2].count == rows[1].count else { return false }
    let numbers = rows[2].indices.filter { CSVLayout.isNumber(rows[2][$0]) }
    guard !numbers.isEmpty, !rows[1].contains(where: CSVLayout.isNumber) else { return false }
    let above = numbers.map { rows[1][$0] }
    return above.contains { CSVCell.kind($0) == .text }
      && above.allSatisfy { $0.isEmpty || $0 == [UInt8(ascii: "-")] || CSVCell.kind($0) == .text }
  }

  private mutating func findRowNames() {
    guard let names = header, width > 1 else { return }
    if names.count == width - 1, rows.allSatisfy({ $0.count == width }) {
      header = [""] + names
      (hasRowNames, isHeaderShort) = (true, true)
      return
    }
    guard names.count == width, ["", "Unnamed: 0"].contains(names[0]),
      names.dropFirst().contains(where: { !$0.isEmpty })
    else { return }
    let cells = rows.compactMap(\.first)
    let isText = !cells.contains { CSVLayout.isNumber($0) }
    let isNumbering = cells.allSatisfy { CSVCell.wholeNumber($0) != nil } && Set(cells).count == cells.count
    hasRowNames = !cells.isEmpty && (isText || isNumbering) && !cells.allSatisfy(\.isEmpty)
  }

  private mutating func findEmptyColumns() {
    guard let header, header.count == width else { return }
    empty = Set(
      (0..<width).filter { column in
        header[column].isEmpty && !(column == 0 && hasRowNames) && !rows.isEmpty
          && rows.allSatisfy { column < $0.count && $0[column].isEmpty }
      })
    if empty.count == width { empty = [] }
  }

  private mutating func findMarks(_ options: CSV.Options) {
    if let mark = options.decimal {
      marks = [CSVNumber.Mark?](repeating: mark, count: width)
      return
    }
    marks = (0..<width).map { column in
      let found = Set(
        rows.compactMap { row in
          column < row.count ? CSVNumber(row[column], mark: nil)?.mark : nil
        })
      // With both marks in one column, a comma would be a guess.
      return found.count == 2 ? .point : found.first
    }
    // A column that does not tell is written as the others are.
    let all = Set(marks.compactMap(\.self))
    if all.count == 1, let only = all.first { marks = marks.map { $0 ?? only } }
  }
}

extension CSVLayout {
  /// The words for lines that are left out.
  static func told(comments count: Int, _ mark: UInt8) -> [String] {
    guard count > 0 else { return [] }
    return [
      "\(count) \(count == 1 ? "line that begins" : "lines that begin") with \(Unicode.Scalar(mark)) for "
        + "\(count == 1 ? "a comment" : "comments") and left \(count == 1 ? "it" : "them") out"
    ]
  }

  /// What columns are called in a message: `column 'age'`, `columns 2 and 'size'`.
  static func called(_ columns: [Int], _ header: [String]?) -> String {
    let names = columns.prefix(6).map { column in
      guard let header, !header[column].isEmpty else { return "\(column + 1)" }
      return FormatError.excerpt(header[column].utf8)
    }
    let rest = columns.count > 6 ? ["\(columns.count - 6) more"] : []
    let all = names + rest
    let text = all.dropLast().joined(separator: ", ") + (all.count > 1 ? " and " : "") + (all.last ?? "")
    return (columns.count == 1 ? "column " : "columns ") + text
  }
}

/// What stands above a table.
struct CSVTop {
  /// From spreadsheets' `sep=;`.
  private(set) var separator: UInt8?
  /// What comments begin with, where there are some.
  private(set) var mark: UInt8?
  /// Where the first line that is neither begins.
  private(set) var end = 0
  private(set) var line = 1
  /// Of the last comment.
  private(set) var lastLine = 0
  /// Lines that are comments.
  private(set) var count = 0
  private var last: [UInt8] = []

  init(_ text: UnsafeBufferPointer<UInt8>, isWhole: Bool) throws {
    while end < text.count {
      let rest = text[end...]
      guard let stop = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) ?? (isWhole ? text.count : nil)
      else { throw CSVLayout.Unfinished() }
      let content = Array(rest[..<stop])
      let bare = content.drop { $0 == 0x20 }
      if line == 1, let found = CSVTop.separator(content) {
        separator = found
      } else if let first = bare.first, first == UInt8(ascii: "#") || first == UInt8(ascii: "%") {
        if mark != nil, first != mark { break }
        mark = first
        count += 1
        (last, lastLine) = (Array(bare.drop { $0 == first }), line)
      } else if !bare.isEmpty || (line == 1 && isWhole && stop == text.count) {
        break
      }
      if stop == text.count {
        end = stop
        break
      }
      let isPair = text[stop] == 0x0D && stop + 1 < text.count && text[stop + 1] == 0x0A
      end = stop + (isPair ? 2 : 1)
      line += 1
    }
  }

  /// `sep=;`, also in quotes.
  private static func separator(_ content: [UInt8]) -> UInt8? {
    let bare = content.filter { $0 != 0x22 }
    guard bare.count >= 5, bare.starts(with: Array("sep=".utf8)) else { return nil }
    let rest = bare.dropFirst(4)
    // A spreadsheet that saved the line again has put separators behind it.
    guard let first = rest.first, !CSV.isTaken(first), rest.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  /// The cells of the last comment, where it is the line above the numbers.
  func names(_ separator: UInt8, _ isBlankSeparated: Bool) -> [[UInt8]]? {
    guard lastLine == line - 1, lastLine > 0, !last.isEmpty else { return nil }
    return last.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var scanner = CSVScanner(
        base, count: bytes.count, separator: separator, isBlankSeparated: isBlankSeparated)
      return scanner.row()?.cells
    }
  }
}
