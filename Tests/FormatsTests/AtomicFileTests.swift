import Foundation
import HourglassFormats
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct AtomicFileTests {
  static let old = Array("old".utf8)
  static let new = Array("new and longer".utf8)

  static func permissions(_ path: String) throws -> Int {
    let value = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    return try #require(value as? Int)
  }

  @Test func `a new file has the umask's permissions, an old one keeps its own`() throws {
    let folder = try TemporaryFolder()
    let mask = Int(umask(0o022))
    umask(mode_t(mask))
    try AtomicFile.write(to: folder.file("new")) { try $0.write(Self.new) }
    #expect(try contents(folder.file("new")) == Self.new)
    #expect(try Self.permissions(folder.file("new")) == 0o644 & ~mask)
    let path = try folder.file("old", Self.old)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try AtomicFile.write(to: path) { try $0.write(Self.new) }
    #expect(try contents(path) == Self.new)
    #expect(try Self.permissions(path) == 0o640)
    #expect(try folder.names == ["new", "old"])
  }

  @Test func `large and small writes come out in order`() throws {
    let folder = try TemporaryFolder()
    let pieces = [10, 70_000, 3, 65_536, 1, 200_000].enumerated().map { index, count in
      [UInt8](repeating: UInt8(index), count: count)
    }
    try AtomicFile.write(to: folder.file("a")) { writer in
      for piece in pieces { try writer.write(piece) }
      #expect(writer.count == pieces.map(\.count).reduce(0, +))
      try writer.write("é")
    }
    #expect(try contents(folder.file("a")) == pieces.flatMap { $0 } + [0xC3, 0xA9])
  }

  @Test func `a failure leaves the old file and no other`() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    let path = try folder.file("a", Self.old)
    for name in ["a", "b"] {
      #expect(throws: Stop.self) {
        try AtomicFile.write(to: folder.file(name)) { writer in
          try writer.write([UInt8](repeating: 1, count: 100_000))
          throw Stop()
        }
      }
    }
    #expect(try contents(path) == Self.old)
    #expect(try folder.names == ["a"])
  }

  @Test func `a link stays a link`() throws {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.file("inner"), withIntermediateDirectories: false)
    let target = try folder.file("inner/a", Self.old)
    // Relative, through a second link; and one whose target is not there yet.
    try manager.createSymbolicLink(atPath: folder.file("inner/second"), withDestinationPath: "a")
    try manager.createSymbolicLink(atPath: folder.file("first"), withDestinationPath: "inner/second")
    try manager.createSymbolicLink(atPath: folder.file("dangling"), withDestinationPath: "inner/b")
    try manager.createSymbolicLink(atPath: folder.file("loop"), withDestinationPath: "loop")
    try AtomicFile.write(to: folder.file("first")) { try $0.write(Self.new) }
    try AtomicFile.write(to: folder.file("dangling")) { try $0.write(Self.new) }
    #expect(try contents(target) == Self.new)
    #expect(try contents(folder.file("inner/b")) == Self.new)
    #expect(try manager.destinationOfSymbolicLink(atPath: folder.file("first")) == "inner/second")
    #expect(try folder.names == ["dangling", "first", "inner", "loop"])
    #expect(words { try AtomicFile.write(to: folder.file("loop")) { _ in } }.contains("symbolic links"))
  }

  @Test func `places that cannot be written are named`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("a", Self.old)
    let missing = words { try AtomicFile.write(to: folder.file("none/a")) { _ in } }
    #expect(missing.contains("found no such folder; make the folder first"))
    #expect(words { try AtomicFile.write(to: folder.path) { _ in } }.contains("found a folder"))
    #expect(
      words { try AtomicFile.write(to: file + "/b") { _ in } }.contains("a file where a folder is named"))
    #expect(words { try AtomicFile.write(to: "") { _ in } }.contains("no such folder"))
    let long = folder.file(String(repeating: "x", count: 300))
    #expect(words { try AtomicFile.write(to: long) { _ in } }.contains("name too long"))
    #expect(try folder.names == ["a"])
  }

  @Test func `a pipe is written, not replaced`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let pipe = open(path, O_RDWR | O_NONBLOCK)
    defer { close(pipe) }
    try AtomicFile.write(to: path) { try $0.write(Self.new) }
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = read(pipe, &bytes, bytes.count)
    #expect([UInt8](bytes.prefix(max(count, 0))) == Self.new)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFIFO)
    #expect(words { _ = try NPY.read(path) }.contains("found a pipe or device"))
  }

  @Test func `a full device is named`() throws {
    let folder = try TemporaryFolder()
    guard let path = Disk.fullDevice(in: folder) else {
      print("skipped: there is no full device here")
      return
    }
    let message = words { try AtomicFile.write(to: path) { try $0.write(Self.new) } }
    #expect(message.contains("expected room for the file, found no space left on device; free some"))
  }

  @Test func `on a full disk the old file stays`() throws {
    let folder = try TemporaryFolder()
    guard Disk.mount(folder.path, "size=256k") else {
      print("skipped: mounting a small disk needs the superuser")
      return
    }
    defer { Disk.unmount(folder.path) }
    let path = try folder.file("a", Self.old)
    let message = words {
      try AtomicFile.write(to: path) { writer in
        for _ in 0..<100 { try writer.write([UInt8](repeating: 1, count: 10_000)) }
      }
    }
    #expect(message.contains("expected room for the file"))
    #expect(try contents(path) == Self.old)
    #expect(try folder.names == ["a"])
    try AtomicFile.write(to: path) { try $0.write(Self.new) }
    #expect(try contents(path) == Self.new)
  }

  @Test func `a read-only disk is named`() throws {
    let folder = try TemporaryFolder()
    guard Disk.mount(folder.path, "size=256k") else {
      print("skipped: mounting a read-only disk needs the superuser")
      return
    }
    defer { Disk.unmount(folder.path) }
    let path = try folder.file("a", Self.old)
    #expect(Disk.mount(folder.path, "remount,ro"))
    for name in ["a", "b"] {
      let message = words { try AtomicFile.write(to: folder.file(name)) { try $0.write(Self.new) } }
      #expect(message.contains("found read-only file system; choose another folder"))
    }
    #expect(try contents(path) == Self.old)
  }

  @Test func `a folder and a file without permission are named`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a", Self.old)
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    try manager.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
    let file = try Stranger.run { words { try AtomicFile.write(to: path) { try $0.write(Self.new) } } }
    #expect(file.contains("expected permission to write there"))
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    let inside = try Stranger.run { words { try AtomicFile.write(to: folder.file("b")) { _ in } } }
    #expect(inside.contains("expected permission to write there"))
    try manager.setAttributes([.posixPermissions: 0o000], ofItemAtPath: path)
    let reading = try Stranger.run { words { _ = try NPY.read(path) } }
    #expect(reading.contains("no permission to read it"))
    try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    #expect(try folder.names == ["a"])
  }
}

/// Small disks in memory, where the tests may make them.
enum Disk {
  static func mount(_ path: String, _ options: String) -> Bool {
    getuid() == 0 && run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path])
  }

  /// A device that is always full. The superuser, whom nothing would stop from replacing the system's own,
  /// gets one in a folder of the test.
  static func fullDevice(in folder: TemporaryFolder) -> String? {
    guard getuid() == 0 else { return access("/dev/full", W_OK) == 0 ? "/dev/full" : nil }
    let path = folder.file("full")
    guard run("mknod", [path, "c", "1", "7"]) else { return nil }
    let file = open(path, O_WRONLY)
    close(file)
    return file >= 0 ? path : nil
  }

  static func unmount(_ path: String) { _ = run("umount", [path]) }

  private static func run(_ program: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

/// Somebody without the superuser's rights over files, for one thread and as long as the closure runs.
enum Stranger {
  static func run(_ body: () -> String) throws -> String {
    guard getuid() == 0 else { return body() }
    typealias SetUser = @convention(c) (uid_t) -> Int32
    let symbol = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "setfsuid"))
    let setUser = unsafeBitCast(symbol, to: SetUser.self)
    _ = setUser(65534)
    defer { _ = setUser(0) }
    return body()
  }
}
