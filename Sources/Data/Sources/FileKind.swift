import HourglassFormats
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a file holds, by its first bytes, and where those say too little by its name.
package enum FileKind: Hashable {
  case npy, npz, idx, image, sound, series
  case table(separator: Character?)
  /// A safetensors file: a model, whole or not.
  case model
  case folder
  /// Something else that is known, in words, and what to do with it.
  case foreign(String, remedy: String)
  /// Bytes that begin as no known kind of file does.
  case unknown

  /// What it is, as a message calls it.
  package var words: String {
    switch self {
    case .npy, .npz: "an array of numbers"
    case .idx: "an array in MNIST's format"
    case .image: "an image"
    case .sound: "a sound"
    case .series: "time series"
    case .table: "a table"
    case .model: "a safetensors file: a model, not data"
    case .folder: "a folder"
    case .foreign(let words, _): words
    case .unknown: "a file of another kind"
    }
  }

  /// Whether it is one of the kinds that this program reads as data, or a model.
  package var isDataOrModel: Bool {
    switch self {
    case .npy, .npz, .idx, .image, .sound, .series, .table, .model: true
    case .folder, .foreign, .unknown: false
    }
  }

  /// What to do with a file that is no data.
  var remedy: String? {
    switch self {
    case .model: "name the data; where a command takes MODEL and SOURCE, the model comes first"
    case .folder: "name one file"
    case .foreign(_, let remedy): remedy
    case .unknown: "convert it to one of these"
    case .npy, .npz, .idx, .image, .sound, .series, .table: nil
    }
  }

  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Bytes of a file, and where it is gzip, what its end says of the bytes before compression (modulo 2³²).
  static func size(of path: String) -> (count: Int, gzip: Int?) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    var status = stat()
    var ends = [UInt8](repeating: 0, count: 6)
    let isRead = ends.withUnsafeMutableBytes { ends in
      guard fstat(descriptor, &status) == 0, status.st_size >= 18 else { return false }
      return pread(descriptor, ends.baseAddress, 2, 0) == 2
        && pread(descriptor, ends.baseAddress.map { $0 + 2 }, 4, status.st_size - 4) == 4
    }
    guard isRead, ends[0] == 0x1F, ends[1] == 0x8B else { return (Int(status.st_size), nil) }
    return (Int(status.st_size), ends[2...].reversed().reduce(0) { $0 << 8 | Int($1) })
  }

  /// - Throws: ``DataError`` if there is nothing of that name, it cannot be read, or it is empty.
  package static func of(_ path: String) throws -> FileKind {
    if SourceFolder.isFolder(path) { return .folder }
    let start = try firstBytes(of: path)
    let name = path.lowercased()
    let bare = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    if start.starts(with: [0x93] + Array("NUMPY".utf8)) { return .npy }
    if start.starts(with: [0x50, 0x4B, 0x05, 0x06]) { return .npz }
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      return ForeignFile.inZip(start).map { .foreign($0.words, remedy: $0.remedy) } ?? .npz
    }
    if ImageFile.begins(start) { return .image }
    if SoundFile.begins(start) { return .sound }
    if isModel(start) { return .model }
    if let found = ForeignFile.beginning(start) { return .foreign(found.words, remedy: found.remedy) }
    if bare.hasSuffix(".csv") { return .table(separator: nil) }
    if bare.hasSuffix(".tsv") { return .table(separator: "\t") }
    if name.hasSuffix(".ts") { return .series }
    if isPlainText(path) { return SeriesFile.isLikely(start, name: name) ? .series : .table(separator: nil) }
    let isNamedIDX = bare.hasSuffix("-ubyte") || bare.hasSuffix(".idx")
    if isNamedIDX || isIDX(start) { return .idx }
    if name.hasSuffix(".npy") { return .npy }
    if name.hasSuffix(".npz") { return .npz }
    if start.starts(with: [0x1F, 0x8B]) {
      return .foreign(
        "gzip data whose name does not say what is inside", remedy: "name it .csv.gz, if it is a table")
    }
    let isText = start.allSatisfy { $0 >= 0x20 || [0x09, 0x0A, 0x0D].contains($0) }
    return isText
      ? .foreign(
        "text; a table must be named .csv, .tsv or .txt", remedy: "name it .csv, if it is a table")
      : .unknown
  }

  /// A length of less than 2⁴⁸ and a JSON text.
  private static func isModel(_ start: [UInt8]) -> Bool {
    start.count > 8 && start[6] == 0 && start[7] == 0 && start[8] == UInt8(ascii: "{")
  }

  /// Whether a name is one that tables of text have, and other text too.
  static func isPlainText(_ path: String) -> Bool {
    let name = path.lowercased()
    let bare = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return [".txt", ".dat", ".data", ".tab", ".asc", ".prn"].contains(where: bare.hasSuffix)
  }

  /// Two zeros, a type, a number of axes.
  private static func isIDX(_ start: [UInt8]) -> Bool {
    start.count >= 4 && start[0] == 0 && start[1] == 0 && [8, 9, 11, 12, 13, 14].contains(start[2])
      && start[3] > 0
  }

  private static func firstBytes(of path: String) throws -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw DataError(
        place: path, expected: "a file or builtin:digits", found: "nothing of that name",
        remedy: "check the name")
    }
    let type = status.st_mode & S_IFMT
    guard type == S_IFREG else {
      throw DataError(
        place: path, expected: Source.understood, found: type == S_IFDIR ? "a folder" : "no regular file",
        remedy: "name one file")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw DataError(
        place: path, expected: "a file that may be read", found: "no permission",
        remedy: "change its permissions or run as its owner")
    }
    defer { close(descriptor) }
    var start = [UInt8](repeating: 0, count: 1 << 14)
    let count = start.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else {
      throw DataError(
        place: path, expected: Source.understood, found: count == 0 ? "an empty file" : "no bytes",
        remedy: "check how the file was made")
    }
    return Array(start.prefix(count))
  }
}
