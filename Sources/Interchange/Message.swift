/// A protocol buffers message being written, field by field.
///
/// - Source: the encoding's specification, <https://protobuf.dev/programming-guides/encoding/>.
struct Message {
  private(set) var bytes: [UInt8] = []

  /// How a field's value is laid out, in the low three bits of the field's key.
  private enum Wire: UInt64 {
    case varint = 0
    case eightBytes = 1
    case length = 2
    case fourBytes = 5
  }

  /// A 32-bit or 64-bit integer or an enumeration; negative ones take ten bytes.
  mutating func integer(_ field: UInt64, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ field: UInt64, _ value: Float) {
    key(field, .fourBytes)
    append(value.bitPattern)
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    key(field, .eightBytes)
    append(value.bitPattern)
  }

  /// A repeated field of doubles, packed.
  mutating func doubles(_ field: UInt64, _ values: [Double]) {
    key(field, .length)
    varint(UInt64(8 * values.count))
    for value in values { append(value.bitPattern) }
  }

  mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
    key(field, .length)
    varint(UInt64(value.count))
    bytes += value
  }

  mutating func text(_ field: UInt64, _ value: String) {
    bytes(field, Array(value.utf8))
  }

  /// A message within this one.
  mutating func message(_ field: UInt64, _ body: (inout Message) -> Void) {
    var inner = Message()
    body(&inner)
    bytes(field, inner.bytes)
  }

  private mutating func key(_ field: UInt64, _ wire: Wire) {
    varint(field << 3 | wire.rawValue)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(_ value: some FixedWidthInteger & BitwiseCopyable) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
