/// A protocol buffers message being read, field by field.
///
/// - Source: the encoding's specification, <https://protobuf.dev/programming-guides/encoding/>.
struct MessageReader {
  /// Bytes that are no message: a field that ends behind the message's end, or of a kind there is not.
  struct Malformed: Error {}

  enum Value {
    case varint(UInt64)
    case eightBytes(UInt64)
    case fourBytes(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field's number and value; nil after the last.
  mutating func next() throws(Malformed) -> (field: UInt64, value: Value)? {
    if rest.isEmpty { return nil }
    let key = try varint()
    switch key & 7 {
    case 0: return (key >> 3, .varint(try varint()))
    case 1: return (key >> 3, .eightBytes(try number()))
    case 2:
      let count = try varint()
      guard count <= rest.count else { throw Malformed() }
      return (key >> 3, .bytes(try take(Int(count))))
    case 5: return (key >> 3, .fourBytes(try number()))
    // Groups, which the events never had.
    default: throw Malformed()
    }
  }

  private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw Malformed() }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func varint() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { throw Malformed() }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Malformed()
  }

  private mutating func number<Number: FixedWidthInteger>() throws(Malformed) -> Number {
    var value: Number = 0
    for byte in try take(Number.bitWidth / 8).reversed() { value = value << 8 | Number(byte) }
    return value
  }
}
