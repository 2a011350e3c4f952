import CZlib
import HourglassTensor

/// A stream of DEFLATE, taken apart as far as the caller has room.
///
/// - Source: RFC 1951 (deflate), RFC 1952 (gzip), by zlib.
final class Inflater {
  /// What surrounds the stream: gzip's header and checksum, or nothing, as in a zip entry.
  enum Wrapper: Int32 {
    case gzip = 31
    case none = -15
  }

  /// No stream of DEFLATE grows by more than this: 258 bytes from two bits.
  static let greatestRatio = 1032

  private let stream: UnsafeMutablePointer<z_stream>
  /// The input, or as much of it as was read so far and not used up.
  private var input: UnsafeRawBufferPointer
  /// Reads on, when the input is used up; gives nothing at its end.
  private let more: (() throws -> UnsafeRawBufferPointer)?
  private let wrapper: Wrapper
  private let place: String
  /// Bytes of the input handed to zlib.
  private var position = 0
  private var isFinished = false

  /// - Parameter input: must outlive the inflater.
  convenience init(_ input: UnsafeRawBufferPointer, _ wrapper: Wrapper, place: String) throws {
    try self.init(input, nil, wrapper, place)
  }

  /// - Parameter more: gives the next piece of the input, which stays as it is until the piece after it is
  ///   asked for; nothing at the end.
  convenience init(
    _ wrapper: Wrapper, place: String, _ more: @escaping () throws -> UnsafeRawBufferPointer
  ) throws {
    try self.init(UnsafeRawBufferPointer(start: nil, count: 0), more, wrapper, place)
  }

  private init(
    _ input: UnsafeRawBufferPointer, _ more: (() throws -> UnsafeRawBufferPointer)?, _ wrapper: Wrapper,
    _ place: String
  ) throws {
    self.input = input
    self.more = more
    self.wrapper = wrapper
    self.place = place
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, wrapper.rawValue, ZLIB_VERSION, size) == Z_OK else {
      stream.deallocate()
      throw FormatError.memory(place, 1 << 16)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Bytes of the input at hand that the stream has not used.
  var unread: Int { input.count - position + Int(stream.pointee.avail_in) }

  /// Fills `target`; fewer bytes than it has room for are the last ones.
  ///
  /// - Throws: ``FormatError`` for a stream that is damaged or ends early.
  func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < target.count, !isFinished {
      filled += try step(UnsafeMutableRawBufferPointer(rebasing: target[filled...]))
    }
    return filled
  }

  private func step(_ target: UnsafeMutableRawBufferPointer) throws -> Int {
    try feed()
    let room = min(target.count, Int(UInt32.max))
    stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room)
    let status = inflate(stream, Z_NO_FLUSH)
    let produced = room - Int(stream.pointee.avail_out)
    switch status {
    case Z_OK: break
    case Z_STREAM_END: try finishMember()
    case Z_BUF_ERROR where produced == 0 && unread == 0:
      throw FormatError(
        place: place, expected: "the rest of the compressed data", found: "the end of it",
        remedy: "the file is cut short; get it again")
    case Z_MEM_ERROR: throw FormatError.memory(place, 1 << 16)
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
      throw FormatError(
        place: place, expected: "compressed data", found: "damage in it (\(reason))",
        remedy: "get the file again")
    }
    return produced
  }

  private func feed() throws {
    guard stream.pointee.avail_in == 0 else { return }
    if position == input.count, let more {
      input = try more()
      position = 0
    }
    guard position < input.count else { return }
    let count = min(input.count - position, Int(UInt32.max))
    let next = input.baseAddress?.advanced(by: position).assumingMemoryBound(to: UInt8.self)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: next)
    stream.pointee.avail_in = UInt32(count)
    position += count
  }

  /// A gzip file may hold several members one after the other, and zeros after the last.
  private func finishMember() throws {
    if wrapper == .gzip { try feed() }
    guard wrapper == .gzip, unread > 0 else {
      isFinished = true
      return
    }
    var rest = UnsafeRawBufferPointer(rebasing: input[(input.count - unread)...])
    // Of a member that begins with the last byte at hand, zlib checks the second byte.
    if Gzip.isGzip(rest) || (rest.count == 1 && rest[0] == 0x1F && more != nil) {
      inflateReset(stream)
      return
    }
    isFinished = true
    var count = 0
    var isPadding = true
    while !rest.isEmpty {
      count += rest.count
      isPadding = isPadding && rest.allSatisfy { $0 == 0 }
      rest = try more?() ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
    guard isPadding else {
      throw FormatError(
        place: place, expected: "the end of the compressed data", found: "\(count) more bytes",
        remedy: "get the file again")
    }
  }
}
