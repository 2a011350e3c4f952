import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a format writes its bytes: a file being made by ``AtomicFile``, or memory.
public struct FileWriter: ~Copyable {
  /// Bytes gathered before the system is asked to write them.
  static let bufferSize = 1 << 16

  /// The system's number of the file; nil for memory.
  private let file: Int32?
  private let place: String
  private let deflater: Deflater?
  private var buffer: [UInt8] = []
  /// Bytes written so far, before compression.
  public private(set) var count = 0

  init(file: Int32?, place: String, deflater: Deflater? = nil) {
    self.file = file
    self.place = place
    self.deflater = deflater
    if file != nil { buffer.reserveCapacity(2 * FileWriter.bufferSize) }
  }

  /// What `body` writes, in memory.
  static func bytes(_ body: (inout FileWriter) throws -> Void) throws -> [UInt8] {
    var writer = FileWriter(file: nil, place: "memory")
    try body(&writer)
    return writer.buffer
  }

  /// Writes bytes.
  ///
  /// - Throws: ``FormatError`` if the system does not take them (full disk); ``BrokenPipe``.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    count += bytes.count
    if let deflater {
      var position = 0
      while position < bytes.count {
        let end = min(position + FileWriter.bufferSize, bytes.count)
        deflater.compress(
          UnsafeRawBufferPointer(rebasing: bytes[position..<end]), finish: false, into: &buffer)
        try flush(above: FileWriter.bufferSize)
        position = end
      }
    } else if let file, bytes.count >= FileWriter.bufferSize {
      try flush(above: 0)
      try put(bytes, file)
    } else {
      buffer.append(contentsOf: bytes)
      try flush(above: FileWriter.bufferSize)
    }
  }

  /// Writes bytes.
  public mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Writes text as UTF-8.
  public mutating func write(_ text: String) throws {
    try write([UInt8](text.utf8))
  }

  /// Writes an integer, little-endian.
  mutating func write(_ value: some FixedWidthInteger & BitwiseCopyable) throws {
    try withUnsafeBytes(of: value.littleEndian) { try write($0) }
  }

  /// Writes a tensor's values in row-major order.
  mutating func write(_ tensor: Tensor, bigEndian: Bool) throws {
    let size = tensor.element.size
    if size == 1 || bigEndian == StoredArray.hostIsBigEndian {
      return try tensor.withBytes { try write($0) }
    }
    try tensor.withBytes { bytes in
      var position = 0
      while position < bytes.count {
        let end = min(position + FileWriter.bufferSize, bytes.count)
        var piece = [UInt8](bytes[position..<end])
        for value in stride(from: 0, to: piece.count, by: size) {
          piece[value..<(value + size)].reverse()
        }
        try write(piece)
        position = end
      }
    }
  }

  /// Writes bytes over ones that were written before.
  ///
  /// - Precondition: they were; nothing is compressed; the file is a plain one.
  mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws {
    precondition(
      deflater == nil && offset >= 0 && offset + bytes.count <= count,
      "FileWriter.overwrite: \(bytes.count) bytes at \(offset) of \(count)")
    guard let file else { return buffer.replaceSubrange(offset..<(offset + bytes.count), with: bytes) }
    try flush(above: 0)
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { bytes in
        pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw FormatError.writing(place, errno)
      }
      done += written
    }
  }

  /// Ends the compression and hands all that is left to the system.
  mutating func finish() throws {
    deflater?.compress(UnsafeRawBufferPointer(start: nil, count: 0), finish: true, into: &buffer)
    try flush(above: 0)
  }

  private mutating func flush(above threshold: Int) throws {
    guard let file, buffer.count > threshold else { return }
    try buffer.withUnsafeBytes { try put($0, file) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: UnsafeRawBufferPointer, _ file: Int32) throws {
    var rest = bytes
    while !rest.isEmpty {
      #if canImport(Glibc)
        let written = Glibc.write(file, rest.baseAddress, min(rest.count, 1 << 30))
      #elseif canImport(Musl)
        let written = Musl.write(file, rest.baseAddress, min(rest.count, 1 << 30))
      #else
        let written = Darwin.write(file, rest.baseAddress, min(rest.count, 1 << 30))
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { throw BrokenPipe() }
        throw FormatError.writing(place, errno)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }
}
