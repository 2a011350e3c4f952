import HourglassTensor

/// The list of what a zip file holds, at its end, with every place checked against the file.
///
/// - Source: PKWARE, APPNOTE 6.3.10, sections 4.3 (records) and 4.5.3 (zip64).
struct ZipDirectory {
  struct Entry {
    let name: String
    /// 0 stored, 8 deflated.
    let method: UInt16
    let checksum: UInt32
    /// Bytes of the entry after decompression.
    let size: Int
    /// Where the entry's own header begins.
    let start: Int
    /// Where its bytes lie in the file.
    let data: Range<Int>
  }

  let entries: [Entry]

  /// - Throws: ``FormatError`` for a file that is no zip file, is cut short, is encrypted, or whose entries
  ///   overlap.
  init(_ bytes: UnsafeRawBufferPointer, place: String) throws {
    var reader = Reader(bytes: bytes, place: place)
    entries = try reader.entries()
  }
}

/// What an entry says of itself before its place is checked.
private struct Record {
  var flags: UInt16
  var method: UInt16
  var checksum: UInt32
  var compressed: UInt64
  var size: UInt64
  var start: UInt64
  var name: Range<Int>
}

private struct Reader {
  let bytes: UnsafeRawBufferPointer
  let place: String

  mutating func entries() throws -> [ZipDirectory.Entry] {
    let (directory, count) = try directory()
    var position = directory.lowerBound
    var entries: [ZipDirectory.Entry] = []
    for _ in 0..<count {
      let (record, next) = try record(at: position, end: directory.upperBound)
      entries.append(try entry(record, before: directory.lowerBound))
      position = next
    }
    guard position == directory.upperBound else { throw damaged("a directory of \(count) entries", "more") }
    // Entries that share bytes would let a small file hold any amount of data.
    var end = 0
    for entry in entries.sorted(by: { $0.start < $1.start }) {
      guard entry.start >= end else { throw damaged("entries one after the other", "two that overlap") }
      end = entry.data.upperBound
    }
    return entries
  }

  private func damaged(_ expected: String, _ found: String) -> FormatError {
    FormatError(
      place: place, expected: expected, found: found, remedy: "the file is cut short or damaged; get it again"
    )
  }

  private func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, _ type: Value.Type
  ) throws -> Value {
    guard let value = bytes.integer(at: offset, as: type) else {
      throw damaged("a record of a zip file", "the end of the file")
    }
    return value
  }

  /// The last record of the file names the place of the directory.
  private func directory() throws -> (Range<Int>, count: UInt64) {
    guard bytes.integer(at: 0, as: UInt16.self) == 0x4B50 else {
      throw FormatError(
        place: place, expected: "a zip file, beginning with PK", found: FormatError.excerpt(bytes.prefix(4)),
        remedy: "check that the file is what its name says")
    }
    // A comment of at most 65 535 bytes may follow it.
    let last = bytes.count - 22
    let places = stride(from: last, through: max(last - 0xFFFF, 0), by: -1)
    let found = places.first { place in
      bytes.integer(at: place, as: UInt32.self) == 0x0605_4B50
        && bytes.integer(at: place + 20, as: UInt16.self).map { Int($0) + place + 22 } == bytes.count
    }
    guard let end = found else { throw damaged("the directory at the end of the zip file", "none") }
    var count = UInt64(try integer(end + 10, UInt16.self))
    var size = UInt64(try integer(end + 12, UInt32.self))
    var start = UInt64(try integer(end + 16, UInt32.self))
    var limit = end
    if bytes.integer(at: end - 20, as: UInt32.self) == 0x0706_4B50 {
      let large = Int(truncatingIfNeeded: try integer(end - 12, UInt64.self))
      guard bytes.integer(at: large, as: UInt32.self) == 0x0606_4B50, large < end - 20 else {
        throw damaged("the record of a large zip file", "none")
      }
      count = try integer(large + 32, UInt64.self)
      size = try integer(large + 40, UInt64.self)
      start = try integer(large + 48, UInt64.self)
      limit = large
    }
    guard start <= UInt64(limit), size == UInt64(limit) - start, count <= size / 46 else {
      throw damaged("a directory that ends where its record begins", "one of \(size) bytes at \(start)")
    }
    return (Int(start)..<limit, count)
  }

  private func record(at position: Int, end: Int) throws -> (Record, next: Int) {
    guard position <= end - 46, try integer(position, UInt32.self) == 0x0201_4B50 else {
      throw damaged("an entry of the directory", "something else")
    }
    let nameLength = Int(try integer(position + 28, UInt16.self))
    let extraLength = Int(try integer(position + 30, UInt16.self))
    let commentLength = Int(try integer(position + 32, UInt16.self))
    let nameStart = position + 46
    let extra = (nameStart + nameLength)..<(nameStart + nameLength + extraLength)
    let next = extra.upperBound + commentLength
    guard next <= end else { throw damaged("an entry of the directory", "the end of the directory") }
    var record = Record(
      flags: try integer(position + 8, UInt16.self), method: try integer(position + 10, UInt16.self),
      checksum: try integer(position + 16, UInt32.self),
      compressed: UInt64(try integer(position + 20, UInt32.self)),
      size: UInt64(try integer(position + 24, UInt32.self)),
      start: UInt64(try integer(position + 42, UInt32.self)), name: nameStart..<extra.lowerBound)
    try readLargeSizes(extra, &record)
    return (record, next)
  }

  /// Fields of 32 bits that are full have their value in an extra field, in this order.
  private func readLargeSizes(_ extra: Range<Int>, _ record: inout Record) throws {
    var position = extra.lowerBound
    while position + 4 <= extra.upperBound {
      let identifier = try integer(position, UInt16.self)
      let end = position + 4 + Int(try integer(position + 2, UInt16.self))
      guard end <= extra.upperBound else { return }
      position += 4
      if identifier == 1 {
        for field in [\Record.size, \Record.compressed, \Record.start]
        where record[keyPath: field] == 0xFFFF_FFFF && position + 8 <= end {
          record[keyPath: field] = try integer(position, UInt64.self)
          position += 8
        }
      }
      position = end
    }
  }

  /// The entry's own header says where its bytes begin; the directory says how many they are.
  private func entry(_ record: Record, before limit: Int) throws -> ZipDirectory.Entry {
    let nameBytes = bytes[record.name]
    let name = String(decoding: nameBytes, as: UTF8.self)
    // Bits 0 and 6: encryption; bit 5: patches to another file.
    guard record.flags & 0x61 == 0 else {
      throw FormatError(
        place: place, expected: "entries that are not encrypted", found: "an encrypted one",
        remedy: "save the arrays without a password")
    }
    guard record.method == 0 || record.method == 8 else {
      throw FormatError(
        place: place, expected: "entries that are stored or deflated", found: "method \(record.method)",
        remedy: "write the file with numpy.savez or numpy.savez_compressed")
    }
    guard record.start < UInt64(limit), try integer(Int(record.start), UInt32.self) == 0x0403_4B50 else {
      throw damaged("the entry \(FormatError.excerpt(name.utf8))", "something else in its place")
    }
    let start = Int(record.start)
    let nameEnd = start + 30 + Int(try integer(start + 26, UInt16.self))
    let data = nameEnd + Int(try integer(start + 28, UInt16.self))
    guard data <= limit, record.compressed <= UInt64(limit - data), record.size <= UInt64(Int.max / 16),
      bytes[(start + 30)..<nameEnd].elementsEqual(nameBytes)
    else { throw damaged("the entry \(FormatError.excerpt(name.utf8)) inside the file", "its end outside") }
    return ZipDirectory.Entry(
      name: name, method: record.method, checksum: record.checksum, size: Int(record.size), start: start,
      data: data..<(data + Int(record.compressed)))
  }
}
