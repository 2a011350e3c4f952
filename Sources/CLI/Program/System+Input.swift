#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reading what is there, without waiting for more than is asked.
extension System {
  static let standardInput = STDIN_FILENO

  /// Whether something can be read, the end too, within some milliseconds; none of them: now.
  static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, milliseconds) > 0
  }

  /// Reads what is there, waiting for the first byte.
  ///
  /// - Returns: how many bytes; 0 at the end.
  /// - Throws: ``Failure`` where nothing can be read.
  static func readSome(_ descriptor: Int32, into target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  {
    guard let base = target.baseAddress else { return 0 }
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, base, target.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, base, target.count)
      #else
        let count = Darwin.read(descriptor, base, target.count)
      #endif
      if count >= 0 { return count }
      guard errno == EINTR || errno == EAGAIN else {
        throw Failure.data("cannot read standard input: \(String(cString: strerror(errno)))")
      }
      if errno == EAGAIN { _ = isReadable(descriptor, within: 1000) }
    }
  }
}
