import HourglassData
import HourglassModels
import HourglassTensor

/// What a person wants a field to be judged by, or all fields that can be: `visits=poisson`,
/// `negative-binomial`.
public struct LawChoice: Hashable, Sendable {
  /// Nil: every field that it goes with.
  public let field: String?
  /// As `Law.init(words:levels:)` reads it, or ``multinomial``.
  public let words: String

  /// All counts of a row, given their sum: see `Library.isMultinomial`.
  public static let multinomial = "multinomial"

  public init(field: String? = nil, words: String) {
    (self.field, self.words) = (field, words)
  }

  /// Whether it can only be one of counts, so that the field must be one of those.
  public var isOfCounts: Bool {
    guard let law = try? Law(words: words) else { return words == LawChoice.multinomial }
    return law.domain == .counts
  }
}

extension FieldSchema {
  /// The laws that some choices mean, by the fields' names; the last that is said of a field counts, and
  /// what is said of it alone before what is said of all.
  ///
  /// - Throws: `ModelError` for a word that is no law, a field that is not there, that is not given back,
  ///   or of another kind than the law's, and for a law that goes with none.
  public func laws(_ choices: [LawChoice]) throws -> [String: Law] {
    var laws: [String: Law] = [:]
    for choice in choices where choice.field == nil {
      var isUsed = false
      for slot in slots where slot.isGiven {
        guard let law = try choice.law(for: slot), law.goes(with: Slot.Kind(slot)) else { continue }
        isUsed = true
        laws[fields[slot.field].name] = law
      }
      guard isUsed else {
        throw ModelError(
          place: "law \(choice.words)", expected: "a field that it goes with", found: "none",
          remedy: choice.isOfCounts ? "say which columns are counts (--field NAME=count)" : "choose another")
      }
    }
    for choice in choices {
      guard let name = choice.field else { continue }
      laws[name] = try law(choice, of: name)
    }
    return laws
  }

  private func law(_ choice: LawChoice, of name: String) throws -> Law {
    let place = "field '\(name)', law \(choice.words)"
    guard let slot = slots.first(where: { fields[$0.field].name == name && $0.part == .value }) else {
      let isAside = self[name] != nil
      throw ModelError(
        place: place, expected: isAside ? "a field that takes part" : "a field of that name",
        found: isAside ? "one that is set aside" : "none",
        remedy: isAside ? "give it a kind (--field '\(name)=count', say)" : "'hourglass describe' lists them")
    }
    guard choice.words != LawChoice.multinomial else {
      throw ModelError(
        place: place, expected: "a law of one field", found: "one of all counts of a row",
        remedy: "give it without a field: --law multinomial")
    }
    guard slot.isGiven else {
      throw ModelError(
        place: place, expected: "a field that is given back", found: "one that is only read",
        remedy: "give it the role both or out")
    }
    guard let law = try choice.law(for: slot), law.goes(with: Slot.Kind(slot)) else {
      throw ModelError(
        place: place, expected: "a law for a field of kind \(slot.kind.rawValue)", found: choice.words,
        remedy: "choose another, or say that the field is of another kind (--field '\(name)=…')")
    }
    return law
  }
}

extension LawChoice {
  /// The law of a slot; nil where it needs levels and the slot has none.
  ///
  /// - Throws: `ModelError` for a word that is no law.
  fileprivate func law(for slot: FieldSlot) throws -> Law? {
    if words == LawChoice.multinomial { return slot.kind == .count ? .poisson : nil }
    let levels = slot.kind == .category ? slot.levels + 1 : slot.levels
    do {
      return try Law(words: words, levels: slot.kind == .category || slot.kind == .ordinal ? levels : nil)
    } catch let error as ModelError {
      // A law of levels has no place where there are none; whatever else is wrong is wrong everywhere.
      if let name = Law.names.first(where: { $0 == words }), ["categorical", "cumulative"].contains(name) {
        return nil
      }
      throw error
    }
  }
}
