/// A column of a typed table while it is read, but for its values.
struct TypedColumn {
  /// What the cells are taken for.
  enum Kind: UInt8 {
    /// Nothing but gaps so far.
    case unknown
    case number, time, text
    /// Something else than was thought: passed over, and read again.
    case unsettled
  }

  /// What an earlier reading of the file has found.
  struct Settled {
    /// Cells are texts whatever they look like.
    var isText = false
    var order: CSV.DateOrder?
  }

  var mark: CSVNumber.Mark?
  var unit: [UInt8]?
  /// How its cells are written, as far as is known.
  var form = CellForm(.text)
  /// Whether a gap was seen, which ``CellForm/gap`` is then.
  var hasGap = false
  /// Whether a comma stands before decimals, or between thousands.
  var (hasDecimalComma, hasThousandsComma) = (false, false)
  var times = TimeColumn()
  var levels = LevelTable()

  /// The number that a cell is beside the plain way.
  ///
  /// - Returns: nil for no number, another unit than the cells before had, and what looks like a code.
  mutating func number(_ text: [UInt8]) -> (value: Double, decimals: Int)? {
    if CSVCell.isNotFinite(text) {
      let isNaN = text.last.map { $0 | 0x20 } == UInt8(ascii: "n")
      return (isNaN ? .nan : text.first == 0x2D ? -.infinity : .infinity, 0)
    }
    if mark != .comma, let plain = TypedColumn.plain(text) {
      form.note(text, hasComma: false)
      return plain
    }
    guard let number = CSVNumber(text, mark: mark), !(number.isAmbiguous && mark == nil),
      let read = TypedColumn.plain(number.digits), number.unit == unit ?? number.unit || number.unit.isEmpty
    else { return nil }
    if !number.unit.isEmpty { unit = number.unit }
    if text.contains(0x2C) {
      if mark == .comma || number.mark == .comma { hasDecimalComma = true } else { hasThousandsComma = true }
    }
    form.note(text, hasComma: mark == .comma || number.mark == .comma)
    return read
  }

  private static func plain(_ text: [UInt8]) -> (value: Double, decimals: Int)? {
    text.withUnsafeBufferPointer { text in
      guard CSVCell.isPlainNumber(text), let start = text.baseAddress else { return nil }
      return Decimal.readDouble(start, from: 0, to: text.count).map { ($0.value, $0.decimals) }
    }
  }
}

extension CellForm {
  /// Takes in how a number is written.
  fileprivate mutating func note(_ bytes: [UInt8], hasComma: Bool) {
    let text = Array(CSVText.string(bytes).unicodeScalars)
    func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }
    if hasComma { mark = "," }
    let decimal: Unicode.Scalar = hasComma ? "," : "."
    guard let first = text.firstIndex(where: { isDigit($0) || $0 == decimal }),
      let last = text.lastIndex(where: { isDigit($0) || $0 == decimal })
    else { return }
    noteSides(Array(text[..<first]), Array(text[(last + 1)...]))
    let whole = text[first...last].prefix { $0 != decimal }
    guard thousands.isEmpty, let mark = whole.first(where: { !isDigit($0) }), mark != "e", mark != "E" else {
      return
    }
    thousands = String(Character(mark))
  }

  private mutating func noteSides(_ before: [Unicode.Scalar], _ after: [Unicode.Scalar]) {
    func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
      String(String.UnicodeScalarView(scalars))
    }
    let isSign: (Unicode.Scalar) -> Bool = { "+-\u{2212}".unicodeScalars.contains($0) }
    var (before, after) = (before, after)
    if before.first == "(", after.last == ")" {
      hasBrackets = true
      (before, after) = (Array(before.dropFirst()), Array(after.dropLast()))
    }
    if let place = before.firstIndex(where: isSign) {
      if before[place] == "+" { hasPlus = true }
      if place > 0 { isSignInside = true }
      before.remove(at: place)
    }
    if prefix.isEmpty { prefix = string(before) }
    if suffix.isEmpty { suffix = string(after) }
  }
}
