import Hourglass

/// What `evaluate --labels` says of how well scores find the odd ones.
struct DetectionMeasureLines {
  private let labels: OddLabels
  /// Of what the model was not trained on; nil where that has but one kind.
  private let judged: DetectionMeasures?
  /// Of everything; nil where the model was trained on none of it.
  private let all: DetectionMeasures?
  private let score: String
  /// What flags are given by, in words; nil: there are none.
  private let rule: String?

  /// What flags come from.
  struct Flags {
    let flags: [Bool]
    /// In words: `scores above 0.3`.
    let rule: String
    let adjustsPoints: Bool
  }

  /// - Parameters:
  ///   - scores: a sample, or a row of a series.
  ///   - isNew: whether each was not trained on.
  ///   - score: what scores are, in words.
  init(
    _ labels: OddLabels, scores: [Double], isNew: [Bool], flags: Flags? = nil, window: Int? = nil,
    score: String, place: String
  ) throws {
    var question = DetectionMeasures.Question(scores: scores, isOdd: labels.isOdd, place: place)
    question.flags = flags?.flags
    question.adjustsPoints = flags?.adjustsPoints ?? false
    question.window = window
    (self.labels, self.score, rule) = (labels, score, flags?.rule)
    let isAllNew = isNew.allSatisfy { $0 } || !isNew.contains(true)
    let part = isAllNew ? question : question.part(where: isNew)
    all = isAllNew ? nil : try DetectionMeasures(question)
    judged = isAllNew || part.hasBothKinds ? try DetectionMeasures(part) : nil
  }

  /// Behind the words of an evaluation.
  var words: String {
    let unit = labels.areOfSteps ? "rows of the series" : "samples"
    let parts = [judged, all].compactMap(\.self)
    var head = ["finding the odd ones"]
    if all != nil { head += (judged == nil ? [] : ["not trained on"]) + ["all"] } else { head.append(unit) }
    var rows = [head]
    func add(_ name: String, _ value: (DetectionMeasures) -> String?) {
      let texts = parts.map(value)
      if texts.contains(where: { $0 != nil }) { rows.append([name] + texts.map { $0 ?? "-" }) }
    }
    add(unit) { Figures.grouped($0.ranks.samples) }
    add("odd ones") { Figures.grouped($0.ranks.odd) }
    add("ROC-AUC") { Figures.fixed($0.ranks.rocAUC, 4) }
    add("average precision") { Figures.fixed($0.ranks.averagePrecision, 4) }
    add("  of scores by chance") { Figures.fixed(Double($0.ranks.odd) / Double($0.ranks.samples), 4) }
    add("precision at n") { Figures.fixed($0.ranks.precisionAtN, 4) }
    add("VUS-ROC") { $0.surfaces.map { Figures.fixed($0.roc, 4) } }
    add("VUS-PR") { $0.surfaces.map { Figures.fixed($0.precisionRecall, 4) } }
    addFlags(to: &rows, parts)
    let table = Figures.table(rows, numbersFrom: 1)
    let lines =
      table.prefix(1) + table.dropFirst().map { "  " + $0 } + ["", "\(labels.words); by \(score)"] + notes
    return "\n\n" + lines.joined(separator: "\n")
  }

  private func addFlags(to rows: inout [[String]], _ parts: [DetectionMeasures]) {
    func add(_ name: String, _ value: (FlagMeasures) -> Double?) {
      guard rule != nil else { return }
      rows.append([name] + parts.map { $0.flags.flatMap(value).map { Figures.fixed($0, 4) } ?? "-" })
    }
    add("flags: precision") { $0.precision }
    add("flags: recall") { $0.recall }
    add("flags: F1") { $0.f1 }
    add("flags: false alarms") { $0.falseAlarms }
    if parts.contains(where: { $0.adjusted != nil }) {
      rows.append(
        ["flags: point-adjusted F1"] + parts.map { $0.adjusted.map { Figures.fixed($0.f1, 4) } ?? "-" })
    }
  }

  private var notes: [String] {
    var notes: [String] = []
    if let rule { notes.append("flags: \(rule)") }
    if let surfaces = (judged ?? all)?.surfaces {
      notes.append(
        "VUS: stretches of odd rows (\(surfaces.stretches)) widened by up to \(surfaces.window / 2) rows on either side"
      )
    }
    if judged == nil {
      notes.append(
        "what was not trained on has labels of one kind: the figures are of all, training samples too")
    }
    if (judged ?? all)?.adjusted != nil {
      notes.append(
        "point-adjusted: one flag in a stretch counts for all of it; random flags look good by this measure")
    }
    return notes
  }

  var members: [JSON.Member] {
    var members = (judged ?? all)?.members ?? []
    if judged == nil { members.append(JSON.Member("trained_on_too", true)) }
    members.append(JSON.Member("of_rows", .boolean(labels.areOfSteps)))
    if judged != nil, let all { members.append(JSON.Member("all", .object(all.members))) }
    return [JSON.Member("detection", .object(members))]
  }
}

extension DetectionMeasures {
  var members: [JSON.Member] {
    var members = [
      JSON.Member("samples", .integer(ranks.samples)), JSON.Member("odd", .integer(ranks.odd)),
      JSON.Member("roc_auc", .double(ranks.rocAUC)),
      JSON.Member("average_precision", .double(ranks.averagePrecision)),
      JSON.Member("precision_at_n", .double(ranks.precisionAtN)),
    ]
    if let surfaces {
      members += [
        JSON.Member("vus_roc", .double(surfaces.roc)),
        JSON.Member("vus_pr", .double(surfaces.precisionRecall)),
        JSON.Member("vus_window", .integer(surfaces.window)),
      ]
    }
    if let flags {
      members += [
        JSON.Member("precision", .number(flags.precision)), JSON.Member("recall", .number(flags.recall)),
        JSON.Member("f1", .double(flags.f1)), JSON.Member("false_alarms", .number(flags.falseAlarms)),
      ]
    }
    if let adjusted { members.append(JSON.Member("point_adjusted_f1", .double(adjusted.f1))) }
    return members
  }
}

extension Session {
  /// How well the model's scores find what `--labels` calls odd; nil where that is not asked for.
  func detection(of model: Model, on dataset: Dataset, _ familiarity: Familiarity?) throws
    -> DetectionMeasureLines?
  {
    guard let labels = try oddLabels(of: dataset, for: model) else {
      if let option = arguments.firstGiven(of: OddLabelOption.ofLabels) {
        throw Failure.commandLine("\(option) belongs to --labels; give that too, or leave it out")
      }
      return nil
    }
    let place = "--labels \(try arguments[OddLabels.labels] ?? "")"
    let uses = familiarity?.uses ?? [Familiarity.Use](repeating: .new, count: dataset.count)
    guard labels.areOfSteps, let steps = SeriesSteps(dataset) else {
      let (scores, flags, words) = try scoresAndFlags(of: model, on: dataset)
      return try DetectionMeasureLines(
        labels, scores: scores, isNew: uses.map { $0 != .trained }, flags: flags, score: words,
        place: place)
    }
    if let option = arguments.firstGiven(of: DetectOption.ofFlags) {
      throw Failure.commandLine(
        "\(option) is of samples; rows of a series get flags by --threshold, a score that 'score --per-step' tells"
      )
    }
    let scores = try model.scoresPerStep(dataset, steps, threads: threads).doubles
    return try DetectionMeasureLines(
      labels, scores: scores, isNew: steps.areNew(uses), flags: flags(of: scores), window: steps.window,
      score: "the score of each row, the mean over the windows that hold it", place: place)
  }

  /// Scores and flags of samples: those of detect where the model is calibrated and no threshold is given.
  private func scoresAndFlags(
    of model: Model, on dataset: Dataset
  ) throws -> ([Double], DetectionMeasureLines.Flags?, words: String) {
    guard model.calibration != nil else {
      if let option = arguments.firstGiven(of: DetectOption.ofFlags) {
        throw Failure.commandLine(
          "\(option) is for calibrated models; 'hourglass calibrate \(operand(0)) CLEAN' makes one, or give --threshold"
        )
      }
      let scores = try model.scores(dataset, threads: threads).doubles
      return (scores, try flags(of: scores), "the score of each sample")
    }
    let detector = try detector(of: model, needsFields: false)
    let readings = try detector.readings(of: dataset)
    let scores = readings.scores.map { Double($0) }
    let words = "the score of detect, \(detector.score.rawValue)"
    if arguments.has(OddLabelOption.threshold) { return (scores, try flags(of: scores), words) }
    let rule = try arguments.flagRule
    let flags = rule.flags(readings.pValues, calibrating: detector.calibration.count)
    return (
      scores,
      DetectionMeasureLines.Flags(
        flags: flags, rule: rule.promise, adjustsPoints: arguments.has(OddLabelOption.pointAdjusted)), words
    )
  }

  /// Flags by `--threshold`.
  private func flags(of scores: [Double]) throws -> DetectionMeasureLines.Flags? {
    let adjusts = arguments.has(OddLabelOption.pointAdjusted)
    guard let threshold = try arguments[OddLabelOption.threshold] else {
      guard !adjusts else {
        throw Failure.commandLine("--point-adjusted is of flags; say by --threshold which scores have one")
      }
      return nil
    }
    return DetectionMeasureLines.Flags(
      flags: scores.map { $0 > threshold }, rule: "scores above \(Figures.significant(threshold))",
      adjustsPoints: adjusts)
  }
}

/// Options of `evaluate --labels`.
enum OddLabelOption {
  static let threshold = Option.optional(
    "threshold", .number(above: -.greatestFiniteMagnitude), shown: "none",
    "of --labels: flags what scores above it, and tells precision, recall and F1 of the flags")
  static let pointAdjusted = Option.flag(
    "point-adjusted",
    "of --labels: also F1 as if one flag in a stretch of odd rows were one at each, as some papers count; it flatters"
  )
  static let ofLabels = [threshold.declaration, pointAdjusted.declaration] + DetectOption.ofFlags
}

extension SeriesSteps {
  /// Which rows no window holds that was trained on.
  fileprivate func areNew(_ uses: [Familiarity.Use]) -> [Bool] {
    let trained = Tensor([uses.count, window]) { target in
      for (position, use) in uses.enumerated() {
        for step in 0..<window { target[position * window + step] = use == .trained ? 1 : 0 }
      }
    }
    return joined(trained).values.map { !($0 > 0) }
  }
}
