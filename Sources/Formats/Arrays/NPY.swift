import HourglassTensor

/// NumPy's format for one array.
///
/// Versions 1 to 3, both byte orders, both axis orders. A file in the machine's byte order and in C order is
/// mapped, not loaded, whatever its size. Types that tensors do not have become the nearest: `bool` →
/// `uint8`, `float16` → `float32`, `uint32` and `uint64` → `int64`. Arrays of Python objects are refused.
///
/// - Source: NumPy, "NEP 1: a simple file format for NumPy arrays".
public enum NPY {
  /// - Throws: ``FormatError`` for a file that is missing, damaged, cut short, too long, or no array of
  ///   numbers.
  public static func read(_ path: String) throws -> Tensor {
    let storage = try MappedFile.storage(path)
    return try read(storage, 0..<storage.count, place: path)
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(bytes: [UInt8], name: String) throws -> Tensor {
    try read(MappedFile.storage(bytes), 0..<bytes.count, place: name)
  }

  /// Writes a file as `numpy.save` does, to the byte.
  public static func write(_ tensor: Tensor, to path: String) throws {
    try AtomicFile.write(to: path) { writer in try write(tensor, &writer) }
  }

  /// The bytes that ``write(_:to:)`` puts into a file.
  public static func bytes(of tensor: Tensor) throws -> [UInt8] {
    try FileWriter.bytes { writer in try write(tensor, &writer) }
  }

  private static func write(_ tensor: Tensor, _ writer: inout FileWriter) throws {
    try writer.write(NPYHeader.bytes(for: tensor))
    try tensor.withBytes { try writer.write($0) }
  }

  /// The array in a part of the storage, which it must fill.
  static func read(_ storage: Storage, _ range: Range<Int>, place: String) throws -> Tensor {
    let header = try storage.withBytes { bytes in
      try NPYHeader(UnsafeRawBufferPointer(rebasing: bytes[range]), place: place)
    }
    let found = range.count - header.count
    guard found == header.array.byteCount else {
      let isShort = found < header.array.byteCount
      throw FormatError(
        place: place,
        expected: "\(header.array.byteCount) bytes of values for the shape \(header.array.shape)",
        found: "\(found)",
        remedy: isShort
          ? "the file is cut short; get it again" : "save each array to a file of its own, or use .npz")
    }
    return try header.array.tensor(in: storage, at: range.lowerBound + header.count)
  }
}
