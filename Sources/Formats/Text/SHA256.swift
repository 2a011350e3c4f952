/// A checksum of 256 bits that nobody can make another file for, as `sha256sum` prints it.
///
/// - Source: FIPS 180-4, section 6.2.
public struct SHA256 {
  private static let start: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
  /// The first 32 bits behind the point of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]

  private var state = SHA256.start
  private var words = [UInt32](repeating: 0, count: 64)
  /// Bytes that do not fill a block yet.
  private var rest: [UInt8] = []
  private var count = 0

  public init() {}

  /// The checksum of some bytes.
  public static func of(_ bytes: [UInt8]) -> [UInt8] {
    var checksum = SHA256()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.finished()
  }

  /// The checksum of a file.
  ///
  /// - Throws: ``FormatError`` for a file that cannot be read and for what is no plain file.
  public static func of(file path: String) throws -> [UInt8] {
    let file = try PlainFile(path)
    var checksum = SHA256()
    var block = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let read = try block.withUnsafeMutableBytes { try file.read(at: offset, into: $0) }
      block.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[..<read])) }
      offset += read
      if read < block.count { return checksum.finished() }
    }
  }

  /// 64 characters of hexadecimal.
  public static func text(_ checksum: [UInt8]) -> String {
    checksum.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    var bytes = bytes
    if !rest.isEmpty {
      let taken = min(64 - rest.count, bytes.count)
      rest += bytes[..<taken]
      bytes = UnsafeRawBufferPointer(rebasing: bytes[taken...])
      guard rest.count == 64 else { return }
      let block = rest
      block.withUnsafeBytes { add($0) }
      rest.removeAll()
    }
    let whole = bytes.count / 64 * 64
    for start in stride(from: 0, to: whole, by: 64) {
      add(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + 64)]))
    }
    rest += bytes[whole...]
  }

  /// The 32 bytes of the checksum of all that was taken in.
  public mutating func finished() -> [UInt8] {
    let bits = UInt64(count) * 8
    var tail: [UInt8] = [0x80] + [UInt8](repeating: 0, count: (119 - count % 64) % 64)
    for shift in stride(from: 56, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    tail.withUnsafeBytes { update($0) }
    return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
  }

  private mutating func add(_ block: UnsafeRawBufferPointer) {
    let state = self.state
    self.state = words.withUnsafeMutableBufferPointer { words in
      for index in 0..<16 {
        words[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      }
      for index in 16..<64 {
        let (near, far) = (words[index - 2], words[index - 15])
        words[index] =
          (SHA256.turned(near, 17) ^ SHA256.turned(near, 19) ^ near >> 10) &+ words[index - 7]
          &+ (SHA256.turned(far, 7) ^ SHA256.turned(far, 18) ^ far >> 3) &+ words[index - 16]
      }
      return SHA256.rounds(state, words)
    }
  }

  private static func rounds(_ start: [UInt32], _ words: UnsafeMutableBufferPointer<UInt32>) -> [UInt32] {
    var (a, b, c, d) = (start[0], start[1], start[2], start[3])
    var (e, f, g, h) = (start[4], start[5], start[6], start[7])
    constants.withUnsafeBufferPointer { constants in
      for index in 0..<64 {
        let first =
          h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ ((e & f) ^ (~e & g)) &+ constants[index]
          &+ words[index]
        let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
        (h, g, f, e) = (g, f, e, d &+ first)
        (d, c, b, a) = (c, b, a, first &+ second)
      }
    }
    return zip(start, [a, b, c, d, e, f, g, h]).map { $0 &+ $1 }
  }

  private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }
}
