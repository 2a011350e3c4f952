/// Decimal numbers of a few digits, as nearly all are, eight digits at a time.
///
///     12.375 = 12375 / 10³
///
/// rounded to the nearest `Double` by one division of two whole numbers that are exact.
///
/// - Source: Clinger 1990 for the division; Lemire 2018, "Quickly parsing eight digits", for the digits.
enum ShortDecimal {
  /// A number of at most 7 digits before the point and 15 after it, below 2⁵³ without its point, that begins
  /// at some bytes of which 24 may be looked at.
  ///
  /// - Returns: nil for any other number, one with zeros in front, and none; what stands behind the number is
  ///   not looked at.
  @inline(__always)
  static func read(_ bytes: UnsafePointer<UInt8>) -> (value: Double, decimals: Int, end: Int)? {
    let isNegative = bytes[0] == 0x2D
    var end = isNegative ? 1 : 0
    let (whole, wholeDigits) = digits(bytes + end)
    guard wholeDigits < 8, wholeDigits < 2 || bytes[end] != 0x30 else { return nil }
    end &+= wholeDigits
    guard bytes[end] == 0x2E else {
      guard wholeDigits > 0 else { return nil }
      let value = Double(Int64(bitPattern: whole))
      return (isNegative ? -value : value, 0, end)
    }
    end &+= 1
    var (decimals, count) = digits(bytes + end)
    end &+= count
    if count == 8 {
      let (more, rest) = digits(bytes + end)
      guard rest < 8 else { return nil }
      decimals = decimals &* power(rest) &+ more
      end &+= rest
      count &+= rest
    }
    guard wholeDigits &+ count > 0, wholeDigits &+ count < 19 else { return nil }
    let mantissa = whole &* power(count) &+ decimals
    guard mantissa <= 1 << 53 else { return nil }
    let value = Double(Int64(bitPattern: mantissa)) / Double(Int64(bitPattern: power(count)))
    return (isNegative ? -value : value, count, end)
  }

  /// The number that the first digits of eight bytes are, and how many they are.
  @inline(__always)
  private static func digits(_ bytes: UnsafePointer<UInt8>) -> (value: UInt64, count: Int) {
    let word = UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
    let values = word ^ 0x3030_3030_3030_3030
    // The highest bit of a byte is set from 10 on; a carry out of one reaches only bytes behind it.
    let others = ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
    let count = others.trailingZeroBitCount &>> 3
    guard count > 0 else { return (0, 0) }
    var sum = values &<< UInt64(64 &- 8 &* count)
    sum = ((sum &* (1 + 10 << 8)) &>> 8) & 0x00FF_00FF_00FF_00FF
    sum = ((sum &* (1 + 100 << 16)) &>> 16) & 0x0000_FFFF_0000_FFFF
    return ((sum &* (1 + 10_000 << 32)) &>> 32, count)
  }

  private static let powers: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
  ]

  @inline(__always)
  private static func power(_ exponent: Int) -> UInt64 {
    powers.withUnsafeBufferPointer { $0[exponent] }
  }
}
