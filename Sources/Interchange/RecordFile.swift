import HourglassFormats
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file of records that grows at its end: each has its length before it and a checksum behind length and
/// content, so that a reader knows how far the file is whole.
///
///     length (8 bytes) | masked CRC-32C of the length | content | masked CRC-32C of the content
///
/// - Source: TensorFlow's record format, <https://www.tensorflow.org/tutorials/load_data/tfrecord>.
final class RecordFile {
  let path: String
  /// The system's number of the file; nil once it is closed.
  private var file: Int32?
  /// Whole records that the system does not have yet.
  private var pending: [UInt8] = []
  /// Where the whole records that the system has end.
  private var end = 0
  /// A write failed half-way, so behind `end` there may be a piece of a record.
  private var isTorn = false

  /// Creates a file; nil if there is one of that name.
  init?(creating path: String) throws(InterchangeError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o644))
    if file < 0 {
      if errno == EEXIST { return nil }
      throw InterchangeError(.writing(path, errno))
    }
    self.path = path
    self.file = file
  }

  deinit { try? close() }

  /// Bytes that ``flush()`` would hand to the system.
  var pendingCount: Int { pending.count }

  func append(_ content: [UInt8]) {
    let length = withUnsafeBytes(of: UInt64(content.count).littleEndian) { [UInt8]($0) }
    pending += length
    appendChecksum(of: length)
    pending += content
    appendChecksum(of: content)
  }

  private func appendChecksum(of bytes: [UInt8]) {
    withUnsafeBytes(of: CRC32C.masked(bytes).littleEndian) { pending += $0 }
  }

  /// Hands the records to the system. If it does not take them all, they are lost and the file is whole up to
  /// the ones before them.
  func flush() throws(InterchangeError) {
    guard let file else { preconditionFailure("\(path) is closed") }
    if pending.isEmpty { return }
    defer { pending.removeAll(keepingCapacity: true) }
    if isTorn {
      guard ftruncate(file, off_t(end)) == 0, lseek(file, off_t(end), SEEK_SET) >= 0 else {
        throw InterchangeError(.writing(path, errno))
      }
      isTorn = false
    }
    var position = 0
    while position < pending.count {
      let written = pending[position...].withUnsafeBytes { bytes in
        write(file, bytes.baseAddress, min(bytes.count, 1 << 30))
      }
      if written < 0 {
        if errno == EINTR { continue }
        let code = errno
        isTorn = position > 0
        throw InterchangeError(.writing(path, code))
      }
      position += written
    }
    end += pending.count
  }

  /// Flushes and closes; nothing may be written afterwards. Once it is closed it does nothing.
  func close() throws(InterchangeError) {
    guard let file else { return }
    defer {
      self.file = nil
      systemClose(file)
    }
    try flush()
  }
}

private func systemClose(_ file: Int32) { close(file) }
