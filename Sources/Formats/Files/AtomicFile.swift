#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that are either the old one, whole, or the new one, whole, whatever happens between.
public enum AtomicFile {
  /// Writes a file: a temporary one in the same folder, synced, renamed, and the folder synced.
  ///
  /// On any failure, `body`'s own included, the temporary file is removed and the old file stays as it was.
  /// An existing file's owner and permissions are kept; a new one is readable by all, as the umask allows. A
  /// symbolic link stays and its target is written. A pipe or device (`/dev/stdout`) is written directly, and
  /// so is standard output, by the names of ``StandardStream``.
  /// A process killed in between leaves a file `.hourglass-….tmp` that may be deleted.
  ///
  /// - Throws: ``FormatError`` for a missing folder, a full or read-only disk or missing permission; what
  ///   `body` throws.
  public static func write(to path: String, _ body: (inout FileWriter) throws -> Void) throws {
    try write(to: path, compressed: false, body)
  }

  /// - Parameters:
  ///   - compressed: writes gzip.
  ///   - synced: waits for the disk. A file that can be made again, and that has a checksum, need not wait.
  static func write(
    to path: String, compressed: Bool, synced: Bool = true, _ body: (inout FileWriter) throws -> Void
  ) throws {
    if StandardStream.isOutput(path) {
      let deflater = compressed ? try Deflater(level: 6, place: StandardStream.output) : nil
      return try fill(StandardStream.outputDescriptor, StandardStream.output, deflater, body)
    }
    let target = try resolved(path)
    var status = stat()
    let isThere = stat(target, &status) == 0
    if isThere, status.st_mode & S_IFMT == S_IFDIR { throw FormatError.writing(path, EISDIR) }
    let deflater = compressed ? try Deflater(level: 6, place: path) : nil
    if isThere, status.st_mode & S_IFMT != S_IFREG {
      let file = open(target, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { throw FormatError.writing(path, errno) }
      defer { close(file) }
      return try fill(file, path, deflater, body)
    }
    if isThere { try checkWritable(target, path) }
    let folder = folder(of: target)
    let (file, temporary) = try makeTemporary(in: folder, path)
    do {
      do {
        if isThere { keepOwner(of: status, file) }
        try fill(file, path, deflater, body)
        // Some file systems have nothing to sync and say so.
        if synced, fsync(file) != 0, errno != EINVAL { throw FormatError.writing(path, errno) }
      } catch {
        close(file)
        throw error
      }
      guard close(file) == 0 else { throw FormatError.writing(path, errno) }
      guard rename(temporary, target) == 0 else { throw FormatError.writing(path, errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    if synced { sync(folder: folder) }
  }

  /// Makes sure that a file of this name can be written, as far as that can be known before it is: makes the
  /// temporary file and removes it. The file itself is not touched.
  ///
  /// - Throws: ``FormatError`` for a missing or read-only folder, missing permission, a folder of that name.
  public static func check(_ path: String) throws {
    if StandardStream.isOutput(path) { return }
    let target = try resolved(path)
    var status = stat()
    if stat(target, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw FormatError.writing(path, EISDIR) }
      try checkWritable(target, path)
      guard status.st_mode & S_IFMT == S_IFREG else { return }
    }
    let (file, temporary) = try makeTemporary(in: folder(of: target), path)
    close(file)
    unlink(temporary)
  }

  private static func fill(
    _ file: Int32, _ path: String, _ deflater: Deflater?, _ body: (inout FileWriter) throws -> Void
  ) throws {
    var writer = FileWriter(file: file, place: path, deflater: deflater)
    try body(&writer)
    try writer.finish()
  }

  /// The file a path means: its links followed, also where the last one leads to nothing yet.
  private static func resolved(_ path: String) throws -> String {
    if path.isEmpty { throw FormatError.writing("''", ENOENT) }
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { return path }
      guard let real = realpath(path, nil) else { throw FormatError.writing(path, errno) }
      defer { free(real) }
      return String(cString: real)
    }
    var target = path
    // As many links as Linux follows.
    for _ in 0..<40 {
      guard let link = destination(of: target) else { return target }
      target = link.hasPrefix("/") ? link : folder(of: target) + "/" + link
    }
    throw FormatError.writing(path, ELOOP)
  }

  private static func destination(of link: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4097) { text in
      guard let start = text.baseAddress else { return nil }
      let count = readlink(link, start, 4096)
      guard count >= 0 else { return nil }
      return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A rename asks for no permission on the file it replaces; a person who took it away meant it.
  private static func checkWritable(_ target: String, _ path: String) throws {
    let file = open(target, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw FormatError.writing(path, errno) }
    close(file)
  }

  private static func makeTemporary(in folder: String, _ path: String) throws -> (Int32, String) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    for attempt in 0..<100 {
      let stamp = String(time.tv_nsec &+ attempt, radix: 36)
      let temporary = "\(folder)/.hourglass-\(getpid())-\(stamp).tmp"
      let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o644))
      if file >= 0 { return (file, temporary) }
      guard errno == EEXIST else { throw FormatError.writing(path, errno) }
    }
    throw FormatError.writing(path, EEXIST)
  }

  /// The owner first: changing it takes special permission bits away. Only the superuser may; others go
  /// without.
  private static func keepOwner(of status: stat, _ file: Int32) {
    _ = fchown(file, status.st_uid, status.st_gid)
    _ = fchmod(file, status.st_mode & 0o7777)
  }

  /// The file is in place already; a folder that cannot be synced is no reason to call that a failure.
  private static func sync(folder: String) {
    let directory = open(folder, O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }
}
