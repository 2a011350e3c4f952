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
/// Replacing the file by ``AtomicFile`` leaves a mapping whole; cutting the file short under a running
/// program does not, as with any mapped file.
enum MappedFile {
  /// - Throws: ``FormatError`` for a missing, empty or unreadable file, and for what is no plain file.
  static func storage(_ path: String) throws -> Storage {
    // Without O_NONBLOCK the opening of a named pipe waits for a writer, perhaps for ever.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw FormatError.reading(path, errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FormatError.reading(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      throw FormatError(
        place: path, expected: "a file", found: "a folder", remedy: "name a file in that folder")
    default:
      throw FormatError(
        place: path, expected: "a plain file", found: "a pipe or device",
        remedy: "write the data to a file first")
    }
    let count = Int(status.st_size)
    guard count > 0 else { throw FormatError(place: path, expected: "data", found: "an empty file") }
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), address != MAP_FAILED else {
      throw FormatError.reading(path, errno)
    }
    return Storage(adopting: UnsafeRawBufferPointer(start: address, count: count)) { pointer, count in
      munmap(UnsafeMutableRawPointer(mutating: pointer), count)
    }
  }

  /// A copy of bytes in memory, for the readers that share a file's bytes.
  static func storage(_ bytes: [UInt8]) -> Storage {
    Storage(count: bytes.count) { storage in bytes.withUnsafeBytes { storage.copyMemory(from: $0) } }
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
