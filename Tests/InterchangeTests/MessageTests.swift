import Testing

@testable import HourglassInterchange

/// The examples of the encoding's specification.
@Suite struct MessageTests {
  func bytes(_ body: (inout Message) -> Void) -> [UInt8] {
    var message = Message()
    body(&message)
    return message.bytes
  }

  @Test func `fields as the specification shows them`() {
    #expect(bytes { $0.integer(1, 150) } == [0x08, 0x96, 0x01])
    #expect(bytes { $0.text(2, "testing") } == [0x12, 0x07] + Array("testing".utf8))
    #expect(bytes { $0.message(3) { $0.integer(1, 150) } } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(
      bytes { $0.integer(1, -2) } == [0x08, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])
    #expect(bytes { $0.integer(16, 0) } == [0x80, 0x01, 0x00])
    #expect(bytes { $0.integer(1, 127) } == [0x08, 0x7F])
    #expect(bytes { $0.integer(1, 128) } == [0x08, 0x80, 0x01])
  }

  @Test func `numbers are little-endian`() {
    #expect(bytes { $0.float(2, 1) } == [0x15, 0, 0, 0x80, 0x3F])
    #expect(bytes { $0.double(1, -2) } == [0x09, 0, 0, 0, 0, 0, 0, 0, 0xC0])
    #expect(
      bytes { $0.doubles(6, [1, -2]) }
        == [0x32, 16, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0])
    #expect(bytes { $0.doubles(6, []) } == [0x32, 0])
  }
}
