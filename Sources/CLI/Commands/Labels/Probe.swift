import Hourglass

extension Command {
  static let probe = Command(
    name: "probe", abstract: "measures how much a code knows of labels, against how many labels are given",
    operands: [.model, .source],
    options: [
      ProbeOption.test.declaration, ProbeOption.testLabel.declaration, ProbeOption.counts.declaration,
      ProbeOption.draws.declaration, ProbeOption.form.declaration, ProbeOption.report.declaration,
      SharedOption.seed.declaration,
    ] + DataOption.ofUse + SharedOption.ofUse,
    common: [
      DataOption.label.declaration, ProbeOption.test.declaration, ProbeOption.testLabel.declaration,
      ProbeOption.counts.declaration, ProbeOption.draws.declaration, ProbeOption.form.declaration,
      ProbeOption.report.declaration, SharedOption.seed.declaration,
    ] + SharedOption.ofUse,
    discussion: """
      The model never saw the labels (--label, or the folders that files are in). A linear model (logistic regression) and the \
      nearest neighbours are fitted to a few labelled codes, to the values themselves as the model prepares them, and to as many \
      principal components as the code has values, all on the same draws, and tried on samples that are no part of them: \
      those of --test, else those that were held out of the model's training, else three tenths drawn at random. The table has \
      the share of right ones, mean and deviation of the draws. How strong the linear model's penalty is, and how many neighbours \
      are asked, is chosen by cross-validation on the labelled samples alone. Codes are standardised; values and components \
      keep their proportions. Labels that are numbers (--as number) are told by ridge regression and the mean of the neighbours: \
      the table has R², 1 less the squared error over the variance, and the root of the squared error.
      A column that the model reads itself is hidden from it, so that it is not asked what it was just told.
      """,
    examples: [
      "hourglass probe model.safetensors data.csv --label kind",
      "hourglass probe model.safetensors train.npz --test test.npz --report probe.html",
    ],
    run: { session in
      let page = try session.arguments[ProbeOption.report]
      if let page {
        let inputs = session.arguments.operands + [try session.arguments[ProbeOption.test]].compactMap(\.self)
        try ReportFile.check(page, apartFrom: inputs)
      }
      let parts = try session.probeParts()
      let labels = try ProbeLabels(
        parts.training, parts.test, as: session.arguments[ProbeOption.form].flatMap(ProbeLabels.Form.init))
      try session.tell(parts, labels)
      let probe = try Probe(
        parts.model, parts.training, parts.test, labels: labels, without: parts.hidden,
        counts: session.arguments[ProbeOption.counts], draws: session.arguments[ProbeOption.draws],
        seed: session.arguments[SharedOption.seed], threads: session.threads)
      let lines = ProbeLines(probe, labels, tests: parts.test.count, manner: parts.words)
      try session.streams.output.writeLine(
        session.isJSON ? lines.json.joined(separator: "\n") : lines.text)
      if let page {
        let sheet = ProbePage(lines: lines, name: session.operand(0), data: parts.training)
        try ReportFile(sheet.page()).write(to: page, session)
      }
    })
}

private enum ProbeOption {
  static let test = Option.optional(
    "test", .file("SOURCE"), shown: "what was held out of the training, else three tenths of SOURCE",
    "the samples to try on, with their labels")
  static let testLabel = Option.optional(
    "test-label", .file("FILE"), shown: "the column of --label, or what stands beside the samples",
    "of --test: the file of their labels")
  static let counts = Option.optional(
    "per-class", .integers(1...1_000_000),
    shown: Probe.usualSteps.map { "\($0)" }.joined(separator: ",") + " and all; of numbers ten times these",
    "numbers of labels a class to try, beside all; of numbers, labels in all")
  static let draws = Option(
    "draws", .integer(1...1000), default: Probe.usualDraws,
    "draws of labels, whose mean and deviation are told")
  static let form = Option.optional(
    "as", .choice(ProbeLabels.Form.allCases.map(\.rawValue)), shown: "found by looking",
    "what labels are: class, or number, which is for many different ones or such as are not whole")
  static let report = Option.optional(
    "report", .file(), "writes a page with the curves too (.html)")
}

/// What is probed.
struct ProbeParts {
  var model: Model
  var training: Dataset
  var test: Dataset
  /// Fields that are hidden from the model.
  var hidden: Set<String> = []
  /// Which samples are the test, in words.
  var words: String
}

extension Session {
  /// Test samples at most: more would tell the same.
  private static let mostTests = 10_000
  /// Held-out samples that are test enough, where they are no fifth of all.
  private static let enoughTests = 500

  fileprivate func probeParts() throws -> ProbeParts {
    let (model, opened) = try modelAndData()
    let whole = withLabels(opened)
    let hidden = try probedFields(model)
    let labelled = try hidden.isEmpty ? whole : whole.hidingForProbe(hidden, model)
    var parts: ProbeParts
    if let name = try arguments[ProbeOption.test] {
      var test = try open(name, for: model, isOther: true)
      if let file = try arguments[ProbeOption.testLabel] {
        test = try Source.labelled(test, from: file, notice: sayOnce)
      }
      try model.preparation.check(test)
      test = withLabels(test)
      let known = try model.familiarity(with: test)?.trained ?? 0
      let words = "samples of \(name)" + (known > 0 ? ", \(Figures.grouped(known)) of them trained on" : "")
      parts = ProbeParts(
        model: model, training: labelled,
        test: try hidden.isEmpty ? test : test.hidingForProbe(hidden, model), words: words)
    } else {
      if try arguments[ProbeOption.testLabel] != nil {
        throw Failure.commandLine("--test-label belongs to --test; give that too, or leave it out")
      }
      parts = try splitForProbe(labelled, whole, model)
    }
    parts.hidden = hidden
    guard parts.test.count > Session.mostTests else { return parts }
    let random = try Random(seed: arguments[SharedOption.seed], stream: .sampling)
    let drawn = random.permutation(parts.test.count).prefix(Session.mostTests).sorted()
    say(
      "\(Figures.grouped(drawn.count)) of \(Figures.grouped(parts.test.count, "sample")) to test on are drawn"
    )
    parts.test = parts.test.subset(drawn)
    return parts
  }

  /// The samples that have a label.
  private func withLabels(_ dataset: Dataset) -> Dataset {
    guard let labels = dataset.orderedLabels else { return dataset }
    let isGap = Set(labels.filter { ProbeLabels.isGap(dataset.name(ofClass: $0)) })
    guard !isGap.isEmpty else { return dataset }
    let kept = labels.indices.filter { !isGap.contains(labels[$0]) }.map { UInt32($0) }
    guard !kept.isEmpty else { return dataset }
    say(
      "\(dataset.origin): \(Figures.grouped(labels.count - kept.count, "sample")) without a label "
        + "\(labels.count - kept.count == 1 ? "is" : "are") left out")
    return dataset.subset(kept)
  }

  /// The samples that were held out of the training, where there are enough of them, else three tenths.
  private func splitForProbe(_ labelled: Dataset, _ whole: Dataset, _ model: Model) throws -> ProbeParts {
    if let familiarity = try model.familiarity(with: whole), familiarity.trained > 0 {
      let held = (0..<UInt32(whole.count)).filter { [.judged, .new].contains(familiarity.uses[Int($0)]) }
      let own = (0..<UInt32(whole.count)).filter { familiarity.uses[Int($0)] == .trained }
      if held.count >= min(Session.enoughTests, max(2, whole.count / 5)) {
        return ProbeParts(
          model: model, training: labelled.subset(own), test: labelled.subset(held),
          words: "samples that were held out of the training")
      }
    }
    let split = try labelled.split(holdingOut: 0.3, by: nil, seed: arguments[SharedOption.seed])
    return ProbeParts(
      model: model, training: split.training, test: split.held,
      words:
        "samples of three tenths, drawn at random; the model may have been trained on them, without labels")
  }

  /// The fields of a model that are the label, and read by it.
  private func probedFields(_ model: Model) throws -> Set<String> {
    guard let schema = model.preparation.fields, let label = try arguments.labels, !Source.isLabelFile(label)
    else { return [] }
    let number = Int(label).map { $0 - 1 } ?? -1
    let place = schema.fields.firstIndex { $0.name == label } ?? number
    guard schema.fields.indices.contains(place), schema.fields[place].role != .aside else { return [] }
    return [schema.fields[place].name]
  }

  /// Says what is probed, and what is to be known of the labels.
  fileprivate func tell(_ parts: ProbeParts, _ labels: ProbeLabels) throws {
    for name in parts.hidden.sorted() {
      say("the model reads '\(name)' itself: its cells are hidden, as if they were empty")
    }
    if labels.unknown > 0 {
      say(
        "\(Figures.grouped(labels.unknown)) of the \(Figures.grouped(parts.test.count, "test sample")) "
          + "\(labels.unknown == 1 ? "is" : "are") of a class that no label is drawn of, and \(labels.unknown == 1 ? "counts" : "count") as wrong"
      )
    }
    let counts = try arguments[ProbeOption.counts] ?? Probe.usualSteps
    let short = zip(labels.classNames, labels.classSizes).filter { $0.1 < counts.max() ?? 0 }
    let largest = labels.classSizes.max() ?? 0
    let fewer = short.filter { $0.1 < min(largest, counts.max() ?? 0) }
    if !fewer.isEmpty {
      let list = fewer.prefix(9).map { "'\($0.0)' \($0.1)" }.joined(separator: ", ")
      say("classes with fewer samples give all they have: \(list)\(fewer.count > 9 ? ", …" : "")")
    }
  }
}

extension Dataset {
  /// The same labelled samples with the label itself hidden from the model.
  fileprivate func hidingForProbe(_ names: Set<String>, _ model: Model) throws -> Dataset {
    guard let schema = model.preparation.fields else { return self }
    let hidden = try hiding(names.sorted(), schema)
    return try orderedLabels.map { try hidden.labelled($0, classNames: classNames) } ?? hidden
  }
}
