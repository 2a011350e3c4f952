import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file's bytes, mapped: the system reads pages as they are touched and drops them when memory is short.
///
/// A mapping takes address space of the file's size (`ulimit -v`), and memory only for the pages in use.
/// Replacing the file by ``AtomicFile`` leaves a mapping whole; cutting the file short under a running
/// program does not, as with any mapped file.
enum MappedFile {
  /// Files from this many bytes on are compared with the memory there is: 64 MiB.
  static let smallestCompared = 64 << 20

  /// - Throws: ``FormatError`` for a missing, empty or unreadable file, for what is no plain file, and for
  ///   one that the address space has no room for.
  static func storage(_ path: String) throws -> Storage { try storage(PlainFile(path)) }

  private static func storage(_ file: PlainFile) throws -> Storage {
    let path = file.path
    let count = file.count
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, file.descriptor, 0), address != MAP_FAILED
    else {
      guard errno == ENOMEM else { throw FormatError.reading(path, errno) }
      throw FormatError(
        place: path, expected: "\(count) bytes of address space to map the file", found: "fewer",
        remedy: "raise the limit, see 'ulimit -v'")
    }
    let bytes = UnsafeRawBufferPointer(start: address, count: count)
    // Advice costs a call to the system for every row of a batch: not for a file that stays in memory.
    let isTight = count >= smallestCompared && count > Memory.available / 2
    return Storage(adopting: bytes, advice: isTight ? advise : nil) { pointer, count in
      munmap(UnsafeMutableRawPointer(mutating: pointer), count)
    }
  }

  /// Files of fewer bytes than this are read: mapping one and giving it back takes longer, and holds up the
  /// other threads of the process.
  private static let smallestMapped = 64 << 10

  /// Hands the bytes of a file to `body`, mapped or, where they are few, read.
  ///
  /// - Throws: what ``storage(_:)`` throws, and what `body` does.
  static func withBytes<Result>(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws
    -> Result
  {
    let file = try PlainFile(path)
    guard file.count < smallestMapped else { return try storage(file).withBytes(body) }
    return try withUnsafeTemporaryAllocation(byteCount: file.count, alignment: 8) { room in
      try body(UnsafeRawBufferPointer(rebasing: room[..<file.read(at: 0, into: room)]))
    }
  }

  /// A copy of bytes in memory, for the readers that share a file's bytes.
  static func storage(_ bytes: [UInt8]) -> Storage {
    Storage(count: bytes.count) { storage in bytes.withUnsafeBytes { storage.copyMemory(from: $0) } }
  }

  @Sendable private static func advise(_ access: Storage.Access, _ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    let advice =
      switch access {
      case .normal: MADV_NORMAL
      case .sequential: MADV_SEQUENTIAL
      case .random: MADV_RANDOM
      case .soon: MADV_WILLNEED
      }
    // The system speaks of whole pages.
    let before = Int(bitPattern: start) & (Memory.pageSize - 1)
    madvise(UnsafeMutableRawPointer(mutating: start - before), bytes.count + before, advice)
  }
}

extension UnsafeRawBufferPointer {
  /// The integer at `offset`, or nil where it reaches beyond the end.
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type, bigEndian: Bool = false
  ) -> Value? {
    guard offset >= 0, offset <= count - MemoryLayout<Value>.size else { return nil }
    let value = loadUnaligned(fromByteOffset: offset, as: type)
    return bigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
  }
}
