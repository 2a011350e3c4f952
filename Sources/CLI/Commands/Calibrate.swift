import Hourglass

extension Command {
  static let calibrate = Command(
    name: "calibrate", abstract: "shows a model normal samples, so that it can tell odd ones at a rate",
    operands: [.model, Operand(name: "CLEAN", meaning: "normal samples that the model was not trained on")],
    options: [
      CalibrateOption.output.declaration, DetectOption.score.declaration, DetectOption.force.declaration,
      SharedOption.seed.declaration,
    ] + DataOption.ofUse + SharedOption.ofUse,
    discussion: """
      Puts a calibration into the model, which detect and watch hold scores against. A third of the samples, at most \
      10 000, is kept to be near to, a sixth to choose the score by: neighbours, unless another tells these samples far better from \
      such whose values were exchanged among them. The others, half of all, give the distribution of the score; with n of them no \
      p-value is below 1 / (n + 1). The samples must be normal, and none may have been trained on: those that were are found and \
      refused. 'train --calibrate 0.2' does the same with a part of its data.
      """,
    examples: [
      "hourglass calibrate model.safetensors clean.csv",
      "hourglass calibrate model.safetensors clean.csv -o calibrated.safetensors",
    ],
    run: { session in
      var model = try session.model()
      let clean = try session.open(session.operand(1), for: model)
      try model.preparation.check(clean)
      let path = try session.arguments[CalibrateOption.output] ?? session.operand(0)
      try OutputFile.checkFile(path, of: "a model", apartFrom: [session.operand(1)])
      guard clean.count >= 20 else {
        throw Failure.data(
          "\(clean.origin): expected 20 samples or more to calibrate with, found \(clean.count); an alarm rate of 1 % takes some 200"
        )
      }
      try session.refuseTrained(clean, model)
      let calibration = try Calibration(
        model, CalibrationParts(of: clean, seed: session.arguments[SharedOption.seed]), source: clean.origin,
        score: session.arguments.detectionScore, threads: session.threads)
      try calibration.checkHas(try session.arguments.detectionScore)
      model.calibration = calibration
      try model.write(to: path)
      try session.tell(calibration, in: path)
    })
}

private enum CalibrateOption {
  static let output = Option.optional(
    "output", short: "o", .file("MODEL"), shown: "the model that was read",
    "the model file to write (.safetensors)")
}

extension Calibration {
  /// - Throws: ``Failure`` for a score that the model cannot give.
  func checkHas(_ score: Score?) throws {
    guard let score, scores[score] == nil else { return }
    throw Failure.commandLine(
      "--score \(score.rawValue): this model has no such score; it has \(Detector.words(of: self))")
  }

  var members: [JSON.Member] {
    [
      JSON.Member("calibrating", .integer(count)), JSON.Member("score", .text(chosen.rawValue)),
      JSON.Member("least_p_value", .number(1 / Double(count + 1))),
      JSON.Member(
        "contrasts",
        .object(
          Score.allCases.compactMap { kind in contrasts[kind].map { JSON.Member(kind.rawValue, .number($0)) }
          })),
    ]
  }

  /// How many samples it has, by what they are scored and why, and what rates it allows.
  var words: String {
    var parts = ["calibrated on \(Figures.grouped(count, "sample")), scored by \(chosen.rawValue)"]
    if !contrasts.isEmpty {
      let tried = Score.allCases.compactMap { kind in
        contrasts[kind].map { "\(kind.rawValue) \(Figures.fixed($0, 2))" }
      }
      parts.append("told from samples with exchanged values (ROC-AUC): \(tried.joined(separator: ", "))")
    }
    parts.append("alarm rates from \(Figures.significant(100 / Double(count + 1))) % on")
    return parts.joined(separator: "; ")
  }
}

extension Session {
  func refuseTrained(_ clean: Dataset, _ model: Model) throws {
    guard let familiarity = try model.familiarity(with: clean), familiarity.trained > 0 else { return }
    let count = familiarity.trained
    let words =
      "\(clean.origin): \(Figures.grouped(count)) of \(Figures.grouped(clean.count, "sample")) \(count == 1 ? "was" : "were") trained on"
    guard arguments.has(DetectOption.force) else {
      throw Failure.data(
        "\(words); their scores are too low to hold others against: give samples that were not"
          + (arguments.has(DetectOption.clean) ? "" : ", train with --calibrate 0.2, or give --force"))
    }
    say("warning: \(words): more than the asked share of normal samples will be flagged")
  }

  fileprivate func tell(_ calibration: Calibration, in path: String) throws {
    if isJSON {
      try streams.output.writeLine(
        JSON.object([JSON.Member("model", .text(path))] + calibration.members).line)
    } else if !isQuiet {
      try streams.output.writeLine("\(path): \(calibration.words)")
    }
  }
}
