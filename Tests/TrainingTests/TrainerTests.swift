import Hourglass
import HourglassTestSupport
import Testing

/// What a training does, seen from outside.
@Suite("Trainer")
struct TrainerTests {
  private static let small = Architecture.dense(input: [12], layers: [10], latent: 4)

  private func train(
    _ architecture: Architecture, _ recipe: Recipe, on dataset: Dataset, validating held: Dataset? = nil,
    threads: Int = 1
  ) throws -> Trainer {
    let trainer = try Trainer(
      Autoencoder(architecture, seed: recipe.seed), recipe, on: dataset, validating: held, threads: threads)
    try trainer.finish()
    return trainer
  }

  @Test("memorises eight samples", arguments: [Reconstruction.gaussian, .laplace, .huber(), .bernoulli])
  func memorises(_ reconstruction: Reconstruction) throws {
    // 0 or 1, so that the cross-entropy can reach 0 as well.
    let values = Draws.uniform(8 * 20, seed: 3).map { $0 < 0.5 ? Float(0) : 1 }
    let dataset = try Dataset(Tensor([8, 20], values), origin: "eight")
    let architecture = Architecture.dense(
      input: [20], layers: [64], latent: 16, activation: .tanh, reconstruction: reconstruction)
    var recipe = Recipe(epochs: 600, batch: 8, rate: 0.01)
    recipe.schedule = .cosine()
    let trainer = try train(architecture, recipe, on: dataset)
    #expect(trainer.epochs[0].loss > 0.1)
    #expect(try #require(trainer.epochs.last).loss < 0.003)
    let distances = zip(try trainer.model.reconstruct(dataset).values, values).map { abs($0 - $1) }
    #expect(try #require(distances.max()) < 0.05)
  }

  @Test("gives the same bytes on any number of threads, with everything on")
  func threads() throws {
    var dataset = try Samples.unit(700, 160)
    dataset = dataset.subset((0..<650).map { UInt32(($0 * 7) % 700) })
    let architecture = Architecture.dense(
      input: [160], layers: [120], latent: 20, activation: .prelu, reconstruction: .bernoulli,
      normalisation: .batchNorm(), dropout: .dropout(rate: 0.2),
      penalties: [.weights(l1: 1e-5, l2: 1e-5), .activity(l1: 1e-4)])
    var recipe = Recipe(epochs: 3, batch: 256, optimizer: .adamw(), seed: 9)
    recipe.schedule = .cosine()
    recipe.warmup = 1
    recipe.clipNorm = 0.5
    recipe.average = 0.9
    recipe.maximumNorm = 2
    let held = try Samples.unit(90, 160, seed: 5)
    let files = try [1, 2, 3, 4, 8].map {
      try train(architecture, recipe, on: dataset, validating: held, threads: $0).finishedModel().bytes()
    }
    #expect(Set(files).count == 1)
    let assembly = Assembly.training(try architecture.outline(), architecture)
    #expect(!assembly.plan(capacity: 256).isSmall, "too small to be shared out")
  }

  @Test("the same seed gives the same bytes, another seed others")
  func seeds() throws {
    let dataset = try Samples.flat(100, 12, rank: 3)
    func bytes(_ seed: UInt64) throws -> [UInt8] {
      try train(Self.small, Recipe(epochs: 3, batch: 16, seed: seed), on: dataset).finishedModel().bytes()
    }
    let first = try bytes(1)
    #expect(try bytes(1) == first)
    #expect(try bytes(2) != first)
  }

  @Test("the seed of the recipe decides the order of the samples")
  func order() throws {
    let dataset = try Samples.flat(100, 12, rank: 3)
    func block(_ seed: UInt64) throws -> [Float] {
      let trainer = try Trainer(
        Autoencoder(Self.small, seed: 0), Recipe(epochs: 1, batch: 16, seed: seed), on: dataset)
      try trainer.finish()
      return trainer.autoencoder.block
    }
    #expect(try block(1) != block(2))
  }

  @Test("keeps the weights of the epoch with the lowest validation loss")
  func best() throws {
    // A dozen noisy samples: what is learned of them does harm to others in the end.
    let training = try Samples.flat(12, 12, rank: 2, noise: 0.7)
    let held = try Samples.flat(200, 12, rank: 12, seed: 50)
    let architecture = Architecture.dense(input: [12], layers: [64], latent: 8)
    let recipe = Recipe(epochs: 80, batch: 4, rate: 0.01, seed: 2)
    let trainer = try Trainer(Autoencoder(architecture, seed: 2), recipe, on: training, validating: held)
    var lowest = (loss: Double.infinity, block: [Float](), number: 0)
    while let epoch = try trainer.nextEpoch() {
      let loss = try #require(epoch.validationLoss)
      #expect(epoch.isBest == (loss < lowest.loss))
      if loss < lowest.loss { lowest = (loss, trainer.autoencoder.block, epoch.number) }
      #expect(trainer.bestAutoencoder.block == lowest.block)
    }
    #expect(lowest.number < 80, "validation never got worse")
    #expect(trainer.autoencoder.block != lowest.block)
    #expect(trainer.model.autoencoder.block == lowest.block)
    #expect(trainer.provenance.bestEpoch == lowest.number)
    let expected = SlowAutoencoder(trainer.bestAutoencoder)
    let samples = trainer.preparation.scaling.apply(held.tensor(0..<200)).doubleRows
    #expect(abs(lowest.loss - expected.loss(samples)) < 1e-5)
  }

  @Test("without validation keeps the weights of the lowest training loss")
  func bestOfTraining() throws {
    let trainer = try Trainer(
      Autoencoder(Self.small, seed: 0), Recipe(epochs: 40, batch: 20, rate: 0.3),
      on: Samples.flat(100, 12, rank: 3))
    var lowest = (loss: Double.infinity, block: [Float]())
    while let epoch = try trainer.nextEpoch() {
      if epoch.loss < lowest.loss { lowest = (epoch.loss, trainer.autoencoder.block) }
      #expect(trainer.bestAutoencoder.block == lowest.block)
    }
    #expect(trainer.epochs.contains { !$0.isBest })
  }

  @Test("stops when patience runs out")
  func patience() throws {
    var recipe = Recipe(epochs: 200, batch: 8, rate: 0.01, seed: 2)
    recipe.patience = 4
    let trainer = try train(
      Architecture.dense(input: [12], layers: [64], latent: 11), recipe, on: Samples.flat(24, 12, rank: 12),
      validating: Samples.flat(200, 12, rank: 12, seed: 50))
    let best = try #require(trainer.epochs.last { $0.isBest }).number
    #expect(trainer.epochs.count == best + 4)
    #expect(trainer.epochs.count < 200)
    #expect(trainer.isOutOfPatience)
    #expect(try trainer.nextEpoch() == nil)
  }

  @Test("reports each step, each epoch and nothing after the last")
  func progress() throws {
    let trainer = try Trainer(
      Autoencoder(Self.small, seed: 0), Recipe(epochs: 2, batch: 16), on: Samples.flat(50, 12, rank: 3))
    var done: [Int] = []
    var last = 0.0
    let epoch = try #require(
      try trainer.nextEpoch {
        done.append($0)
        last = $1
      })
    #expect(done == [16, 32, 48, 50])
    #expect(epoch.loss == last)
    #expect(epoch.number == 1 && epoch.samples == 50 && epoch.validationLoss == nil && epoch.rate == 0.001)
    #expect(try trainer.nextEpoch()?.number == 2)
    #expect(try trainer.nextEpoch() == nil)
    #expect(try trainer.nextStep() == nil)
    #expect(trainer.course.steps == 8)
    #expect(trainer.isFinished)
  }

  private struct Enough: Error {}

  @Test("what the progress throws ends the training in the epoch")
  func stopping() throws {
    let trainer = try Trainer(
      Autoencoder(Self.small, seed: 0), Recipe(epochs: 2, batch: 16), on: Samples.flat(50, 12, rank: 3))
    #expect(throws: Enough.self) { try trainer.nextEpoch { done, _ in if done == 32 { throw Enough() } } }
    #expect(trainer.epochs.isEmpty)
    #expect(trainer.course.steps == 2)
    #expect(try trainer.nextEpoch()?.number == 1)
    #expect(trainer.course.steps == 4)
  }
}
