import HourglassTensor

/// The lines of a text, one after the other, in bounded memory.
struct TextLines {
  private let window: TextWindow
  private let place: String
  private var position = 0
  /// Of the line that was given last, from 1.
  private(set) var line = 0

  init(_ window: TextWindow, place: String) {
    self.window = window
    self.place = place
  }

  /// The next line without its end, which stands until the one after is asked for; nil behind the last.
  mutating func next() throws -> UnsafeBufferPointer<UInt8>? {
    while true {
      let rest = window.lines[position...]
      if let end = rest.firstIndex(of: 0x0A) {
        let text = UnsafeBufferPointer(rebasing: rest[..<end])
        position = end + 1
        line += 1
        return text.last == 0x0D ? UnsafeBufferPointer(rebasing: text.dropLast()) : text
      }
      if window.isLast {
        guard !rest.isEmpty else { return nil }
        position = window.lines.count
        line += 1
        return UnsafeBufferPointer(rebasing: rest)
      }
      guard try window.slide(by: position) else { throw CSVParser.tooLong(place, line + 1) }
      position = 0
    }
  }

  /// An error on the line that was given last.
  func wrong(_ expected: String, _ found: some Collection<UInt8>, _ remedy: String) -> FormatError {
    FormatError(
      place: "\(place) line \(line)", expected: expected,
      found: found.isEmpty ? "nothing" : FormatError.excerpt(found), remedy: remedy)
  }

  /// Calls `read` with the lines of a file, taken out of gzip where they are in it.
  static func read<Result>(_ path: String, _ read: (inout TextLines) throws -> Result) throws -> Result {
    let reader = try FileReader(path, blockSize: TextWindow.blockSize)
    var lines = TextLines(try TextWindow(reader), place: path)
    return try read(&lines)
  }

  /// The same with bytes in memory.
  static func read<Result>(
    bytes: [UInt8], name: String, _ read: (inout TextLines) throws -> Result
  ) throws -> Result {
    try bytes.withUnsafeBytes { bytes in
      func lines(_ text: UnsafeRawBufferPointer) throws -> Result {
        var lines = TextLines(TextWindow(text), place: name)
        return try read(&lines)
      }
      guard Gzip.isGzip(bytes) else { return try lines(bytes) }
      return try Gzip.decompress(bytes, limit: Gzip.limit, place: name).withBytes(lines)
    }
  }
}

/// The words of a line, parted by blanks.
struct TextWords {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// The next word; nil at the end.
  mutating func next() -> UnsafeBufferPointer<UInt8>? {
    while position < text.count, TextWords.isBlank(text[position]) { position += 1 }
    let start = position
    while position < text.count, !TextWords.isBlank(text[position]) { position += 1 }
    return start == position ? nil : UnsafeBufferPointer(rebasing: text[start..<position])
  }

  /// Whether nothing but blanks is left.
  var isAtEnd: Bool {
    var rest = self
    return rest.next() == nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  /// The whole number, not negative, that a word is.
  static func count(_ word: some Collection<UInt8>) -> Int? {
    guard (1...18).contains(word.count) else { return nil }
    var value = 0
    for byte in word {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(byte &- 0x30)
    }
    return value
  }

  /// The number that a word is, to the nearest `Double`.
  static func number(_ word: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let start = word.baseAddress, let read = Decimal.readDouble(start, from: 0, to: word.count),
      read.end == word.count, read.value.isFinite
    else { return nil }
    return read.value
  }
}
