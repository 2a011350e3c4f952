import HourglassFormats
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of a folder and of the folders in it, in the order of their names: by bytes, the same
/// everywhere.
///
/// Names that begin with a point are passed over.
package struct SourceFolder {
  /// Folders inside each other are followed so far.
  private static let deepest = 32

  let path: String
  /// Below the folder, with slashes between.
  private(set) var names: [String] = []
  private var visited: Set<Identity> = []

  /// - Throws: ``DataError`` for a folder that may not be read.
  package init(_ path: String) throws {
    self.path = path
    try list("", depth: 0)
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Where `name` lies.
  package func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names that end in one of these, which are of small letters, whatever the case of theirs.
  package func names(ending endings: [String]) -> [String] {
    func isSame(_ letter: UInt8, _ small: UInt8) -> Bool {
      letter == small || (0x41...0x5A).contains(letter) && letter + 0x20 == small
    }
    return names.filter { name in
      endings.contains { ending in
        name.utf8.count >= ending.utf8.count
          && zip(name.utf8.suffix(ending.utf8.count), ending.utf8).allSatisfy(isSame)
      }
    }
  }

  private mutating func list(_ part: String, depth: Int) throws {
    let folder = part.isEmpty ? path : file(part)
    var status = stat()
    guard stat(folder, &status) == 0,
      // A link may lead back to a folder that holds it.
      visited.insert(Identity(device: UInt64(status.st_dev), file: UInt64(status.st_ino))).inserted,
      depth < SourceFolder.deepest
    else { return }
    guard let directory = opendir(folder) else {
      throw DataError(
        place: folder, expected: "a folder that may be read", found: "no permission",
        remedy: "change its permissions or run as its owner")
    }
    var entries: [(name: String, isFolder: Bool?)] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix(".") else { continue }
      // Most folders tell what is in them; a link may lead to either.
      let kind = Int32(entry.pointee.d_type)
      entries.append((name, kind == Int32(DT_DIR) ? true : kind == Int32(DT_REG) ? false : nil))
    }
    closedir(directory)
    // Of two ways to the same folder the first by name is taken.
    entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (name, isFolder) in entries {
      let below = part.isEmpty ? name : part + "/" + name
      if isFolder ?? SourceFolder.isFolder(file(below)) {
        try list(below, depth: depth + 1)
      } else {
        names.append(below)
      }
    }
  }

  private struct Identity: Hashable {
    let device: UInt64
    let file: UInt64
  }
}

/// The files that samples are made of, what is wrong with some, and the classes that their folders are.
struct SourceFiles {
  /// What a person called them all.
  let origin: String
  /// Where each lies, and what to call it.
  let paths: [String]
  let names: [String]
  let skips: Bool
  private(set) var faults: [FormatError] = []

  init(_ folder: SourceFolder, _ names: [String], skips: Bool) {
    origin = folder.path
    self.names = names
    paths = names.map(folder.file)
    self.skips = skips
  }

  init(file path: String) {
    origin = path
    paths = [path]
    names = [path.split(separator: "/").last.map(String.init) ?? path]
    skips = false
  }

  /// What `read` makes of a file; nil where it is left out.
  ///
  /// - Throws: the file's fault, unless such files are to be left out.
  mutating func attempt<Result>(_ read: () throws -> Result) throws -> Result? {
    do {
      return try read()
    } catch let fault as FormatError {
      if skips {
        faults.append(fault)
        return nil
      }
      guard paths.count > 1 else { throw fault }
      let way = "--skip-bad leaves out files that cannot be read"
      throw fault.told(remedy: fault.remedy.map { $0 + "; " + way } ?? way)
    }
  }

  /// Says how many were left out, and why.
  ///
  /// - Throws: ``DataError`` if none is left.
  func report(_ notice: (String) -> Void) throws {
    guard let first = faults.first else { return }
    guard faults.count < paths.count else {
      throw DataError(
        place: origin, expected: "a file that can be read", found: "none of \(paths.count)",
        remedy: "the first: \(first)")
    }
    let shown = faults.prefix(3).map(\.description).joined(separator: "\n  ")
    let rest = faults.count > 3 ? "\n  and \(faults.count - 3) more" : ""
    notice(
      "\(origin): left out \(faults.count) of \(Source.number(paths.count, "file", "files"))\n  \(shown)\(rest)"
    )
  }

  /// A checksum of the names, lengths and times of change of all files.
  var checksum: ContentChecksum {
    var checksum = ContentChecksum()
    for (name, path) in zip(names, paths) {
      var status = stat()
      stat(path, &status)
      #if canImport(Darwin)
        let time = status.st_mtimespec
      #else
        let time = status.st_mtim
      #endif
      let words = "\(name)\0\(status.st_size) \(time.tv_sec) \(time.tv_nsec)\n"
      Array(words.utf8).withUnsafeBytes { checksum.update($0) }
    }
    return checksum
  }

  /// The classes of some of the files, by the folder right below the source that each lies in; nil unless all
  /// lie in one.
  func classes(of chosen: [Int]) -> (labels: [Int32], names: [String])? {
    let folders = chosen.map { index in
      names[index].firstIndex(of: "/").map { String(names[index][..<$0]) }
    }
    let known = folders.compactMap(\.self)
    guard known.count == folders.count, !known.isEmpty else { return nil }
    let classes = Set(known).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
    return (known.compactMap { numbers[$0] }, classes)
  }
}
