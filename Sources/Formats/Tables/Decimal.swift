/// Decimal numbers to the nearest `Float` or `Double`, ties to even.
///
/// Nearly every number is read as an integer times a power of ten in `Double`, whose error is known; where
/// that error could change the rounding, the text is read again exactly.
///
/// - Source: Clinger 1990, "How to read floating point numbers accurately"; the margin is ours.
enum Decimal {
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]

  /// A number's sign, digits and exponent: `± mantissa · 10^exponent`.
  private struct Parts {
    var isNegative = false
    /// The first 19 digits; the ones after are dropped, an error below 10⁻¹⁸ of the value.
    var mantissa: UInt64 = 0
    var exponent = 0
  }

  /// Reads the number that begins at `start`: sign, digits with at most one point, exponent.
  ///
  /// - Returns: the value, infinite where it is beyond `Float`, and the place after it; nil for no number.
  @inline(__always)
  static func read(
    _ bytes: UnsafePointer<UInt8>, from start: Int, to limit: Int
  ) -> (value: Float, end: Int)? {
    guard let (value, _, end) = readBoth(bytes, from: start, to: limit) else { return nil }
    return (value, end)
  }

  /// The same with the value in double precision, which may be off by four units in the last place; equal
  /// texts have equal values.
  @inline(__always)
  static func readBoth(
    _ bytes: UnsafePointer<UInt8>, from start: Int, to limit: Int
  ) -> (value: Float, double: Double, end: Int)? {
    guard let (parts, end) = parts(bytes, from: start, to: limit) else { return nil }
    let (rounded, double) = nearest(parts)
    guard let double else {
      let magnitude = exact(bytes, start, end)
      let value = parts.isNegative ? -magnitude : magnitude
      return (value, Double(value), end)
    }
    let magnitude = rounded ?? exact(bytes, start, end)
    return parts.isNegative ? (-magnitude, -double, end) : (magnitude, double, end)
  }

  /// The same to the nearest `Double`, and how many decimals the text has: `2.50` has 2, `1e5` none.
  @inline(__always)
  static func readDouble(
    _ bytes: UnsafePointer<UInt8>, from start: Int, to limit: Int
  ) -> (value: Double, end: Int, decimals: Int)? {
    guard let (parts, end) = parts(bytes, from: start, to: limit) else { return nil }
    let magnitude: Double
    if parts.mantissa <= 1 << 53, parts.exponent.magnitude <= 22 {
      // Both are exact, so the one operation rounds to the nearest.
      magnitude = powers.withUnsafeBufferPointer { powers in
        parts.exponent < 0
          ? Double(parts.mantissa) / powers[0 &- parts.exponent]
          : Double(parts.mantissa) * powers[parts.exponent]
      }
    } else {
      magnitude = exactDouble(parts) ?? (Double(text(bytes, start, end)) ?? .infinity).magnitude
    }
    return (parts.isNegative ? -magnitude : magnitude, end, max(0, 0 &- parts.exponent))
  }

  private static let fives: [UInt64] = (0...27).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 5 }
  }

  /// The magnitude by whole numbers: a product of 128 bits, or a quotient of 64 with its remainder, rounded
  /// to 53 bits once. nil where a digit may have been dropped, or a power of five has more than 64 bits.
  @inline(never)
  private static func exactDouble(_ parts: Parts) -> Double? {
    guard parts.mantissa > 0, parts.mantissa < 1_000_000_000_000_000_000, parts.exponent.magnitude <= 27
    else { return nil }
    let five = fives[Int(parts.exponent.magnitude)]
    var (bits, scale, hasRest): (UInt64, Int, Bool)
    if parts.exponent >= 0 {
      let (high, low) = parts.mantissa.multipliedFullWidth(by: five)
      let shift = high.leadingZeroBitCount
      if high == 0 {
        (bits, scale, hasRest) = (low, 0, false)
      } else {
        bits = shift == 0 ? high : high << UInt64(shift) | low >> UInt64(64 - shift)
        (scale, hasRest) = (64 - shift, low << UInt64(shift) != 0)
      }
    } else {
      // Both are moved up to the highest bit, the dividend then down by one so that the quotient fits.
      let (up, fiveUp) = (parts.mantissa.leadingZeroBitCount, five.leadingZeroBitCount)
      let (quotient, remainder) = (five << UInt64(fiveUp)).dividingFullWidth(
        ((parts.mantissa << UInt64(up)) >> 1, (parts.mantissa << UInt64(up)) << 63))
      (bits, scale, hasRest) = (quotient, fiveUp - up - 63, remainder != 0)
    }
    // The bits are 62 or more where there is a rest, which tells on which side of a half the number lies.
    if hasRest { bits |= 1 }
    let value = Double(sign: .plus, exponent: scale + parts.exponent, significand: Double(bits))
    return value.isNormal ? value : nil
  }

  @inline(__always)
  private static func parts(
    _ bytes: UnsafePointer<UInt8>, from start: Int, to limit: Int
  ) -> (parts: Parts, end: Int)? {
    var parts = Parts()
    var position = start
    if position < limit, bytes[position] == 0x2D || bytes[position] == 0x2B {
      parts.isNegative = bytes[position] == 0x2D
      position += 1
    }
    let whole = position
    position = digits(bytes, from: position, to: limit, scale: 0, &parts)
    var count = position - whole
    if position < limit, bytes[position] == 0x2E {
      let fraction = position + 1
      position = digits(bytes, from: fraction, to: limit, scale: -1, &parts)
      count += position - fraction
    }
    guard count > 0 else { return nil }
    if position < limit, bytes[position] | 0x20 == 0x65 {
      guard let end = exponent(bytes, from: position + 1, to: limit, &parts) else { return nil }
      position = end
    }
    return (parts, position)
  }

  /// - Parameter scale: what a digit that is kept adds to the exponent: 0 before the point, -1 after it.
  @inline(__always)
  private static func digits(
    _ bytes: UnsafePointer<UInt8>, from start: Int, to limit: Int, scale: Int, _ parts: inout Parts
  ) -> Int {
    var position = start
    while position < limit {
      let digit = bytes[position] &- 0x30
      guard digit < 10 else { break }
      // Below 10¹⁸ one more digit fits for sure.
      if parts.mantissa < 1_000_000_000_000_000_000 {
        parts.mantissa = parts.mantissa &* 10 &+ UInt64(digit)
        parts.exponent &+= scale
      } else {
        parts.exponent &+= scale &+ 1
      }
      position &+= 1
    }
    return position
  }

  private static func exponent(
    _ bytes: UnsafePointer<UInt8>, from start: Int, to limit: Int, _ parts: inout Parts
  ) -> Int? {
    var position = start
    var isNegative = false
    if position < limit, bytes[position] == 0x2D || bytes[position] == 0x2B {
      isNegative = bytes[position] == 0x2D
      position += 1
    }
    let first = position
    var exponent = 0
    while position < limit, case let digit = bytes[position] &- 0x30, digit < 10 {
      // Held far beyond any number's range, far below overflow.
      exponent = min(exponent * 10 + Int(digit), 1 << 40)
      position += 1
    }
    guard position > first else { return nil }
    parts.exponent += isNegative ? -exponent : exponent
    return position
  }

  /// The magnitude where `Double` arithmetic decides it, and what that arithmetic gives, else nil.
  @inline(__always)
  private static func nearest(_ parts: Parts) -> (Float?, Double?) {
    if parts.mantissa == 0 { return (0, 0) }
    // Four multiplications at most, of half a unit in the last place each.
    guard parts.exponent >= -66, parts.exponent <= 66 else { return (nil, nil) }
    var value = Double(parts.mantissa)
    var rest = parts.exponent
    while rest > 22 {
      value *= 1e22
      rest -= 22
    }
    while rest < -22 {
      value /= 1e22
      rest += 22
    }
    value = powers.withUnsafeBufferPointer { rest >= 0 ? value * $0[rest] : value / $0[-rest] }
    // A float's midpoints have these 29 bits at 2²⁸; further from one than the error, the rounding is
    // certain.
    let distance = Int(value.bitPattern & 0x1FFF_FFFF) - 0x1000_0000
    guard abs(distance) > 16, value > 0x1p-125, value < 0x1p127 else { return (nil, value) }
    return (Float(value), value)
  }

  @inline(never)
  private static func exact(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Float {
    (Float(text(bytes, start, end)) ?? .infinity).magnitude
  }

  private static func text(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes + start, count: end - start), as: UTF8.self)
  }
}
