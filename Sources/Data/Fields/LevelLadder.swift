/// Words that people put in an order, lowest first.
enum LevelLadder {
  /// Each rung is the words of one meaning, in small letters.
  private static let ladders: [[[String]]] = [
    [
      ["none", "no"], ["very low"], ["low"], ["medium low"],
      ["medium", "moderate", "middle", "mid", "normal"],
      ["medium high"], ["high"], ["very high"], ["critical", "extreme"],
    ],
    [
      ["xxs"], ["xs", "extra small"], ["s", "small"], ["m", "medium"], ["l", "large"],
      ["xl", "extra large"], ["xxl", "2xl"], ["xxxl", "3xl"],
    ],
    [["tiny"], ["small"], ["medium"], ["large", "big"], ["huge"]],
    [
      ["none", "no"], ["minimal"], ["slight"], ["mild"], ["moderate"], ["severe", "serious"], ["very severe"],
    ],
    [["minor"], ["moderate"], ["major"], ["critical"], ["fatal"]],
    [
      ["very bad", "very poor", "terrible"], ["bad", "poor"],
      ["fair", "average", "ok", "okay", "acceptable"],
      ["good"], ["very good"], ["excellent", "great"],
    ],
    [["fair"], ["good"], ["very good"], ["premium"], ["ideal"]],
    [
      ["strongly disagree", "totally disagree"], ["disagree"], ["somewhat disagree"],
      ["neutral", "neither agree nor disagree", "undecided"], ["somewhat agree"], ["agree"],
      ["strongly agree", "totally agree"],
    ],
    [
      ["very dissatisfied", "very unsatisfied"], ["dissatisfied", "unsatisfied"], ["neutral"],
      ["satisfied"], ["very satisfied"],
    ],
    [["very unlikely"], ["unlikely"], ["neutral", "possible"], ["likely"], ["very likely"], ["certain"]],
    [
      ["not at all"], ["a little", "slightly"], ["somewhat", "moderately"], ["very", "very much"],
      ["extremely"],
    ],
    [
      ["never"], ["rarely", "seldom"], ["sometimes", "occasionally"], ["often", "frequently"],
      ["usually", "very often"], ["always"],
    ],
    [["yearly", "annually"], ["quarterly"], ["monthly"], ["weekly"], ["daily"], ["hourly"]],
    [["freezing"], ["cold"], ["cool"], ["mild"], ["warm"], ["hot"], ["very hot"]],
    [["slow"], ["normal", "medium"], ["fast"], ["very fast"]],
    [["young"], ["middle-aged", "middle aged"], ["old"]],
    [["child"], ["teenager", "adolescent"], ["adult"], ["senior"]],
    [
      ["novice", "beginner"], ["junior"], ["intermediate"], ["advanced", "senior"],
      ["expert", "professional"],
    ],
    [["bronze"], ["silver"], ["gold"], ["platinum"], ["diamond"]],
    [["basic"], ["standard"], ["premium"]],
    [["first", "1st"], ["second", "2nd"], ["third", "3rd"], ["fourth", "4th"], ["fifth", "5th"]],
    [
      ["no schooling"], ["preschool"], ["primary", "elementary"], ["secondary", "high school", "highschool"],
      ["vocational"], ["associate"], ["bachelor", "bachelors", "bachelor's"],
      ["master", "masters", "master's"],
      ["doctorate", "phd", "doctor"],
    ],
    [["sehr niedrig"], ["niedrig", "gering"], ["mittel"], ["hoch"], ["sehr hoch"]],
    [["klein"], ["mittel"], ["groß", "gross"], ["sehr groß"]],
    [["nie"], ["selten"], ["manchmal", "gelegentlich"], ["oft", "häufig"], ["immer"]],
    [
      ["très faible"], ["faible", "bas"], ["moyen", "moyenne"], ["élevé", "élevée", "haut"], ["très élevé"],
    ],
    [["muy bajo"], ["bajo"], ["medio"], ["alto"], ["muy alto"]],
  ]

  /// The levels from the lowest to the highest: where at least three rungs of one ladder are there and
  /// nothing else is, or all are ranges of numbers that do not overlap, such as `18-25`, `<18` and `65+`.
  /// nil where they have no order that goes without saying.
  static func order(_ levels: [String]) -> [String]? {
    guard levels.count >= 3 else { return nil }
    let words = levels.map(plain)
    for ladder in ladders {
      let rungs = words.map { word in ladder.firstIndex { $0.contains(word) } }
      let found = rungs.compactMap(\.self)
      // Two words of one rung would be two spellings, of which nobody knows the order.
      guard found.count == levels.count, Set(found).count == found.count else { continue }
      return zip(found, levels).sorted { $0.0 < $1.0 }.map(\.1)
    }
    return ranges(levels)
  }

  /// In small letters, with single blanks for blanks, lines and hyphens.
  private static func plain(_ text: String) -> String {
    text.lowercased().split { $0 == " " || $0 == "_" || $0 == "-" }.joined(separator: " ")
  }

  private static func ranges(_ levels: [String]) -> [String]? {
    let ranges = levels.map(range)
    let found = ranges.compactMap(\.self)
    guard found.count == levels.count, found.contains(where: { $0.upper > $0.lower }) else { return nil }
    let sorted = zip(found, levels).sorted { ($0.0.lower, $0.0.upper) < ($1.0.lower, $1.0.upper) }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.0.upper > right.0.lower { return nil }
    return sorted.map(\.1)
  }

  /// `18-25`, `18–25`, `18 to 25`, `<18`, `≤ 18`, `65+`, `>65`, with brackets around.
  private static func range(_ text: String) -> (lower: Double, upper: Double)? {
    let bare = String(text.filter { !" ()[]€$%".contains($0) }.map { $0 == "–" ? "-" : $0 })
    if bare.hasPrefix("<") || bare.hasPrefix("≤") {
      return Double(bare.drop { "<≤=".contains($0) }).map { (-.infinity, $0) }
    }
    if bare.hasPrefix(">") || bare.hasPrefix("≥") {
      return Double(bare.drop { ">≥=".contains($0) }).map { ($0, .infinity) }
    }
    if bare.hasSuffix("+") { return Double(bare.dropLast()).map { ($0, .infinity) } }
    let parts = bare.replacing("to", with: "-").split(separator: "-")
    guard parts.count == 2, let lower = Double(parts[0]), let upper = Double(parts[1]), lower < upper else {
      return nil
    }
    return (lower, upper)
  }
}

/// Pairs of words of which the first says no and the second yes.
enum FlagWords {
  private static let pairs: [(no: String, yes: String)] = [
    ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("0", "1"), ("off", "on"), ("nein", "ja"),
    ("non", "oui"), ("falsch", "wahr"), ("faux", "vrai"), ("female", "male"), ("f", "m"), ("w", "m"),
    ("weiblich", "männlich"), ("absent", "present"), ("negative", "positive"), ("neg", "pos"),
    ("fail", "pass"), ("failed", "passed"), ("inactive", "active"), ("closed", "open"), ("left", "right"),
    ("low", "high"), ("healthy", "sick"), ("benign", "malignant"), ("b", "m"), ("normal", "anomaly"),
    ("normal", "abnormal"), ("dead", "alive"), ("died", "survived"), ("control", "treatment"),
  ]

  /// What counts 0, then what counts 1, of texts that are two once case is set aside: by the pairs above, or
  /// by their order as numbers or texts. nil for more or fewer than two.
  ///
  /// - Parameter levels: the most frequent first: of several spellings that stands for all.
  static func pair(_ levels: [String]) -> [String]? {
    var spellings: [(folded: String, text: String)] = []
    for level in levels where !spellings.contains(where: { $0.folded == level.lowercased() }) {
      if spellings.count == 2 { return nil }
      spellings.append((level.lowercased(), level))
    }
    guard spellings.count == 2 else { return nil }
    let (first, second) = (spellings[0], spellings[1])
    if pairs.contains(where: { $0.no == first.folded && $0.yes == second.folded }) {
      return [first.text, second.text]
    }
    if pairs.contains(where: { $0.no == second.folded && $0.yes == first.folded }) {
      return [second.text, first.text]
    }
    if let left = Double(first.text), let right = Double(second.text) {
      return left < right ? [first.text, second.text] : [second.text, first.text]
    }
    return first.text < second.text ? [first.text, second.text] : [second.text, first.text]
  }
}
