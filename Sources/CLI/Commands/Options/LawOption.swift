import Hourglass

/// The options that say by what distribution fields are judged.
enum LawOption {
  static let law = Option.repeated(
    "law", .lawChoices,
    "of tables: the distribution that a column is judged by, as visits=poisson, or alone that of all columns it goes "
      + "with: \(Law.names.joined(separator: ", ")), or \(LawChoice.multinomial) of all counts of a row")
  static let library = Option.optional(
    "library", .choice(["yes", "no"]),
    shown: "yes for many counts whose sums vary",
    "of tables of counts: whether the sum of a row's counts scales what is expected of each (the library size of a cell)"
  )
  static let samplesIn = Option.optional(
    "samples-in", .choice(Source.SampleAxis.allCases.map(\.rawValue)),
    shown: "rows, or as the files of names beside a matrix say",
    "of tables of counts: whether rows or columns are samples; columns: the first column names what is counted"
  )

  /// Of commands that choose a network.
  static let all: [Declaration] = [law.declaration, library.declaration].under(.network)
}

extension ValueKind where Value == [LawChoice] {
  /// `visits=poisson,age=normal`, or one name for all.
  static let lawChoices = ValueKind(
    placeholder: "NAME|FIELD=NAME",
    expectation: "the name of a distribution, or FIELD=NAME with commas between: "
      + (Law.names + [LawChoice.multinomial]).joined(separator: ", "),
    read: { text in
      var (choices, open) = ([LawChoice](), "")
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        open += (open.isEmpty ? "" : ",") + part
        let equals = open.lastIndex(of: "=")
        let words = equals.map { String(open[open.index(after: $0)...]) } ?? open
        // A comma may stand in a field's name.
        guard words == LawChoice.multinomial || Law.names.contains(String(words.prefix { $0 != ":" })) else {
          continue
        }
        choices.append(LawChoice(field: equals.map { String(open[..<$0]) }, words: words))
        open = ""
      }
      return open.isEmpty && !choices.isEmpty ? choices : nil
    })
}

extension Arguments {
  /// What is said of distributions, in its order.
  var lawChoices: [LawChoice] { get throws(Failure) { try self[LawOption.law].flatMap(\.self) } }

  /// The changes of kind that follow from it: what is to be judged as a count is one.
  var lawChanges: [FieldChange] {
    get throws(Failure) {
      try lawChoices.compactMap { choice in
        choice.isOfCounts ? choice.field.map { FieldChange(name: $0, kind: .count) } : nil
      }
    }
  }

  /// What records are made of, by what the options say.
  ///
  /// - Throws: ``Failure`` for a distribution that cannot hold the values of its field.
  func record(
    _ schema: FieldSchema, of training: Dataset, _ coordinates: Coordinates, weights: [String: Float]
  ) throws(Failure) -> Record {
    let choices = try lawChoices
    let hasLibrary = try self[LawOption.library].map { $0 == "yes" }
    do {
      return try Record(
        schema, of: training, code: coordinates.code, weights: weights, laws: schema.laws(choices),
        hasLibrary: hasLibrary,
        isMultinomial: choices.contains { $0.words == LawChoice.multinomial },
        tellsGaps: !coordinates.corruption.isEmpty)
    } catch {
      throw Failure.data("\(error)")
    }
  }
}
