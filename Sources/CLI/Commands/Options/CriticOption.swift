import Hourglass

/// The options of a critic, the second network of adversarial trainings.
enum CriticOption {
  static let critic = Option.optional(
    "critic", .choice(Critic.Subject.allCases.map(\.rawValue)),
    shown: "none; with --family adversarial codes",
    "trains a critic: codes tells codes from the standard normal, outputs tells reconstructions and generated samples from real ones; with --family variational --critic outputs: a VAE-GAN"
  )
  static let layers = Option.optional(
    "critic-layers", .integers(1...(1 << 20)), shown: "128,128",
    "widths of the critic's layers; of outputs with --model conv their channels, by default 32,64")
  static let objective = Option(
    "critic-objective", .choice(Critic.Objective.names), default: Critic.Objective.nonSaturating.name,
    "what critic and autoencoder are after; wasserstein holds the critic's slope near 1")
  static let weight = Option(
    "critic-weight", .number(above: 0), default: 1,
    "how much the autoencoder heeds the critic, in the units of --beta")
  static let turns = Option.optional(
    "critic-turns", .integer(1...100), shown: "1, with wasserstein 5",
    "updates of the critic for each one of the autoencoder")
  static let rate = Option(
    "critic-rate", .number(above: 0), default: 1, "the critic's learning rate as a multiple of --rate")
  static let reconstruction = Option(
    "critic-reconstruction", .number(above: 0, orEqual: true), default: 1,
    "the weight of the reconstruction term beside the critic; 0 with --critic outputs: a plain GAN, whose encoder learns nothing"
  )

  static let all = [
    critic.declaration, layers.declaration, objective.declaration, weight.declaration, turns.declaration,
    rate.declaration, reconstruction.declaration,
  ]
}

extension Arguments {
  /// The critic that the options describe, for a kind of layers and samples of a shape.
  func critic(_ model: String, reading shape: Shape) throws(Failure) -> Critic {
    let subject = try self[CriticOption.critic].flatMap(Critic.Subject.init(rawValue:)) ?? .codes
    let widths = try self[CriticOption.layers]
    let layers =
      switch model {
      case "conv" where subject == .outputs: Critic.convolutional(widths ?? [32, 64], on: shape)
      case "conv1d" where subject == .outputs: Critic.convolutionalSeries(widths ?? [32, 64], on: shape)
      default: Critic.dense(widths ?? [128, 128])
      }
    return Critic(
      of: subject,
      layers: layers,
      objective: Critic.Objective(name: try self[CriticOption.objective]) ?? .nonSaturating,
      weight: Float(try self[CriticOption.weight]), turns: try self[CriticOption.turns],
      rate: Float(try self[CriticOption.rate]),
      reconstruction: Float(try self[CriticOption.reconstruction]))
  }
}
