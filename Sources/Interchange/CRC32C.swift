/// The cyclic redundancy check of Castagnoli's polynomial, which TensorFlow's record files carry.
///
/// - Source: RFC 3720, section 12.1 and appendix B.4; eight bytes at a time after Kounavis and Berry 2005.
enum CRC32C {
  /// Table k holds, for every byte, what it does to the checksum from k bytes before the end of a group of
  /// eight; one table after the other.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      // The polynomial 0x1EDC6F41, its bits reversed.
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<tables.count {
      let value = tables[index - 256]
      tables[index] = value >> 8 ^ tables[Int(value & 0xFF)]
    }
    return tables
  }()

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var value = ~UInt32(0)
      var position = 0
      while position + 8 <= bytes.count {
        let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)) ^ value
        let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self))
        value = 0
        for byte in 0..<4 {
          let shift = UInt32(8 * byte)
          value ^= tables[(7 - byte) << 8 | Int(low >> shift & 0xFF)]
          value ^= tables[(3 - byte) << 8 | Int(high >> shift & 0xFF)]
        }
        position += 8
      }
      for byte in bytes[position...] {
        value = value >> 8 ^ tables[Int((value ^ UInt32(byte)) & 0xFF)]
      }
      return ~value
    }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0) }
  }

  /// The checksum as record files store it: turned and shifted, so that a checksum of data that hold
  /// checksums stays a good one.
  static func masked(_ bytes: [UInt8]) -> UInt32 {
    let value = checksum(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
