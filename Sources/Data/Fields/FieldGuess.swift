import HourglassFormats
import HourglassTensor

/// What a column is taken for, and why.
public struct FieldGuess: Hashable, Sendable {
  /// Why a column is set aside.
  public enum Aside: String, Hashable, Sendable {
    /// No value, or one alone.
    case constant
    /// Names or numbers that tell rows apart.
    case id
    /// Texts of which most come once.
    case text
  }

  /// What the values mean, or would if the column were none to set aside.
  public var kind: FieldKind
  public var aside: Aside?
  /// Whether whole numbers are taken for codes, which have no order.
  public var isCode = false

  init(_ kind: FieldKind, aside: Aside? = nil, isCode: Bool = false) {
    self.kind = kind
    self.aside = aside
    self.isCode = isCode
  }

  /// What a column is, by rules, the first that holds; `values` are those that are there.
  ///
  /// 1. No value but one: constant.
  /// 2. Times: time.
  /// 3. Two values, whatever they are: flag; of texts, `Yes` is `yes`.
  /// 4. Texts: a known ladder of words or of ranges is an ordinal (``LevelLadder``). Texts that come twice
  ///    or more on average, or at most 12 of which one comes again, are a category. Of the rest those with
  ///    a digit in most of them and without sentences are an id, the others free text.
  /// 5. Whole numbers that run on by one (in 98 of 100 rows, not begun again more than twice), that are the
  ///    numbers of a range in any order, or that all differ (in 95 of 100 rows) under a name such as `id`,
  ///    `key` or `nr`: an id.
  /// 6. Whole numbers, at most 50 that come 5 times or more on average: a category, if the name says so
  ///    (`class`, `type`, `code`, `zip` …; up to 1000 of them), or if they are codes by their look: three
  ///    digits or more, as many in all, with holes of tens between them and no common step.
  /// 7. Whole numbers from 0 or 1 on, at least 5 of them, skewed (by 0.75 or more): count.
  /// 8. Numbers above 0 over a factor of 100 or more, skewed by more than 1, and less than half as much once
  ///    their logarithm ln(1 + x) is taken: positive.
  /// 9. Else number.
  init(_ traits: ColumnTraits) {
    self = FieldGuess.ofAny(traits)
  }

  private static func ofAny(_ traits: ColumnTraits) -> FieldGuess {
    switch traits.values {
    case .times:
      return FieldGuess(.time, aside: traits.distinct < 2 ? .constant : nil)
    case .texts:
      return ofTexts(traits)
    case .numbers:
      if traits.distinct < 2 { return FieldGuess(.number, aside: .constant) }
      return ofNumbers(traits)
    }
  }

  private static func ofTexts(_ traits: ColumnTraits) -> FieldGuess {
    let levels = traits.levels.map(\.text)
    if levels.count < 2 { return FieldGuess(.category, aside: .constant) }
    // Of two or three rows nothing can be said but this.
    if FlagWords.pair(levels) != nil, traits.present > 2 { return FieldGuess(.flag) }
    if LevelLadder.order(levels) != nil, levels.count < traits.present { return FieldGuess(.ordinal) }
    let comeAgain =
      2 * levels.count <= traits.present || (levels.count <= 12 && levels.count < traits.present)
    if comeAgain { return FieldGuess(.category) }
    let withDigits = levels.count { $0.contains(where: \.isNumber) }
    let letters = levels.reduce(0) { $0 + $1.count }
    let words = levels.reduce(0) { $0 + $1.split(separator: " ").count }
    let isShort = letters <= 40 * levels.count && words <= 3 * levels.count
    let isID = isShort && (10 * withDigits >= 7 * levels.count || ColumnName(traits.name).saysID)
    return FieldGuess(.category, aside: isID ? .id : .text)
  }

  private static func ofNumbers(_ traits: ColumnTraits) -> FieldGuess {
    if traits.distinct == 2, traits.present > 2 { return FieldGuess(.flag) }
    if traits.isWhole {
      let name = ColumnName(traits.name)
      if isID(traits, name) { return FieldGuess(.number, aside: .id) }
      if isCategory(traits, name) { return FieldGuess(.category, isCode: true) }
      if traits.lowest >= 0, traits.lowest <= 1, traits.distinct >= 5, traits.skewness() >= 0.75 {
        return FieldGuess(.count)
      }
    }
    guard traits.lowest > 0, traits.highest >= 100 * traits.lowest, traits.highest.isFinite else {
      return FieldGuess(.number)
    }
    let skewness = traits.skewness()
    let ofLogarithm = traits.skewness { (1 + $0).logarithm }.magnitude
    return FieldGuess(skewness > 1 && ofLogarithm < skewness / 2 ? .positive : .number)
  }

  private static func isID(_ traits: ColumnTraits, _ name: ColumnName) -> Bool {
    let count = traits.present
    if name.saysID, 20 * traits.distinct >= 19 * count, count >= 3 { return true }
    guard count >= 10, !name.saysTime else { return false }
    if traits.distinct == count, traits.gaps == 0, traits.highest - traits.lowest == Double(count - 1) {
      return true
    }
    let values = traits.inOrder
    let steps = zip(values, values.dropFirst())
    let byOne = steps.count { $1 - $0 == 1 }
    let restarts = steps.count { $1 < $0 }
    return restarts <= 2 && 50 * byOne >= 49 * (count - 1)
  }

  private static func isCategory(_ traits: ColumnTraits, _ name: ColumnName) -> Bool {
    guard traits.lowest >= 0, 5 * traits.distinct <= traits.present else { return false }
    if name.saysCategory { return traits.distinct <= 1000 }
    guard (3...50).contains(traits.distinct), traits.lowest >= 100 else { return false }
    let values = traits.numbers.map { Int($0.value) }
    let digits = Set(values.map { "\($0)".count })
    let step = zip(values, values.dropFirst()).reduce(0) { greatestCommonDivisor($0, $1.1 - $1.0) }
    let range = (values.last ?? 0) - (values.first ?? 0)
    return digits.count == 1 && step == 1 && range >= 10 * values.count
  }

  private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : greatestCommonDivisor(second, first % second)
  }
}

/// What the name of a column says of it.
struct ColumnName {
  private let words: Set<String>

  /// Words are parted by what is no letter, and before a capital: `PassengerId` is passenger and id.
  init(_ name: String) {
    var words: [String] = []
    var word = ""
    var isAfterSmall = false
    for character in name {
      let isBorder = !character.isLetter || (character.isUppercase && isAfterSmall)
      if isBorder, !word.isEmpty {
        words.append(word.lowercased())
        word = ""
      }
      if character.isLetter { word.append(character) }
      isAfterSmall = character.isLowercase
    }
    words.append(word.lowercased())
    self.words = Set(words).union([words.joined()])
  }

  private func says(_ known: Set<String>) -> Bool { !words.isDisjoint(with: known) }

  var saysID: Bool {
    says([
      "id", "ids", "uuid", "guid", "key", "nr", "no", "number", "index", "idx", "serial", "rowid", "isbn",
      "identifier", "nummer", "unnamed", "ssn", "record",
    ])
  }

  var saysTime: Bool {
    says(["time", "day", "hour", "week", "month", "year", "minute", "second", "days", "hours", "age", "date"])
  }

  var saysCategory: Bool {
    says([
      "class", "pclass", "type", "kind", "category", "code", "codes", "group", "cluster", "label", "target",
      "species", "zip",
      "zipcode", "plz", "postcode", "postal", "region", "state", "country", "city", "station", "sex",
      "gender",
      "race", "brand", "model", "department", "dept", "store", "shop", "channel", "segment", "sector", "id",
      "klasse", "gruppe", "art", "typ", "site", "route", "zone", "status",
    ])
  }
}
