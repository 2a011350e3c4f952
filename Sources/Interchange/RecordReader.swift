import HourglassFormats
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The records of a ``RecordFile`` from front to back, their checksums verified. In memory is one record at a
/// time.
///
/// A file that ends within a record is that of a process that was killed, or still runs: it is read up to the
/// last whole record.
final class RecordReader {
  let place: String
  /// Whether the file ended within a record.
  private(set) var isTorn = false
  /// Bytes that are left of those that were there at the beginning.
  private var rest: Int
  private let size: Int
  private let fill: (_ count: Int) throws(InterchangeError) -> [UInt8]

  /// - Throws: ``InterchangeError`` for a file that cannot be read, and for what is no plain file.
  convenience init(_ path: String) throws(InterchangeError) {
    // Without O_NONBLOCK the opening of a named pipe waits for a writer, perhaps for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw InterchangeError(.reading(path, errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let stream = fdopen(descriptor, "rb")
    else {
      closeFile(descriptor)
      throw InterchangeError(place: path, expected: "a plain file", found: "a folder, a pipe or a device")
    }
    let file = OpenFile(stream)
    self.init(size: Int(status.st_size), place: path) { count throws(InterchangeError) in
      var bytes = [UInt8](repeating: 0, count: count)
      let taken = fread(&bytes, 1, count, file.stream)
      if taken < count, ferror(file.stream) != 0 { throw InterchangeError(.reading(path, errno)) }
      bytes.removeLast(count - taken)
      return bytes
    }
  }

  /// - Parameter place: what the bytes are called in errors.
  convenience init(bytes: [UInt8], place: String) {
    var position = 0
    self.init(size: bytes.count, place: place) { count in
      defer { position += count }
      return Array(bytes[position..<(position + count)])
    }
  }

  private init(
    size: Int, place: String, _ fill: @escaping (_ count: Int) throws(InterchangeError) -> [UInt8]
  ) {
    self.size = size
    rest = size
    self.place = place
    self.fill = fill
  }

  /// The content of the next record; nil after the last whole one.
  ///
  /// - Throws: ``InterchangeError`` where a checksum does not fit.
  func next() throws(InterchangeError) -> [UInt8]? {
    guard rest > 0 else { return nil }
    guard let head = try take(12) else { return nil }
    let length = RecordReader.number(head[..<8])
    guard RecordReader.number(head[8...]) == UInt64(CRC32C.masked(Array(head[..<8]))) else {
      throw wrong("the length of a record with its checksum", 12)
    }
    // What is not there yet is not asked for, whatever the length says.
    guard length <= UInt64(max(0, rest - 4)) else { return end() }
    guard let content = try take(Int(length)), let checksum = try take(4) else { return nil }
    guard RecordReader.number(checksum[...]) == UInt64(CRC32C.masked(content)) else {
      throw wrong("a record that fits its checksum", Int(length) + 16)
    }
    return content
  }

  /// An error at the record whose first bytes were read last.
  func wrong(_ expected: String, _ read: Int) -> InterchangeError {
    InterchangeError(
      place: "\(place) byte \(size - rest - read)", expected: expected,
      found: "other bytes", remedy: "the file is damaged or no event file; give another")
  }

  private func end() -> [UInt8]? {
    isTorn = true
    rest = 0
    return nil
  }

  /// The next bytes; nil, and then no more, where there are fewer.
  private func take(_ count: Int) throws(InterchangeError) -> [UInt8]? {
    guard count <= rest else { return end() }
    let bytes = try fill(count)
    // The file became shorter meanwhile.
    guard bytes.count == count else { return end() }
    rest -= count
    return bytes
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// A stream of the C library that is closed when nobody has it any more.
private final class OpenFile {
  let stream: UnsafeMutablePointer<FILE>

  init(_ stream: UnsafeMutablePointer<FILE>) { self.stream = stream }

  deinit { fclose(stream) }
}

private func closeFile(_ descriptor: Int32) { close(descriptor) }
