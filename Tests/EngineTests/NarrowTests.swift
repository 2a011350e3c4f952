import HourglassKernels
import HourglassTensor
import Testing

/// Rounding to bf16 against the definition in `Double`.
@Suite struct NarrowTests {
  private func narrowed(_ values: [Float]) -> [UInt16] {
    var result = [UInt16](repeating: 0xABCD, count: values.count)
    hourglass_narrow(values, Int64(values.count), &result)
    return result
  }

  @Test func roundsToTheNearestAndTiesToEven() {
    let random = Random(seed: 5, stream: .data)
    var values: [Float] = [
      0, -0.0, 1, -1, 0.1, 3.140625, 65_504, .pi, .leastNormalMagnitude, .leastNonzeroMagnitude,
    ]
    // Halfway between two neighbours, and a bit to either side.
    for upper in [0x3F80, 0x3F81, 0x4000, 0xC123, 0x0001, 0x7F7E] as [UInt32] {
      values += [0x7FFF, 0x8000, 0x8001].map { Float(bitPattern: upper << 16 | $0) }
    }
    values += (0..<1001).map { (random.uniform(position: $0) - 0.5) * 1e4 }
    for (value, bits) in zip(values, narrowed(values)) {
      let wanted = Bfloat16.rounded(Double(value))
      #expect(Double(Bfloat16.value(bits)) == wanted, "\(value)")
      #expect(Bfloat16.value(bits).sign == value.sign, "\(value)")
    }
  }

  @Test func keepsWhatIsNoNumber() {
    let infinite: [Float] = [.infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
    #expect(narrowed(infinite) == [0x7F80, 0xFF80, 0x7F80, 0xFF80])
    // Among them NaN that have all their bits where bf16 has none, and such that a carry would make -0.
    let none = [0x7F80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFF80_8000, 0x7FC0_0000].map(Float.init(bitPattern:))
    for bits in narrowed(none) { #expect(Bfloat16.value(bits).isNaN && bits & 0x40 != 0) }
  }

  @Test func writesNothingBehindTheLast() {
    for count in 0..<70 {
      var result = [UInt16](repeating: 0xABCD, count: count + 1)
      hourglass_narrow([Float](repeating: 1, count: count), Int64(count), &result)
      #expect(result == [UInt16](repeating: 0x3F80, count: count) + [0xABCD])
    }
  }
}

/// bf16 by its definition.
enum Bfloat16 {
  static func value(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The nearest number of 8 significant bits and the exponents of `Float`; of two the even one.
  static func rounded(_ x: Double) -> Double {
    if x == 0 || !x.isFinite { return x }
    let exponent = max(x.exponent, -126) - 7
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    let result = (x / unit).rounded(.toNearestOrEven) * unit
    return abs(result) > 0x1.FEp127 ? (x > 0 ? .infinity : -.infinity) : result
  }
}
