import HourglassTensor

/// Rows of numbers out of cells.
struct CSVParser {
  /// What a column is read for.
  enum Role { case feature, label, weight, time, passedOver, empty }

  let window: TextWindow
  let options: CSV.Options
  let place: String
  /// How the text is laid out.
  var layout: CSVLayout
  var scanner: CSVScanner
  /// Line of the row being read.
  var row = 1
  /// The names of all columns.
  var header: [String]?
  var roles: [Role] = []
  /// Whether classes are taken where they are, and a row without one is no fault.
  var areClassesOptional = false
  /// Whether a person has the first column left out.
  var isFirstDropped = false
  private var classes = CSVClasses()
  private var lacksClasses = false
  private var weights: [Float] = []
  private var times: [String] = []
  var kept = KeptColumns()
  /// The names of columns that were not expected.
  var passedOver: [String] = []
  private var hasGaps = false
  private var numbers = CSVColumns(width: 0)
  /// How numbers are written that are not written plainly.
  var writing = CSVWriting()
  /// The features of a row in double precision.
  private var wholeRow: [Double] = []
  /// Where each value of a row goes: of columns that are expected in another order, to its place in that.
  private(set) var slots: [Int] = []

  /// The place of a row that its window does not hold whole.
  struct Unfinished: Error {}

  /// Reads as far as the first row of numbers.
  init(_ window: TextWindow, _ options: CSV.Options, place: String) throws {
    self.window = window
    self.options = options
    self.place = place
    layout = try CSVParser.begin(window, options, place: place)
    scanner = try CSVParser.scanner(window, layout, place: place)
    header = layout.header
    try checkBeginning()
    try assignRoles()
    numbers = CSVColumns(width: width)
    slots = expectedOrder ?? Array(0..<width)
    wholeRow = [Double](repeating: 0, count: width)
  }

  /// Values of a row.
  var width: Int { roles.count { $0 == .feature } }

  /// The type of the values.
  var element: Element { options.precision == .double ? .float64 : .float32 }

  /// Bytes of a row's values.
  var rowSize: Int { width * element.size }

  /// Whether the table must be read again, in double precision.
  var needsDoublePrecision: Bool { options.precision == .byNeed && numbers.needDoublePrecision }

  /// Appends whole rows of values to the block while it holds fewer than `limit` bytes.
  ///
  /// - Returns: how many; 0 at the end of the text.
  mutating func readRows(into block: Block, upTo limit: Int) throws -> Int {
    var count = 0
    let size = rowSize
    while try block.count < limit && !isAtEnd() {
      try block.grow(to: block.count + size, place: place)
      let start = scanner
      do {
        try readRow(block.base + block.count)
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
    let columns = names.map { names in features.map { names[$0] } }
    let labels = roles.contains(.label) && !lacksClasses ? classes.finished() : nil
    return Table(
      columns: columns, tensor: tensor, hasGaps: hasGaps, labels: labels?.labels, classNames: labels?.names,
      weights: roles.contains(.weight) ? weights : nil, times: roles.contains(.time) ? times : nil,
      timeName: roles.firstIndex(of: .time).flatMap { names?[$0] }, taken: taken, kept: kept.columns,
      passedOver: passedOver, remarks: remarks)
  }

  /// The names of all columns, their numbers where they have none.
  var names: [String]? {
    header?.enumerated().map { $1.isEmpty ? "column \($0 + 1)" : $1 }
  }

  /// The columns of the values, in the order of these.
  private var features: [Int] {
    let columns = roles.indices.filter { roles[$0] == .feature }
    var ordered = columns
    for (column, slot) in zip(columns, slots) { ordered[slot] = column }
    return ordered
  }

  /// The class of each row, and what the classes are called.
  var finishedLabels: (labels: [Int32], classNames: [String]) {
    let (labels, names) = classes.finished()
    return (labels, names)
  }

  /// What was taken out, or left out.
  private var taken: [TakenColumn] {
    roles.enumerated().compactMap { index, role in
      let kind: TakenColumn.Role? =
        switch role {
        case .label: .label
        case .weight: .weight
        case .passedOver: .dropped
        case .feature, .time, .empty: nil
        }
      return kind.map { TakenColumn(role: $0, name: header?[index], number: index + 1) }
    }
  }

  /// What was taken for what, in a few words each.
  private var remarks: [String] {
    let features = features
    let counting = numbers.counting.map { features[$0] }
    return layout.remarks + commentRemarks + writing.remarks(called: called)
      + (options.precision == .single || counting.isEmpty ? [] : [countingWords(counting)])
  }

  private var commentRemarks: [String] {
    CSVLayout.told(comments: layout.commentLines, layout.comment ?? UInt8(ascii: "#"))
  }

  // MARK: - Rows

  private mutating func readRow(_ target: UnsafeMutableRawPointer) throws {
    let isDouble = options.precision == .double
    row = scanner.line
    if scanner.isAtBlankLine { throw blankLine }
    var feature = 0
    var label: [UInt8]?
    var weight: Float?
    var time: [UInt8]?
    let last = roles.count - 1
    for column in 0...last {
      let terminator: CSVScanner.Terminator
      switch roles[column] {
      case .label: (label, terminator) = try readLabel(column)
      case .time: (time, terminator) = try readLabel(column)
      case .passedOver: terminator = try passOver(column)
      case .empty: terminator = try readNothing(column)
      case .feature, .weight:
        let (value, double, end) = try readNumber(column, isDouble)
        guard !value.isInfinite else {
          throw wrong(column, "a number below 3.4e38", "a larger one", "scale the column")
        }
        if roles[column] == .feature {
          let slot = slots[feature]
          wholeRow[slot] = double
          if !isDouble {
            target.storeBytes(of: value, toByteOffset: slot * MemoryLayout<Float>.stride, as: Float.self)
          }
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
    keep(target)
    try keep(label, weight, time)
  }

  /// Takes the values of a row that is whole.
  private mutating func keep(_ target: UnsafeMutableRawPointer) {
    if options.precision != .single { numbers.add(wholeRow) }
    guard options.precision == .double else { return }
    wholeRow.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress { target.copyMemory(from: start, byteCount: bytes.count) }
    }
  }

  private mutating func keep(_ label: [UInt8]?, _ weight: Float?, _ time: [UInt8]?) throws {
    if let weight { weights.append(weight) }
    if let time { times.append(CSVText.string(time)) }
    if let label, !lacksClasses, !classes.append(label) {
      guard areClassesOptional else { throw tooManyClasses }
      lacksClasses = true
    }
  }

  @inline(__always)
  private mutating func readNumber(
    _ column: Int, _ isDouble: Bool
  ) throws -> (value: Float, double: Double, terminator: CSVScanner.Terminator) {
    // A point may part thousands where decimals stand behind a comma.
    if layout.marks[column] != .comma, let found = isDouble ? scanner.doubleNumber() : scanner.number() {
      return found
    }
    guard let (text, terminator) = scanner.cell() else { throw try unclosedQuote(column: column) }
    if roles[column] == .feature, options.gaps, CSVCell.isGap(text) {
      hasGaps = true
      return (.nan, .nan, terminator)
    }
    if let plain = writing.plain(text, column: column, mark: layout.marks[column]),
      let value = CSVCell.single(plain), let double = CSVCell.double(plain)
    {
      return (value, double, terminator)
    }
    throw notANumber(text, column)
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

  /// A cell of a column that was taken for an empty one.
  private mutating func readNothing(_ column: Int) throws -> CSVScanner.Terminator {
    guard let (text, terminator) = scanner.cell() else { throw try unclosedQuote(column: column) }
    guard text.isEmpty else {
      throw wrong(
        column, "nothing, as in the rows before and the header", FormatError.excerpt(text),
        "name the column in the header")
    }
    return terminator
  }

  private func checkedWeight(_ value: Float, _ column: Int) throws -> Float {
    guard value >= 0 else {
      throw wrong(column, "a weight from 0 on", "\(value)", "give rows that must not count the weight 0")
    }
    return value
  }

  /// Whether nothing but line ends, spaces and comments is left in the whole text.
  mutating func isAtEnd() throws -> Bool {
    // A line of numbers never begins so; a text may.
    let comment = layout.comment ?? (roles.first == .feature ? UInt8(ascii: "#") : nil)
    layout.commentLines += scanner.skipComments(comment)
    while scanner.isAtEnd {
      if window.isLast { return true }
      try slide(to: scanner)
      layout.commentLines += scanner.skipComments(comment)
    }
    return false
  }

  /// Reads on, and goes back to a place read before.
  mutating func slide(to start: CSVScanner) throws {
    guard try window.slide(by: start.position) else { throw CSVParser.tooLong(place, start.line) }
    let line = start.line
    scanner = try CSVParser.scanner(window, layout, place: place)
    (scanner.position, scanner.line) = (0, line)
  }
}
