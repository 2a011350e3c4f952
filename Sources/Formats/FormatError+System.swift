import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's error numbers in words.
extension FormatError {
  /// Why a file could not be opened for reading.
  package static func reading(_ path: String, _ code: Int32) -> FormatError {
    switch code {
    case ENOENT:
      FormatError(place: path, expected: "a file", found: "nothing of that name", remedy: "check the name")
    case ENOTDIR:
      FormatError(
        place: path, expected: "a file in a folder", found: "a file where a folder is named",
        remedy: "check the name")
    case EACCES, EPERM:
      FormatError(
        place: path, expected: "a file that may be read", found: "no permission to read it",
        remedy: "change its permissions or run as its owner")
    default:
      FormatError(place: path, expected: "a file that can be read", found: words(code))
    }
  }

  /// Why a file could not be written. The old file, where there was one, is whole.
  package static func writing(_ path: String, _ code: Int32) -> FormatError {
    switch code {
    case ENOENT:
      FormatError(
        place: path, expected: "a folder to write in", found: "no such folder",
        remedy: "make the folder first")
    case ENOTDIR:
      FormatError(
        place: path, expected: "a folder to write in", found: "a file where a folder is named",
        remedy: "check the name")
    case ENOSPC, EDQUOT:
      FormatError(
        place: path, expected: "room for the file", found: words(code),
        remedy: "free some space or choose another place; what was there before is unchanged")
    case EROFS:
      FormatError(
        place: path, expected: "a folder that can be written in", found: words(code),
        remedy: "choose another folder")
    case EACCES, EPERM:
      FormatError(
        place: path, expected: "permission to write there", found: "none",
        remedy: "change the permissions or choose another folder")
    case EISDIR:
      FormatError(
        place: path, expected: "a file's name", found: "a folder", remedy: "name a file in that folder")
    case EFBIG:
      FormatError(
        place: path, expected: "a file size that the system allows", found: words(code),
        remedy: "see 'ulimit -f'; what was there before is unchanged")
    default:
      FormatError(place: path, expected: "a file that can be written", found: words(code))
    }
  }

  /// Memory that the system would not give.
  static func memory(_ place: String, _ count: Int) -> FormatError {
    FormatError(
      place: place, expected: "\(count) bytes of memory", found: "the system refuses them",
      remedy: "use a smaller file, or an uncompressed one, which is mapped instead of loaded")
  }

  private static func words(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text).lowercased()
  }
}
