/// Text out of bytes, whatever they are encoded as.
enum CSVText {
  /// UTF-8, and where the bytes are none, Windows-1252: ISO 8859-1, each byte the character of its number,
  /// with printed characters in the place of the controls from 0x80 to 0x9F.
  static func string(_ bytes: [UInt8]) -> String {
    if isUTF8(bytes) { return String(decoding: bytes, as: UTF8.self) }
    return String(
      String.UnicodeScalarView(
        bytes.map { (0x80..<0xA0).contains($0) ? windows[Int($0) - 0x80] : Unicode.Scalar($0) }))
  }

  /// The characters of the bytes 0x80 to 0x9F; the five that have none are the controls of their number.
  private static let windows: [Unicode.Scalar] = [
    "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž", "\u{8F}",
    "\u{90}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{9D}", "ž", "Ÿ",
  ]

  /// The text in the first bytes, read as all of them are.
  static func string(_ bytes: [UInt8], upTo count: Int) -> String {
    guard isUTF8(bytes) else { return string(Array(bytes.prefix(count))) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  static func isUTF8(_ bytes: [UInt8]) -> Bool {
    if bytes.allSatisfy({ $0 < 0x80 }) { return true }
    return String(validating: bytes, as: UTF8.self) != nil
  }

  /// Whether a text is UTF-16: it begins with a mark of byte order, or its first two characters, which are
  /// ASCII then, have a zero beside them.
  static func isUTF16(_ start: some Collection<UInt8>) -> Bool {
    let first = Array(start.prefix(4))
    if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) { return true }
    guard first.count == 4 else { return false }
    return first.map { $0 == 0 } == [false, true, false, true]
      || first.map { $0 == 0 } == [true, false, true, false]
  }

  /// UTF-16 as UTF-8, without the mark of byte order; half a character at the end is left out, what is no
  /// character becomes U+FFFD.
  static func transcoded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let first = Array(bytes.prefix(2))
    let isBig = first == [0xFE, 0xFF] || (first.first == 0 && first != [0, 0])
    let hasMark = first == [0xFE, 0xFF] || first == [0xFF, 0xFE]
    let units = stride(from: hasMark ? 2 : 0, to: bytes.count - 1, by: 2).lazy.map { place in
      UInt16(bytes[place]) << (isBig ? 8 : 0) | UInt16(bytes[place + 1]) << (isBig ? 0 : 8)
    }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / 2)
    _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
      text.append($0)
    }
    return text
  }
}
