/// Cells of typed columns, read where they stand.
extension CSVScanner {
  /// A number that fills its cell as programs write them.
  struct TypedNumber {
    let value: Double
    let decimals: Int
    let isQuoted: Bool
    let terminator: Terminator
  }

  /// The number that fills the cell, also in quotes; nil, and nothing read, where the cell is anything else:
  /// also where zeros stand in front or more digits than a `Double` holds, as codes have them.
  @inline(__always)
  mutating func typedNumber() -> TypedNumber? {
    if isBlankSeparated { skipSpace() }
    var start = position
    let isQuoted = start < count && bytes[start] == 0x22
    if isQuoted { start &+= 1 }
    guard start < count, bytes[start] != 0x2B,
      let (value, end, decimals) = Decimal.readDouble(bytes, from: start, to: count)
    else {
      return nil
    }
    var stop = end
    if isQuoted {
      guard stop < count, bytes[stop] == 0x22 else { return nil }
      stop &+= 1
    }
    guard endsCell(stop), value.magnitude < 9_007_199_254_740_992 || isRoundNumber(start, end) else {
      return nil
    }
    let first = bytes[start] == 0x2D ? start &+ 1 : start
    if bytes[first] == 0x30, first &+ 1 < end, bytes[first &+ 1] &- 0x30 < 10 { return nil }
    position = stop
    return TypedNumber(value: value, decimals: decimals, isQuoted: isQuoted, terminator: terminator())
  }

  /// Whether a large number is written with a point or an exponent, and is finite.
  @inline(never)
  private func isRoundNumber(_ start: Int, _ end: Int) -> Bool {
    CSVCell.isPlainNumber(UnsafeBufferPointer(start: bytes + start, count: end - start))
  }

  /// The bytes of a cell without quotes and spaces around them, where they stand as they are meant; nil, and
  /// nothing read, for a quote written twice, one that is not closed or one that has text after it.
  @inline(__always)
  mutating func span() -> (text: UnsafeBufferPointer<UInt8>, isQuoted: Bool, terminator: Terminator)? {
    let before = (position, line)
    skipSpace()
    if position < count, bytes[position] == 0x22 {
      let start = position &+ 1
      position = start
      while position < count, bytes[position] != 0x22 {
        if bytes[position] == 0x0A { line &+= 1 }
        position &+= 1
      }
      let end = position
      position &+= 1
      if position <= count, !(position < count && bytes[position] == 0x22) {
        if !isBlankSeparated { skipSpace() }
        if endsCell(position) {
          return (UnsafeBufferPointer(start: bytes + start, count: end &- start), true, terminator())
        }
      }
      (position, line) = before
      return nil
    }
    let start = position
    while position < count, !endsCell(position) { position &+= 1 }
    var end = position
    while end > start, isSpace(bytes[end &- 1]) { end &-= 1 }
    return (UnsafeBufferPointer(start: bytes + start, count: end &- start), false, terminator())
  }

  /// Passes over a line of nothing but spaces.
  ///
  /// - Returns: false, and nothing passed over, where there is more in the line.
  mutating func skipBlankLine() -> Bool {
    var place = position
    while place < count, bytes[place] == 0x20 || (bytes[place] == 0x09 && isBlankSeparated) { place += 1 }
    guard place < count, bytes[place] == 0x0A || bytes[place] == 0x0D else { return false }
    position = place
    passLineEnd()
    return true
  }

  /// Whether the next cell begins with a quote.
  var isAtQuote: Bool { position < count && bytes[position] == 0x22 }
}

extension CSVCell {
  /// Whether a number is one that a `Double` is made for: not infinite, no zeros in front, and as a whole
  /// number no longer than 2⁵³.
  static func isPlainNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = text.baseAddress,
      let (value, end, _) = Decimal.readDouble(start, from: 0, to: text.count), end == text.count,
      value.isFinite
    else { return false }
    let digits = text.drop { $0 == 0x2D || $0 == 0x2B }
    if digits.first == 0x30, digits.count > 1, digits[digits.startIndex + 1] &- 0x30 < 10 { return false }
    return value.magnitude < 9_007_199_254_740_992 || digits.contains { $0 &- 0x30 >= 10 }
  }
}
