import Hourglass
import HourglassTestSupport
import Testing

/// What a trainer refuses, and what it says.
@Suite("What training refuses")
struct RefusalTests {
  private static let bce = Architecture.dense(input: [6], layers: [], latent: 2, reconstruction: .bernoulli)

  private func made(
    _ architecture: Architecture, _ dataset: Dataset, _ recipe: Recipe = Recipe(), held: Dataset? = nil,
    scaling: Scaling.Kind? = nil
  ) -> String {
    complaint {
      _ = try Trainer(
        Autoencoder(architecture, seed: 0), recipe, on: dataset, validating: held,
        preparation: try scaling.map { try .fitted($0, to: dataset) })
    }
  }

  @Test(
    "a loss that is not finite stops with the step, the epoch and the place",
    arguments: [nil, 0.9] as [Float?])
  func divergence(_ average: Float?) throws {
    let dataset = try Samples.flat(40, 6, rank: 6)
    var recipe = Recipe(epochs: 50, batch: 10, optimizer: .sgd(), rate: 1e3)
    recipe.average = average
    let trainer = try Trainer(
      Autoencoder(.dense(input: [6], layers: [8], latent: 4, activation: nil), seed: 0), recipe, on: dataset)
    let error = #expect(throws: TrainingError.self) { try trainer.finish() }
    let text = error.map { "\($0)" } ?? ""
    let step = trainer.course.steps + 1
    #expect(text.hasPrefix("step \(step), epoch \((step - 1) / 4 + 1), "), "\(text)")
    #expect(text.contains("expects a finite loss, found "))
    #expect(text.contains("lower the rate (now 1000.0) with --rate, clip"))
    #expect(!text.contains("chain of") && text.contains("the furthest value that it is given is"))
    #expect(trainer.autoencoder.block.allSatisfy { $0.isFinite }, "the step that failed changed nothing")
    #expect(trainer.bestAutoencoder.block.allSatisfy { $0.isFinite })
  }

  @Test("a validation loss that is not finite stops too, and is never the best")
  func validationDivergence() throws {
    let dataset = try Samples.flat(40, 6, rank: 6)
    let held = try Dataset(Tensor([1, 6], [Float](repeating: 1e30, count: 6)), origin: "far")
    let trainer = try Trainer(
      Autoencoder(.dense(input: [6], layers: [], latent: 2), seed: 0), Recipe(epochs: 3), on: dataset,
      validating: held)
    let text = complaint { try trainer.finish() }
    #expect(text.hasPrefix("validation after epoch 1"), "\(text)")
    #expect(trainer.epochs.allSatisfy { !$0.isBest })
  }

  @Test("shares below 0 are refused by place, and those that are not need no scaling")
  func shares() throws {
    let ce = Architecture.dense(input: [6], layers: [], latent: 2, reconstruction: .categorical)
    let wide = try Samples.flat(40, 6, rank: 6)
    let text = made(ce, wide)
    #expect(
      text.hasPrefix("flat row ") && text.contains("shares or counts, from 0 on, for the loss ce"), "\(text)")
    #expect(text.hasSuffix("choose the scaling none, or the loss mse"), "\(text)")
    #expect(made(ce, wide, scaling: Samples.unscaled).hasSuffix("; choose the loss mse"))
    #expect(made(ce, try Samples.unit(40, 6)) == "")
  }

  @Test("the cross-entropy of values outside [0, 1] is refused, and said how to help")
  func range() throws {
    let wide = try Samples.flat(40, 6, rank: 6)
    let text = made(Self.bce, wide, scaling: .standard)
    #expect(
      text == "flat: expects values in [0, 1] for the loss bce, found values outside it after scaling "
        + "\"standard\"; choose the scaling min-max, or the loss mse")
    #expect(made(Self.bce, wide, scaling: Samples.unscaled).contains("outside it after scaling \"none\""))
    #expect(made(Self.bce, wide) == "", "the scaling that nobody chose is one that fits")
    #expect(made(Self.bce, wide, scaling: .minMax) == "")
    #expect(made(Self.bce, try Samples.unit(40, 6)) == "")
    #expect(made(.dense(input: [6], layers: [], latent: 2), wide) == "")
  }

  @Test("samples of another size than the architecture's are refused")
  func sizes() throws {
    let text = made(.dense(input: [7], layers: [], latent: 2), try Samples.unit(40, 6))
    #expect(text.hasPrefix("unit: expects samples of [7], as the architecture's input, found [6]"))
    let held = try Samples.unit(10, 7)
    let other = made(.dense(input: [6], layers: [], latent: 2), try Samples.unit(40, 6), held: held)
    #expect(other.contains("samples of shape [6], as in training, found shape [7]"))
  }

  @Test("a preparation of other samples is refused")
  func preparation() throws {
    let (six, seven) = (try Samples.unit(40, 6), try Samples.unit(40, 7))
    #expect(throws: DataError.self) {
      try Trainer(
        Autoencoder(.dense(input: [6], layers: [], latent: 2), seed: 0), on: six,
        preparation: .fitted(to: seven))
    }
  }

  /// A recipe with one choice changed, and what is said of it.
  static let recipes: [(String, @Sendable (inout Recipe) -> Void)] = [
    ("epochs: expects between 1 and 1000000, found 0", { $0.epochs = 0 }),
    ("epochs: expects between 1 and 1000000, found -3", { $0.epochs = -3 }),
    ("batch: expects between 1 and 1048576, found 0", { $0.batch = 0 }),
    ("rate: expects a number above 0, found 0.0", { $0.rate = 0 }),
    ("rate: expects a number above 0, found nan", { $0.rate = .nan }),
    ("rate: expects a number above 0, found inf", { $0.rate = .infinity }),
    ("weight decay: expects a number of at least 0", { $0.decay = -1 }),
    ("weight decay: expects less than 1 / rate", { $0.decay = 1000 }),
    ("warm-up: expects at least 0 epochs", { $0.warmup = -1 }),
    ("clip by norm: expects a number above 0", { $0.clipNorm = 0 }),
    ("clip by value: expects a number above 0", { $0.clipValue = -1 }),
    ("clip: expects a norm or a value, found both", { ($0.clipNorm, $0.clipValue) = (1, 1) }),
    ("maximum norm: expects a number above 0", { $0.maximumNorm = .nan }),
    ("average: expects a decay between 0 and 1", { $0.average = 1 }),
    ("patience: expects at least 1 epoch", { $0.patience = 0 }),
    ("optimizer sgd: expects a momentum of at least 0.0 and below 1.0", { $0.optimizer = .sgd(momentum: 1) }),
    ("optimizer sgd: expects a momentum above 0 with nesterov", { $0.optimizer = .sgd(nesterov: true) }),
    ("optimizer adam: expects beta1", { $0.optimizer = .adam(beta1: -0.1) }),
    ("optimizer adamw: expects beta2", { $0.optimizer = .adamw(beta2: 1) }),
    ("optimizer nadam: expects epsilon", { $0.optimizer = .nadam(epsilon: 0) }),
    ("optimizer adadelta: expects rho", { $0.optimizer = .adadelta(rho: .nan) }),
    ("optimizer rmsprop: expects a momentum", { $0.optimizer = .rmsprop(momentum: 2) }),
    ("optimizer lion: expects beta2", { $0.optimizer = .lion(beta2: 1.5) }),
    ("optimizer muon: expects a momentum", { $0.optimizer = .muon(momentum: 1) }),
    ("optimizer soap: expects every", { $0.optimizer = .soap(every: 0) }),
    ("optimizer soap: expects a side", { $0.optimizer = .soap(side: 0) }),
    ("optimizer schedule-free: expects beta1", { $0.optimizer = .scheduleFree(beta1: 1) }),
    (
      "optimizer schedule-free: expects no average beside its own",
      {
        $0.optimizer = .scheduleFree()
        $0.average = 0.9
      }
    ),
    (
      "optimizer schedule-free: expects no maximum norm",
      {
        $0.optimizer = .scheduleFree()
        $0.maximumNorm = 2
      }
    ),
    ("optimizer lbfgs: expects a memory", { $0.optimizer = .lbfgs(memory: 0) }),
    (
      "optimizer lbfgs: expects no clipping",
      {
        $0.optimizer = .lbfgs()
        $0.clipNorm = 1
      }
    ),
    ("schedule step: expects an interval", { $0.schedule = .step(every: 0) }),
    ("schedule exponential: expects a factor", { $0.schedule = .exponential(factor: 1.5) }),
    ("schedule inverse-time: expects a decay", { $0.schedule = .inverseTime(decay: -1) }),
    ("schedule cosine: expects at least 1 cycle", { $0.schedule = .cosine(cycles: 0) }),
    ("schedule cosine: expects a floor", { $0.schedule = .cosine(floor: 2) }),
    ("schedule one-cycle: expects a rise", { $0.schedule = .oneCycle(rise: 1) }),
    ("schedule plateau: expects a patience", { $0.schedule = .plateau(patience: 0) }),
    ("batch schedule step: expects", { $0.batchSchedule = .step(every: 0) }),
    ("batch schedule exponential: expects", { $0.batchSchedule = .exponential(factor: 0.5) }),
  ]

  @Test("a recipe without sense is refused by name", arguments: recipes.indices)
  func recipe(_ number: Int) throws {
    var recipe = Recipe()
    Self.recipes[number].1(&recipe)
    let architecture = Architecture.dense(input: [6], layers: [], latent: 2)
    let text = made(architecture, try Samples.unit(40, 6), recipe)
    #expect(text.hasPrefix(Self.recipes[number].0), "\(text)")
  }
}
