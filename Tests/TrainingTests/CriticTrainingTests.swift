import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// A critic and an autoencoder in turns.
@Suite("Adversarial training")
struct CriticTrainingTests {
  static let objectives: [Critic.Objective] = [.nonSaturating, .hinge, .wasserstein()]

  private func architecture(_ critic: Critic?, width: Int = 6, hidden: Int = 8) -> Architecture {
    Architecture(
      input: [width], encoder: [.dense(units: hidden), .tanh, .dropout(rate: 0.1), .dense(units: 3)],
      decoder: [.dense(units: hidden), .batchNorm(), .tanh, .dense(units: width)], critic: critic)
  }

  private func trainer(
    _ critic: Critic?, _ recipe: Recipe, rows: Int = 60, threads: Int = 1
  ) throws -> Trainer {
    let (training, held) = try Samples.flat(rows, 6, rank: 3).split(holdingOut: 0.2, seed: 1)
    return try Trainer(
      Autoencoder(architecture(critic), seed: 4), recipe, on: training, validating: held, threads: threads)
  }

  /// How many weights a training of two epochs moves by more than rounding.
  private func moved(rate: Float, criticRate: Float) throws -> (own: Int, critics: Int) {
    let layers: [Layer] = [.dense(units: 8), .tanh]
    let critic = Critic(of: .outputs, layers: layers, objective: .hinge, turns: 2, rate: criticRate)
    let recipe = Recipe(epochs: 2, batch: 16, optimizer: .sgd(momentum: 0.9), rate: rate, seed: 4)
    let trainer = try trainer(critic, recipe)
    let before = trainer.autoencoder
    try trainer.finish()
    let names = before.outline.weights.filter { placed in
      let pairs = zip(before.block, trainer.autoencoder.block).dropFirst(placed.offset)
      return placed.weight.isTrained
        && pairs.prefix(placed.weight.shape.count).contains { abs($0 - $1) > 1e-20 }
    }.map(\.name)
    let critics = names.filter { $0.hasPrefix("critic.") }
    return (names.count - critics.count, critics.count)
  }

  @Test("in its own turn each changes its own weights alone")
  func ownTurns() throws {
    let (both, autoencoder, critic) = (
      try moved(rate: 0.01, criticRate: 1), try moved(rate: 0.01, criticRate: 1e-30),
      try moved(rate: 1e-30, criticRate: 1e28)
    )
    #expect(both.own == 10 && both.critics == 4)
    #expect(autoencoder.own == 10 && autoencoder.critics == 0)
    #expect(critic.own == 0 && critic.critics == 4)
  }

  @Test("the weights of one without a critic start and end the same, whatever stands behind them")
  func start() throws {
    let plain = try Autoencoder(architecture(nil), seed: 4)
    let other = try Autoencoder(architecture(Critic(of: .codes)), seed: 4)
    for placed in plain.outline.weights {
      #expect(plain.weight(placed.name) == other.weight(placed.name))
    }
  }

  @Test("every number of threads gives the same bytes", arguments: Critic.Subject.allCases, objectives)
  func threads(_ subject: Critic.Subject, _ objective: Critic.Objective) throws {
    let data = try Samples.unit(512, 96)
    let critic = Critic(
      of: subject, layers: Critic.dense([80]) + [.dropout(rate: 0.2)], objective: objective, turns: 2)
    var recipe = Recipe(epochs: 2, batch: 256, seed: 2)
    recipe.clipNorm = objective == .hinge ? 0.5 : nil
    let files = try [1, 2, 3].map { threads in
      let trainer = try Trainer(
        Autoencoder(architecture(critic, width: 96, hidden: 80), seed: 2), recipe, on: data, threads: threads)
      try trainer.finish()
      return try trainer.finishedModel().safeTensors().bytes()
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }

  @Test("a training that is stopped after any step goes on as if it had not", arguments: objectives)
  func resume(_ objective: Critic.Objective) throws {
    var recipe = Recipe(epochs: 3, batch: 16, seed: 9)
    recipe.average = 0.9
    recipe.clipNorm = 1
    let critic = Critic(of: .codes, layers: Critic.dense([6]), objective: objective, turns: 2, rate: 0.5)
    let whole = try trainer(critic, recipe, threads: 2)
    var steps = 0
    while try whole.nextStep() != nil { steps += 1 }
    let expected = try whole.finishedModel().safeTensors().bytes()
    let file = FileManager.default.temporaryDirectory.appending(path: "critic-\(UUID().uuidString).st").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    for stop in 1..<steps {
      let first = try trainer(critic, recipe)
      for _ in 0..<stop { _ = try first.nextStep() }
      try first.checkpoint(to: file)
      let second = try trainer(critic, recipe)
      #expect(try second.resume(from: file))
      try second.finish()
      #expect(try second.finishedModel().safeTensors().bytes() == expected, "stopped after step \(stop)")
      #expect(second.epochs.map(\.criticAccuracy) == whole.epochs.map(\.criticAccuracy))
    }
    let model = try Model(contentsOf: file)
    #expect(model.autoencoder.architecture.critic == critic)
    #expect(model.autoencoder.weight("critic.1.weight")?.shape == [3, 6])
  }

  @Test("what is told leaves the critic's part out, and so does the validation")
  func told() throws {
    let recipe = Recipe(epochs: 1, batch: 48, optimizer: .sgd(), rate: 1e-30, seed: 4)
    let critic = Critic(of: .codes, objective: .wasserstein(), weight: 1000)
    let (with, without) = (try trainer(critic, recipe), try trainer(nil, recipe))
    try with.finish()
    try without.finish()
    #expect(with.epochs[0].loss == without.epochs[0].loss)
    #expect(with.epochs[0].validationLoss == without.epochs[0].validationLoss)
    #expect(with.epochs[0].criticAccuracy != nil && without.epochs[0].criticAccuracy == nil)
  }

  @Test("where a critic judges outputs the last epoch is the one that is kept")
  func lastCounts() throws {
    // With this rate the loss goes up and down.
    let recipe = Recipe(epochs: 6, batch: 8, rate: 0.2, seed: 4)
    let layers = Critic.dense([8])
    let outputs = try trainer(Critic(of: .outputs, layers: layers), recipe)
    let codes = try trainer(Critic(of: .codes, layers: layers), recipe)
    try outputs.finish()
    try codes.finish()
    #expect(outputs.epochs.allSatisfy { $0.isBest })
    #expect(outputs.bestAutoencoder.block == outputs.autoencoder.block)
    #expect(codes.epochs.contains { !$0.isBest })
  }

  @Test("a critic that has won is told of once, with how far")
  func won() throws {
    // Codes that hardly move and are nothing like the prior are told from it with ease.
    let recipe = Recipe(epochs: 60, batch: 12, rate: 1e-5, seed: 4)
    var critic = Critic(of: .codes, layers: Critic.dense([32]), rate: 1000)
    var notices: [String] = []
    func train() throws -> Double {
      notices = []
      var architecture = architecture(critic)
      architecture.encoder += [.dense(units: 3, initializer: .zeros), .softplus]
      let trainer = try Trainer(
        Autoencoder(architecture, seed: 4), recipe, on: Samples.flat(240, 6, rank: 3))
      while try trainer.nextEpoch() != nil {
        if let notice = trainer.takeNotice() { notices.append(notice) }
      }
      return try #require(trainer.epochs.last?.criticAccuracy)
    }
    let accuracy = try train()
    #expect(accuracy > 0.99)
    #expect(notices.count == 1)
    #expect(notices.first?.contains("the critic has won: in epoch") == true, "\(notices)")
    #expect(notices.first?.contains(" % of what is made") == true)
    critic.objective = .wasserstein()
    _ = try train()
    #expect(notices.isEmpty)
  }

  @Test("a method of whole gradients, and patience without a judge, are refused")
  func refusals() throws {
    let quasi = complaint { _ = try trainer(Critic(of: .codes), Recipe(optimizer: .lbfgs())) }
    #expect(quasi.hasPrefix("optimizer lbfgs: expects one that takes a step from one gradient"), "\(quasi)")
    var recipe = Recipe()
    recipe.patience = 3
    let patient = complaint { _ = try trainer(Critic(of: .outputs), recipe) }
    #expect(patient.hasPrefix("patience: expects none with a critic of outputs"), "\(patient)")
    #expect(complaint { _ = try trainer(Critic(of: .codes), recipe) } == "")
  }

  @Test("a critic's loss that is not finite stops before anything changes")
  func divergence() throws {
    var recipe = Recipe(epochs: 50, batch: 16, optimizer: .sgd(), rate: 1e-3, seed: 4)
    recipe.average = 0.9
    let critic = Critic(of: .codes, layers: [.dense(units: 8)], objective: .wasserstein(), rate: 1e12)
    let trainer = try trainer(critic, recipe)
    let text = complaint { try trainer.finish() }
    #expect(text.contains("expects a finite loss") && text.contains("critic"), "\(text)")
    #expect(trainer.autoencoder.block.allSatisfy { $0.isFinite })
  }

  @Test("codes come to follow the standard normal, and samples can be drawn", arguments: objectives)
  func prior(_ objective: Critic.Objective) throws {
    // Far from the origin, so that codes lie far from the prior by themselves.
    let values = try Samples.flat(600, 6, rank: 2, noise: 0.1).samples.values.map { $0 + 2 }
    let data = try Dataset(Tensor([600, 6], values), origin: "flat")
    func codes(_ critic: Critic?) throws -> [[Double]] {
      var architecture = Architecture.dense(input: [6], layers: [32], latent: 2, activation: .tanh)
      architecture.critic = critic
      let trainer = try Trainer(
        Autoencoder(architecture, seed: 3), Recipe(epochs: 60, batch: 50, rate: 0.003, seed: 3), on: data,
        preparation: .fitted(Samples.unscaled, to: data))
      try trainer.finish()
      let model = trainer.model
      if critic != nil {
        #expect(try model.generate(20, seed: 1).shape == [20, 6])
      } else {
        #expect(complaint { _ = try model.generate(20, seed: 1) }.contains("--family adversarial"))
      }
      return try model.encode(data).doubleRows
    }
    let critic = Critic(of: .codes, layers: Critic.dense([32, 32]), objective: objective)
    let (plain, held) = (Self.distance(try codes(nil)), Self.distance(try codes(critic)))
    print("\(objective.name): distance of codes to the prior \(held), without a critic \(plain)")
    #expect(held < 0.3 && held < plain / 8)
  }

  /// The squared energy distance of rows to as many draws from the standard normal: Székely and Rizzo 2013.
  private static func distance(_ rows: [[Double]]) -> Double {
    let width = rows[0].count
    let draws = Tensor([rows.count, width], Draws.normal(rows.count * width, seed: 77)).doubleRows
    func mean(_ left: [[Double]], _ right: [[Double]]) -> Double {
      var sum = 0.0
      for a in left {
        for b in right { sum += zip(a, b).reduce(0) { $0 + pow($1.0 - $1.1, 2) }.squareRoot() }
      }
      return sum / Double(left.count * right.count)
    }
    return 2 * mean(rows, draws) - mean(rows, rows) - mean(draws, draws)
  }
}
