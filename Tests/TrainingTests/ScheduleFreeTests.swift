import Hourglass
import Testing

@testable import HourglassTraining

/// An optimizer whose result is a mean of the places it was at.
@Suite("Schedule-free") struct ScheduleFreeTests {
  private func trainer(_ recipe: Recipe, critic: Critic? = nil) throws -> Trainer {
    var architecture = Architecture.dense(input: [6], layers: [5], latent: 2, normalisation: .batchNorm())
    architecture.critic = critic
    let samples = try Samples.flat(60, 6, rank: 2)
    let (training, held) = try samples.split(holdingOut: 0.2, seed: 1)
    return try Trainer(Autoencoder(architecture, seed: 3), recipe, on: training, validating: held, threads: 1)
  }

  private func recipe(epochs: Int = 3) -> Recipe {
    var recipe = Recipe(epochs: epochs, batch: 16, optimizer: .scheduleFree(), seed: 4)
    recipe.warmup = 1.5
    return recipe
  }

  @Test("what is validated and kept is the mean, with the running statistics as they are")
  func validatedAtTheMean() throws {
    let trainer = try trainer(recipe())
    let outline = trainer.autoencoder.outline
    while let epoch = try trainer.nextEpoch() {
      let (mean, now) = (trainer.state[2].array, trainer.session.parameters)
      #expect(trainer.autoencoder.block == mean)
      #expect(!mean.prefix(outline.trainedCount).elementsEqual(now.prefix(outline.trainedCount)))
      let statistics = outline.criticRange.upperBound..<mean.count
      #expect(statistics.count > 0 && mean[statistics].elementsEqual(now[statistics]))
      if epoch.isBest { #expect(trainer.bestAutoencoder.block == mean) }
      let beside = try Validation(
        #require(trainer.held), trainer.autoencoder, trainer.preparation.scaling, trainer.recipe,
        team: .init(count: 1))
      #expect(try epoch.validationLoss == beside.loss(trainer.state[2].values))
      #expect(try epoch.validationLoss != beside.loss(trainer.session.parameters))
    }
  }

  /// η rises over six steps of nine; c is the weight that makes x the mean of all z by η².
  @Test("the mean weighs every place by the square of its rate")
  func weights() throws {
    let trainer = try trainer(recipe())
    var (sum, squares) = ([Double](repeating: 0, count: trainer.state[0].values.count), 0.0)
    var rates: [Float] = []
    while try trainer.nextStep() != nil {
      let rate = trainer.course.rate == 0 ? trainer.epochs.last?.rate ?? 0 : trainer.course.rate
      rates.append(rate)
      squares += Double(rate) * Double(rate)
      for index in sum.indices { sum[index] += Double(rate * rate) * Double(trainer.state[0].values[index]) }
    }
    #expect(Set(rates).count > 4 && rates.last == recipe().rate, "\(rates)")
    for index in 0..<trainer.autoencoder.outline.trainedCount {
      #expect(abs(Double(trainer.state[2].values[index]) - sum[index] / squares) < 1e-5)
    }
  }

  @Test("it begins at the first weights, and after a finished model at its weights")
  func begins() throws {
    let first = try trainer(recipe())
    #expect(first.state[0].array == first.session.parameters.map(\.self))
    #expect(first.state[2].array == first.state[0].array && first.state[1].values.allSatisfy { $0 == 0 })
    while try first.nextEpoch() != nil {}
    let model = try first.finishedModel()
    let second = try trainer(recipe(epochs: 5))
    #expect(try second.resume(after: model))
    #expect(second.state[0].array == model.autoencoder.block)
    #expect(second.state[2].array == model.autoencoder.block && second.course.rateSquares == nil)
  }

  @Test("a critic of several turns is averaged by all of them")
  func critic() throws {
    var course = Course()
    #expect(course.share(ofRate: 0.5) == 1 && course.share(ofRate: 0) == 0)
    course.addToMean(rate: 0.5)
    #expect(course.share(ofRate: 0.5) == 0.5)
    // Three turns of before, and the second of three now.
    #expect(course.share(ofRate: 0.5, turn: 2, of: 3) == 0.2)
    let trainer = try trainer(recipe(), critic: Critic(of: .codes))
    while try trainer.nextEpoch() != nil {}
    let range = trainer.autoencoder.outline.criticRange
    #expect(range.count > 0)
    #expect(trainer.autoencoder.block[range] == ArraySlice(trainer.state[2].array[range]))
    #expect(trainer.autoencoder.block[range] != ArraySlice(Array(trainer.session.parameters)[range]))
  }

  @Test("it reaches an optimum without a schedule")
  func optimum() throws {
    // Two directions explain all: the optimum is 0.
    let samples = try Samples.flat(400, 6, rank: 2)
    let architecture = Architecture.dense(input: [6], layers: [], latent: 2, activation: nil)
    let recipe = Recipe(epochs: 60, batch: 16, optimizer: .scheduleFree(), rate: 0.02, seed: 4)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 3), recipe, on: samples, validating: samples, threads: 1)
    while try trainer.nextEpoch() != nil {}
    let loss = try #require(trainer.epochs.last?.validationLoss)
    #expect(loss < 1e-5, "\(loss)")
  }
}
