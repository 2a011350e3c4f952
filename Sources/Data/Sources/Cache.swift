import HourglassFormats
import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Copies of files that cannot be mapped as they are (text, compressed arrays), in a form that can.
///
/// A copy is an `.npz` file with what it was made of written into it: the source's length and 64-bit checksum
/// (XXH64) and how it was read. Its name is the checksum of that, so a source
/// that changed finds no copy, and two of the same content share one. A copy is used only if what is written
/// in it agrees and every array has the CRC-32 of its entry; one that is damaged is made again. It is written
/// under another name and renamed, so a half-written one is never seen.
///
/// Copies lie in `$XDG_CACHE_HOME/hourglass`, else `~/.cache/hourglass`, else `hourglass-USER` in the
/// temporary folder: the first that exists or can be made, belongs to the user and cannot be written by
/// others. Any of them may be deleted at any time; those unused for 30 days are, when a new one is made.
struct Cache {
  /// Sources whose values or text take more bytes than this are copied: 64 MiB. Smaller ones are loaded.
  static let smallest = 64 << 20
  /// Seconds after which a copy that nobody used is removed: 30 days.
  static let lifetime = 30 * 24 * 60 * 60

  /// Where copies may lie, the best place first.
  let folders: [String]
  /// Told in a sentence what went otherwise than expected.
  let notice: (String) -> Void

  /// The folders of the user.
  static var userFolders: [String] {
    func value(_ name: String) -> String? {
      guard let text = getenv(name) else { return nil }
      let path = String(cString: text)
      return path.hasPrefix("/") ? path : nil
    }
    let caches = value("XDG_CACHE_HOME") ?? value("HOME").map { $0 + "/.cache" }
    let temporary = "\(value("TMPDIR") ?? "/tmp")/hourglass-\(geteuid())"
    return (caches.map { [$0 + "/hourglass"] } ?? []) + [temporary]
  }

  /// The arrays of a source's copy, which is made where there is none.
  ///
  /// - Parameters:
  ///   - known: the checksum of what the source is made of; nil: that of the file.
  ///   - reading: how the source is read, as far as that changes what comes out.
  ///   - make: writes the copy to a path, with the key in it; gives the checksum of the bytes it read.
  /// - Returns: nil where no folder takes the copy.
  /// - Throws: what `make` throws about the source.
  func arrays(
    of source: String, checksum known: ContentChecksum? = nil, reading: String,
    _ make: (_ file: String, _ key: String) throws -> ContentChecksum
  ) throws -> [NamedTensor]? {
    let checksum = try known ?? ContentChecksum.of(source)
    let key = "hourglass 1 \(checksum.count) \(hexadecimal(checksum.value)) \(reading)"
    var name = ContentChecksum()
    Array(key.utf8).withUnsafeBytes { name.update($0) }
    let file = hexadecimal(name.value) + ".npz"
    for folder in folders where Cache.isSafe(folder) {
      if let arrays = existing(folder + "/" + file, key) { return arrays }
    }
    for folder in folders {
      guard Cache.makeFolder(folder) else { continue }
      Cache.removeOld(in: folder)
      let path = folder + "/" + file
      do {
        let read = try make(path, key)
        guard read.count == checksum.count, read.value == checksum.value else {
          unlink(path)
          throw DataError(
            place: source, expected: "a file that stays as it is",
            found: "one that changed while it was read",
            remedy: "try again when it is complete")
        }
        return try NPZ.readUnchecked(path)
      } catch let error as FormatError where error.place == path {
        notice("\(error)")
      }
    }
    notice("\(source): no folder takes a copy that can be mapped; its values are loaded into memory")
    return nil
  }

  /// The arrays of a copy that is whole.
  private func existing(_ path: String, _ key: String) -> [NamedTensor]? {
    guard access(path, F_OK) == 0 else { return nil }
    do {
      let arrays = try NPZ.read(path)
      let found = arrays.first { $0.name == Table.keyName }?.tensor.withBytes { [UInt8]($0) }
      guard found == [UInt8](key.utf8) else {
        notice("\(path): is not what its name says; it is made again")
        return nil
      }
      // The time of the last use, by which old copies are found.
      utimensat(AT_FDCWD, path, nil, 0)
      return arrays
    } catch {
      notice("\(error); it is made again")
      return nil
    }
  }

  private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

// MARK: - Folders

extension Cache {
  /// It belongs to the user, and nobody else can put a file in it.
  private static func isSafe(_ folder: String) -> Bool {
    var status = stat()
    return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
      && status.st_mode & 0o022 == 0
  }

  /// Makes a folder and, where it is missing, the one around it.
  private static func makeFolder(_ folder: String) -> Bool {
    if mkdir(folder, 0o700) != 0, errno == ENOENT, let slash = folder.lastIndex(of: "/") {
      mkdir(String(folder[..<slash]), 0o700)
      mkdir(folder, 0o700)
    }
    return isSafe(folder) && access(folder, W_OK) == 0
  }

  /// Removes copies that were not used for long, and what writers that were killed have left.
  private static func removeOld(in folder: String) {
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    let now = time(nil)
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let isCopy = name.hasSuffix(".npz") && name.utf8.count == 20
      let isLeftover = name.hasPrefix(".hourglass-") && name.hasSuffix(".tmp")
      guard isCopy || isLeftover else { continue }
      var status = stat()
      guard lstat(folder + "/" + name, &status) == 0 else { continue }
      #if canImport(Darwin)
        let used = status.st_mtimespec.tv_sec
      #else
        let used = status.st_mtim.tv_sec
      #endif
      if now - used > lifetime { unlink(folder + "/" + name) }
    }
  }
}
