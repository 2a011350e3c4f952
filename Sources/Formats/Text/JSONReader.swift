import HourglassTensor

/// JSON read from front to back, nothing kept but what the caller keeps.
///
/// Strict: UTF-8 and surrogate pairs are checked, a key may stand once in an object, nesting is bounded.
///
/// - Source: RFC 8259.
struct JSONReader {
  /// Deeper than any description needs, shallow enough for any stack.
  static let deepest = 64

  private let bytes: UnsafeRawBufferPointer
  private let place: String
  private var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer, place: String) {
    self.bytes = bytes
    self.place = place
  }

  /// Calls `member` for every key; it must read the value.
  mutating func object(_ member: (String, inout JSONReader) throws -> Void) throws {
    try expect(UInt8(ascii: "{"))
    try enter()
    defer { depth -= 1 }
    if skip(UInt8(ascii: "}")) { return }
    // Texts that look alike may differ in bytes, and are two keys then.
    var keys: Set<[UInt8]> = []
    repeat {
      let key = try string()
      guard keys.insert([UInt8](key.utf8)).inserted else {
        throw wrong("every key once", "\(FormatError.excerpt(key.utf8)) twice")
      }
      try expect(UInt8(ascii: ":"))
      try member(key, &self)
    } while skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// Calls `element` for every element; it must read it.
  mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
    try expect(UInt8(ascii: "["))
    try enter()
    defer { depth -= 1 }
    if skip(UInt8(ascii: "]")) { return }
    repeat {
      try element(&self)
    } while skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
  }

  /// An integer of at least 0, without fraction or exponent.
  mutating func count() throws -> Int {
    skipSpace()
    let start = position
    while let byte = peek(), (0x30...0x39).contains(byte) { position += 1 }
    let digits = bytes[start..<position]
    let isFraction = peek().map { [0x2E, 0x45, 0x65].contains($0) } ?? false
    let hasLeadingZero = digits.count > 1 && digits.first == UInt8(ascii: "0")
    guard !digits.isEmpty, !isFraction, !hasLeadingZero,
      let value = Int(String(decoding: digits, as: UTF8.self))
    else {
      position = start
      throw wrong("an integer of at least 0", found())
    }
    return value
  }

  /// A text.
  mutating func string() throws -> String {
    try expect(UInt8(ascii: "\""))
    var text: [UInt8] = []
    while true {
      let start = position
      while let byte = peek(), byte != 0x22, byte != 0x5C, byte >= 0x20 { position += 1 }
      text.append(contentsOf: bytes[start..<position])
      guard let byte = peek() else { throw wrong("the end of a text", found()) }
      position += 1
      switch byte {
      case 0x22:
        // Decoding repairs what is no UTF-8, and then differs from what was read.
        let decoded = String(decoding: text, as: UTF8.self)
        guard decoded.utf8.elementsEqual(text) else {
          throw wrong("text in UTF-8", FormatError.excerpt(text))
        }
        return decoded
      case 0x5C: try escape(&text)
      default: throw wrong("text without control characters", "the byte \(byte)")
      }
    }
  }

  /// The text of a number, a text without quotes, `true`, `false`; nothing for `null`.
  mutating func scalar() throws -> [UInt8] {
    skipSpace()
    let start = position
    switch peek() {
    case UInt8(ascii: "\""): return Array(try string().utf8)
    case UInt8(ascii: "n"):
      try expect(word: "null")
      return []
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      throw wrong("a number, a text, true, false or null", found())
    default:
      try skipValue()
      return Array(bytes[start..<position])
    }
  }

  /// Passes over a value of any kind.
  mutating func skipValue() throws {
    skipSpace()
    switch peek() {
    case UInt8(ascii: "{"): try object { _, reader in try reader.skipValue() }
    case UInt8(ascii: "["): try array { try $0.skipValue() }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try expect(word: "true")
    case UInt8(ascii: "f"): try expect(word: "false")
    case UInt8(ascii: "n"): try expect(word: "null")
    default: try skipNumber()
    }
  }

  /// Nothing but space may follow.
  mutating func end() throws {
    skipSpace()
    guard position == bytes.count else { throw wrong("the end of the JSON text", found()) }
  }

  func wrong(_ expected: String, _ found: String) -> FormatError {
    FormatError(place: "\(place) byte \(position) of the JSON text", expected: expected, found: found)
  }

  private mutating func enter() throws {
    depth += 1
    guard depth <= JSONReader.deepest else {
      throw wrong("values nested at most \(JSONReader.deepest) deep", "deeper ones")
    }
  }

  private mutating func escape(_ text: inout [UInt8]) throws {
    guard let byte = peek() else { throw wrong("a character after \\", found()) }
    position += 1
    switch byte {
    case 0x22, 0x2F, 0x5C: text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var value = try hexadecimal()
      if value & 0xFC00 == 0xD800, peek() == 0x5C, position + 1 < bytes.count, bytes[position + 1] == 0x75 {
        position += 2
        let low = try hexadecimal()
        guard low & 0xFC00 == 0xDC00 else { throw wrong("the second half of a pair", "something else") }
        value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(value) else { throw wrong("a character", "half of a pair") }
      text.append(contentsOf: Character(scalar).utf8)
    default: throw wrong("one of \"\\/bfnrtu after \\", FormatError.excerpt([byte]))
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard position + 4 <= bytes.count else { throw wrong("four hexadecimal digits", "the end") }
    let digits = String(decoding: bytes[position..<(position + 4)], as: UTF8.self)
    guard digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(digits, radix: 16)
    else { throw wrong("four hexadecimal digits", FormatError.excerpt(digits.utf8)) }
    position += 4
    return value
  }

  private mutating func skipNumber() throws {
    let start = position
    while let byte = peek(), (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) {
      position += 1
    }
    guard position > start, Double(String(decoding: bytes[start..<position], as: UTF8.self)) != nil else {
      position = start
      throw wrong("a value", found())
    }
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func skip(_ character: UInt8) -> Bool {
    skipSpace()
    guard peek() == character else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: UInt8) throws {
    if !skip(character) { throw wrong("'\(Unicode.Scalar(character))'", found()) }
  }

  private mutating func expect(word: String) throws {
    guard bytes[position...].starts(with: word.utf8) else { throw wrong(word, found()) }
    position += word.utf8.count
  }

  private func found() -> String {
    position < bytes.count ? FormatError.excerpt(bytes[position...]) : "the end"
  }
}

extension String {
  /// The text in quotes, escaped as JSON asks.
  var quotedForJSON: String {
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
