/// Cells and line ends of a table's text, front to back.
struct CSVScanner {
  enum Terminator { case separator, line, end }

  let bytes: UnsafePointer<UInt8>
  let count: Int
  let separator: UInt8
  /// Blanks and tabs, as many as there may be, stand between cells.
  let isBlankSeparated: Bool
  var position = 0
  /// Of the file, counted from 1.
  var line = 1

  /// - Parameter bytes: must outlive the scanner.
  init(_ bytes: UnsafePointer<UInt8>, count: Int, separator: UInt8, isBlankSeparated: Bool = false) {
    self.bytes = bytes
    self.count = count
    self.separator = separator
    self.isBlankSeparated = isBlankSeparated
  }

  /// Only line ends and spaces are left.
  var isAtEnd: Bool {
    var place = position
    while place < count, bytes[place] == 0x0A || bytes[place] == 0x0D || bytes[place] == 0x20 { place += 1 }
    return place == count
  }

  /// The line holds nothing.
  var isAtBlankLine: Bool { position == count || bytes[position] == 0x0A || bytes[position] == 0x0D }

  /// The number that fills the cell, and what ends it; nil, and nothing read, where the cell is anything
  /// else. In double precision as ``Decimal/readBoth(_:from:to:)`` has it.
  @inline(__always)
  mutating func number() -> (value: Float, double: Double, terminator: Terminator)? {
    if isBlankSeparated { skipSpace() }
    guard let (value, double, end) = Decimal.readBoth(bytes, from: position, to: count), endsCell(end) else {
      return nil
    }
    position = end
    return (value, double, terminator())
  }

  /// The same to the nearest `Double`.
  mutating func doubleNumber() -> (value: Float, double: Double, terminator: Terminator)? {
    if isBlankSeparated { skipSpace() }
    guard let (double, end, _) = Decimal.readDouble(bytes, from: position, to: count), endsCell(end) else {
      return nil
    }
    position = end
    return (Float(double), double, terminator())
  }

  @inline(__always)
  func endsCell(_ end: Int) -> Bool {
    end == count || bytes[end] == separator || bytes[end] == 0x0A || bytes[end] == 0x0D
      || (isBlankSeparated && bytes[end] == 0x09)
  }

  /// Passes over what ends a cell.
  @inline(__always)
  mutating func terminator() -> Terminator {
    if isBlankSeparated {
      let start = position
      skipSpace()
      if position > start, position < count, bytes[position] != 0x0A, bytes[position] != 0x0D {
        return .separator
      }
    }
    guard position < count else { return .end }
    let byte = bytes[position]
    position &+= 1
    if byte == separator { return .separator }
    if byte == 0x0D, position < count, bytes[position] == 0x0A { position &+= 1 }
    line &+= 1
    return .line
  }

  /// The text of a cell without quotes and spaces around it, and what ends it; nil for a quote that is not
  /// closed or has text after it.
  mutating func cell() -> (text: [UInt8], terminator: Terminator)? {
    skipSpace()
    var text: [UInt8] = []
    if position < count, bytes[position] == 0x22 {
      guard quoted(&text) else { return nil }
      if !isBlankSeparated { skipSpace() }
      guard isAtCellEnd else { return nil }
    } else {
      let start = position
      while !isAtCellEnd { position += 1 }
      var end = position
      while end > start, isSpace(bytes[end - 1]) { end -= 1 }
      text.append(contentsOf: UnsafeBufferPointer(start: bytes + start, count: end - start))
    }
    return (text, terminator())
  }

  /// Two quotes in a quoted cell are one; line ends in it belong to it.
  private mutating func quoted(_ text: inout [UInt8]) -> Bool {
    position += 1
    while position < count {
      let byte = bytes[position]
      position += 1
      if byte == 0x22 {
        guard position < count, bytes[position] == 0x22 else { return true }
        position += 1
      } else if byte == 0x0A {
        line += 1
      }
      text.append(byte)
    }
    return false
  }

  private var isAtCellEnd: Bool { endsCell(position) }

  @inline(__always)
  func isSpace(_ byte: UInt8) -> Bool {
    (byte == 0x20 || byte == 0x09) && (byte != separator || isBlankSeparated)
  }

  @inline(__always)
  mutating func skipSpace() {
    while position < count, isSpace(bytes[position]) { position += 1 }
  }

  /// The cells of a row; nil for a quote that is not closed or has text after it.
  mutating func row() -> (cells: [[UInt8]], isLast: Bool)? {
    var cells: [[UInt8]] = []
    while let (text, terminator) = cell() {
      cells.append(text)
      if terminator != .separator { return (cells, terminator == .end) }
    }
    return nil
  }

  /// Passes over whole lines that begin with a mark, and blank lines before them.
  @inline(__always)
  ///
  /// - Returns: how many lines are comments.
  @discardableResult mutating func skipComments(_ mark: UInt8?) -> Int {
    guard let mark, position < count, bytes[position] == mark || bytes[position] <= 0x20 else { return 0 }
    return skipCommentLines(mark)
  }

  private mutating func skipCommentLines(_ mark: UInt8) -> Int {
    var probe = self
    var skipped = 0
    while probe.position < count {
      probe.skipSpace()
      guard probe.position < count else { return skipped }
      let byte = bytes[probe.position]
      if byte == mark, !probe.isAtError {
        while probe.position < count, bytes[probe.position] != 0x0A, bytes[probe.position] != 0x0D {
          probe.position += 1
        }
        probe.passLineEnd()
        self = probe
        skipped += 1
      } else if byte == 0x0A || byte == 0x0D {
        probe.passLineEnd()
      } else {
        return skipped
      }
    }
    return skipped
  }

  /// Whether a spreadsheet's word for a value that is missing or wrong is next: `#N/A`, `#DIV/0!`.
  private var isAtError: Bool {
    CSVScanner.errors.contains { word in
      position + word.count <= count && word.indices.allSatisfy { bytes[position + $0] == word[$0] }
    }
  }

  private static let errors = [
    "#N/A", "#NV", "#DIV/0!", "#VALUE!", "#WERT!", "#REF!", "#BEZUG!", "#NAME?", "#NUM!", "#ZAHL!", "#NULL!",
  ].map { [UInt8]($0.utf8) }

  mutating func passLineEnd() {
    guard position < count else { return }
    let isPair = bytes[position] == 0x0D && position + 1 < count && bytes[position + 1] == 0x0A
    position += isPair ? 2 : 1
    line += 1
  }
}
