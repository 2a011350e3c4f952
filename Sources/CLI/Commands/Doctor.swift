import Hourglass

extension Command {
  private static let training = Option.optional(
    "training", .text("SOURCE", "data"), shown: "those of SOURCE, if it holds them",
    "the samples that the model was trained on, to look for copies of theirs in SOURCE")

  private static let log = Option.optional(
    "log", .file("LOG"), shown: "what MODEL keeps",
    "the curve of its training: the folder of train --log, an event file, or the lines of train --json")

  static let doctor = Command(
    name: "doctor", abstract: "says what is wrong with a model, and what to try",
    operands: [.model, .source],
    options: [training.declaration, log.declaration] + DataOption.ofUse
      + SharedOption.ofUse,
    discussion: """
      Looks at the model's errors beside the three controls of 'evaluate', at the curve of its training, at what its \
      units do, and at the samples. SOURCE may be the data that the model was trained on: samples that it \
      was trained on are told apart, and the model is judged by the others. Each finding comes with the number it rests on; under --json \
      it is one object. The exit code is 1 if the model is no better than one of the controls, 0 otherwise.
      """,
    examples: [
      "hourglass doctor model.safetensors data.csv",
      "hourglass doctor model.safetensors test.npy --training train.npy",
      "hourglass doctor model.safetensors data.csv --log runs/first",
    ],
    run: { session in
      let name = session.operand(0)
      let (model, dataset) = try session.modelAndData()
      let history = try session.arguments[log].map { try LossLog($0).history(of: model) }
      let training = try session.arguments[training].map { try session.open($0, for: model, isOther: true) }
      let doctor = try Doctor(
        model, on: dataset, training: training, history: history, threads: session.threads)
      if session.isJSON {
        for finding in doctor.findings { try session.streams.output.writeLine(finding.json.line) }
      } else {
        try session.streams.output.writeLine(doctor.words(of: name, on: dataset.origin))
      }
      if doctor.isBeaten { throw Failure.data("") }
    })
}

extension Doctor {
  fileprivate func words(of name: String, on origin: String) -> String {
    let samples = Figures.grouped(evaluation.samples, "sample")
    let held = isJudgedByHeldSamples ? ", none of them trained on" : ""
    var lines = ["\(name) on \(origin): judged by \(samples)\(held)"]
    lines += [familiarity.map(\.words) ?? Familiarity.unknownWords].compactMap(\.self)
    if let heavy = evaluation.heavy {
      lines.append("The verdict is by the others where \(heavy.words).")
    }
    for finding in findings {
      lines += ["", "\(finding.severity.rawValue): \(finding.kind.rawValue)"]
      lines += (Help.wrap(finding.problem, indent: 2) + Help.wrap(finding.remedy, indent: 2)).map {
        "  " + $0
      }
    }
    if findings.isEmpty { lines += ["", "Nothing is wrong that can be seen."] }
    return lines.joined(separator: "\n")
  }
}

extension Doctor.Finding {
  fileprivate var json: JSON {
    [
      "kind": .text(kind.rawValue), "severity": .text(severity.rawValue),
      "place": place.map(JSON.text) ?? .null, "measure": .text(measure.name),
      "value": .number(measure.value), "threshold": .number(measure.threshold), "problem": .text(problem),
      "remedy": .text(remedy),
    ]
  }
}
