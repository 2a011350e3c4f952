import HourglassTensor
import Testing

@testable import HourglassInterchange

@Suite struct CRC32CTests {
  /// RFC 3720, appendix B.4, and the check value of the catalogues of checksums.
  static let answers: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    (iscsiRead, 0xD996_3A56),
    (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test(arguments: answers)
  func `known answers`(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(bytes) == checksum)
    #expect(slowChecksum(bytes) == checksum)
  }

  @Test func `any length and any alignment agree with bit after bit`() {
    let random = Random(seed: 1, stream: 1)
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: Int(256 * random.uniform(position: $0))) }
    for start in 0..<9 {
      for end in stride(from: start, through: bytes.count, by: 1) {
        let checksum = bytes[start..<end].withUnsafeBytes { CRC32C.checksum($0) }
        #expect(checksum == slowChecksum(Array(bytes[start..<end])))
      }
    }
  }

  /// The length that TensorFlow writes before a record of 24 bytes, `18 00 … 00`, and its masked checksum as
  /// in its files, `a3 7f 4b 22`.
  @Test func `masked as in TensorFlow's files`() {
    #expect(CRC32C.masked([0x18, 0, 0, 0, 0, 0, 0, 0]) == 0x224B_7FA3)
  }
}

/// The read command of RFC 3720, appendix B.4.
private let iscsiRead: [UInt8] = [
  0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14,
  0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
]

/// One bit after the other, as the definition says.
func slowChecksum(_ bytes: [UInt8]) -> UInt32 {
  var value = ~UInt32(0)
  for byte in bytes {
    value ^= UInt32(byte)
    for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
  }
  return ~value
}
