import Hourglass

/// The lines of a stream as they come, in memory of a fixed size: what is not read yet waits in the pipe, and
/// so does who writes it.
final class LineFeed {
  /// Bytes of the longest line that is read.
  static let longest = 1 << 20

  enum Event {
    /// Without its end. Good until the next is asked for.
    case line(UnsafeBufferPointer<UInt8>)
    /// A line that was too long, and passed over.
    case tooLong
    /// The stream's last bytes, without the end of a line.
    case rest(UnsafeBufferPointer<UInt8>)
    /// No whole line is there yet.
    case none
    case end
  }

  private let descriptor: Int32
  private let buffer: UnsafeMutablePointer<UInt8>
  private var (start, scanned, end) = (0, 0, 0)
  private var (isOver, skips) = (false, false)

  init(descriptor: Int32) {
    self.descriptor = descriptor
    buffer = .allocate(capacity: LineFeed.longest)
    // All of it is there from the start, so that memory does not grow later.
    buffer.initialize(repeating: 0, count: LineFeed.longest)
  }

  deinit { buffer.deallocate() }

  /// What can be told of the bytes that were read so far.
  func next() -> Event {
    while scanned < end {
      guard buffer[scanned] == 0x0A else {
        scanned += 1
        continue
      }
      let (from, to) = (start, scanned)
      (start, scanned) = (scanned + 1, scanned + 1)
      if skips {
        skips = false
        return .tooLong
      }
      return .line(line(from, to))
    }
    guard isOver else {
      if end - start == LineFeed.longest {
        // The line goes on: what was read of it is of no use.
        (skips, start, scanned, end) = (true, 0, 0, 0)
      }
      return .none
    }
    let from = start
    start = end
    if skips {
      skips = false
      return .tooLong
    }
    return from < end ? .rest(line(from, end)) : .end
  }

  private func line(_ from: Int, _ to: Int) -> UnsafeBufferPointer<UInt8> {
    let isReturn = to > from && buffer[to - 1] == 0x0D
    return UnsafeBufferPointer(start: buffer + from, count: to - from - (isReturn ? 1 : 0))
  }

  /// Whether more can be read within some milliseconds.
  func waits(_ milliseconds: Int32) -> Bool {
    isOver || System.isReadable(descriptor, within: milliseconds)
  }

  /// Reads what is there, waiting for the first byte.
  func read() throws(Failure) {
    guard !isOver else { return }
    if skips { (start, scanned, end) = (0, 0, 0) }
    if start > 0 {
      (buffer).update(from: buffer + start, count: end - start)
      (start, scanned, end) = (0, scanned - start, end - start)
    }
    let room = UnsafeMutableRawBufferPointer(start: buffer + end, count: LineFeed.longest - end)
    let count = try System.readSome(descriptor, into: room)
    isOver = count == 0
    end += count
  }
}
