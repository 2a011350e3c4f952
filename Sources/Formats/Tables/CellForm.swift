/// How the cells of a column are written, so that others can be written alike.
///
/// | kind | for example |
/// |---|---|
/// | number | `1.234,50`, `$4,258.25`, `-0.5 %`, `(8,302)`, `42.1 kg` |
/// | time | `2023-01-31`, `31.01.2023 17:41`, `Jan 31, 2023`, `7:05 PM` |
/// | text | `Jena`, `"Jena"` |
public struct CellForm: Hashable, Sendable {
  /// What the cells hold.
  public enum Kind: String, Hashable, Sendable, Codable { case number, time, text }

  public var kind: Kind
  /// Whether cells stand in quotes, though they need not.
  public var isQuoted = false
  /// What stands where a value is missing.
  public var gap = ""
  /// Digits behind the decimal mark, at most: more are rounded. nil for as many as bring the number back.
  public var decimals: Int?
  /// Digits behind the decimal mark, at least: zeros fill them up.
  public var leastDecimals = 0
  /// `.` or `,`.
  public var mark = "."
  /// What stands between thousands; empty for nothing.
  public var thousands = ""
  /// What stands before the number, with blanks: `$`, `EUR `.
  public var prefix = ""
  /// What stands behind the number, with blanks: `%`, ` kg`.
  public var suffix = ""
  /// Whether the sign stands behind the prefix: `$-5`.
  public var isSignInside = false
  /// Whether a negative number stands in brackets, without a sign.
  public var hasBrackets = false
  /// Whether a positive number has a sign.
  public var hasPlus = false
  /// How times are written.
  public var pattern: TimePattern?

  public init(_ kind: Kind) { self.kind = kind }

  /// Numbers written plainly.
  ///
  /// - Parameter decimals: digits behind the point at most; nil for as many as bring the number back.
  public static func number(decimals: Int? = nil) -> CellForm {
    var form = CellForm(.number)
    form.decimals = decimals
    return form
  }

  /// Times written by a pattern, as `yyyy-MM-dd`.
  public static func time(_ pattern: TimePattern) -> CellForm {
    var form = CellForm(.time)
    form.pattern = pattern
    return form
  }

  /// Texts.
  public static let text = CellForm(.text)

  /// A number, or a time in seconds since 1970-01-01T00:00, as the column writes it, without quotes; what
  /// stands for a gap where it is NaN.
  public func text(_ value: Double) -> String {
    if value.isNaN { return gap }
    if kind == .time { return (pattern ?? .date).text(value) }
    return numberText(value)
  }
}

extension CellForm: Codable {
  private enum Key: String, CodingKey {
    case kind, quoted, gap, decimals, leastDecimals, mark, thousands, prefix, suffix, signInside, brackets
    case plus, pattern
  }

  /// - Throws: `DecodingError` for a kind that is not known.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(try values.decode(Kind.self, forKey: .kind))
    func flag(_ key: Key) throws -> Bool { try values.decodeIfPresent(Bool.self, forKey: key) ?? false }
    func word(_ key: Key) throws -> String { try values.decodeIfPresent(String.self, forKey: key) ?? "" }
    isQuoted = try flag(.quoted)
    gap = try word(.gap)
    decimals = try values.decodeIfPresent(Int.self, forKey: .decimals)
    leastDecimals = try values.decodeIfPresent(Int.self, forKey: .leastDecimals) ?? 0
    mark = try values.decodeIfPresent(String.self, forKey: .mark) ?? "."
    thousands = try word(.thousands)
    prefix = try word(.prefix)
    suffix = try word(.suffix)
    isSignInside = try flag(.signInside)
    hasBrackets = try flag(.brackets)
    hasPlus = try flag(.plus)
    pattern = try values.decodeIfPresent(TimePattern.self, forKey: .pattern)
  }

  /// Leaves out what is as by default.
  public func encode(to encoder: any Encoder) throws {
    let plain = CellForm(kind)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(kind, forKey: .kind)
    for (key, flag) in [
      (Key.quoted, isQuoted), (.signInside, isSignInside), (.brackets, hasBrackets), (.plus, hasPlus),
    ] where flag {
      try values.encode(flag, forKey: key)
    }
    for (key, word) in [(Key.gap, gap), (.thousands, thousands), (.prefix, prefix), (.suffix, suffix)]
    where !word.isEmpty {
      try values.encode(word, forKey: key)
    }
    try values.encodeIfPresent(decimals, forKey: .decimals)
    if leastDecimals != plain.leastDecimals { try values.encode(leastDecimals, forKey: .leastDecimals) }
    if mark != plain.mark { try values.encode(mark, forKey: .mark) }
    try values.encodeIfPresent(pattern, forKey: .pattern)
  }
}
