import Hourglass

extension Command {
  static let watch = Command(
    name: "watch", abstract: "answers rows on standard input as they come: score, p-value, odd or not",
    operands: [
      Operand(name: "MODEL", meaning: "a calibrated model ('hourglass calibrate', 'train --calibrate')")
    ],
    options: [
      DetectOption.alarm.declaration, DetectOption.score.declaration, WatchOption.drift.declaration,
      WatchOption.format.declaration, WatchOption.from.declaration, WatchOption.state.declaration,
      DataOption.header.declaration, DataOption.decimal.declaration, SharedOption.seed.declaration,
    ] + SharedOption.ofUse,
    discussion: """
      Reads a row a line: of a table, with or without a header, or of JSON, arrays in the order of training or objects by \
      column names. Writes a line a row, at once: the row counted from 0, its score, its p-value among the calibrating samples, \
      whether that is at most --alarm, and the value that is oddest by itself. Rows that wait in the pipe already are scored together. \
      A line that cannot be read is answered with an error, and the stream goes on. Of a model of series a row is a step, \
      judged by the window that ends with it.
      Beside, a martingale plays against the order of the scores: where rows are no longer like those before, it says \
      so on standard error, and in JSON by a line {"row":…,"drift":true,"odds":…}; the chance that it ever does without \
      cause is at most --drift (Ville's inequality). Answers depend on the row alone, so after a stop the rest can be asked for again with \
      --from; with --state the martingale goes on too.
      """,
    examples: [
      "hourglass watch model.safetensors < rows.csv > answers.jsonl",
      "tail -f rows.csv | hourglass watch model.safetensors --state watch.safetensors",
    ],
    run: { session in
      if session.isJSON, try session.arguments[WatchOption.format] == AnswerLines.Form.csv.rawValue {
        throw Failure.commandLine("--json and --format csv contradict each other; give one of them")
      }
      // Before any thread is started, which would not hold them.
      System.holdStopSignals()
      let scorer = try session.rowScorer()
      let rate = try session.arguments[WatchOption.drift]
      let (state, path) = try session.watchState(scorer, rate)
      var options = WatchRun.Options()
      options.form = AnswerLines.Form(rawValue: try session.arguments[WatchOption.format]) ?? .json
      options.hasHeader = try session.arguments[DataOption.header].map { $0 == "yes" }
      options.decimal = try session.arguments[DataOption.decimal] == "comma" ? .comma : .point
      options.statePath = path
      options.seed = try session.arguments[SharedOption.seed]
      let watch = try WatchRun(session, scorer.model, scorer, state, options)
      let signal = try watch.run()
      System.releaseStopSignals()
      guard let signal else { return }
      throw Failure(
        exitCode: 128 + signal,
        description: path.map { "stopped; '--state \($0)' goes on at row \(watch.row)" }
          ?? "stopped; '--from \(watch.row)' goes on there")
    })
}

private enum WatchOption {
  static let format = Option(
    "format", .choice(AnswerLines.Form.allCases.map(\.rawValue)), default: AnswerLines.Form.json.rawValue,
    "how answers are written: JSON, an object a line, or a table")
  static let drift = Option(
    "drift", .number(above: 0, atMost: 0.5), default: 0.01,
    "the chance of ever saying that rows have drifted while they have not")
  static let from = Option.optional(
    "from", .integer(0...Int.max), shown: "0, or where --state ended",
    "the number of the first row that comes, where the stream is the rest of one")
  static let state = Option.optional(
    "state", .file("FILE"), shown: "none",
    "a file that keeps what the martingale has seen: read where it exists, written every 16 384 rows and at the end"
  )
}

extension Session {
  fileprivate func rowScorer() throws -> RowScorer {
    let model = try model(in: operand(0))
    guard model.autoencoder.architecture.condition == nil else {
      throw Failure.data(
        "\(operand(0)): expected a model that reads rows alone, found one that is told their class (--label); "
          + "'hourglass detect' takes such")
    }
    let alarm = try arguments[DetectOption.alarm] ?? 0.01
    let scorer = RowScorer(
      model, try detector(of: model, rows: 1), try detector(of: model, rows: RowScorer.most), alarm: alarm)
    if let shortage = FlagRule.alarm(alarm).shortage(samples: 1, calibrating: scorer.calibration.count) {
      say("warning: \(shortage)")
    }
    return scorer
  }

  /// Where the watch begins: where the file of `--state` ended, else at the start.
  fileprivate func watchState(_ scorer: RowScorer, _ rate: Double) throws -> (WatchState, path: String?) {
    let from = try arguments[WatchOption.from]
    let path = try arguments[WatchOption.state]
    if let path { try OutputFile.checkFile(path, of: "--state", apartFrom: [operand(0)]) }
    guard let path, System.exists(path) else {
      // Calibrating scores are sorted; which of them are kept must not follow their size.
      let kept = ScorePool(scorer.known.shuffled(seed: 1), seed: 1).scores
      return (
        WatchState(
          next: from ?? 0, header: nil, martingale: TestMartingale(rate: rate), scores: kept,
          calibration: scorer.mark), path
      )
    }
    let state = try WatchState(path, rate: rate, calibration: scorer.mark)
    if let from, from != state.next {
      throw Failure.commandLine(
        "--from \(from) contradicts --state \(path), which goes on at row \(state.next); leave --from out")
    }
    say("goes on at row \(state.next)")
    return (state, path)
  }
}

extension [Float] {
  fileprivate func shuffled(seed: UInt64) -> [Float] {
    var values = self
    Random(seed: seed, stream: .analysis).shuffle(&values, step: 1)
    return values
  }
}
