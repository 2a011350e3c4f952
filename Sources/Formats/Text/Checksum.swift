import CZlib

/// CRC-32 as gzip and zip have it.
enum Checksum {
  /// - Parameter start: the checksum of what comes before.
  static func crc32(_ bytes: UnsafeRawBufferPointer, after start: UInt32 = 0) -> UInt32 {
    guard let address = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return start }
    return UInt32(truncatingIfNeeded: crc32_z(UInt(start), address, bytes.count))
  }

  /// The checksum of one piece followed by another of `count` bytes.
  static func crc32(_ first: UInt32, then second: UInt32, count: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), count))
  }
}

/// A checksum of 64 bits that tells contents apart: two files of the same length have the same one by
/// accident once in 2⁶⁴. Far faster than a disk; no protection against somebody who wants them to be the
/// same.
///
/// - Source: Y. Collet, "xxHash fast digest algorithm", XXH64, with seed 0.
package struct ContentChecksum {
  private static let primes: [UInt64] = [
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
    0x27D4_EB2F_1656_67C5,
  ]
  private static let stripe = 32

  private var lanes: SIMD4<UInt64>
  /// Bytes that do not fill a stripe yet.
  private var rest: [UInt8] = []
  /// Bytes seen.
  package private(set) var count = 0

  package init() {
    let primes = ContentChecksum.primes
    lanes = SIMD4(primes[0] &+ primes[1], primes[1], 0, 0 &- primes[0])
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    var position = 0
    if !rest.isEmpty {
      position = min(ContentChecksum.stripe - rest.count, bytes.count)
      rest.append(contentsOf: bytes[..<position])
      guard rest.count == ContentChecksum.stripe else { return }
      rest.withUnsafeBytes { consume($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = (bytes.count - position) / ContentChecksum.stripe * ContentChecksum.stripe
    consume(UnsafeRawBufferPointer(rebasing: bytes[position..<(position + whole)]))
    rest.append(contentsOf: bytes[(position + whole)...])
  }

  private mutating func consume(_ stripes: UnsafeRawBufferPointer) {
    let (first, second) = (ContentChecksum.primes[0], ContentChecksum.primes[1])
    var (a, b, c, d) = (lanes.x, lanes.y, lanes.z, lanes.w)
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: stripes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
      ContentChecksum.rotated(lane &+ word &* second, 31) &* first
    }
    for offset in stride(from: 0, to: stripes.count, by: ContentChecksum.stripe) {
      a = round(a, word(offset))
      b = round(b, word(offset &+ 8))
      c = round(c, word(offset &+ 16))
      d = round(d, word(offset &+ 24))
    }
    lanes = SIMD4(a, b, c, d)
  }

  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 - count)
  }

  /// The checksum of the bytes so far.
  package var value: UInt64 {
    let primes = ContentChecksum.primes
    var hash = primes[4]
    if count >= ContentChecksum.stripe {
      let shifts: [UInt64] = [1, 7, 12, 18]
      hash = (0..<4).reduce(0) { $0 &+ ContentChecksum.rotated(lanes[$1], shifts[$1]) }
      for index in 0..<4 {
        hash ^= ContentChecksum.rotated(lanes[index] &* primes[1], 31) &* primes[0]
        hash = hash &* primes[0] &+ primes[3]
      }
    }
    hash &+= UInt64(count)
    rest.withUnsafeBytes { ContentChecksum.finish(&hash, $0) }
    hash = (hash ^ hash &>> 33) &* primes[1]
    hash = (hash ^ hash &>> 29) &* primes[2]
    return hash ^ hash &>> 32
  }

  private static func finish(_ hash: inout UInt64, _ rest: UnsafeRawBufferPointer) {
    var position = 0
    while let word = rest.integer(at: position, as: UInt64.self) {
      hash ^= rotated(word &* primes[1], 31) &* primes[0]
      hash = rotated(hash, 27) &* primes[0] &+ primes[3]
      position += 8
    }
    if let word = rest.integer(at: position, as: UInt32.self) {
      hash ^= UInt64(word) &* primes[0]
      hash = rotated(hash, 23) &* primes[1] &+ primes[2]
      position += 4
    }
    for byte in rest[position...] {
      hash ^= UInt64(byte) &* primes[4]
      hash = rotated(hash, 11) &* primes[0]
    }
  }

  /// The checksum of a file, read in blocks.
  ///
  /// - Throws: ``FormatError`` for a file that cannot be read.
  package static func of(_ path: String) throws -> ContentChecksum {
    let reader = try FileReader(path)
    while try !reader.next().isEmpty {}
    return reader.checksum
  }
}
