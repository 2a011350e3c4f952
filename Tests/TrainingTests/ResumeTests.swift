import Foundation
import Hourglass
import Testing

/// A training that is stopped after any step and goes on from its checkpoint ends with the same bytes as one
/// that never stopped.
@Suite struct ResumeTests {
  static let optimizers: [Optimizer] = [
    .sgd(momentum: 0.9), .sgd(momentum: 0.9, nesterov: true), .adagrad(), .adadelta(),
    .rmsprop(momentum: 0.5), .adam(), .adamw(),
    .nadam(), .lion(), .scheduleFree(), .muon(), .soap(every: 3), .soap(every: 2, side: 24), .lbfgs(),
  ]

  private func dataset() throws -> Dataset {
    let random = Random(seed: 3, stream: .data)
    return try Dataset(
      Tensor([70, 8]) { values in
        for index in values.indices { values[index] = random.uniform(position: UInt64(index)) }
      }, origin: "random")
  }

  private func trainer(_ recipe: Recipe) throws -> Trainer {
    let architecture = Architecture(
      input: [8],
      encoder: [.dense(units: 6), .batchNorm(), .relu, .dropout(rate: 0.2), .dense(units: 3)],
      decoder: [.dense(units: 6), .layerNorm(), .prelu, .gaussianDropout(rate: 0.1), .dense(units: 8)],
      reconstruction: .gaussian, penalties: [.weights(l1: 1e-4, l2: 1e-4), .activity(l1: 1e-3)])
    let (training, held) = try dataset().split(holdingOut: 0.2, seed: 1)
    return try Trainer(
      try Autoencoder(architecture, seed: recipe.seed), recipe, on: training, validating: held, threads: 2)
  }

  private func recipe(_ optimizer: Optimizer) -> Recipe {
    var recipe = Recipe(epochs: 3, batch: 16, optimizer: optimizer, seed: 9)
    recipe.schedule = .cosine(cycles: 2)
    recipe.warmup = 0.5
    if !optimizer.isFullBatch {
      recipe.clipNorm = 0.5
      recipe.maximumNorm = optimizer.averagesItself ? nil : 2
      recipe.average = optimizer.averagesItself ? nil : 0.9
      recipe.batchSchedule = .step(every: 1, factor: 1.5)
    }
    return recipe
  }

  private func temporaryFile() -> String {
    FileManager.default.temporaryDirectory.appending(path: "resume-\(UUID().uuidString).safetensors").path
  }

  @Test(arguments: optimizers.map(\.name))
  func goesOnAsIfItHadNeverStopped(_ name: String) throws {
    for optimizer in ResumeTests.optimizers where optimizer.name == name {
      let recipe = recipe(optimizer)
      let whole = try trainer(recipe)
      var steps = 0
      while try whole.nextStep() != nil { steps += 1 }
      let expected = try whole.finishedModel().safeTensors().bytes()
      let file = temporaryFile()
      defer { try? FileManager.default.removeItem(atPath: file) }
      for stop in 1..<steps {
        let first = try trainer(recipe)
        for _ in 0..<stop { _ = try first.nextStep() }
        try first.checkpoint(to: file)
        let second = try trainer(recipe)
        #expect(try second.resume(from: file))
        while try second.nextStep() != nil {}
        #expect(
          try second.finishedModel().safeTensors().bytes() == expected, "\(name), stopped after step \(stop)")
      }
    }
  }

  @Test func aFinishedModelIsNoCheckpoint() throws {
    let whole = try trainer(recipe(.adam()))
    while try whole.nextEpoch() != nil {}
    let file = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: file) }
    try whole.finishedModel().write(to: file)
    let again = try trainer(recipe(.adam()))
    #expect(try !again.resume(from: file))
  }

  @Test func aFinishedTrainingGoesOnFromItsBestEpoch() throws {
    let file = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: file) }
    var recipe = Recipe(epochs: 2, batch: 16, rate: 0.002, seed: 9)
    let whole = try trainer(recipe)
    while try whole.nextEpoch() != nil {}
    try whole.finishedModel().write(to: file)
    let finished = try Model(contentsOf: file)
    #expect(try !trainer(recipe).resume(after: finished))
    recipe.epochs = 4
    recipe.patience = 50
    let second = try trainer(recipe)
    #expect(try second.resume(after: finished))
    #expect(second.epochs.map(\.loss) == whole.epochs.map(\.loss))
    #expect(second.epochs.map(\.isBest) == whole.epochs.map(\.isBest))
    #expect(second.bestAutoencoder.block == whole.bestAutoencoder.block)
    let before = second.autoencoder.block
    #expect(before == whole.bestAutoencoder.block)
    _ = try second.nextStep()
    // Adam's first step is the rate along each axis: m / √v is the sign of the gradient when both begin anew.
    let trained = second.autoencoder.outline.trainedCount
    let changes = zip(before, second.autoencoder.block).prefix(trained).map { abs($0 - $1) }
    let longest = try #require(changes.max())
    #expect(abs(longest - 0.002) < 1e-6, "\(longest)")
    #expect(second.course.steps == whole.course.steps + 1)
    while try second.nextStep() != nil {}
    let model = try second.finishedModel()
    #expect(model.provenance?.epochs == 4)
    #expect(model.provenance?.history.prefix(2).map(\.loss) == whole.epochs.map(\.loss))
    // Stopped and gone on with once more, it is the same to the byte.
    let third = try trainer(recipe)
    #expect(try third.resume(after: finished))
    _ = try third.nextStep()
    try third.checkpoint(to: file)
    let fourth = try trainer(recipe)
    #expect(try fourth.resume(from: file))
    while try fourth.nextStep() != nil {}
    #expect(try fourth.finishedModel().safeTensors().bytes() == model.safeTensors().bytes())
  }

  @Test func whatDiffersFromTheFirstRunIsNamed() throws {
    let first = try trainer(recipe(.adam()))
    while try first.nextEpoch() != nil {}
    let model = try first.finishedModel()
    var other = recipe(.adam())
    other.rate = 0.5
    other.schedule = .step(every: 3, factor: 0.5)
    let words = complaint { _ = try trainer(other).resume(after: model) }
    #expect(words.contains("the same recipe as the training that was stopped (rate 0.001, schedule cosine"))
    #expect(words.contains("found another (rate 0.5, schedule step every 3 factor 0.5)"), "\(words)")
    var architecture = model.autoencoder.architecture
    architecture.penalties = []
    let (training, held) = try dataset().split(holdingOut: 0.2, seed: 1)
    let plain = try Trainer(
      Autoencoder(architecture, seed: 9), recipe(.adam()), on: training, validating: held)
    let part = complaint { _ = try plain.resume(after: model) }
    #expect(part.contains("the same architecture") && part.contains("another (penalties)"), "\(part)")
    let fewer = try Trainer(
      Autoencoder(model.autoencoder.architecture, seed: 9), recipe(.adam()), on: training.subset(0..<50),
      validating: held, preparation: model.preparation)
    let counts = complaint { _ = try fewer.resume(after: model) }
    #expect(
      counts.contains("(56 samples and 14 held out)") && counts.contains("another (50 samples and 14"),
      "\(counts)")
  }

  @Test func anotherRecipeIsRefused() throws {
    let first = try trainer(recipe(.adam()))
    _ = try first.nextStep()
    let file = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: file) }
    try first.checkpoint(to: file)
    var other = recipe(.adam())
    other.rate = 0.5
    #expect(throws: TrainingError.self) { try trainer(other).resume(from: file) }
    // More epochs are no other training.
    var longer = recipe(.adam())
    longer.epochs = 5
    #expect(try trainer(longer).resume(from: file))
  }

  @Test func aCheckpointIsAModel() throws {
    let first = try trainer(recipe(.adam()))
    _ = try first.nextEpoch()
    _ = try first.nextStep()
    let file = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: file) }
    try first.checkpoint(to: file)
    let model = try Model(contentsOf: file)
    #expect(model.autoencoder.block == first.bestAutoencoder.block)
  }

  @Test(arguments: optimizers.map(\.name))
  func everyNumberOfThreadsGivesTheSameBytes(_ name: String) throws {
    let random = Random(seed: 5, stream: .data)
    let data = try Dataset(
      Tensor([512, 96]) { values in
        for index in values.indices { values[index] = random.uniform(position: UInt64(index)) }
      }, origin: "random")
    let architecture = Architecture(
      input: [96],
      encoder: [.dense(units: 80), .batchNorm(), .gelu, .dropout(rate: 0.2), .dense(units: 24), .tanh],
      decoder: [.dense(units: 80), .layerNorm(), .elu(alpha: 1), .dense(units: 96)],
      reconstruction: .bernoulli,
      penalties: [.weights(l2: 1e-5), .activity(l1: 1e-4)])
    for optimizer in ResumeTests.optimizers where optimizer.name == name {
      var recipe = Recipe(epochs: 2, batch: 256, optimizer: optimizer, seed: 2)
      if !optimizer.isFullBatch { recipe.clipNorm = 1 }
      var files: [[UInt8]] = []
      for threads in [1, 2, 3, 4, 5, 6, 7, 8] {
        let trainer = try Trainer(Autoencoder(architecture, seed: 2), recipe, on: data, threads: threads)
        while try trainer.nextEpoch() != nil {}
        files.append(try trainer.finishedModel().safeTensors().bytes())
      }
      #expect(files.allSatisfy { $0 == files[0] }, "\(name)")
    }
  }

  @Test func aLossThatIsNotFiniteNamesItsPlaceAndChangesNothing() throws {
    var recipe = Recipe(epochs: 50, batch: 14, optimizer: .sgd(), rate: 1e20, seed: 1)
    let architecture = Architecture(
      input: [8], encoder: [.dense(units: 4)], decoder: [.dense(units: 8)], reconstruction: .gaussian)
    let data = try dataset()
    let trainer = try Trainer(Autoencoder(architecture, seed: 1), recipe, on: data)
    var message = ""
    do {
      while try trainer.nextEpoch() != nil {}
    } catch let error as TrainingError {
      message = error.description
    }
    #expect(
      message.contains("step") && message.contains("encoder") || message.contains("decoder"), "\(message)")
    recipe.rate = 5
    recipe.onDivergence = .reduce
    let patient = try Trainer(Autoencoder(architecture, seed: 1), recipe, on: data)
    while try patient.nextEpoch() != nil {}
    #expect(patient.epochs.count == 50)
    #expect(patient.notice?.contains("rate") == true)
    let isFinite = patient.autoencoder.block.allSatisfy { $0.isFinite }
    #expect(isFinite)
  }
}
