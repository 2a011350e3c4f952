import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The built program, run as a person runs it, in a folder of its own that goes when this does.
final class BuiltProgram {
  struct Outcome {
    /// The exit code; 128 and the signal where one ended it.
    let code: Int32
    let output: String
    let messages: String

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// Where the program runs: what it is given here it sees under the bare name.
  let folder: String
  private let aside: String

  init() throws {
    let root = try #require(BuiltProgram.makeFolder())
    folder = root + "/work"
    aside = root + "/aside"
    mkdir(folder, 0o777)
    mkdir(aside, 0o777)
  }

  deinit {
    BuiltProgram.remove(folder)
    BuiltProgram.remove(aside)
    rmdir(String(folder.dropLast("/work".count)))
  }

  /// A program beside the tests.
  static func path(_ name: String) -> String {
    #if os(Linux)
      let own = (try? link("/proc/self/exe")) ?? CommandLine.arguments[0]
    #else
      let own = CommandLine.arguments[0]
    #endif
    var parts = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    // On macOS the tests stand some folders down, in a bundle.
    for _ in 0..<4 {
      let candidate = parts.joined(separator: "/") + "/" + name
      if access(candidate, X_OK) == 0 { return candidate }
      parts = parts.dropLast()
    }
    return name
  }

  private static func link(_ path: String) throws -> String {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &target, target.count)
    try #require(count > 0)
    return String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func makeFolder() -> String? {
    var template = Array("/tmp/hourglass-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    chmod(template, 0o755)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Runs `hourglass` to its end.
  func run(_ words: String...) throws -> Outcome { try run(words) }

  func run(_ words: [String], program: String = "hourglass") throws -> Outcome {
    try start([BuiltProgram.path(program)] + words).end()
  }

  /// Runs `hourglass` behind words that change its surroundings: `["setpriv", "--reuid", "65534"]`.
  func run(under words: [String], _ arguments: [String]) throws -> Outcome {
    try start(words + [BuiltProgram.path("hourglass")] + arguments).end()
  }

  /// A program on its way.
  struct Running {
    fileprivate let process: pid_t
    fileprivate let aside: String
    fileprivate let number: Int

    func send(_ signal: Int32) { kill(process, signal) }

    /// What it has said on standard error so far.
    var messages: String { BuiltProgram.text("\(aside)/\(number).messages") }

    /// What it has written on standard output so far.
    var output: String { BuiltProgram.text("\(aside)/\(number).output") }

    /// Whether it has not ended yet.
    private var isRunning: Bool {
      var state = siginfo_t()
      return waitid(P_PID, id_t(process), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_signo == 0
    }

    /// Waits until it has said something, or has ended without.
    func wait(for words: String) {
      while isRunning, !messages.contains(words) { usleep(2000) }
    }

    func end() -> Outcome {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 && errno == EINTR {}
      let signal = status & 0x7F
      return Outcome(
        code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
        output: BuiltProgram.text("\(aside)/\(number).output"), messages: messages)
    }
  }

  private var runs = 0

  /// Starts a command line found on the path.
  func start(_ words: [String]) throws -> Running {
    runs += 1
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "\(aside)/\(runs).output", flags, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, "\(aside)/\(runs).messages", flags, 0o644)
    let shell = ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder]
    var arguments = (shell + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    try #require(posix_spawn(&process, shell[0], &actions, nil, &arguments, environ) == 0, "\(words)")
    return Running(process: process, aside: aside, number: runs)
  }

  /// Writes a file into the folder.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = open(folder + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    try #require(file >= 0)
    defer { close(file) }
    let count = bytes.withUnsafeBytes { bytes in
      #if canImport(Glibc)
        Glibc.write(file, bytes.baseAddress, bytes.count)
      #elseif canImport(Musl)
        Musl.write(file, bytes.baseAddress, bytes.count)
      #else
        Darwin.write(file, bytes.baseAddress, bytes.count)
      #endif
    }
    try #require(count == bytes.count)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func makeFolder(_ name: String) { mkdir(folder + "/" + name, 0o777) }

  /// A file of the folder, empty where there is none.
  func bytes(_ name: String) -> [UInt8] { BuiltProgram.bytes(folder + "/" + name) }

  func text(_ name: String) -> String { BuiltProgram.text(folder + "/" + name) }

  /// What is in the folder, hidden files included, in order.
  func names(in name: String = ".") -> [String] { BuiltProgram.names(folder + "/" + name) }

  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }

  private static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func remove(_ path: String) {
    for name in names(path) where unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
    rmdir(path)
  }
}
