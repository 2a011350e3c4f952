import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file opened for reading, closed with this.
final class PlainFile {
  let descriptor: Int32
  let path: String
  /// Bytes it had when it was opened.
  let count: Int

  /// - Throws: ``FormatError`` for a missing, empty or unreadable file, and for what is no plain file.
  init(_ path: String) throws {
    // Without O_NONBLOCK the opening of a named pipe waits for a writer, perhaps for ever.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw FormatError.reading(path, errno) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      let code = errno
      close(file)
      throw FormatError.reading(path, code)
    }
    if let fault = PlainFile.fault(status, path) {
      close(file)
      throw fault
    }
    self.descriptor = file
    self.path = path
    self.count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  private static func fault(_ status: stat, _ path: String) -> FormatError? {
    switch status.st_mode & S_IFMT {
    case S_IFREG where status.st_size > 0: nil
    case S_IFREG: FormatError(place: path, expected: "data", found: "an empty file")
    case S_IFDIR:
      FormatError(place: path, expected: "a file", found: "a folder", remedy: "name a file in that folder")
    default:
      FormatError(
        place: path, expected: "a plain file", found: "a pipe or device",
        remedy: "write the data to a file first")
    }
  }

  /// Reads bytes from `offset` on; fewer than `target` has room for are the last ones.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[filled...])
      let count = pread(descriptor, rest.baseAddress, min(rest.count, 1 << 30), off_t(offset + filled))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw FormatError.reading(path, errno)
      }
      filled += count
    }
    return filled
  }

  /// Tells the system that the file is going to be read from front to back.
  func expectSequentialReading() {
    #if !canImport(Darwin)
      _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    #endif
  }
}
