import Hourglass

extension FieldSchema {
  /// `8 fields: 5 numbers (2 with gaps), 1 flag, 2 categories; 'id' aside`
  var wordsOfFields: String {
    let used = fields.filter { $0.role != .aside }
    let kinds = FieldKind.allCases.compactMap { kind -> String? in
      let of = used.filter { $0.kind == kind }
      guard !of.isEmpty else { return nil }
      let gaps = of.count(where: \.hasGaps)
      return Figures.grouped(of.count, kind.noun.one, kind.noun.many)
        + (gaps == 0 ? "" : gaps == of.count ? " with gaps" : " (\(gaps) with gaps)")
    }
    var text = Figures.grouped(used.count, "field") + ": " + kinds.joined(separator: ", ")
    let targets = used.filter { $0.role == .out }.map { "'\($0.name)'" }
    if !targets.isEmpty { text += "; to tell \(Figures.list(targets))" }
    let aside = fields.filter { $0.role == .aside }.map { "'\($0.name)'" }
    if !aside.isEmpty { text += "; \(FieldSchema.list(aside)) aside" }
    return text
  }

  private static func list(_ names: [String]) -> String {
    guard names.count > 4 else { return Figures.list(names) }
    return names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) others"
  }
}

extension FieldKind {
  /// What one and several are called.
  var noun: (one: String, many: String) {
    switch self {
    case .number: ("number", "numbers")
    case .positive: ("positive number", "positive numbers")
    case .count: ("count", "counts")
    case .flag: ("flag", "flags")
    case .category: ("category", "categories")
    case .ordinal: ("ordered level", "ordered levels")
    case .time: ("time", "times")
    }
  }
}
