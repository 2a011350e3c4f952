import HourglassTensor

/// Rows of numbers out of cells, and the words for what is none.
struct CSVParser {
  private var scanner: CSVScanner
  private let place: String
  private var columns: [String]?
  /// Line of the row being read.
  private var row = 1

  init(_ scanner: CSVScanner, place: String) {
    self.scanner = scanner
    self.place = place
  }

  mutating func table() throws -> Table {
    guard !scanner.isAtEnd else { throw CSV.noRows(place) }
    let width = try readHeader()
    if scanner.isAtEnd { throw CSV.noRows(place, "only a header") }
    let size = MemoryLayout<Float>.stride
    let block = try Block(capacity: max(64, width) * size, place: place)
    var rows = 0
    while scanner.position < scanner.count {
      if scanner.isAtEnd { break }
      try block.grow(to: block.count + width * size, place: place)
      let target = (block.base + block.count).bindMemory(to: Float.self, capacity: width)
      try readRow(UnsafeMutableBufferPointer(start: target, count: width))
      block.count += width * size
      rows += 1
    }
    let tensor = Tensor([rows, width], .float32, in: block.storage())
    return Table(columns: columns, tensor: tensor)
  }

  /// Reads the first row to learn the number of columns; leaves the place after it if it is a header, else
  /// before.
  private mutating func readHeader() throws -> Int {
    let start = scanner
    var cells: [[UInt8]] = []
    var terminator = CSVScanner.Terminator.separator
    while terminator == .separator {
      guard let cell = scanner.cell() else { throw unclosedQuote(column: cells.count) }
      cells.append(cell.text)
      terminator = cell.terminator
    }
    let kinds = cells.map(CSVParser.kind)
    if kinds.contains(.text), !kinds.contains(.number) {
      columns = cells.enumerated().map { index, cell in
        cell.isEmpty ? "column \(index + 1)" : String(decoding: cell, as: UTF8.self)
      }
    } else {
      scanner = start
    }
    return cells.count
  }

  private mutating func readRow(_ target: UnsafeMutableBufferPointer<Float>) throws {
    row = scanner.line
    if scanner.isAtBlankLine {
      throw FormatError(
        place: "\(place) row \(row)", expected: "a row of numbers", found: "an empty line",
        remedy: "remove the line")
    }
    for column in target.indices {
      let (value, terminator) = try scanner.number() ?? readCell(column)
      guard value.isFinite else {
        throw wrong(column, "a number below 3.4e38", "a larger one", "scale the column")
      }
      target[column] = value
      let isLast = column == target.count - 1
      guard isLast == (terminator != .separator) else {
        throw ragged(target.count, found: column + 1, terminator)
      }
    }
  }

  /// A cell that is not a bare number: a quoted one, one with spaces around it, or a fault.
  private mutating func readCell(_ column: Int) throws -> (value: Float, terminator: CSVScanner.Terminator) {
    guard let (text, terminator) = scanner.cell() else { throw unclosedQuote(column: column) }
    if let value = CSVParser.number(text) { return (value, terminator) }
    let remedy =
      switch CSVParser.kind(text) {
      case .empty: "fill the gap or leave out the row"
      case .notFinite: "replace it or leave out the row"
      case _ where text.contains(0x2C) && scanner.separator != 0x2C: "write numbers with a point, not a comma"
      case _ where row == 1: "leave out columns of text; in a header no name may be a number"
      default: "leave out columns of text"
      }
    throw wrong(column, "a number", text.isEmpty ? "an empty cell" : FormatError.excerpt(text), remedy)
  }

  private enum Kind { case number, empty, notFinite, text }

  private static func kind(_ text: [UInt8]) -> Kind {
    if text.isEmpty { return .empty }
    if number(text) != nil { return .number }
    let unsigned = text.first.map { $0 == 0x2B || $0 == 0x2D } ?? false ? text.dropFirst() : text[...]
    let word = String(decoding: unsigned.prefix(10), as: UTF8.self).lowercased()
    return ["nan", "inf", "infinity"].contains(word) ? .notFinite : .text
  }

  private static func number(_ text: [UInt8]) -> Float? {
    text.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress, let (value, end) = Decimal.read(start, from: 0, to: bytes.count),
        end == bytes.count
      else { return nil }
      return value
    }
  }

  private func wrong(
    _ column: Int, _ expected: String, _ found: String, _ remedy: String
  ) -> FormatError {
    let name = columns.map { FormatError.excerpt($0[column].utf8) } ?? "\(column + 1)"
    return FormatError(
      place: "\(place) row \(row) column \(name)", expected: expected, found: found, remedy: remedy)
  }

  private mutating func ragged(_ width: Int, found: Int, _ last: CSVScanner.Terminator) -> FormatError {
    var count = found
    var terminator = last
    while terminator == .separator, let cell = scanner.cell() {
      count += 1
      terminator = cell.terminator
    }
    return FormatError(
      place: "\(place) row \(row)", expected: "\(width) cells as in the first row",
      found: "\(count)", remedy: "see that every row has the same number of cells")
  }

  private func unclosedQuote(column: Int) -> FormatError {
    FormatError(
      place: "\(place) row \(row) column \(column + 1)", expected: "a quoted cell that ends with its quote",
      found: "text after it or the end of the file", remedy: "write a quote in a quoted cell twice")
  }
}
