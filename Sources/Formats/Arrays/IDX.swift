import HourglassTensor

/// The format of MNIST: a type, a shape, and big-endian values.
///
/// Plain or gzip, told by the first bytes. A plain file of bytes is mapped, not loaded.
///
/// - Source: Y. LeCun, "The MNIST database", section on file formats.
public enum IDX {
  /// - Throws: ``FormatError`` for a file that is missing, damaged, cut short or too long.
  public static func read(_ path: String) throws -> Tensor {
    try read(MappedFile.storage(path), place: path)
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(bytes: [UInt8], name: String) throws -> Tensor {
    try read(MappedFile.storage(bytes), place: name)
  }

  /// Writes a file, compressed if the name ends in `.gz`.
  ///
  /// - Throws: ``FormatError`` for an element type that the format has no number for (`uint16`, `int64`),
  ///   more than 255 axes, an axis beyond 2³² - 1, and what ``AtomicFile`` throws.
  public static func write(_ tensor: Tensor, to path: String) throws {
    let header = try header(of: tensor, place: path)
    try AtomicFile.write(to: path, compressed: path.hasSuffix(".gz")) { writer in
      try writer.write(header)
      try writer.write(tensor, bigEndian: true)
    }
  }

  private static let numbers: [(number: UInt8, element: Element)] = [
    (0x08, .uint8), (0x09, .int8), (0x0B, .int16), (0x0C, .int32), (0x0D, .float32), (0x0E, .float64),
  ]

  private static func header(of tensor: Tensor, place: String) throws -> [UInt8] {
    guard let number = numbers.first(where: { $0.element == tensor.element })?.number else {
      throw FormatError(
        place: place, expected: "an element type that IDX has", found: "\(tensor.element)",
        remedy: "write a .npy file")
    }
    guard tensor.shape.rank <= 255, tensor.shape.dimensions.allSatisfy({ $0 <= Int(UInt32.max) }) else {
      throw FormatError(
        place: place, expected: "at most 255 axes below 2³² each", found: "\(tensor.shape)",
        remedy: "write a .npy file")
    }
    var header = [0, 0, number, UInt8(tensor.shape.rank)]
    for dimension in tensor.shape.dimensions {
      withUnsafeBytes(of: UInt32(dimension).bigEndian) { header.append(contentsOf: $0) }
    }
    return header
  }

  private static func read(_ storage: Storage, place: String) throws -> Tensor {
    try storage.withBytes { bytes in
      if Gzip.isGzip(bytes) { return try inflated(bytes, place: place) }
      let rank = try rank(of: bytes, place: place)
      let array = try array(bytes.prefix(4 + 4 * rank), place: place)
      let start = 4 + 4 * rank
      guard bytes.count - start == array.byteCount else { throw wrongSize(array, bytes.count - start, place) }
      return try array.tensor(in: storage, at: start)
    }
  }

  /// The header says how much there is to come, and no more than that is ever taken apart.
  private static func inflated(_ bytes: UnsafeRawBufferPointer, place: String) throws -> Tensor {
    let inflater = try Inflater(bytes, .gzip, place: place)
    let array = try header(place: place) { try inflater.read(into: $0) }
    let count = array.byteCount
    guard count / Inflater.greatestRatio <= bytes.count else {
      throw wrongSize(array, bytes.count, place, "a file of \(bytes.count) bytes, too small for that")
    }
    let block = try Block(capacity: count, place: place)
    block.count = try inflater.read(into: UnsafeMutableRawBufferPointer(rebasing: block.room[..<count]))
    guard block.count == count else { throw wrongSize(array, block.count, place) }
    try checkEnd(array, place: place) { try inflater.read(into: $0) }
    return try array.tensor(in: block.storage(), at: 0)
  }

  /// What the beginning of a file says of the values after it.
  static func header(
    place: String, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> StoredArray {
    var header = [UInt8](repeating: 0, count: 4 + 4 * 255)
    return try header.withUnsafeMutableBytes { header in
      let first = try read(UnsafeMutableRawBufferPointer(rebasing: header[..<4]))
      let rank = try rank(of: UnsafeRawBufferPointer(rebasing: header[..<first]), place: place)
      let axes = try read(UnsafeMutableRawBufferPointer(rebasing: header[4..<(4 + 4 * rank)]))
      return try array(UnsafeRawBufferPointer(rebasing: header[..<(4 + axes)])[...], place: place)
    }
  }

  /// Makes sure that nothing comes after the values. Reading on to the end has gzip's checksum checked.
  static func checkEnd(
    _ array: StoredArray, place: String, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    let more = try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { extra in
      try read(UnsafeMutableRawBufferPointer(extra))
    }
    guard more == 0 else { throw wrongSize(array, array.byteCount, place, "more than that") }
  }

  private static func rank(of bytes: UnsafeRawBufferPointer, place: String) throws -> Int {
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, numbers.contains(where: { $0.number == bytes[2] })
    else {
      throw FormatError(
        place: place, expected: "an IDX file: two zeros, a type, a number of axes",
        found: "the bytes \([UInt8](bytes.prefix(4)))", remedy: "check that the file is what its name says")
    }
    return Int(bytes[3])
  }

  private static func array(_ header: Slice<UnsafeRawBufferPointer>, place: String) throws -> StoredArray {
    let header = UnsafeRawBufferPointer(rebasing: header)
    let rank = Int(header[3])
    let dimensions = (0..<rank).compactMap { axis in
      header.integer(at: 4 + 4 * axis, as: UInt32.self, bigEndian: true).map(Int.init)
    }
    guard dimensions.count == rank, let type = numbers.first(where: { $0.number == header[2] }) else {
      throw FormatError(
        place: place, expected: "a header with \(rank) axes", found: "\(header.count) bytes",
        remedy: "the file is cut short; get it again")
    }
    var array = try StoredArray(dimensions, .element(type.element), place: place)
    array.bigEndian = true
    return array
  }

  static func wrongSize(
    _ array: StoredArray, _ found: Int, _ place: String, _ words: String? = nil
  ) -> FormatError {
    FormatError(
      place: place, expected: "\(array.byteCount) bytes of values for the shape \(array.shape)",
      found: words ?? "\(found)", remedy: "the file is cut short or damaged; get it again")
  }
}
