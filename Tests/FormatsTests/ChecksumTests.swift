import HourglassFormats
import Testing

@Suite struct ChecksumTests {
  /// Lengths and XXH64 of the first bytes of (7 i² + i) mod 256, by the Python package xxhash 3.6.0.
  static let golden: [(count: Int, value: UInt64)] = [
    (0, 0xEF46_DB37_51D8_E999), (1, 0xE934_A84A_DB05_2768), (3, 0x0A8B_0EAA_A44D_36DC),
    (4, 0xA52C_40DC_1E45_8CB4), (5, 0x3302_EF89_63E0_49E3), (7, 0xA327_711B_1BC0_4318),
    (8, 0x7966_FB28_3479_6E77), (9, 0xAAED_4DB6_E7D9_FFE7), (12, 0xFB41_C903_1996_F3E9),
    (15, 0x428B_3A06_1DBB_BDD3), (16, 0x6610_0430_26FA_E65A), (31, 0xBDB8_7F28_FDE1_EC91),
    (32, 0x70E7_F656_3E61_B260), (33, 0x9DD0_1335_C51A_C88F), (39, 0x906E_CFA9_4815_B319),
    (63, 0x6A3E_F85D_3E6D_755E), (64, 0xFE80_8355_4C30_B401), (65, 0x0DFB_5D4E_9F73_FA4A),
    (100, 0xD52D_DAAF_2112_7AA9), (255, 0xB18D_4CC0_0AF2_C58E), (1000, 0xED0B_042E_F7C8_FE40),
  ]
  static let bytes = (0..<1000).map { UInt8(($0 * $0 * 7 + $0) & 255) }

  @Test(arguments: golden) func `is XXH64`(count: Int, value: UInt64) {
    var checksum = ContentChecksum()
    Self.bytes[..<count].withUnsafeBytes { checksum.update($0) }
    #expect(checksum.value == value)
    #expect(checksum.count == count)
  }

  @Test(arguments: [1, 2, 7, 31, 32, 33, 500]) func `does not depend on how the bytes are cut`(piece: Int) {
    var checksum = ContentChecksum()
    for start in stride(from: 0, to: 1000, by: piece) {
      Self.bytes[start..<min(start + piece, 1000)].withUnsafeBytes { checksum.update($0) }
    }
    #expect(checksum.value == 0xED0B_042E_F7C8_FE40)
  }

  @Test func `of a file`() throws {
    let folder = try TemporaryFolder()
    #expect(try ContentChecksum.of(folder.file("a", Self.bytes)).value == 0xED0B_042E_F7C8_FE40)
    #expect(words { _ = try ContentChecksum.of(folder.file("none")) }.contains("nothing of that name"))
  }
}
