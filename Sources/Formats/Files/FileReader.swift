/// A file's bytes from front to back, a block at a time: memory for one block, whatever the file's size.
///
/// - Source of gzip: RFC 1952, by zlib.
final class FileReader {
  /// Bytes the system is asked for at once: 1 MiB.
  static let blockSize = 1 << 20

  let file: PlainFile
  private let block: Block
  private var position = 0
  /// Of the bytes read so far.
  private(set) var checksum = ContentChecksum()

  /// - Throws: ``FormatError`` for a missing, empty or unreadable file, and for what is no plain file.
  init(_ path: String, blockSize: Int = FileReader.blockSize) throws {
    file = try PlainFile(path)
    block = try Block(capacity: blockSize, place: path)
    file.expectSequentialReading()
  }

  /// The next bytes, valid until the next call; none at the end.
  func next() throws -> UnsafeRawBufferPointer {
    let count = try file.read(
      at: position, into: UnsafeMutableRawBufferPointer(start: block.base, count: block.capacity))
    position += count
    let bytes = UnsafeRawBufferPointer(start: block.base, count: count)
    checksum.update(bytes)
    return bytes
  }

  /// Told by the first two bytes.
  var isGzip: Bool {
    get throws {
      try withUnsafeTemporaryAllocation(byteCount: 2, alignment: 1) { start in
        Gzip.isGzip(UnsafeRawBufferPointer(rebasing: start[..<(try file.read(at: 0, into: start))]))
      }
    }
  }
}

/// What a file holds from front to back: its bytes, or where they are gzip, what was compressed.
final class ContentReader {
  private let reader: FileReader
  private let inflater: Inflater?
  private let limit: Int
  /// Bytes that came out of gzip.
  private var inflated = 0
  /// Bytes of the reader that were not handed out yet.
  private var pending = UnsafeRawBufferPointer(start: nil, count: 0)

  /// - Parameter limit: the most bytes to take out of gzip.
  init(_ reader: FileReader, limit: Int = Int.max) throws {
    self.reader = reader
    self.limit = limit
    guard try reader.isGzip else {
      inflater = nil
      return
    }
    inflater = try Inflater(.gzip, place: reader.file.path) { try reader.next() }
  }

  /// Fills `target`; fewer bytes than it has room for are the last ones.
  ///
  /// - Throws: ``FormatError`` for a file that cannot be read, or gzip data that are damaged, cut short
  ///   or larger than the limit.
  func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    if let inflater {
      let count = try inflater.read(into: target)
      inflated += count
      guard inflated <= limit else { throw Gzip.tooLarge(limit, reader.file.path) }
      return count
    }
    var filled = 0
    while filled < target.count {
      if pending.isEmpty { pending = try reader.next() }
      if pending.isEmpty { break }
      let count = min(pending.count, target.count - filled)
      UnsafeMutableRawBufferPointer(rebasing: target[filled..<(filled + count)])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: pending[..<count]))
      pending = UnsafeRawBufferPointer(rebasing: pending[count...])
      filled += count
    }
    return filled
  }
}
