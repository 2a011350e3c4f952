import Hourglass

extension TrainingPlan {
  /// Under `--precision auto` takes bf16 where a trial says that the losses agree, and tells so.
  mutating func choosePrecision(_ session: Session) throws {
    guard try session.arguments.precision == nil else { return }
    let autoencoder = try Autoencoder(architecture, seed: recipe.seed)
    guard
      let trial = try PrecisionTrial(
        of: autoencoder, recipe, on: training, preparation: preparation, threads: session.threads)
    else {
      let reason = Precision.bfloat16.complaint ?? "no product of this training is one for bf16"
      session.say("precision f32: \(reason)")
      return
    }
    if trial.agrees { recipe.precision = .bfloat16 }
    let (rounded, exact) = (Figures.significant(trial.rounded), Figures.significant(trial.exact))
    session.say(
      "precision \(recipe.precision.rawValue): after \(Figures.grouped(trial.steps, "step")) the loss is "
        + "\(rounded) by bf16 and \(exact) by f32")
  }
}
