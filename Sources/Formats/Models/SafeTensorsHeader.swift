import HourglassTensor

/// The JSON text of a safetensors file, checked against the bytes that follow it.
struct SafeTensorsHeader {
  struct Entry {
    let name: String
    let array: StoredArray
    /// Where its values lie, counted from the end of the header.
    let range: Range<Int>
  }

  /// In the order in which the values lie.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// - Parameter dataCount: bytes in the file after the header.
  init(_ bytes: UnsafeRawBufferPointer, dataCount: Int, place: String) throws {
    guard bytes.first == UInt8(ascii: "{") else {
      throw FormatError(
        place: place, expected: "a header beginning with '{'", found: FormatError.excerpt(bytes.prefix(8)),
        remedy: "check that it is a safetensors file")
    }
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    var reader = JSONReader(bytes, place: place)
    try reader.object { name, reader in
      if name == "__metadata__" {
        try reader.object { key, reader in metadata[key] = try reader.string() }
      } else {
        entries.append(try SafeTensorsHeader.entry(name, &reader, dataCount: dataCount, place: place))
      }
    }
    try reader.end()
    self.metadata = metadata
    self.entries = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try checkPlaces(dataCount: dataCount, place: place)
  }

  /// The values follow each other from the first byte to the last.
  private func checkPlaces(dataCount: Int, place: String) throws {
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw FormatError(
          place: "\(place) tensor \(FormatError.excerpt(entry.name.utf8))",
          expected: "values from byte \(end) on, where the ones before end",
          found: "byte \(entry.range.lowerBound): "
            + (entry.range.lowerBound < end ? "an overlap" : "a hole"),
          remedy: "the file is damaged; get it again")
      }
      end = entry.range.upperBound
    }
    guard end == dataCount else {
      throw FormatError(
        place: place, expected: "\(end) bytes of values", found: "\(dataCount)",
        remedy: "the file is cut short or damaged; get it again")
    }
  }

  private static func entry(
    _ name: String, _ reader: inout JSONReader, dataCount: Int, place: String
  ) throws -> Entry {
    let place = "\(place) tensor \(FormatError.excerpt(name.utf8))"
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try reader.object { key, reader in
      switch key {
      case "dtype": type = try reader.string()
      case "shape": shape = try counts(&reader, limit: StoredArray.maximumRank, place: place)
      case "data_offsets": offsets = try counts(&reader, limit: 2, place: place)
      default: try reader.skipValue()
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw FormatError(
        place: place, expected: "dtype, shape and two data_offsets", found: "fewer",
        remedy: "the file is damaged; get it again")
    }
    guard let encoding = types.first(where: { $0.name == type })?.encoding else {
      throw FormatError(
        place: place, expected: "one of the types " + types.map(\.name).joined(separator: ", "),
        found: FormatError.excerpt(type.utf8), remedy: "convert the tensor to F32")
    }
    let array = try StoredArray(shape, encoding, place: place)
    guard offsets[0] <= offsets[1], offsets[1] <= dataCount else {
      throw FormatError(
        place: place, expected: "data_offsets inside the \(dataCount) bytes of values", found: "\(offsets)",
        remedy: "the file is cut short or damaged; get it again")
    }
    guard offsets[1] - offsets[0] == array.byteCount else {
      throw FormatError(
        place: place, expected: "\(array.byteCount) bytes for the shape \(array.shape) of \(type)",
        found: "\(offsets[1] - offsets[0])", remedy: "the file is damaged; get it again")
    }
    return Entry(name: name, array: array, range: offsets[0]..<offsets[1])
  }

  private static func counts(_ reader: inout JSONReader, limit: Int, place: String) throws -> [Int] {
    var numbers: [Int] = []
    try reader.array { reader in
      numbers.append(try reader.count())
      guard numbers.count <= limit else {
        throw FormatError(place: place, expected: "at most \(limit) numbers in a list", found: "more")
      }
    }
    return numbers
  }

  private static let types: [(name: String, encoding: ValueEncoding)] =
    Element.allCases.map { (name(of: $0), .element($0)) } + [
      ("BOOL", .element(.uint8)), ("F16", .float16), ("BF16", .bfloat16), ("U32", .uint32), ("U64", .uint64),
    ]

  /// The format's name of an element type.
  static func name(of element: Element) -> String {
    switch element {
    case .uint8: "U8"
    case .int8: "I8"
    case .uint16: "U16"
    case .int16: "I16"
    case .int32: "I32"
    case .int64: "I64"
    case .float32: "F32"
    case .float64: "F64"
    }
  }
}
