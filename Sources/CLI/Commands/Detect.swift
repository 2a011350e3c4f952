import Hourglass

extension Command {
  static let detect = Command(
    name: "detect", abstract: "finds the odd samples, at a rate of false alarms, and what makes them odd",
    operands: [.model, .source],
    options: [OutputFile.option.declaration, DetectOption.causes.declaration]
      + DetectOption.ofFlags + DetectOption.ofShift + DataOption.ofOutput + SharedOption.ofUse,
    common: [OutputFile.option.declaration, DetectOption.causes.declaration] + DetectOption.ofFlags
      + DetectOption.ofShift + [DataOption.keep.declaration] + SharedOption.ofUse,
    discussion: """
      Writes for each sample its score, its p-value, what is to blame and whether it is odd. The p-value is the share of \
      the model's calibrating samples that score as high, (1 + count) / (n + 1): of normal samples that are like these at most a hundredth has, in the mean, one of 0.01 \
      or less, whatever the data and the model ('hourglass calibrate', 'train --calibrate'). Samples of p up to --alarm are \
      flagged; --fdr flags by the share of false ones among the flagged instead (Benjamini-Hochberg), and --certain \
      makes the rate of --alarm hold for this calibration, not only in the mean of all.
      To blame is the value without which the rest of the sample is least surprising ('because'), as it is ('found') and as \
      the model would have it by all others ('rather'); 'also' are the next. A value is judged in \
      units of how well the model tells it in calibration.
      Where the data differ from the normal ones in the spread of some columns that are no fault, as more of one site or \
      season, --shift COLUMNS --clean NORMAL weights the normal samples by how much more often such values occur: the rate \
      then holds for the new mix (weighted conformal p-values). Numbers are taken in ten bins.
      Scores: error, the model's own loss; fields, each value's surprise in units of its usual one; bound, of variational \
      models; codes, Mahalanobis' distance; neighbours, the distance to the nearest of the normal samples in values and in what \
      the reconstruction leaves, held against theirs; combined, fields and neighbours by rank.
      \(SampleLines.words)
      """,
    examples: [
      "hourglass detect model.safetensors data.csv -o odd.csv",
      "hourglass detect model.safetensors data.csv --fdr 0.1 -o odd.csv",
    ],
    run: { session in
      let output = try session.outputFile()
      let (rule, map) = (try session.arguments.flagRule, try session.mapFile())
      let (model, dataset) = try session.modelAndData()
      let detector = try session.detector(of: model)
      if let map { try session.check(map, detector) }
      try session.warn(of: dataset, model, detector.calibration, rule)
      let causes = try session.arguments[DetectOption.causes]
      let shifted = try session.shifted(detector, dataset, rule)
      let detection = try detector.detection(
        of: dataset, rule, oddest: min(10, dataset.count), shifted: shifted)
      let lines = DetectionLines(detection, detector, dataset, causes: causes)
      if output.isTable {
        try output.write(lines.sampleLines, name: "detection")
      } else {
        try output.write(lines.table, name: "detection", columns: nil)
      }
      if let map { try session.write(detection, to: map, detector, dataset) }
      try session.report(output, lines, rule)
    })
}

extension DetectOption {
  static let causes = Option(
    "causes", .integer(0...100), default: 3, "values that are blamed for a sample at most")
}

extension Session {
  /// What tells odd samples, as the options have it.
  ///
  /// - Throws: ``Failure`` for a model without calibration, or without the score that is asked for.
  func detector(of model: Model, needsFields: Bool = true, rows: Int = 1024) throws -> Detector {
    guard let calibration = model.calibration else {
      throw Failure.data(
        "\(operand(0)): expected a calibrated model, found one without calibration; 'hourglass calibrate \(operand(0)) CLEAN' "
          + "makes one from normal samples that it was not trained on, or train with --calibrate 0.2")
    }
    let score = try arguments.detectionScore
    try calibration.checkHas(score)
    return try Detector(model, score: score, needsFields: needsFields, rows: rows, threads: threads)
  }

  /// Says what the flags are worth less for: samples that are known, and a calibration that is short.
  fileprivate func warn(
    of dataset: Dataset, _ model: Model, _ calibration: Calibration, _ rule: FlagRule
  ) throws {
    let known = Set(calibration.digests)
    let calibrating = dataset.digests().count { known.contains($0) }
    if calibrating > 0 {
      say(
        "\(Figures.grouped(calibrating)) of \(Figures.grouped(dataset.count, "sample")) \(calibrating == 1 ? "is" : "are") calibrating samples "
          + "themselves: for these the rate says nothing")
    }
    if let familiarity = try model.familiarity(with: dataset), familiarity.trained > 0 {
      say(
        "\(Figures.grouped(familiarity.trained)) of \(Figures.grouped(dataset.count, "sample")) \(familiarity.trained == 1 ? "was" : "were") trained on: "
          + "p-values of these are too high, and odd ones among them may be missed")
    }
    if let shortage = rule.shortage(samples: dataset.count, calibrating: calibration.count) {
      say("warning: \(shortage)")
    }
  }

  fileprivate func report(_ output: OutputFile, _ lines: DetectionLines, _ rule: FlagRule) throws {
    if isJSON {
      try streams.output.writeLine(
        JSON.object(
          [JSON.Member("output", .text(output.path))] + lines.members + [
            JSON.Member("promise", .text(rule.promise))
          ]
        )
        .line)
    } else if !isQuiet {
      say(
        "\(output.path): \(lines.words)\n\(rule.promise.prefix(1).uppercased())\(rule.promise.dropFirst()).")
    }
  }
}
