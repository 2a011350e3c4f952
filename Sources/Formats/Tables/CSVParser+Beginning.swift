import HourglassTensor

/// What is settled before the first row of numbers is read.
extension CSVParser {
  static func scanner(_ window: TextWindow, _ layout: CSVLayout, place: String) throws -> CSVScanner {
    guard let start = window.lines.baseAddress else { throw CSV.noRows(place) }
    var scanner = CSVScanner(
      start, count: window.lines.count, separator: layout.separator,
      isBlankSeparated: layout.isBlankSeparated)
    (scanner.position, scanner.line) = (max(0, layout.start), layout.line)
    return scanner
  }

  /// Passes over a byte-order mark and looks at the first rows.
  static func begin(_ window: TextWindow, _ options: CSV.Options, place: String) throws -> CSVLayout {
    if CSVText.isUTF16(window.lines) { throw CSV.IsUTF16() }
    if window.lines.starts(with: [0xEF, 0xBB, 0xBF]) { try window.slide(by: 3) }
    if let separator = options.separator {
      guard let ascii = separator.asciiValue, !CSV.isTaken(ascii) else {
        throw FormatError(
          place: place, expected: "a separator of one ASCII character that numbers do not have",
          found: "'\(separator)'", remedy: "use ',', ';' or a tab")
      }
    }
    while true {
      do {
        return try CSVLayout(window.lines, isWhole: window.isLast, options, place: place)
      } catch is CSVLayout.Unfinished {
        guard try !window.isLast && window.slide(by: 0) else { throw tooLong(place, 1) }
      }
    }
  }

  /// Makes sure that there is a row of numbers.
  mutating func checkBeginning() throws {
    guard layout.rows.isEmpty else { return }
    if header != nil { throw CSV.noRows(place, "only a header") }
    var column = 0
    while !scanner.isAtEnd {
      guard let cell = scanner.cell() else { throw try unclosedQuote(column: column) }
      column = cell.terminator == .separator ? column + 1 : 0
    }
    throw CSV.noRows(place)
  }

  /// Settles what each column is read for.
  mutating func assignRoles() throws {
    roles = [Role](repeating: .feature, count: layout.width)
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
    for name in options.drop { try drop(name) }
    takeTimes()
    takeRemembered()
    for column in layout.empty where roles[column] == .feature { roles[column] = .empty }
    if layout.hasRowNames, roles[0] == .feature, !isFeatureOfTraining { roles[0] = .passedOver }
    kept = KeptColumns(
      try options.kept.map { name in
        let place = try column(name)
        return (place, names?[place] ?? name)
      })
    passOverUnexpected(kept.places, options)
    tellBeginning()
    guard roles.contains(.feature) || options.isLabels else {
      throw FormatError(
        place: place, expected: "at least one column of numbers beside those taken out", found: "none")
    }
  }

  /// Whether training had a column without a name among its features.
  private var isFeatureOfTraining: Bool {
    if let expected = options.expected, let first = names?.first, expected.contains(first) { return true }
    return options.remembered.features > 0 && roles.count { $0 == .feature } == options.remembered.features
  }

  private mutating func drop(_ name: String) throws {
    for column in try columns(name) {
      guard roles[column] == .feature || roles[column] == .passedOver else {
        throw FormatError(
          place: place, expected: "columns to leave out beside those of classes and weights",
          found: "'\(name)' for both", remedy: "leave it out of --drop")
      }
      roles[column] = .passedOver
      if column == 0 { isFirstDropped = true }
    }
  }

  private mutating func takeTimes() {
    guard options.findsTimes, roles.count > 1, roles[0] == .feature, let cell = layout.rows.first?.first
    else {
      return
    }
    let isNamed = roles.count != options.columnsKept && header.map { CSVParser.isTimeName($0[0]) } == true
    if CSVLayout.isName(cell, options) || isNamed { roles[0] = .time }
  }

  /// Whether a column of numbers is called as times are: `time`, `timestamp`, `Date`, `ds`, `unix`, `epoch`.
  private static func isTimeName(_ name: String) -> Bool {
    let word = name.lowercased().prefix { $0.isLetter }
    return ["time", "times", "timestamp", "date", "datetime", "ds", "unix", "unixtime", "epoch"].contains(
      word)
  }

  private mutating func takeRemembered() {
    for column in options.remembered.columns {
      let place = options.remembered.place(of: column, header: header, count: roles.count)
      guard let place, roles[place] == .feature else { continue }
      switch column.role {
      case .label where options.label == nil: (roles[place], areClassesOptional) = (.label, true)
      case .weight where options.weight == nil: roles[place] = .weight
      case .label, .weight, .dropped: roles[place] = .passedOver
      }
    }
  }

  /// Adds what the roles take for granted to what is told.
  private mutating func tellBeginning() {
    let isKnown = options.remembered.columns.contains { $0.role == .dropped && $0.name ?? "" == "" }
    if layout.hasRowNames, roles[0] == .passedOver, !isKnown, !isFirstDropped {
      layout.remarks.append(
        "the first column, which has no name, for names of rows and left it out "
          + "(a name in the header keeps it)")
    }
    let empty = roles.indices.filter { roles[$0] == .empty }
    if !empty.isEmpty {
      layout.remarks.append("\(called(empty)), without name and value, for nothing")
    }
    if let first = layout.rows.first, header == nil, layout.rows.count > 1, options.header == nil,
      CSVLayout.looksLikeYears(first, layout.rows[1])
    {
      layout.remarks.append("line 1, numbers in a row, for data (--header yes takes it for names)")
    }
  }

  // MARK: - Columns by name

  /// The place of a column by its name, else by its number from 1.
  func column(_ name: String) throws -> Int {
    if let header {
      let places = header.indices.filter { header[$0] == name }
      if let first = places.first {
        guard places.count == 1 else {
          throw FormatError(
            place: place, expected: "one column \(FormatError.excerpt(name.utf8))",
            found: "\(places.count), columns \(places.map { "\($0 + 1)" }.joined(separator: ", "))",
            remedy: "give the number of the one you mean")
        }
        return first
      }
    }
    if let number = Int(name), roles.indices.contains(number - 1) { return number - 1 }
    let names = header.map { names in
      let shown = names.prefix(20).enumerated().map {
        $1.isEmpty ? "column \($0 + 1) without a name" : "'\($1)'"
      }
      return shown.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    }
    let nearest = header.flatMap { Nearest.word(to: name, among: $0) }
    throw FormatError(
      place: place, expected: "a column \(FormatError.excerpt(name.utf8))",
      found: names ?? "\(roles.count) columns without names",
      remedy: nearest.map { "did you mean \($0)?" }
        ?? "give a column's name or its number from 1 to \(roles.count)")
  }

  /// The places of a column, or of those from one number to another: `2-5`.
  private func columns(_ name: String) throws -> ClosedRange<Int> {
    let ends = name.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if header?.contains(name) != true, ends.count == 2, let first = ends[0], let last = ends[1],
      first <= last,
      roles.indices.contains(first - 1), roles.indices.contains(last - 1)
    {
      return (first - 1)...(last - 1)
    }
    let column = try column(name)
    return column...column
  }

  /// What columns are called in a message: `column 'age'`, `columns 2 and 'size'`.
  func called(_ columns: [Int]) -> String { CSVLayout.called(columns, header) }

  /// What names columns on the command line: their names, as far as a shell and a list have no trouble with
  /// them, else their numbers.
  func listed(_ columns: [Int]) -> String {
    columns.map { column -> String in
      guard let name = header?[column], !name.isEmpty, header?.count(where: { $0 == name }) == 1,
        name.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F }
        ),
        Int(name) == nil
      else { return "\(column + 1)" }
      return name
    }.joined(separator: ",")
  }
}
