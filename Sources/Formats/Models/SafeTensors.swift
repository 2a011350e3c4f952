import HourglassTensor

/// Named tensors and named texts in one file that nothing in it can execute.
///
/// A length, a JSON text that says where each tensor lies, the values. Reading maps the file; tensors share
/// the mapping where they lie on a multiple of their element's size, which they do in files that
/// ``write(to:)`` made.
///
/// - Source: Hugging Face, "safetensors", section on the format, and its reference implementation's checks.
public struct SafeTensors: Sendable {
  /// The longest header that is read, as in the reference implementation.
  public static let longestHeader = 100_000_000

  public var tensors: [NamedTensor]
  public var metadata: [String: String]

  public init(tensors: [NamedTensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor of that name.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// The tensors in the order in which their values lie, and the metadata.
  ///
  /// `BOOL` becomes `uint8`, `F16` and `BF16` become `float32`, `U32` and `U64` become `int64`.
  ///
  /// - Throws: ``FormatError`` for a file that is missing or breaks a rule of the format: a header beyond the
  ///   file or above 100 MB, no JSON, text that is no UTF-8, a key twice, places that overlap, leave a hole
  ///   or miss the end, a size that differs from shape × type, a type that tensors do not have.
  public static func read(_ path: String) throws -> SafeTensors {
    try read(MappedFile.storage(path), place: path)
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(bytes: [UInt8], name: String) throws -> SafeTensors {
    try read(MappedFile.storage(bytes), place: name)
  }

  private static func read(_ storage: Storage, place: String) throws -> SafeTensors {
    try storage.withBytes { bytes in
      guard let length = bytes.integer(at: 0, as: UInt64.self) else {
        throw FormatError(
          place: place, expected: "a safetensors file, beginning with 8 bytes of length",
          found: "\(bytes.count) bytes", remedy: "the file is cut short; get it again")
      }
      guard length <= UInt64(longestHeader), Int(length) <= bytes.count - 8 else {
        throw FormatError(
          place: place, expected: "a header of at most \(longestHeader) bytes inside the file",
          found: "one of \(length) in a file of \(bytes.count)",
          remedy: "check that it is a safetensors file and whole")
      }
      let start = 8 + Int(length)
      let header = try SafeTensorsHeader(
        UnsafeRawBufferPointer(rebasing: bytes[8..<start]), dataCount: bytes.count - start, place: place)
      let tensors = try header.entries.map { entry in
        NamedTensor(
          name: entry.name, tensor: try entry.array.tensor(in: storage, at: start + entry.range.lowerBound))
      }
      return SafeTensors(tensors: tensors, metadata: header.metadata)
    }
  }
}
