import Hourglass

/// One training from the first step to the saved model, with what it says on the way.
struct TrainingRun {
  /// Seconds between two looks at the clock's neighbours, the signals: soon enough for a person, free for a step.
  private static let attention = 0.01

  private let trainer: Trainer
  private let plan: TrainingPlan
  private let session: Session
  private var progress: Progress
  private let start = System.seconds

  init(_ plan: TrainingPlan, _ session: Session) throws {
    self.plan = plan
    self.session = session
    let autoencoder = try Autoencoder(plan.architecture, seed: plan.recipe.seed)
    trainer = try Trainer(
      autoencoder, plan.recipe, on: plan.training, validating: plan.held, preparation: plan.preparation,
      threads: session.threads)
    progress = Progress(
      stream: session.streams.messages, terminal: session.terminal, isQuiet: session.isQuiet)
  }

  /// Thrown out of a step by a signal to stop.
  private struct Stop: Error { let signal: Int32 }

  /// Trains to the last epoch, or to a signal.
  ///
  /// - Returns: the signal that ended it before its time.
  mutating func train() throws -> Int32? {
    defer { progress.finish() }
    do {
      while let epoch = try nextEpoch() { try report(epoch) }
      return nil
    } catch let stop as Stop {
      return stop.signal
    }
  }

  private mutating func nextEpoch() throws -> Epoch? {
    let epochStart = System.seconds
    var looked = epochStart
    let (number, samples, before) = (trainer.epochs.count + 1, plan.training.count, trainer.epochs.last)
    return try trainer.nextEpoch { done, loss in
      let now = System.seconds
      guard now - looked >= TrainingRun.attention else { return }
      looked = now
      if let signal = System.pendingStop() { throw Stop(signal: signal) }
      progress.step(
        Progress.Moment(
          epoch: number, epochs: plan.recipe.epochs, fraction: Double(done) / Double(samples), loss: loss,
          validationLoss: before?.validationLoss, samplesPerSecond: Double(done) / (now - epochStart),
          seconds: now - start))
    }
  }

  private mutating func report(_ epoch: Epoch) throws {
    progress.epoch(
      Progress.Moment(
        epoch: epoch.number, epochs: plan.recipe.epochs, loss: epoch.loss,
        validationLoss: epoch.validationLoss,
        samplesPerSecond: epoch.samplesPerSecond, seconds: System.seconds - start))
    if session.isJSON { try session.streams.output.writeLine(epoch.json.line) }
    if let signal = System.pendingStop() { throw Stop(signal: signal) }
  }

  /// Saves the model of the best epoch and says what came of it.
  ///
  /// - Throws: ``Failure`` with the shell's exit code for the signal where there was one.
  func save(to path: String, stoppedBy signal: Int32?) throws {
    if let signal, trainer.epochs.isEmpty {
      throw Failure(
        exitCode: 128 + signal, description: "stopped in the first epoch: there is no model to save yet")
    }
    let seconds = System.seconds - start
    let model = try trainer.finishedModel()
    try model.write(to: path)
    if let signal {
      throw Failure(
        exitCode: 128 + signal,
        description: "stopped in epoch \(trainer.epochs.count + 1); the model of the best epoch, "
          + "\(trainer.provenance.bestEpoch), is saved in \(path)")
    }
    let summary = TrainingSummary(
      path: path, provenance: trainer.provenance, loss: plan.architecture.reconstruction, seconds: seconds,
      trainingSeconds: trainer.epochs.reduce(0) { $0 + $1.seconds },
      linearLoss: try linearLoss(of: model))
    if session.isJSON {
      try session.streams.output.writeLine(summary.json.line)
    } else if !session.isQuiet {
      try session.streams.output.writeLine(summary.words)
    }
  }

  /// Samples that the control is measured on where none are held out.
  private static let controlled = 10_000

  /// The loss of the principal components on what the training was judged by.
  private func linearLoss(of model: Model) throws -> Double? {
    let training = plan.training
    let judged = plan.held ?? training.subset(0..<min(training.count, TrainingRun.controlled))
    return try Evaluation(model, on: judged, threads: session.threads).pcaLoss
  }
}

/// What a training came to, in a line.
struct TrainingSummary {
  let path: String
  let provenance: Provenance
  let loss: Reconstruction
  /// From the first step to the last, validation included.
  let seconds: Double
  /// Of the training steps alone.
  let trainingSeconds: Double
  let linearLoss: Double?

  private var samplesPerSecond: Double {
    Double(provenance.samples) * Double(provenance.epochs) / max(trainingSeconds, 1e-9)
  }

  var json: JSON {
    [
      "event": "done", "model": .text(path), "samples": .integer(provenance.samples),
      "epochs": .integer(provenance.epochs), "loss": .number(provenance.loss),
      "validation_loss": .number(provenance.validationLoss), "seconds": .number(seconds),
      "samples_per_second": .number(samplesPerSecond), "pca_loss": .number(linearLoss),
    ]
  }

  var words: String {
    var parts = ["\(Figures.grouped(provenance.samples)) samples", "\(provenance.epochs) epochs"]
    parts.append("\(loss.name) \(Figures.significant(provenance.loss ?? .nan))")
    if let loss = provenance.validationLoss { parts.append("validation \(Figures.significant(loss))") }
    if let linearLoss { parts.append("PCA of the same width \(Figures.significant(linearLoss))") }
    parts.append("\(Figures.fixed(seconds, 1)) s")
    parts.append("\(Figures.compact(samplesPerSecond)) samples/s")
    return "\(path): " + parts.joined(separator: ", ")
  }
}

extension Epoch {
  var json: JSON {
    [
      "event": "epoch", "epoch": .integer(number), "loss": .number(loss),
      "validation_loss": .number(validationLoss), "seconds": .number(seconds), "rate": .number(rate),
    ]
  }
}
