/// Zip files of stored entries, made the plain way, for tests that need wrong ones.
enum Zip {
  static func file(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let name = [UInt8](entry.name.utf8)
      let common =
        number(20, 2) + number(0, 8) + number(Int(checksum(entry.bytes)), 4) + number(entry.bytes.count, 4)
        + number(entry.bytes.count, 4) + number(name.count, 2) + number(0, 2)
      directory +=
        number(0x0201_4B50, 4) + number(20, 2) + common + number(0, 10) + number(file.count, 4) + name
      file += number(0x0403_4B50, 4) + common + name + entry.bytes
    }
    return file + directory + number(0x0605_4B50, 4) + number(0, 4) + number(entries.count, 2)
      + number(entries.count, 2) + number(directory.count, 4) + number(file.count, 4) + number(0, 2)
  }

  /// Little-endian.
  static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }

  /// CRC-32, bit by bit.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
