extension CSVScanner {
  /// Separators that are looked for, the likeliest first.
  private static let candidates: [UInt8] = [0x09, 0x3B, 0x2C, 0x7C]

  /// What parts the cells of a text: the first of tab, semicolon, comma and bar that the first ten rows have
  /// equally often; where none is, the one the first row has most; where the first row has none, blanks, if
  /// that makes rows of equally many cells with numbers among them. A comma if nothing does.
  ///
  /// - Parameters:
  ///   - comment: what lines that do not count begin with.
  ///   - blanks: whether blanks may part cells.
  static func separator(
    of text: UnsafeRawBufferPointer, comment: UInt8?, blanks: Bool
  ) -> (separator: UInt8, isBlankSeparated: Bool) {
    let rows = firstRows(text, comment)
    guard let first = rows.first else { return (0x2C, false) }
    let even = candidates.indices.first { index in
      first[index] > 0 && rows.allSatisfy { $0[index] == first[index] }
    }
    let best = even ?? candidates.indices.max { first[$0] < first[$1] }
    if let best, first[best] > 0 { return (candidates[best], false) }
    return blanks && isBlankSeparated(text, comment) ? (0x20, true) : (0x2C, false)
  }

  /// How often the first ten rows have each candidate, outside of quotes.
  private static func firstRows(_ text: UnsafeRawBufferPointer, _ comment: UInt8?) -> [[Int]] {
    let none = [Int](repeating: 0, count: candidates.count)
    var rows: [[Int]] = []
    var counts = none
    var (isQuoted, isBlank, isComment) = (false, true, false)
    for byte in text {
      if byte == 0x22, !isComment { isQuoted.toggle() }
      if !isQuoted, byte == 0x0A || byte == 0x0D {
        if !isBlank, !isComment { rows.append(counts) }
        if rows.count == 10 { return rows }
        (counts, isBlank, isComment) = (none, true, false)
        continue
      }
      if isBlank, byte == comment { isComment = true }
      isBlank = false
      if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    if !isComment, rows.isEmpty || !isBlank { rows.append(counts) }
    return rows
  }

  /// Whether blanks make the first ten rows equally long, the first one perhaps by one shorter, with a number
  /// in every row behind the first.
  private static func isBlankSeparated(_ text: UnsafeRawBufferPointer, _ comment: UInt8?) -> Bool {
    guard let base = text.bindMemory(to: UInt8.self).baseAddress else { return false }
    var scanner = CSVScanner(base, count: text.count, separator: 0x20, isBlankSeparated: true)
    var rows: [[[UInt8]]] = []
    while rows.count < 10 {
      scanner.skipComments(comment)
      guard !scanner.isAtEnd, let row = scanner.row() else { break }
      rows.append(row.cells)
    }
    guard rows.count > 1, let width = rows.last?.count, width > 1 else {
      return rows.count == 1 && rows[0].count > 1 && rows[0].allSatisfy(CSVLayout.isNumber)
    }
    return rows.dropFirst().allSatisfy { $0.count == width && $0.contains(where: CSVLayout.isNumber) }
      && (width - 1...width).contains(rows[0].count)
  }
}
