import CZlib
import HourglassTensor

/// Gzip, in memory.
///
/// - Source: RFC 1952, by zlib.
public enum Gzip {
  /// What is decompressed at most where a file does not say how much it holds: 4 GiB.
  public static let limit = 1 << 32

  /// The bytes that were compressed.
  ///
  /// - Parameters:
  ///   - limit: the most bytes to accept; memory is taken only for what is there.
  ///   - name: the file's name, for errors.
  /// - Throws: ``FormatError`` for data that are damaged, cut short, or larger than the limit.
  public static func decompress(_ bytes: [UInt8], limit: Int = Gzip.limit, name: String = "gzip data") throws
    -> [UInt8]
  {
    try bytes.withUnsafeBytes { try decompress($0, limit: limit, place: name) }.withBytes { [UInt8]($0) }
  }

  /// The bytes compressed; the same bytes and level give the same result.
  ///
  /// - Parameter level: 0 (stored) to 9 (smallest).
  public static func compress(_ bytes: [UInt8], level: Int = 6) throws -> [UInt8] {
    let deflater = try Deflater(level: level, place: "gzip data")
    var output: [UInt8] = []
    bytes.withUnsafeBytes { deflater.compress($0, finish: true, into: &output) }
    return output
  }

  /// The first bytes of what was compressed, as far as they can be told from a part of it.
  static func start(of bytes: [UInt8], count: Int) -> [UInt8] {
    bytes.withUnsafeBytes { bytes in
      var start = [UInt8](repeating: 0, count: count)
      guard let inflater = try? Inflater(bytes, .gzip, place: "gzip data"),
        let filled = start.withUnsafeMutableBytes({ room in try? inflater.read(into: room) })
      else { return [] }
      return Array(start.prefix(filled))
    }
  }

  /// Told by the first two bytes.
  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int, place: String) throws -> Storage {
    guard isGzip(bytes) else {
      throw FormatError(
        place: place, expected: "gzip data", found: "other data", remedy: "check that the file is compressed")
    }
    let inflater = try Inflater(bytes, .gzip, place: place)
    let block = try Block(capacity: firstCapacity(bytes, limit: limit), place: place)
    while true {
      let room = block.room
      let produced = try inflater.read(into: room)
      block.count += produced
      if produced < room.count { return block.storage() }
      guard block.count <= limit else { throw tooLarge(limit, place) }
      try block.grow(to: block.count + 1, place: place)
    }
  }

  /// The last four bytes name the size of a file of one member; damage may make it anything.
  private static func firstCapacity(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Int {
    let named = Int(bytes.integer(at: bytes.count - 4, as: UInt32.self) ?? 0)
    let possible = bytes.count.multipliedReportingOverflow(by: Inflater.greatestRatio)
    return min(named, possible.overflow ? limit : possible.partialValue, limit) + 1
  }

  static func tooLarge(_ limit: Int, _ place: String) -> FormatError {
    FormatError(
      place: place, expected: "at most \(limit) bytes after decompression", found: "more",
      remedy: "decompress it to a file first")
  }
}
