import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What a trial leaves when it pauses: all that is needed to go on, and the best of it so far.
struct PausedTraining: Sendable {
  let checkpoint: Checkpoint
  /// The weights of the lowest loss that was measured.
  let best: Model
  let loss: Double

  var byteCount: Int {
    checkpoint.byteCount + best.autoencoder.block.count * MemoryLayout<Float>.stride
  }
}

/// Trains one trial from one rung to another, on a thread of its own.
struct TrialTraining: Sendable {
  let plan: TuningPlan
  let training: Dataset
  let held: Dataset
  let preparation: Preparation
  /// What the trials begin at, where they begin at PCA.
  let starts: LinearStarts

  typealias Run = SearchRun<PausedTraining>

  /// - Throws: what makes any trial impossible. What one trial does wrong, a divergence, is its fault in the
  ///   report.
  func callAsFunction(_ assignment: Run.Assignment) throws -> Run.Report {
    let clock = ContinuousClock()
    let begin = clock.now
    var report = Run.Report()
    do {
      try train(assignment, &report)
    } catch let error as TrainingError {
      report.fault = "\(error)"
    } catch let error as ModelError {
      report.fault = "\(error)"
    }
    report.seconds = (clock.now - begin) / .seconds(1)
    return report
  }

  /// A trainer for what a trial stands for.
  func trainer(_ design: Design, threads: Int) throws -> Trainer {
    try Trainer(
      Autoencoder(design.architecture, seed: design.recipe.seed), design.recipe, on: training,
      validating: held,
      preparation: preparation, starts: starts, threads: threads)
  }

  private func train(_ assignment: Run.Assignment, _ report: inout Run.Report) throws {
    let trainer = try trainer(plan.designs.design(of: assignment.trial), threads: assignment.threads)
    var best = assignment.state.map { (model: $0.best, loss: $0.loss) }
    if let state = assignment.state { try state.checkpoint.restore(to: trainer) }
    let start = trainer.epochs.count
    defer { report.epochs = trainer.epochs.count - start }
    for (index, epochs) in assignment.rungs.enumerated() {
      // A trial whose patience has run out passes the rungs that are left as it is.
      while trainer.epochs.count < epochs, !report.isStopped, !trainer.isFinished {
        report.isStopped = try !trainEpoch(trainer, assignment.shouldStop)
      }
      if trainer.epochs.isEmpty { return }
      best = try better(best, trainer)
      guard let best, best.loss.isFinite else {
        throw TrainingError(place: "validation", expected: "a finite loss", found: "another")
      }
      let result = result(epochs: trainer.epochs.count, loss: best.loss, assignment.trial)
      if report.isStopped {
        report.unfinished = result
        break
      }
      if index >= assignment.known { report.results.append(result) }
    }
    report.state = try best.map { best in
      PausedTraining(checkpoint: try Checkpoint(trainer), best: best.model, loss: best.loss)
    }
  }

  private struct Stop: Error {}

  /// - Returns: false where it was stopped within the epoch.
  private func trainEpoch(_ trainer: Trainer, _ shouldStop: () -> Bool) throws -> Bool {
    do {
      _ = try trainer.nextEpoch { _, _ in
        if shouldStop() { throw Stop() }
      }
      return true
    } catch is Stop {
      return false
    }
  }

  /// The lower of what is known and what the trainer has now. Measured by the reconstruction alone: a penalty
  /// is a means, and trials with another or none are held against it.
  private func better(_ known: (model: Model, loss: Double)?, _ trainer: Trainer) throws -> (
    model: Model, loss: Double
  )? {
    let model = trainer.model
    let loss = try reconstructionLoss(of: model)
    guard let known, known.loss <= loss else { return (model, loss) }
    return known
  }

  private func reconstructionLoss(of model: Model) throws -> Double {
    if model.autoencoder.architecture.penalties.isEmpty {
      return model.provenance?.validationLoss ?? .infinity
    }
    var losses: [Double] = []
    try model.visit(held, threads: 1) { _, _, _, found in losses += found.map(Double.init) }
    var counts = try held.shares()?.map(Double.init) ?? losses.map { _ in 1 }
    if let trim = model.provenance?.recipe.trim {
      let kept = try Trimming.kept(
        model.scores(held, threads: 1).values, share: Double(trim), shares: held.shares(), classes: nil)
      let places = Set(kept.map(Int.init))
      for place in counts.indices where !places.contains(place) { counts[place] = 0 }
    }
    return zip(losses, counts).reduce(0) { $0 + $1.0 * $1.1 } / Statistics.sum(counts)
  }

  private func result(epochs: Int, loss: Double, _ trial: Trial) -> Trial.Result {
    guard let price = plan.price else { return Trial.Result(epochs: epochs, loss: loss) }
    let width = Double(plan.designs.latent(of: trial))
    return Trial.Result(epochs: epochs, loss: loss, objective: loss * (1 + price).raised(to: width))
  }
}
