extension CellForm {
  /// A number with its marks, sign and unit.
  func numberText(_ value: Double) -> String {
    guard value.isFinite else { return value < 0 ? "-inf" : "inf" }
    var (whole, fraction) = CellForm.digits(value.magnitude, decimals: decimals)
    let isZero = (whole + fraction).allSatisfy { $0 == 0x30 }
    let isNegative = value < 0 && !isZero
    while fraction.count < min(leastDecimals, 400) { fraction.append(0x30) }
    if !thousands.isEmpty, whole.count > 3 { whole = grouped(whole) }
    var text = String(decoding: whole, as: UTF8.self)
    if !fraction.isEmpty { text += mark + String(decoding: fraction, as: UTF8.self) }
    if isNegative, hasBrackets { return "(" + prefix + text + suffix + ")" }
    let sign = isNegative ? "-" : hasPlus && !isZero ? "+" : ""
    return (isSignInside ? prefix + sign : sign + prefix) + text + suffix
  }

  private func grouped(_ digits: [UInt8]) -> [UInt8] {
    var grouped: [UInt8] = []
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { grouped += Array(thousands.utf8) }
      grouped.append(digit)
    }
    return grouped
  }

  /// The fewest digits that bring a number back, before and behind the point, rounded half away from zero to
  /// so many decimals.
  static func digits(_ magnitude: Double, decimals: Int?) -> (whole: [UInt8], fraction: [UInt8]) {
    let parts = magnitude.description.utf8.split(separator: UInt8(ascii: "e"))
    let exponent = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    let mantissa = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    var digits = mantissa.flatMap(Array.init)
    var point = mantissa[0].count + exponent
    if point <= 0 {
      digits = [UInt8](repeating: 0x30, count: 1 - point) + digits
      point = 1
    }
    if digits.count < point { digits += [UInt8](repeating: 0x30, count: point - digits.count) }
    if let decimals, digits.count > point + max(0, decimals) {
      let kept = point + max(0, decimals)
      let isUp = digits[kept] >= 0x35
      digits = Array(digits[..<kept])
      if isUp, raise(&digits) { point += 1 }
    }
    var end = digits.count
    while end > point, digits[end - 1] == 0x30 { end -= 1 }
    return (Array(digits[..<point]), Array(digits[point..<end]))
  }

  /// Adds one to the last digit.
  ///
  /// - Returns: whether a digit was put in front.
  private static func raise(_ digits: inout [UInt8]) -> Bool {
    for place in digits.indices.reversed() {
      guard digits[place] == 0x39 else {
        digits[place] += 1
        return false
      }
      digits[place] = 0x30
    }
    digits.insert(0x31, at: 0)
    return true
  }
}
