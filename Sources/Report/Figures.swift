/// Numbers as a person reads them.
package enum Figures {
  /// With exactly so many decimals: `fixed(3.14159, 2)` is `3.14`.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    // Above 2⁵³ every Double is whole, and its own description is exact enough.
    guard scaled < 0x1p53 else { return "\(value)" }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let digits = String(UInt64(scaled))
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// With so many significant digits: `significant(0.0916349)` is `0.09163`; very small and very large values
  /// as `1.234e-07`.
  package static func significant(_ value: Double, _ digits: Int = 4) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
    var exponent = 0
    var magnitude = value.magnitude
    while magnitude >= 10 {
      magnitude /= 10
      exponent += 1
    }
    while magnitude < 1 {
      magnitude *= 10
      exponent -= 1
    }
    // 9.9996 has one digit more once it is rounded.
    if fixed(magnitude, digits - 1).hasPrefix("10") {
      magnitude = 1
      exponent += 1
    }
    if exponent >= -4 && exponent < max(digits, 7) {
      return fixed(value, max(0, digits - 1 - exponent))
    }
    let size = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
    let mantissa = fixed(magnitude, digits - 1)
    return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + size
  }

  /// A share: `percent(0.1)` is `10 %`.
  package static func percent(_ share: Float) -> String { "\(brief(100 * Double(share))) %" }

  /// Thousands apart: `60 000`.
  package static func grouped(_ value: Int) -> String {
    var groups = ""
    for (index, digit) in String(value.magnitude).reversed().enumerated() {
      if index > 0 && index % 3 == 0 { groups.append(" ") }
      groups.append(digit)
    }
    return (value < 0 ? "-" : "") + String(groups.reversed())
  }

  /// Thousands apart by a narrow space at which no line breaks, for pages.
  package static func count(_ value: Int) -> String { grouped(value).replacing(" ", with: "\u{202F}") }

  /// A number of things, thousands apart: `1 sample`, `60 000 samples`.
  ///
  /// - Parameter several: what several are called; nil: `one` with an s.
  package static func grouped(_ value: Int, _ one: String, _ several: String? = nil) -> String {
    grouped(value) + " " + noun(value, one, several)
  }

  /// The same for pages.
  package static func count(_ value: Int, _ one: String, _ several: String? = nil) -> String {
    count(value) + " " + noun(value, one, several)
  }

  private static func noun(_ value: Int, _ one: String, _ several: String?) -> String {
    value == 1 ? one : several ?? one + "s"
  }

  /// With at most so many significant digits and no zeros at the end: `0.001`, `0.1`, `12`.
  package static func brief(_ value: Double, _ digits: Int = 4) -> String {
    let text = significant(value, digits)
    guard text.contains("."), !text.contains("e") else { return text }
    let kept = String(text.reversed().drop { $0 == "0" }.reversed())
    return kept.hasSuffix(".") ? String(kept.dropLast()) : kept
  }

  /// Three digits and a letter: `950`, `41.2k`, `1.30M`.
  package static func compact(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    for (limit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= limit * 0.9995 {
      let scaled = value / limit
      return fixed(scaled, scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2) + letter
    }
    return fixed(value, 0)
  }

  /// Minutes and seconds: `0:07`, `12:34`, `1:02:03`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }

  /// Padded on the right to a width.
  package static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Padded on the left to a width.
  package static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Lines of a table, columns as wide as their widest cell; those from `numbersFrom` on stand on the right.
  package static func table(_ rows: [[String]], numbersFrom: Int) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { $0 < numbersFrom ? left($1, widths[$0]) : right($1, widths[$0]) }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}
