import HourglassFormats
import Testing

@Suite struct GzipTests {
  static let text = [UInt8]((0..<5000).map { UInt8($0 * $0 % 251) })

  @Test(arguments: [0, 1, 6, 9])
  func `what is compressed comes back, and the same bytes each time`(level: Int) throws {
    let compressed = try Gzip.compress(Self.text, level: level)
    #expect(try Gzip.decompress(compressed) == Self.text)
    #expect(try Gzip.compress(Self.text, level: level) == compressed)
    // No time stamp: RFC 1952 has it in bytes 4 to 7.
    #expect(compressed[4..<8].elementsEqual([0, 0, 0, 0]))
  }

  @Test func `nothing compresses to something`() throws {
    #expect(try Gzip.decompress(Gzip.compress([])) == [])
  }

  @Test func `several members, and zeros after them, are one text`() throws {
    let members = try Gzip.compress(Self.text) + Gzip.compress([]) + Gzip.compress([7])
    #expect(try Gzip.decompress(members) == Self.text + [7])
    #expect(try Gzip.decompress(members + [0, 0, 0]) == Self.text + [7])
    #expect(words { _ = try Gzip.decompress(members + [1]) }.contains("1 more bytes"))
  }

  @Test func `damage is named`() throws {
    let whole = try Gzip.compress(Self.text)
    for count in stride(from: 2, to: whole.count, by: 7) {
      let message = words { _ = try Gzip.decompress([UInt8](whole[..<count]), name: "a.gz") }
      #expect(message.hasPrefix("a.gz: expected the rest of the compressed data"))
    }
    var flipped = whole
    flipped[whole.count - 6] ^= 1
    #expect(words { _ = try Gzip.decompress(flipped) }.contains("damage in it (incorrect data check)"))
    #expect(words { _ = try Gzip.decompress([1, 2, 3]) }.contains("expected gzip data"))
    #expect(words { _ = try Gzip.decompress([]) }.contains("expected gzip data"))
  }

  @Test func `a bomb stops at the limit`() throws {
    let bomb = try Gzip.compress([UInt8](repeating: 0, count: 1 << 24), level: 9)
    #expect(bomb.count < 20_000)
    let message = words { _ = try Gzip.decompress(bomb, limit: 1 << 20) }
    #expect(message.contains("at most 1048576 bytes after decompression, found more"))
    #expect(try Gzip.decompress(bomb, limit: 1 << 24).count == 1 << 24)
    #expect(words { _ = try Gzip.decompress(bomb, limit: 1 << 24 - 1) }.contains("found more"))
  }
}
