import CZlib

/// Compresses what it is given, piece by piece, into gzip's format without a time stamp: the same bytes in,
/// the same bytes out.
final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>

  /// - Parameter level: 0 (stored) to 9 (smallest).
  init(level: Int, place: String) throws {
    precondition((0...9).contains(level), "Deflater: level \(level) is not in 0...9")
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    let status = deflateInit2_(
      stream, Int32(level), Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    guard status == Z_OK else {
      stream.deallocate()
      throw FormatError.memory(place, 1 << 18)
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Appends the compressed bytes that are ready to `output`; `finish` ends the stream.
  func compress(_ bytes: UnsafeRawBufferPointer, finish: Bool, into output: inout [UInt8]) {
    var position = 0
    repeat {
      let count = min(bytes.count - position, 1 << 30)
      let next = bytes.baseAddress?.advanced(by: position).assumingMemoryBound(to: UInt8.self)
      stream.pointee.next_in = UnsafeMutablePointer(mutating: next)
      stream.pointee.avail_in = UInt32(count)
      position += count
      drain(position == bytes.count && finish ? Z_FINISH : Z_NO_FLUSH, into: &output)
    } while position < bytes.count
  }

  private func drain(_ flush: Int32, into output: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 15) { room in
      repeat {
        stream.pointee.next_out = room.baseAddress
        stream.pointee.avail_out = UInt32(room.count)
        deflate(stream, flush)
        output.append(
          contentsOf: UnsafeBufferPointer(room).prefix(room.count - Int(stream.pointee.avail_out)))
      } while stream.pointee.avail_out == 0
    }
  }
}
