#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Standard input and standard output in the place of files: `-` where a file's name is expected.
///
/// Since the ending of a name tells the form of what is written, `-.npy` is standard output too; `./-.npy` is
/// a file of that name.
public enum StandardStream {
  /// What is on standard input and output, in messages.
  public static let input = "standard input"
  public static let output = "standard output"

  /// Whether a name is of standard output.
  public static func isOutput(_ name: String) -> Bool {
    name == "-" || name.hasPrefix("-.") && !name.contains("/")
  }

  /// Whether a name is of standard input: `-`, `-:ARRAY` for one array of an `.npz` file.
  public static func isInput(_ name: String) -> Bool { name == "-" || name.hasPrefix("-:") }

  static let inputDescriptor = STDIN_FILENO
  static let outputDescriptor = STDOUT_FILENO
}

/// What reads a pipe has gone away: no fault of anyone, and nothing to say.
public struct BrokenPipe: Error, Hashable, Sendable {}

/// What comes on standard input, in a file of its own: readers go to and fro in files, and map them.
package final class StandardInputCopy {
  package let path: String
  private let folder: String

  /// Reads standard input to its end into the temporary folder (`$TMPDIR`, else `/tmp`).
  ///
  /// - Parameter ending: of the file's name, by its first bytes; those of gzip data are taken out of it.
  /// - Throws: ``FormatError`` where it cannot be read, or not be kept.
  package init(ending: (_ start: [UInt8]) -> String) throws {
    let start = try StandardInputCopy.read(atLeast: StandardInputCopy.start)
    let isGzip = start.withUnsafeBytes(Gzip.isGzip)
    let inner = isGzip ? Gzip.start(of: start, count: StandardInputCopy.start) : start
    let place = "\(StandardStream.input), to be copied to a temporary file"
    var template = Array("\(StandardInputCopy.temporaryFolder)/hourglass-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FormatError.writing(place, errno) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = "\(folder)/\(StandardStream.input)\(ending(inner))\(isGzip ? ".gz" : "")"
    try StandardInputCopy.fill(path, start, place)
  }

  /// The file goes; what is mapped of it stays as long as it is used.
  deinit {
    unlink(path)
    rmdir(folder)
  }

  /// Bytes that tell what a file is.
  private static let start = 256

  private static var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

  private static func fill(_ path: String, _ start: [UInt8], _ place: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o600))
    guard file >= 0 else { throw FormatError.writing(place, errno) }
    defer { close(file) }
    var writer = FileWriter(file: file, place: place)
    var piece = start
    while !piece.isEmpty {
      try writer.write(piece)
      piece = try read(atLeast: 1)
    }
    try writer.finish()
  }

  /// The next bytes, fewer than asked for only at the end.
  private static func read(atLeast least: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    var filled = 0
    while filled < least {
      #if canImport(Glibc)
        let count = bytes.withUnsafeMutableBytes {
          Glibc.read(StandardStream.inputDescriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
        }
      #elseif canImport(Musl)
        let count = bytes.withUnsafeMutableBytes {
          Musl.read(StandardStream.inputDescriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
        }
      #else
        let count = bytes.withUnsafeMutableBytes {
          Darwin.read(StandardStream.inputDescriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
        }
      #endif
      if count < 0 {
        if errno == EINTR { continue }
        throw FormatError.reading(StandardStream.input, errno)
      }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}
