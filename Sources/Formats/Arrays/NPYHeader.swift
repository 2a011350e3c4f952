import HourglassTensor

/// The text before the values of a `.npy` file: a Python dictionary of type, order and shape.
///
///     {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }
///
/// - Source: NumPy, "NEP 1: a simple file format for NumPy arrays".
struct NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// No plain array's header comes near: 64 axes of 19 digits are 1.5 kB.
  static let longest = 1 << 16

  let array: StoredArray
  /// Bytes from the start of the file to the first value.
  let count: Int

  /// - Throws: ``FormatError`` for anything but a whole header of an array of numbers.
  init(_ bytes: UnsafeRawBufferPointer, place: String) throws {
    guard bytes.count >= 8, bytes.starts(with: NPYHeader.magic) else {
      throw FormatError(
        place: place, expected: "a .npy file, beginning with \\x93NUMPY",
        found: FormatError.excerpt(bytes.prefix(6)), remedy: "check that the file is what its name says")
    }
    let start: Int
    let length: Int?
    switch (bytes[6], bytes[7]) {
    case (1, 0):
      start = 10
      length = bytes.integer(at: 8, as: UInt16.self).map(Int.init)
    case (2, 0), (3, 0):
      start = 12
      length = bytes.integer(at: 8, as: UInt32.self).map(Int.init)
    default:
      throw FormatError(
        place: place, expected: ".npy version 1, 2 or 3", found: "version \(bytes[6]).\(bytes[7])")
    }
    guard let length, length <= NPYHeader.longest, start + length <= bytes.count else {
      throw FormatError(
        place: place, expected: "a header of at most \(NPYHeader.longest) bytes inside the file",
        found: "one of \(length ?? 0) in a file of \(bytes.count)",
        remedy: "the file is damaged; get it again")
    }
    var dictionary = PythonDictionary(bytes[start..<(start + length)], place: place)
    self.array = try dictionary.array()
    self.count = start + length
  }

  /// The header as NumPy writes it, to the byte: version 1, padded so that the values begin on a multiple of
  /// 64.
  static func bytes(for tensor: Tensor) -> [UInt8] { bytes(tensor.shape, tensor.element) }

  /// As many bytes whatever the length of the first axis.
  static func bytes(_ shape: Shape, _ element: Element) -> [UInt8] {
    let dimensions = shape.dimensions.map(String.init)
    let list = dimensions.count == 1 ? dimensions[0] + "," : dimensions.joined(separator: ", ")
    var text = "{'descr': '\(description(of: element))', 'fortran_order': False, 'shape': (\(list)), }"
    // NumPy leaves room for the first axis to grow to 21 digits.
    if let first = dimensions.first { text += String(repeating: " ", count: 21 - first.count) }
    let padding = 64 - (10 + text.utf8.count + 1) % 64
    text += String(repeating: " ", count: padding) + "\n"
    let length = UInt16(text.utf8.count)
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }

  private static func description(of element: Element) -> String {
    let order = element.size == 1 ? "|" : StoredArray.hostIsBigEndian ? ">" : "<"
    let kind =
      switch element {
      case .uint8, .uint16: "u"
      case .int8, .int16, .int32, .int64: "i"
      case .float32, .float64: "f"
      }
    return order + kind + String(element.size)
  }
}

/// As much of Python's literals as the header of an array of numbers needs; nothing is ever executed.
private struct PythonDictionary {
  private let text: Slice<UnsafeRawBufferPointer>
  private var position: Int
  private let place: String

  init(_ text: Slice<UnsafeRawBufferPointer>, place: String) {
    self.text = text
    self.position = text.startIndex
    self.place = place
  }

  mutating func array() throws -> StoredArray {
    var description: String?
    var columnMajor: Bool?
    var shape: [Int]?
    try expect("{")
    while !skip("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where description == nil: description = try self.description()
      case "fortran_order" where columnMajor == nil: columnMajor = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default:
        throw wrong("the keys descr, fortran_order and shape, once each", FormatError.excerpt(key.utf8))
      }
      if !skip(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == text.endIndex else { throw wrong("the end of the header", "more text") }
    guard let description, let columnMajor, let shape else {
      throw wrong("the keys descr, fortran_order and shape", "fewer")
    }
    let (encoding, bigEndian) = try encoding(description)
    var array = try StoredArray(shape, encoding, place: place)
    array.bigEndian = bigEndian
    array.columnMajor = columnMajor
    return array
  }

  private func encoding(_ description: String) throws -> (ValueEncoding, bigEndian: Bool) {
    var type = Substring(description)
    let order = type.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    if order != nil { type.removeFirst() }
    let bigEndian = order == ">" || (order == "=" && StoredArray.hostIsBigEndian)
    let encoding: ValueEncoding
    switch type {
    case "b1", "?", "u1", "B": encoding = .element(.uint8)
    case "i1", "b": encoding = .element(.int8)
    case "u2": encoding = .element(.uint16)
    case "i2": encoding = .element(.int16)
    case "u4": encoding = .uint32
    case "i4": encoding = .element(.int32)
    case "u8": encoding = .uint64
    case "i8": encoding = .element(.int64)
    case "f2": encoding = .float16
    case "f4": encoding = .element(.float32)
    case "f8": encoding = .element(.float64)
    case _ where type.hasPrefix("O"):
      throw wrong(
        "an array of numbers", "Python objects, which are never read: reading them can run a stranger's code",
        "save numbers: numpy.save(file, array.astype('float32'))")
    default:
      throw wrong(
        "an array of integers or real numbers", "the type \(FormatError.excerpt(description.utf8))",
        "convert it: numpy.save(file, array.astype('float32'))")
    }
    return (encoding, bigEndian)
  }

  private mutating func description() throws -> String {
    if skip("[") {
      throw wrong(
        "an array of numbers", "an array of records",
        "save its fields on their own: numpy.savez(file, **{name: array[name] for name in array.dtype.names})"
      )
    }
    return try string()
  }

  private mutating func string() throws -> String {
    let quote: UInt8 = skip("\"") ? 0x22 : 0x27
    if quote == 0x27 { try expect("'") }
    let rest = text[position...]
    guard let end = rest.firstIndex(of: quote) else { throw wrong("the end of a quoted word", "none") }
    position = end + 1
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  private mutating func boolean() throws -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw wrong("True or False", found())
  }

  private mutating func tuple() throws -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !skip(")") {
      numbers.append(try integer())
      if !skip(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func integer() throws -> Int {
    skipSpace()
    let digits = text[position...].prefix { (0x30...0x39).contains($0) }
    let hasLeadingZero = digits.count > 1 && digits.first == 0x30
    guard !hasLeadingZero, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw wrong("the length of an axis", found())
    }
    position = digits.endIndex
    // Python 2 marked long integers.
    _ = skip("L")
    return value
  }

  private mutating func skipSpace() {
    while position < text.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.endIndex, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    if !skip(character) { throw wrong("'\(character)' in the header", found()) }
  }

  private func found() -> String {
    position < text.endIndex ? FormatError.excerpt(text[position...]) : "the end of the header"
  }

  private func wrong(_ expected: String, _ found: String, _ remedy: String? = nil) -> FormatError {
    FormatError(place: place, expected: expected, found: found, remedy: remedy)
  }
}
