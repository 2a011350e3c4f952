import Hourglass

/// The options of the law that `train` fits to codes in the end.
enum PriorOption {
  static let epochs = Option(
    "prior-epochs", .integer(1...1_000_000), default: 20,
    "of --prior autoregressive: passes over the places of the training samples")
  static let units = Option(
    "prior-units", .integer(2...(1 << 14)), default: AutoregressivePrior.usualUnits,
    "of --prior autoregressive: units of its memory")

  static let ofAutoregressive = [epochs.declaration, units.declaration]
}

extension TrainingPlan {
  /// - Throws: ``Failure`` for an option of a prior that is not asked for, or a prior that the code cannot
  ///   have.
  func checkPrior(_ arguments: Arguments) throws {
    let name = try arguments[TrainOption.prior]
    if name != "autoregressive", let option = arguments.firstGiven(of: PriorOption.ofAutoregressive) {
      throw Failure.commandLine(
        "\(option) belongs to --prior autoregressive; give that too, or leave it out")
    }
    if name == "autoregressive", try architecture.outline().hasPlaces == false {
      throw Failure.commandLine(
        "--prior autoregressive learns the places of a discrete code: add --family quantised or categorical")
    }
  }

  /// The law of the places of the model's codes, which is learned now.
  func autoregressivePrior(of model: Model, _ session: Session) throws -> Prior {
    var recipe = Recipe(epochs: try session.arguments[PriorOption.epochs], rate: 0.002, seed: recipe.seed)
    recipe.batch = try session.arguments.batch(for: training.count)
    recipe.schedule = .cosine()
    session.say("learning which places of the code follow which")
    let law = try AutoregressivePrior(
      fittedTo: model, on: training, validating: held, units: session.arguments[PriorOption.units], recipe,
      threads: session.threads
    ) { epoch in
      let validation = epoch.validationLoss.map { "  validation \(Figures.significant($0))" } ?? ""
      session.say(
        "prior \(epoch.number)/\(recipe.epochs)  loss \(Figures.significant(epoch.loss))\(validation)")
    }
    return .autoregressive(law)
  }
}
