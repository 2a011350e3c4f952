/// A number as people and programs write it beside the plain way: with thousands apart, a decimal comma, a
/// sign of money, percent or a unit, or negative in brackets.
struct CSVNumber: Hashable {
  typealias Mark = CSV.DecimalMark

  /// Digits and a point, as ``Decimal`` reads them.
  var digits: [UInt8]
  /// What stood beside the digits, without spaces: `%`, `$`, `kg`; empty for nothing.
  var unit: [UInt8] = []
  /// What the text says of the mark by itself; nil where it is as good with the other one.
  var mark: Mark?
  /// Whether a comma or a point may as well part thousands as decimals: `4,697`.
  var isAmbiguous = false

  /// - Parameters:
  ///   - mark: what stands before decimals, where that is known.
  ///   - units: whether a word behind the number, apart by a space, is its unit.
  /// - Returns: nil where the text is no number, or one with the other mark.
  init?(_ text: [UInt8], mark: Mark?, units: Bool = true) {
    guard text.count <= 64, text.contains(where: CSVNumber.isDigit) else { return nil }
    guard var rest = CSVNumber.plainSpaces(text) else { return nil }
    var isNegative = false
    if rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")") {
      isNegative = true
      rest = CSVNumber.trimmed(rest.dropFirst().dropLast())
    }
    unit = CSVNumber.takeAffixes(&rest, &isNegative, words: units)
    guard let first = rest.first, CSVNumber.isDigit(first) || ".,".utf8.contains(first) else { return nil }
    guard let (digits, found, isAmbiguous) = CSVNumber.plain(rest, mark) else { return nil }
    self.digits = (isNegative ? [UInt8(ascii: "-")] : []) + digits
    self.mark = found
    self.isAmbiguous = isAmbiguous
  }

  var single: Float? { CSVCell.single(digits) }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func trimmed(_ text: some Collection<UInt8>) -> [UInt8] {
    Array(text.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
  }

  /// The text with plain spaces for those that do not break, thin ones too, and a plain sign for a minus.
  private static func plainSpaces(_ text: [UInt8]) -> [UInt8]? {
    if text.allSatisfy({ $0 < 0x80 }) { return text }
    var plain: [UInt8] = []
    for character in CSVText.string(text).unicodeScalars {
      switch character {
      case "\u{A0}", "\u{202F}", "\u{2009}", "\u{2007}": plain.append(0x20)
      case "\u{2212}": plain.append(UInt8(ascii: "-"))
      case "\u{2019}": plain.append(UInt8(ascii: "'"))
      default: plain += Array(String(character).utf8)
      }
    }
    return plain
  }
}

// MARK: - Units

extension CSVNumber {
  private static let money = ["$", "€", "£", "¥", "₹", "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR"].map {
    [UInt8]($0.utf8)
  }
  /// Bytes of the longest word that is taken for a unit.
  private static let longestUnit = 8

  /// Takes the sign and what stands before and behind the digits off.
  private static func takeAffixes(_ text: inout [UInt8], _ isNegative: inout Bool, words: Bool) -> [UInt8] {
    func takeSign() {
      guard let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else { return }
      if first == UInt8(ascii: "-") { isNegative.toggle() }
      text = trimmed(text.dropFirst())
    }
    takeSign()
    var unit: [UInt8] = []
    if let sign = money.first(where: { text.starts(with: $0) }) {
      unit = sign
      text = trimmed(text.dropFirst(sign.count))
      takeSign()
    }
    guard unit.isEmpty, let end = text.lastIndex(where: isDigit), end + 1 < text.count else { return unit }
    let rest = text[(end + 1)...]
    let word = trimmed(rest)
    let isSign = word == [UInt8(ascii: "%")] || money.contains(word) || word == Array("°".utf8)
    let isWord =
      words && rest.first == 0x20 && word.count <= longestUnit
      && word.allSatisfy { $0 >= 0x80 || !",.;:#()\"' ".utf8.contains($0) }
    guard isSign || isWord else { return unit }
    text = Array(text[...end])
    return word
  }
}

// MARK: - Marks

extension CSVNumber {
  /// Digits without marks between thousands, a point before the decimals.
  private static func plain(
    _ text: [UInt8], _ known: Mark?
  ) -> (digits: [UInt8], mark: Mark?, isAmbiguous: Bool)? {
    let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
    // An exponent goes with the plain way, or with a decimal comma.
    let mantissa = text.prefix { !"eE".utf8.contains($0) }
    let exponent = text[mantissa.endIndex...]
    guard mantissa.allSatisfy({ isDigit($0) || [point, comma, 0x20, UInt8(ascii: "'")].contains($0) }) else {
      return nil
    }
    let (points, commas) = (mantissa.count { $0 == point }, mantissa.count { $0 == comma })
    func read(_ mark: Mark) -> [UInt8]? {
      let (decimal, other) = mark == .point ? (point, comma) : (comma, point)
      let parts = mantissa.split(separator: decimal, omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.count < 2 || parts[1].allSatisfy(isDigit),
        let whole = grouped(Array(parts[0]), other)
      else { return nil }
      guard parts.count == 2 || whole.count > 0 else { return nil }
      let fraction = parts.count == 2 ? [point] + parts[1] : []
      return whole + fraction + exponent
    }
    if let known {
      return read(known).map { ($0, points + commas > 0 ? known : nil, false) }
    }
    guard points + commas > 0 else { return read(.point).map { ($0, nil, false) } }
    let (byPoint, byComma) = (read(.point), read(.comma))
    switch (byPoint, byComma) {
    case (let digits?, nil): return (digits, .point, false)
    case (nil, let digits?): return (digits, .comma, false)
    // As programs write it, or thousands.
    case (let digits?, _?): return (digits, nil, true)
    case (nil, nil): return nil
    }
  }

  /// Digits, all together or in threes behind the first one to three with one mark between.
  private static func grouped(_ text: [UInt8], _ mark: UInt8) -> [UInt8]? {
    if text.allSatisfy(isDigit) { return text }
    for separator in [mark, 0x20, UInt8(ascii: "'")] where text.contains(separator) {
      let groups = text.split(separator: separator, omittingEmptySubsequences: false)
      guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }),
        groups.allSatisfy({ $0.allSatisfy(isDigit) }), groups[0].first != 0x30
      else { return nil }
      return groups.flatMap(\.self)
    }
    return nil
  }
}
