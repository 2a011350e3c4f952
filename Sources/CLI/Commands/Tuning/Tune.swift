import Hourglass

extension Command {
  static let tune = Command(
    name: "tune", abstract: "searches for the network and the training that suit data best",
    operands: [.source],
    options: TuneOption.all,
    common: TuneOption.common,
    discussion: """
      Trial 0 is what train does by itself; the others vary widths, depth, activation, initializer, normalisation, \
      regularisation, optimizer, rate, batch and schedule. The default and the best trial are trained to the end, so the \
      result is never worse than the default on the validation samples. The lowest of many validation losses flatters: \
      keep other samples aside and evaluate the model on them. Ctrl-C writes the best so far; --resume goes \
      on.
      """,
    notes: [
      HeadingNote(
        heading: .search,
        text: """
          All trials are stopped early but the best: of those that reach a rung, the best third go on to the next \
          (ASHA), and new ones are proposed where good ones lie (TPE). They are compared by their reconstruction loss \
          on the validation samples, penalties left out, at one width of the code: that of train's default or \
          --latent, since a wider code is no better for reconstructing more. With --search-latent the width is \
          searched too, and trials are ranked by loss · (1 + price)^width. With --minutes epochs and the size of \
          networks are fitted to the time.
          """)
    ],
    examples: [
      "hourglass tune data.csv --minutes 10 -o best.safetensors",
      "hourglass tune images.npy --budget-trials 60 --seed 7 --latent 16 -o best.safetensors",
      "hourglass tune data.csv --minutes 10 --resume best.tune.json -o best.safetensors",
    ],
    run: { session in
      var run = try TuningRun(session)
      // From before any thread is started, which inherits it.
      System.holdStopSignals()
      let (outcome, signal) = try run.search()
      System.releaseStopSignals()
      try run.save(outcome, stoppedBy: signal)
    })
}

/// One search from its options to the saved model, with what it says on the way.
struct TuningRun {
  let session: Session
  let path: String
  let recordPath: String
  let plan: TrainingPlan
  let tuner: Tuner
  let record: TuningRecord?
  let limit: (trials: Int?, seconds: Double?)
  let held: Dataset
  private let start = System.seconds
  private let clockStart = ContinuousClock().now
  private var lines: TuningLines

  init(_ session: Session) throws {
    self.session = session
    let arguments = session.arguments
    path = try arguments[TrainOption.output]
    limit = (try arguments[TuneOption.trials], try arguments[TuneOption.minutes].map { $0 * 60 })
    guard limit.trials != nil || limit.seconds != nil else {
      throw Failure.commandLine("tune needs to know when to stop: --minutes X or --budget-trials N")
    }
    let span = try arguments[TuneOption.searchLatent]
    try TuningRun.check(arguments, span)
    recordPath =
      try arguments[TuneOption.resume] ?? arguments[TuneOption.record] ?? TuningRun.recordPath(path)
    guard try session.headTarget(of: session.operand(0)) == nil else {
      throw Failure.commandLine(
        "--target of samples that are no table is for train; tune judges trials by the reconstruction alone: leave it out"
      )
    }
    plan = try TrainingPlan(session, isSearched: true)
    guard let held = plan.held else {
      throw TuningRun.nothingHeld(plan.training, arguments)
    }
    self.held = held
    let option = arguments.has(TuneOption.resume) ? "--resume" : "--trials"
    try OutputFile.checkFile(recordPath, of: option, apartFrom: [session.operand(0)])
    record = try TuningRun.record(in: recordPath, session)
    var tuner = try Tuner(
      plan.architecture, plan.recipe, on: plan.training, validating: held, preparation: plan.preparation,
      latent: span, price: try arguments[TuneOption.price] ?? 0.01)
    if let seconds = limit.seconds, record == nil {
      try tuner.fit(seconds: seconds, epochs: !arguments.has(TuneOption.epochs))
    }
    self.tuner = tuner
    lines = TuningLines(session, plan.architecture.reconstruction.name, seconds: limit.seconds)
  }

  /// Trials cannot be compared: nothing was to be held out, or there is too little.
  private static func nothingHeld(_ training: Dataset, _ arguments: Arguments) -> Failure {
    if arguments.has(TrainOption.validation) {
      return Failure.commandLine("tune compares trials on samples that are held out; give --validation some")
    }
    return Failure.data(
      "\(training.origin): expected at least 3 samples, as trials are compared on some that are held out, "
        + "found \(training.count); give more, or others with --validation SOURCE")
  }

  private static func check(_ arguments: Arguments, _ span: ClosedRange<Int>?) throws {
    if span != nil, arguments.has(ShapeOption.latent) {
      throw Failure.commandLine("--latent fixes what --search-latent searches; give one of them")
    }
    if span == nil, arguments.has(TuneOption.price) {
      throw Failure.commandLine("--latent-price belongs to --search-latent")
    }
    if arguments.has(TuneOption.resume), arguments.has(TuneOption.record) {
      throw Failure.commandLine("--resume names the file of all trials already; leave --trials out")
    }
  }

  private static func recordPath(_ path: String) -> String {
    let ending = ".safetensors"
    return (path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path) + ".tune.json"
  }

  /// The search that goes on.
  private static func record(in path: String, _ session: Session) throws -> TuningRecord? {
    guard session.arguments.has(TuneOption.resume) else { return nil }
    guard System.isSameFile(path, path) else {
      session.say("\(path) does not exist yet: the search begins anew")
      return nil
    }
    return try TuningRecord(System.text(of: path, limit: 1 << 30), place: path)
  }

  /// Searches to the limit, or to a signal.
  ///
  /// - Returns: what came of it, and the signal that ended it before its time.
  mutating func search() throws -> (Tuner.Outcome, Int32?) {
    let board = TuningBoard()
    let threads = try session.threads
    let limit = Tuner.Limit(
      trials: limit.trials, deadline: limit.seconds.map { clockStart + .seconds($0) },
      isStopped: { board.isStopped })
    session.say(words(threads))
    session.tellOutside(plan.architecture.reconstruction, plan.preparation, held)
    let (tuner, record, recordPath) = (tuner, record, recordPath)
    Task.detached {
      await board.fill { report in
        let file = TuningFile(recordPath)
        return try await tuner.run(record, until: limit, threads: threads, memory: System.memory / 4) {
          let warning = file.note($0.record)
          report($0, warning)
        }
      }
    }
    var signal: Int32?
    defer { lines.finish() }
    while true {
      for (progress, warning) in board.take() {
        if let warning { lines.note(warning) }
        try lines.report(progress)
      }
      lines.tick(System.seconds - start)
      if let outcome = try board.outcome { return (outcome, signal) }
      if let asked = System.pendingStop() {
        signal = asked
        board.stop()
      }
      System.sleep(TuningRun.attention)
    }
  }

  /// Seconds between two looks at what the search has come to.
  private static let attention = 0.02

  private func words(_ threads: Int) -> String {
    let plan = record?.plan ?? tuner.plan
    let rungs = plan.rungs.map { "\($0)" }.joined(separator: ", ")
    let done = record.map { ", going on after \(Figures.grouped($0.trials.count, "trial"))" } ?? ""
    return "\(self.plan.words)\nsearching with rungs at \(rungs) epochs, networks of at most "
      + "\(Figures.grouped(plan.parameterLimit, "parameter")), \(threads) at a time\(done)"
  }

  /// Saves the best trial's model and all trials, and says what came of it.
  ///
  /// - Throws: ``Failure`` with the shell's exit code for the signal where there was one.
  func save(_ outcome: Tuner.Outcome, stoppedBy signal: Int32?) throws {
    try outcome.record.write(to: recordPath)
    var model = outcome.model
    model?.provenance?.reading = session.arguments.words(of: TrainOption.reading)
    try model?.write(to: path)
    let saved =
      outcome.model == nil ? "no trial has got far enough for a model" : "the best model is in \(path)"
    if let signal {
      throw Failure(
        exitCode: 128 + signal,
        description: "stopped after \(Figures.grouped(outcome.record.leaderboard.count, "trial")); \(saved); "
          + "--resume \(recordPath) goes on")
    }
    guard let model, let best = outcome.record.leaderboard.first else {
      throw Failure.data(TuningRun.blame(outcome.record))
    }
    let summary = TuningSummary(
      path: path, recordPath: recordPath, outcome: outcome, best: best, seconds: System.seconds - start,
      errors: ClosingErrors(
        try Evaluation(model, on: model.judged(of: held).samples, threads: session.threads), of: model,
        held: held.count))
    if session.isJSON {
      try session.streams.output.writeLine(summary.json.line)
    } else if !session.isQuiet {
      try session.streams.output.writeLine(summary.words)
    }
  }

  private static func blame(_ record: TuningRecord) -> String {
    let fault = record.trials.first.flatMap(\.fault) ?? "the time was too short for one epoch"
    return "no trial came to a result: \(fault)"
  }
}
