import HourglassTensor

/// Rows of numbers out of cells, and the words for what is none.
struct CSVParser {
  /// What a column is read for.
  enum Role { case feature, label, weight, time, passedOver }

  private let window: TextWindow
  private let options: CSV.Options
  private let place: String
  private var scanner: CSVScanner
  /// Line of the row being read.
  private var row = 1
  /// The names of all columns.
  private(set) var header: [String]?
  var roles: [Role] = []
  private var classes = CSVClasses()
  /// Whether classes are taken where they are, and a row without one is no fault.
  private var areClassesOptional = false
  private var lacksClasses = false
  private var weights: [Float] = []
  private var times: [String] = []
  private var kept = KeptColumns()
  /// The names of columns that were not expected.
  var passedOver: [String] = []
  private var hasGaps = false

  /// The place of a row that its window does not hold whole.
  private struct Unfinished: Error {}

  /// Reads as far as the first row of numbers.
  init(_ window: TextWindow, _ options: CSV.Options, place: String) throws {
    self.window = window
    self.options = options
    self.place = place
    let separator = try CSVParser.begin(window, options.separator, place: place)
    scanner = try CSVParser.scanner(window, separator, place: place)
    if try isAtEnd() { throw CSV.noRows(place) }
    try readHeader()
    passOverUnexpected(kept.places, options)
    if try isAtEnd() { throw CSV.noRows(place, "only a header") }
  }

  /// Values of a row.
  var width: Int { roles.count { $0 == .feature } }

  /// Bytes of a row's values.
  var rowSize: Int { width * MemoryLayout<Float>.stride }

  /// Appends whole rows of values to the block while it holds fewer than `limit` bytes.
  ///
  /// - Returns: how many; 0 at the end of the text.
  mutating func readRows(into block: Block, upTo limit: Int) throws -> Int {
    var count = 0
    let (width, size) = (width, rowSize)
    while try block.count < limit && !isAtEnd() {
      try block.grow(to: block.count + size, place: place)
      let target = (block.base + block.count).bindMemory(to: Float.self, capacity: width)
      let start = scanner
      do {
        try readRow(UnsafeMutableBufferPointer(start: target, count: width))
        kept.append(rowAt: start)
      } catch is Unfinished {
        try slide(to: start)
        continue
      }
      block.count += size
      count += 1
    }
    return count
  }

  /// All that was read beside the values.
  func table(_ tensor: Tensor) throws -> Table {
    let columns = header.map { names in zip(names, roles).filter { $0.1 == .feature }.map(\.0) }
    let labels = roles.contains(.label) && !lacksClasses ? classes.finished() : nil
    let timeName = roles.firstIndex(of: .time).flatMap { header?[$0] }
    return Table(
      columns: columns, tensor: tensor, hasGaps: hasGaps, labels: labels?.labels, classNames: labels?.names,
      weights: roles.contains(.weight) ? weights : nil, times: roles.contains(.time) ? times : nil,
      timeName: timeName, taken: taken, kept: kept.columns, passedOver: passedOver)
  }

  private var taken: [TakenColumn] {
    roles.enumerated().compactMap { index, role in
      guard role == .label || role == .weight else { return nil }
      return TakenColumn(
        role: role == .label ? .label : .weight, name: header?[index], number: index + 1)
    }
  }

  /// The class of each row, and what the classes are called.
  var finishedLabels: (labels: [Int32], classNames: [String]) {
    let (labels, names) = classes.finished()
    return (labels, names)
  }

  // MARK: - Rows

  private mutating func readRow(_ target: UnsafeMutableBufferPointer<Float>) throws {
    row = scanner.line
    if scanner.isAtBlankLine { throw blankLine }
    var feature = 0
    var label: [UInt8]?
    var weight: Float?
    var time: [UInt8]?
    let last = roles.count - 1
    for column in 0...last {
      let terminator: CSVScanner.Terminator
      if roles[column] == .label {
        (label, terminator) = try readLabel(column)
      } else if roles[column] == .time {
        (time, terminator) = try readLabel(column)
      } else if roles[column] == .passedOver {
        terminator = try passOver(column)
      } else {
        let (value, end) = try scanner.number() ?? readCell(column)
        guard !value.isInfinite else {
          throw wrong(column, "a number below 3.4e38", "a larger one", "scale the column")
        }
        if roles[column] == .feature {
          target[feature] = value
          feature += 1
        } else {
          weight = try checkedWeight(value, column)
        }
        terminator = end
      }
      guard (column == last) == (terminator != .separator) else {
        throw ragged(roles.count, found: column + 1, terminator)
      }
    }
    if let weight { weights.append(weight) }
    if let time { times.append(String(decoding: time, as: UTF8.self)) }
    if let label, !lacksClasses, !classes.append(label) {
      guard areClassesOptional else { throw tooManyClasses }
      lacksClasses = true
    }
  }

  /// A cell that is not a bare number: a gap, a quoted one, one with spaces around it, or a fault.
  private mutating func readCell(
    _ column: Int
  ) throws -> (value: Float, terminator: CSVScanner.Terminator) {
    guard let (text, terminator) = scanner.cell() else { throw try unclosedQuote(column: column) }
    if let value = CSVCell.number(text) { return (value, terminator) }
    if options.gaps, CSVCell.isGap(text), roles[column] == .feature {
      hasGaps = true
      return (.nan, terminator)
    }
    let filling = "leave out the row, or allow gaps (--gaps)"
    let remedy =
      switch CSVCell.kind(text) {
      case _ where roles[column] == .weight: "give each row a weight, 1 where it is as any other"
      case .gap where text.isEmpty: "fill the gap, \(filling)"
      case .gap: "replace it, \(filling)"
      case .notFinite: "replace it or leave out the row"
      case _ where text.contains(0x2C) && scanner.separator != 0x2C: "write numbers with a point, not a comma"
      case _ where column == 0 && CSVCell.beginsWithYear(text):
        "leave out columns of text; of a series --window cuts windows and takes this column for the times"
      case _ where row == 1: "leave out columns of text; in a header no name may be a number"
      default: "leave out columns of text"
      }
    throw wrong(column, "a number", text.isEmpty ? "an empty cell" : FormatError.excerpt(text), remedy)
  }

  private mutating func readLabel(_ column: Int) throws -> ([UInt8], CSVScanner.Terminator) {
    guard let (text, terminator) = scanner.cell() else { throw try unclosedQuote(column: column) }
    if text.isEmpty, areClassesOptional, roles[column] == .label { lacksClasses = true }
    guard !text.isEmpty || lacksClasses else {
      let thing = roles[column] == .time ? "time" : "class"
      throw wrong(column, "the row's \(thing)", "an empty cell", "name a \(thing) or leave out the row")
    }
    return (text, terminator)
  }

  private mutating func passOver(_ column: Int) throws -> CSVScanner.Terminator {
    guard let (_, terminator) = scanner.cell() else { throw try unclosedQuote(column: column) }
    return terminator
  }

  private func checkedWeight(_ value: Float, _ column: Int) throws -> Float {
    guard value >= 0 else {
      throw wrong(column, "a weight from 0 on", "\(value)", "give rows that must not count the weight 0")
    }
    return value
  }

  /// Whether nothing but line ends and spaces is left in the whole text.
  private mutating func isAtEnd() throws -> Bool {
    while scanner.isAtEnd {
      if window.isLast { return true }
      try slide(to: scanner)
    }
    return false
  }

  /// Reads on, and goes back to a place read before.
  private mutating func slide(to start: CSVScanner) throws {
    guard try window.slide(by: start.position) else {
      throw FormatError(
        place: "\(place) line \(start.line)", expected: "rows of at most \(TextWindow.longestRow) bytes",
        found: "a longer one", remedy: "look for a quote that is not closed")
    }
    scanner = try CSVParser.scanner(window, start.separator, place: place)
    scanner.line = start.line
  }
}

// MARK: - The beginning

extension CSVParser {
  private static func scanner(
    _ window: TextWindow, _ separator: UInt8, place: String
  ) throws -> CSVScanner {
    guard let start = window.lines.baseAddress else { throw CSV.noRows(place) }
    return CSVScanner(start, count: window.lines.count, separator: separator)
  }

  /// Passes over a byte-order mark and finds the separator.
  private static func begin(
    _ window: TextWindow, _ separator: Character?, place: String
  ) throws -> UInt8 {
    let start = window.lines
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
      throw FormatError(
        place: place, expected: "text in UTF-8", found: "UTF-16", remedy: "save it again as UTF-8")
    }
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { try window.slide(by: 3) }
    guard let separator else {
      return CSVScanner.separator(of: UnsafeRawBufferPointer(window.lines))
    }
    let taken = Array("\"+-.0123456789eE".utf8) + [0x0A, 0x0D]
    guard let ascii = separator.asciiValue, !taken.contains(ascii) else {
      throw FormatError(
        place: place, expected: "a separator of one ASCII character that numbers do not have",
        found: "'\(separator)'", remedy: "use ',', ';' or a tab")
    }
    return ascii
  }

  /// Reads the first row to learn the columns; leaves the place after it if it is a header, else before.
  private mutating func readHeader() throws {
    var cells: [[UInt8]] = []
    while true {
      let start = scanner
      do {
        cells = try readFirstRow()
        if !options.isHeadless, cells.contains(where: isText),
          !cells.contains(where: { CSVCell.number($0) != nil })
        {
          header = cells.enumerated().map { index, cell in
            cell.isEmpty ? "column \(index + 1)" : String(decoding: cell, as: UTF8.self)
          }
        } else {
          scanner = start
        }
        break
      } catch is Unfinished {
        try slide(to: start)
      }
    }
    try assignRoles(cells.count)
    guard options.findsTimes, roles.count > 1, roles[0] == .feature else { return }
    var probe = scanner
    guard let cell = probe.cell()?.text else { return }
    let isNamed = roles.count != options.columnsKept && header.map { CSVParser.isTimeName($0[0]) } == true
    if isText(cell) || isNamed { roles[0] = .time }
  }

  /// Whether a column of numbers is called as times are: `time`, `timestamp`, `Date`, `ds`, `unix`, `epoch`.
  private static func isTimeName(_ name: String) -> Bool {
    let word = name.lowercased().prefix { $0.isLetter }
    return ["time", "times", "timestamp", "date", "datetime", "ds", "unix", "unixtime", "epoch"].contains(
      word)
  }

  private mutating func readFirstRow() throws -> [[UInt8]] {
    var cells: [[UInt8]] = []
    var terminator = CSVScanner.Terminator.separator
    while terminator == .separator {
      guard let cell = scanner.cell() else { throw try unclosedQuote(column: cells.count) }
      cells.append(cell.text)
      terminator = cell.terminator
    }
    return cells
  }

  /// A name, not a number that is missing or not finite.
  private func isText(_ cell: [UInt8]) -> Bool {
    switch CSVCell.kind(cell) {
    case .text: true
    case .gap: !options.gaps && !cell.isEmpty && !CSVCell.isNotFinite(cell)
    case .number, .notFinite: false
    }
  }

  private mutating func assignRoles(_ count: Int) throws {
    roles = [Role](repeating: .feature, count: count)
    for (role, name) in [(Role.label, options.label), (.weight, options.weight)] {
      guard let name else { continue }
      let column = try column(name)
      guard roles[column] == .feature else {
        throw FormatError(
          place: place, expected: "a column of classes and another of weights", found: "'\(name)' for both",
          remedy: "name two columns")
      }
      roles[column] = role
    }
    for column in options.remembered.columns {
      let place = options.remembered.place(of: column, header: header, count: count)
      guard let place, roles[place] == .feature else { continue }
      switch column.role {
      case .label where options.label == nil: (roles[place], areClassesOptional) = (.label, true)
      case .weight where options.weight == nil: roles[place] = .weight
      case .label, .weight: roles[place] = .passedOver
      }
    }
    kept = KeptColumns(
      try options.kept.map { name in
        let place = try self.column(name)
        return (place, header?[place] ?? name)
      })
    guard roles.contains(.feature) || options.isLabels else {
      throw FormatError(
        place: place, expected: "at least one column of numbers beside those taken out", found: "none")
    }
  }

  /// The place of a column by its name, else by its number from 1.
  private func column(_ name: String) throws -> Int {
    if let index = header?.firstIndex(of: name) { return index }
    if let number = Int(name), roles.indices.contains(number - 1) { return number - 1 }
    let names = header.map { names in
      names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    }
    throw FormatError(
      place: place, expected: "a column \(FormatError.excerpt(name.utf8))",
      found: names ?? "\(roles.count) columns without names",
      remedy: "give a column's name or its number from 1 to \(roles.count)")
  }
}

// MARK: - Faults

extension CSVParser {
  private func wrong(
    _ column: Int, _ expected: String, _ found: String, _ remedy: String
  ) -> FormatError {
    let name = header.map { FormatError.excerpt($0[column].utf8) } ?? "\(column + 1)"
    return FormatError(
      place: "\(place) line \(row) column \(name)", expected: expected, found: found, remedy: remedy)
  }

  private var blankLine: FormatError {
    let hasOneColumn = options.gaps && roles.count == 1
    return FormatError(
      place: "\(place) line \(row)", expected: "a row of numbers", found: "an empty line",
      remedy: hasOneColumn ? "write NA where the value is missing" : "remove the line")
  }

  private mutating func ragged(_ width: Int, found: Int, _ last: CSVScanner.Terminator) -> FormatError {
    var count = found
    var terminator = last
    while terminator == .separator, let cell = scanner.cell() {
      count += 1
      terminator = cell.terminator
    }
    return FormatError(
      place: "\(place) line \(row)", expected: "\(width) cells as in the first row",
      found: "\(count)", remedy: "see that every row has the same number of cells")
  }

  /// The window may end inside of the quotes.
  private func unclosedQuote(column: Int) throws -> FormatError {
    guard window.isLast else { throw Unfinished() }
    return FormatError(
      place: "\(place) line \(row) column \(column + 1)", expected: "a quoted cell that ends with its quote",
      found: "text after it or the end of the file", remedy: "write a quote in a quoted cell twice")
  }

  private var tooManyClasses: FormatError {
    FormatError(
      place: "\(place) line \(row)", expected: "at most \(CSVClasses.most) classes", found: "another one",
      remedy: "take out a column of classes, not of measurements")
  }
}
