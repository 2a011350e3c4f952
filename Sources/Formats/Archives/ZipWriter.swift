import HourglassTensor

/// A zip file of stored `.npy` files, dated 1980-01-01, so that the same arrays give the same bytes.
///
/// - Source: PKWARE, APPNOTE 6.3.10, sections 4.3 (records) and 4.5.3 (zip64).
enum ZipWriter {
  /// Values begin on a multiple of this.
  private static let alignment = 64
  /// An extra field that only pads, as Android's zipalign writes it.
  private static let paddingField: UInt16 = 0xD935

  private struct Entry {
    let name: [UInt8]
    let checksum: UInt32
    let size: Int
    let start: Int
    /// Its records have room for any size, as it is not known when the first of them is written.
    var isStreamed = false

    var isLarge: Bool { isStreamed || size >= 0xFFFF_FFFF || start >= 0xFFFF_FFFF }
  }

  static func write(_ tensors: [NamedTensor], _ writer: inout FileWriter) throws {
    var entries: [Entry] = []
    for named in tensors { entries.append(try write(named, &writer)) }
    try writeDirectory(entries, &writer)
  }

  /// An array whose number of rows is known when it has been written, and others after it.
  static func write(
    _ first: StreamedArray, then others: () throws -> [NamedTensor], _ writer: inout FileWriter
  ) throws {
    precondition(writer.count == 0, "ZipWriter: the streamed array comes first")
    let name = [UInt8]((first.name + ".npy").utf8)
    // Both headers have the same length whatever they say, and are written again when all is known.
    func headers(_ rows: Int, _ checksum: UInt32) throws -> (entry: Entry, bytes: [UInt8]) {
      let header = NPYHeader.bytes(first.sample.batch(rows), first.element)
      let size = rows * first.rowSize
      let entry = Entry(
        name: name,
        checksum: Checksum.crc32(header.withUnsafeBytes { Checksum.crc32($0) }, then: checksum, count: size),
        size: header.count + size, start: 0, isStreamed: true)
      return (entry, try FileWriter.bytes { try writeLocal(entry, &$0) } + header)
    }
    try writer.write(headers(0, 0).bytes)
    var checksum: UInt32 = 0
    var count = 0
    while case let piece = try first.next(), !piece.isEmpty {
      checksum = Checksum.crc32(piece, after: checksum)
      count += piece.count
      try writer.write(piece)
    }
    let (entry, bytes) = try headers(count / first.rowSize, checksum)
    try writer.overwrite(bytes, at: 0)
    var entries = [entry]
    for named in try others() { entries.append(try write(named, &writer)) }
    try writeDirectory(entries, &writer)
  }

  private static func write(_ named: NamedTensor, _ writer: inout FileWriter) throws -> Entry {
    let header = NPYHeader.bytes(for: named.tensor)
    let entry = Entry(
      name: [UInt8]((named.name + ".npy").utf8), checksum: checksum(header, named.tensor),
      size: header.count + named.tensor.count * named.tensor.element.size, start: writer.count)
    try writeLocal(entry, &writer)
    try writer.write(header)
    try named.tensor.withBytes { try writer.write($0) }
    return entry
  }

  private static func writeDirectory(_ entries: [Entry], _ writer: inout FileWriter) throws {
    let start = writer.count
    for entry in entries { try writeCentral(entry, &writer) }
    try writeEnd(count: entries.count, start: start, &writer)
  }

  private static func checksum(_ header: [UInt8], _ tensor: Tensor) -> UInt32 {
    header.withUnsafeBytes { header in
      tensor.withBytes { Checksum.crc32($0, after: Checksum.crc32(header)) }
    }
  }

  /// Version needed, flags (names in UTF-8), method stored, time 00:00, date 1980-01-01, checksum, sizes.
  private static func writeCommon(_ entry: Entry, extra: Int, _ writer: inout FileWriter) throws {
    let size = entry.isLarge ? UInt32.max : UInt32(entry.size)
    try writer.write(UInt16(entry.isLarge ? 45 : 20))
    try writer.write(UInt16(0x0800))
    try writer.write(UInt16(0))
    try writer.write(UInt16(0))
    try writer.write(UInt16(0x21))
    try writer.write(entry.checksum)
    try writer.write(size)
    try writer.write(size)
    try writer.write(UInt16(entry.name.count))
    try writer.write(UInt16(extra))
  }

  private static func writeLocal(_ entry: Entry, _ writer: inout FileWriter) throws {
    let large = entry.isLarge ? 20 : 0
    let unpadded = writer.count + 30 + entry.name.count + large + 4
    let padding = (alignment - unpadded % alignment) % alignment
    try writer.write(UInt32(0x0403_4B50))
    try writeCommon(entry, extra: large + 4 + padding, &writer)
    try writer.write(entry.name)
    if entry.isLarge {
      try writer.write(UInt16(1))
      try writer.write(UInt16(16))
      try writer.write(UInt64(entry.size))
      try writer.write(UInt64(entry.size))
    }
    try writer.write(paddingField)
    try writer.write(UInt16(padding))
    try writer.write([UInt8](repeating: 0, count: padding))
  }

  private static func writeCentral(_ entry: Entry, _ writer: inout FileWriter) throws {
    try writer.write(UInt32(0x0201_4B50))
    // Made on Unix, by version 4.5 of the format.
    try writer.write(UInt16(3 << 8 | 45))
    try writeCommon(entry, extra: entry.isLarge ? 28 : 0, &writer)
    try writer.write(UInt16(0))
    try writer.write(UInt16(0))
    try writer.write(UInt16(0))
    // A plain file that all may read.
    try writer.write(UInt32(0o100644) << 16)
    try writer.write(entry.isLarge ? UInt32.max : UInt32(entry.start))
    try writer.write(entry.name)
    if entry.isLarge {
      try writer.write(UInt16(1))
      try writer.write(UInt16(24))
      try writer.write(UInt64(entry.size))
      try writer.write(UInt64(entry.size))
      try writer.write(UInt64(entry.start))
    }
  }

  private static func writeEnd(count: Int, start: Int, _ writer: inout FileWriter) throws {
    let end = writer.count
    let isLarge = count >= 0xFFFF || end >= 0xFFFF_FFFF
    if isLarge {
      try writer.write(UInt32(0x0606_4B50))
      try writer.write(UInt64(44))
      try writer.write(UInt16(3 << 8 | 45))
      try writer.write(UInt16(45))
      try writer.write(UInt64(0))
      try writer.write(UInt64(count))
      try writer.write(UInt64(count))
      try writer.write(UInt64(end - start))
      try writer.write(UInt64(start))
      try writer.write(UInt32(0x0706_4B50))
      try writer.write(UInt32(0))
      try writer.write(UInt64(end))
      try writer.write(UInt32(1))
    }
    try writer.write(UInt32(0x0605_4B50))
    try writer.write(UInt32(0))
    try writer.write(UInt16(isLarge ? 0xFFFF : count))
    try writer.write(UInt16(isLarge ? 0xFFFF : count))
    try writer.write(isLarge ? UInt32.max : UInt32(end - start))
    try writer.write(isLarge ? UInt32.max : UInt32(start))
    try writer.write(UInt16(0))
  }
}

/// An array of rows that come piece by piece.
struct StreamedArray {
  let name: String
  let element: Element
  /// The shape of one row; it has values.
  let sample: Shape
  /// The next whole rows, valid until the next call; nothing after the last.
  let next: () throws -> UnsafeRawBufferPointer

  var rowSize: Int { sample.count * element.size }
}
