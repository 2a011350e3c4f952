import Hourglass

/// One training from the first step to the saved model, with what it says on the way.
struct TrainingRun {
  /// Seconds between two looks at the clock's neighbours, the signals: soon enough for a person, free for a
  /// step.
  private static let attention = 0.01

  private let trainer: Trainer
  private let plan: TrainingPlan
  private let session: Session
  private var progress: Progress
  private let start = System.seconds
  private let path: String
  private let checkpointEvery: Int?
  private var lastCheckpoint = System.seconds
  /// Seconds from the last checkpoint of an epoch to the next.
  private var rest = TrainingRun.leastRest
  private var log: TrainingLog?

  init(_ plan: TrainingPlan, _ session: Session) throws {
    self.plan = plan
    self.session = session
    path = try session.arguments[TrainOption.output]
    checkpointEvery = try session.arguments[RecipeOption.checkpointEvery]
    let autoencoder = try plan.autoencoder()
    trainer = try Trainer(
      autoencoder, plan.recipe, on: plan.training, validating: plan.held, preparation: plan.preparation,
      threads: session.threads)
    progress = Progress(
      stream: session.streams.messages, terminal: session.terminal, isQuiet: session.isQuiet)
  }

  /// What `work` gives.
  ///
  /// - Throws: ``Failure`` of the command line where an option is at fault, which errors name as their place.
  static func blaming<Result>(_ option: String, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let error as TrainingError where error.place == option {
      throw Failure.commandLine("--\(error)")
    }
  }

  /// Thrown out of a step by a signal to stop.
  private struct Stop: Error { let signal: Int32 }

  /// How a training ended.
  enum Ending {
    case complete
    case stopped(signal: Int32)
    /// The file it was to go on from holds a finished training already: this model.
    case wasComplete(Model)
  }

  /// Trains to the last epoch, or to a signal.
  mutating func train() throws -> Ending {
    defer { progress.finish() }
    if let model = try resume() { return .wasComplete(model) }
    log = try TrainingLog(plan, session, from: trainer.epochs.count + 1)
    do {
      while let epoch = try nextEpoch() { try report(epoch) }
      return .complete
    } catch let stop as Stop {
      return .stopped(signal: stop.signal)
    }
  }

  /// Goes on from a checkpoint or a finished model, if that was asked for and there is one.
  ///
  /// - Returns: the model of a training that leaves nothing to do.
  private func resume() throws -> Model? {
    guard let file = try session.arguments[RecipeOption.resume] else { return nil }
    guard System.exists(file) else {
      session.say("\(file) does not exist yet: the training starts from the beginning")
      return nil
    }
    if try TrainingRun.blaming(
      "resume", { try session.readingModel(file) { try trainer.resume(from: file) } })
    {
      guard !trainer.isFinished else {
        session.say(
          "\(file) holds \(Figures.grouped(trainer.epochs.count, "epoch")), --epochs asks for "
            + "\(plan.recipe.epochs): there is nothing left to do")
        return nil
      }
      session.say(
        "going on from \(file): epoch \(trainer.epochs.count + 1), step \(trainer.course.stepInEpoch + 1)")
      return nil
    }
    let model = try Model(contentsOf: file)
    let isLeft = try TrainingRun.blaming("resume") { try trainer.resume(after: model) }
    let best = "its best epoch \(model.provenance?.bestEpoch ?? 0)"
    guard isLeft else {
      let (count, asked) = (trainer.epochs.count, plan.recipe.epochs)
      let reason =
        count == asked ? "" : count < asked ? ", ended by --patience" : ", and --epochs asks for \(asked)"
      session.say(
        "\(file) holds a finished training of \(Figures.grouped(trainer.epochs.count, "epoch"))\(reason): there is nothing left to do"
      )
      return model
    }
    session.say(
      "\(file) holds a finished training of \(Figures.grouped(trainer.epochs.count, "epoch")): going on from \(best) to epoch "
        + "\(plan.recipe.epochs); the optimizer begins anew")
    return nil
  }

  private var lossName: String { plan.architecture.isObjectiveError ? "loss" : "objective" }

  private mutating func nextEpoch() throws -> Epoch? {
    let epochStart = System.seconds
    var looked = epochStart
    let (number, samples, before) = (trainer.epochs.count + 1, plan.training.count, trainer.epochs.last)
    return try trainer.nextEpoch { done, loss in
      if let every = checkpointEvery, trainer.course.steps % every == 0, done < samples { checkpoint() }
      let now = System.seconds
      guard now - looked >= TrainingRun.attention else { return }
      looked = now
      say(trainer.takeNotice())
      if let signal = System.pendingStop() { throw Stop(signal: signal) }
      progress.step(
        Progress.Moment(
          name: lossName, epoch: number, epochs: plan.recipe.epochs, fraction: Double(done) / Double(samples),
          loss: loss,
          validationLoss: before?.validationLoss, criticAccuracy: before?.criticAccuracy,
          samplesPerSecond: Double(done) / (now - epochStart),
          seconds: now - start))
    }
  }

  private mutating func report(_ epoch: Epoch) throws {
    progress.epoch(
      Progress.Moment(
        name: lossName, epoch: epoch.number, epochs: plan.recipe.epochs, loss: epoch.loss,
        validationLoss: epoch.validationLoss, criticAccuracy: epoch.criticAccuracy,
        samplesPerSecond: epoch.samplesPerSecond, seconds: System.seconds - start))
    say(trainer.takeNotice())
    say(log?.add(epoch, of: trainer))
    if session.isJSON { try session.streams.output.writeLine(epoch.json(of: plan.architecture).line) }
    if let signal = System.pendingStop() { throw Stop(signal: signal) }
    if System.seconds - lastCheckpoint >= rest, !trainer.isFinished { checkpoint() }
  }

  /// Seconds between two checkpoints of epochs: a training whose epochs take milliseconds would do nothing
  /// else.
  private static let leastRest = 0.2
  /// What a checkpoint took is rested this often: a curve of thousands of epochs takes longer to write than a
  /// small table takes to train.
  private static let restShare = 10.0

  /// Saves all that is needed to go on. Where the disk refuses, the old file stays, the training goes on and
  /// says so.
  private mutating func checkpoint() {
    let start = System.seconds
    defer {
      lastCheckpoint = System.seconds
      rest = max(TrainingRun.leastRest, TrainingRun.restShare * (lastCheckpoint - start))
    }
    do {
      try trainer.checkpoint(to: path)
    } catch {
      say("warning: no checkpoint: \(error)")
    }
  }

  private mutating func say(_ notice: String?) {
    if let notice { progress.note(notice) }
  }

  /// Saves the model of the best epoch and says what came of it; after a signal, a checkpoint to go on from.
  ///
  /// - Throws: ``Failure`` with the shell's exit code for the signal where there was one.
  func save(_ ending: Ending) throws {
    let finished: Model?
    switch ending {
    case .wasComplete(let model): finished = model
    case .stopped(let signal):
      try trainer.checkpoint(to: path)
      throw Failure(
        exitCode: 128 + signal,
        description:
          "stopped in epoch \(trainer.epochs.count + 1), after step \(trainer.course.steps); all is "
          + "saved in \(path): give the same command with --resume \(path) to go on")
    case .complete: finished = nil
    }
    let seconds = System.seconds - start
    var model = try finished ?? trainer.finishedModel()
    if let prior = try prior(for: model) { model.prior = prior }
    if model.gaps == nil, model.prior != nil || plan.architecture.hasPrior {
      model.gaps = GapPrior(of: plan.architecture.reconstruction.record, fittedTo: plan.training)
    }
    if finished == nil {
      model.provenance?.reading = session.arguments.words(of: TrainOption.reading)
    }
    // A finished training that is gone on with may lack them: it was stopped before, or is asked for more.
    if model.members.isEmpty { model.members = try plan.members(session) }
    if model.calibration == nil { model.calibration = try plan.calibration(of: model, session) }
    try model.write(to: path)
    let summary = TrainingSummary(
      path: path, provenance: model.provenance ?? trainer.provenance, seconds: seconds,
      trainingSeconds: trainer.epochs.reduce(0) { $0 + $1.seconds },
      errors: ClosingErrors(
        try evaluation(of: model), of: model, held: plan.held?.count,
        heads: plan.held.flatMap { try? HeadLines(model, on: $0, threads: session.threads) }))
    if session.isJSON {
      try session.streams.output.writeLine(summary.json.line)
    } else if !session.isQuiet {
      try session.streams.output.writeLine(summary.words)
      try TrainingGlance(plan, session).show(model)
    }
    try writePage(of: model)
  }

  /// Writes the page that `--report` asks for.
  private func writePage(of model: Model) throws {
    guard let page = try session.arguments[RecipeOption.report] else { return }
    let training = plan.training
    let report = try ReportFile(
      model, name: path, on: plan.held ?? training, training: plan.held == nil ? nil : training,
      seed: plan.recipe.seed, threads: session.threads)
    try report.write(to: page, session)
  }

  /// The law that `--prior` fits to the codes of the training samples; nil where it fits none.
  private func prior(for model: Model) throws -> Prior? {
    switch try session.arguments[TrainOption.prior] {
    case "autoregressive": return try plan.autoregressivePrior(of: model, session)
    case "mixture":
      let codes = try model.encode(plan.training, threads: session.threads)
      return .mixture(
        try GaussianMixture(
          fittedTo: codes, components: session.arguments[TrainOption.priorComponents],
          seed: plan.recipe.seed))
    default:
      if session.arguments.has(TrainOption.priorComponents) {
        throw Failure.commandLine(
          "--prior-components belongs to --prior mixture; give that too, or leave it out")
      }
      return nil
    }
  }

  /// Samples that the control is measured on where none are held out.
  private static let controlled = 10_000

  /// The errors of the model and its controls on what the training was judged by: of that what was not
  /// trained on too.
  private func evaluation(of model: Model) throws -> Evaluation {
    let training = plan.training
    let judged = plan.held ?? training.subset(0..<min(training.count, TrainingRun.controlled))
    return try Evaluation(model, on: model.judged(of: judged).samples, threads: session.threads)
  }
}

/// What a training came to, in a line.
struct TrainingSummary {
  let path: String
  let provenance: Provenance
  /// From the first step to the last, validation included.
  let seconds: Double
  /// Of the training steps alone.
  let trainingSeconds: Double
  let errors: ClosingErrors

  private var samplesPerSecond: Double {
    guard trainingSeconds > 0 else { return 0 }
    return Double(provenance.samples) * Double(provenance.epochs) / trainingSeconds
  }

  var json: JSON {
    let members: [JSON.Member] = [
      .init("event", "done"), .init("model", .text(path)),
      .init("samples", .integer(provenance.samples)),
      .init("epochs", .integer(provenance.epochs)), .init("loss", .number(provenance.loss)),
      .init("validation_loss", .number(provenance.validationLoss)),
      .init("seconds", .number(seconds)),
      .init("samples_per_second", .number(samplesPerSecond)),
      .init("pca_loss", .number(errors.evaluation.pcaLoss)),
      .init("objective", .text(errors.architecture.objectiveName)),
    ]
    return .object(members + errors.members)
  }

  var words: String {
    var parts = [
      Figures.grouped(provenance.samples, "sample"),
      Figures.grouped(provenance.epochs, "epoch")
        + (provenance.best != nil && provenance.bestEpoch == 0 ? ", none better than the start at PCA" : ""),
    ]
    parts.append("\(errors.architecture.objectiveWords) \(Figures.significant(provenance.loss ?? .nan))")
    if let loss = provenance.validationLoss {
      parts.append("validation \(Figures.significant(loss))\(errors.trimWords)")
    } else {
      parts[2] += errors.trimWords
    }
    parts += errors.parts
    parts.append("\(Figures.fixed(seconds, 1)) s")
    if samplesPerSecond > 0 { parts.append("\(Figures.compact(samplesPerSecond)) samples/s") }
    return "\(path): " + parts.joined(separator: ", ") + errors.verdict
  }
}

extension Architecture {
  /// What the numbers of a training are called: `mse`, or `objective (mse + KL)`.
  var objectiveWords: String {
    isObjectiveError ? reconstruction.name : "objective (\(objectiveName))"
  }
}

extension Epoch {
  func json(of architecture: Architecture) -> JSON {
    let members: [JSON.Member] = [
      .init("event", "epoch"), .init("epoch", .integer(number)), .init("loss", .number(loss)),
      .init("validation_loss", .number(validationLoss)), .init("seconds", .number(seconds)),
      .init("rate", .number(rate)),
    ]
    // Of adversarial trainings, and of those whose losses are no errors, alone.
    let critic = criticAccuracy.map { [JSON.Member("critic_accuracy", .number($0))] } ?? []
    let objective =
      architecture.isObjectiveError
      ? [] : [JSON.Member("objective", .text(architecture.objectiveName))]
    return .object(members + critic + objective)
  }
}
