#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few calls of the C library that the program makes, in one place.
enum System {
  static func exit(_ code: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(code)
    #elseif canImport(Musl)
      Musl.exit(code)
    #else
      Darwin.exit(code)
    #endif
  }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Whether there is anything of that name.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal behind a descriptor; nil where there is none.
  static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Seconds on a clock that never goes back.
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Waits.
  static func sleep(_ seconds: Double) {
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
    nanosleep(&time, nil)
  }

  /// A reader that went away, and a file larger than the system allows, become errors of `write` instead of
  /// signals.
  static func writeWithoutSignals() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// The signals that ask a program to stop: of the keyboard, and of `kill`.
  private static let stopSignals = [SIGINT, SIGTERM]

  /// From here on a signal to stop waits until ``pendingStop`` is asked. Threads that are started later keep
  /// to it too.
  static func holdStopSignals() { change(SIG_BLOCK) }

  /// Signals to stop have their usual effect again: the next one ends the program at once.
  static func releaseStopSignals() { change(SIG_UNBLOCK) }

  /// The signal to stop that is waiting, which then waits no longer; nil where there is none.
  static func pendingStop() -> Int32? {
    var waiting = sigset_t()
    guard sigpending(&waiting) == 0, stopSignals.contains(where: { sigismember(&waiting, $0) == 1 }) else {
      return nil
    }
    var wanted = stopSet()
    var signal: Int32 = 0
    return sigwait(&wanted, &signal) == 0 ? signal : nil
  }

  private static func change(_ how: Int32) {
    var signals = stopSet()
    pthread_sigmask(how, &signals, nil)
  }

  private static func stopSet() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in stopSignals { sigaddset(&signals, signal) }
    return signals
  }

  /// Bytes of memory that the machine has.
  static var memory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

  /// Whether two names are of one file that is there.
  static func isSameFile(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    return stat(first, &one) == 0 && stat(second, &other) == 0 && one.st_ino == other.st_ino
      && one.st_dev == other.st_dev
  }

  /// The text in a file, or for `-` on standard input, of at most `limit` bytes.
  ///
  /// - Throws: ``Failure`` that says what is in the way.
  static func text(of path: String, limit: Int = 1 << 24) throws(Failure) -> String {
    func failure(_ found: String) -> Failure { .data("\(path): expected a file of text, found \(found)") }
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw failure(errno == ENOENT ? "nothing of that name" : String(cString: strerror(errno)).lowercased())
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw failure(errno == EISDIR ? "a folder" : "no way to read it") }
      if count == 0 { break }
      bytes += piece[..<count]
      guard bytes.count <= limit else { throw failure("more than \(limit >> 20) MB") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("bytes that are no UTF-8")
    }
    return text
  }

  /// Whether a plain file begins with an object of JSON; an event file has zeros among its first bytes.
  static func startsJSON(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 8)
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return false }
    return bytes[..<count].first { $0 > 0x20 } == UInt8(ascii: "{") && !bytes[..<count].contains(0)
  }

  enum WriteResult {
    case done
    case brokenPipe
    case failed(String)
  }

  /// Writes all the bytes, however many calls that takes.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> WriteResult {
    guard let base = bytes.baseAddress else { return .done }
    var written = 0
    while written < bytes.count {
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, base + written, bytes.count - written)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, base + written, bytes.count - written)
      #else
        let count = Darwin.write(descriptor, base + written, bytes.count - written)
      #endif
      if count > 0 {
        written += count
      } else if errno == EPIPE {
        return .brokenPipe
      } else if errno != EINTR && errno != EAGAIN {
        return .failed(String(cString: strerror(errno)))
      }
    }
    return .done
  }
}
