import Hourglass

/// What a training leaves in the file to tell odd samples by: other members, and a calibration.
extension TrainingPlan {
  /// The networks beside the first that `--members` asks for.
  func members(_ session: Session) throws -> [Autoencoder] {
    let count = try session.arguments[TrainOption.members]
    return try (1..<max(1, count)).map { member in
      let varied = architecture.member(member)
      var recipe = recipe
      recipe.seed = recipe.seed &+ UInt64(member)
      if recipe.firstWeights == .principal { recipe.firstWeights = .usual(for: varied) }
      let trainer = try Trainer(
        Autoencoder(varied, seed: recipe.seed), recipe, on: training, validating: held,
        preparation: preparation, threads: session.threads)
      while try trainer.nextEpoch() != nil {}
      session.say("member \(member + 1) of \(count): \(varied.widthWords)")
      return trainer.model.autoencoder
    }
  }

  /// What `--calibrate` asks for; nil where it does not.
  func calibration(of model: Model, _ session: Session) throws -> Calibration? {
    guard let calibrating else { return nil }
    return try Calibration(
      model, CalibrationParts(references: training, choosing: held, calibrating: calibrating),
      source: calibrating.origin, threads: session.threads)
  }
}

extension Architecture {
  fileprivate var widthWords: String { (try? outline()).map { "\($0.widths)" } ?? "" }
}
