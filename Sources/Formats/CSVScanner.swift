/// Cells and line ends of a table's text, front to back.
struct CSVScanner {
  enum Terminator { case separator, line, end }

  private let bytes: UnsafePointer<UInt8>
  private let count: Int
  let separator: UInt8
  var position = 0
  /// Of the file, counted from 1.
  var line = 1

  /// - Parameter bytes: must outlive the scanner.
  init(_ bytes: UnsafePointer<UInt8>, count: Int, separator: UInt8) {
    self.bytes = bytes
    self.count = count
    self.separator = separator
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
    guard let (value, double, end) = Decimal.readBoth(bytes, from: position, to: count), endsCell(end) else {
      return nil
    }
    position = end
    return (value, double, terminator())
  }

  /// The same to the nearest `Double`.
  mutating func doubleNumber() -> (value: Float, double: Double, terminator: Terminator)? {
    guard let (double, end) = Decimal.readDouble(bytes, from: position, to: count), endsCell(end) else {
      return nil
    }
    position = end
    return (Float(double), double, terminator())
  }

  @inline(__always)
  private func endsCell(_ end: Int) -> Bool {
    end == count || bytes[end] == separator || bytes[end] == 0x0A || bytes[end] == 0x0D
  }

  /// Passes over what ends a cell.
  @inline(__always)
  mutating func terminator() -> Terminator {
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
      skipSpace()
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

  private var isAtCellEnd: Bool {
    position == count || bytes[position] == separator || bytes[position] == 0x0A || bytes[position] == 0x0D
  }

  private func isSpace(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != separator }

  private mutating func skipSpace() {
    while position < count, isSpace(bytes[position]) { position += 1 }
  }

  /// The separator that the first ten rows have equally often; where none is, the one the first row has most.
  static func separator(of text: UnsafeRawBufferPointer) -> UInt8 {
    let candidates: [UInt8] = [0x09, 0x3B, 0x2C]
    var rows: [[Int]] = []
    var counts = [0, 0, 0]
    var isQuoted = false
    var isBlank = true
    for byte in text {
      if byte == 0x22 { isQuoted.toggle() }
      if !isQuoted, byte == 0x0A || byte == 0x0D {
        if !isBlank { rows.append(counts) }
        if rows.count == 10 { break }
        counts = [0, 0, 0]
        isBlank = true
        continue
      }
      isBlank = false
      if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    if rows.isEmpty || (rows.count < 10 && !isBlank) { rows.append(counts) }
    let first = rows[0]
    let even = candidates.indices.first { index in
      first[index] > 0 && rows.allSatisfy { $0[index] == first[index] }
    }
    let best = even ?? candidates.indices.max { first[$0] < first[$1] }
    return best.flatMap { first[$0] > 0 ? candidates[$0] : nil } ?? 0x2C
  }
}
