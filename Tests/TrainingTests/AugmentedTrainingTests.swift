import Foundation
import HourglassData
import HourglassTestSupport
import Testing

@testable import Hourglass

/// Training samples that are changed at random.
@Suite("Augmented training")
struct AugmentedTrainingTests {
  private func recipe(_ text: String) throws -> Recipe {
    var recipe = Recipe(epochs: 2, batch: 32, seed: 4)
    recipe.augmentation = try Augmentation(text: text)
    return recipe
  }

  private let text = "shift=2,flip,rotate=10,crop=0.1,noise=0.05"

  private func trainer(_ recipe: Recipe, threads: Int) throws -> Trainer {
    let digits = try Digits.dataset(count: 100, seed: 1)
    let architecture = Architecture.dense(
      input: [28, 28], layers: [64], latent: 8, reconstruction: .bernoulli)
    return try Trainer(Autoencoder(architecture, seed: 2), recipe, on: digits, threads: threads)
  }

  @Test("is the same to the byte on any number of threads")
  func threads() throws {
    let recipe = try recipe(text)
    let models = try [1, 2, 3].map { threads in
      let trainer = try trainer(recipe, threads: threads)
      try trainer.finish()
      return try trainer.model.safeTensors().tensors.map(\.tensor)
    }
    #expect(models[0] == models[1] && models[0] == models[2])
    var plain = recipe
    plain.augmentation = nil
    let other = try trainer(plain, threads: 1)
    try other.finish()
    #expect(try other.model.safeTensors().tensors.map(\.tensor) != models[0])
  }

  @Test("goes on after a stop as if there had been none")
  func resume() throws {
    let folder = try Folder()
    let recipe = try recipe(text)
    let whole = try trainer(recipe, threads: 2)
    try whole.finish()
    for stop in [1, 3, 5] {
      let stopped = try trainer(recipe, threads: 1)
      for _ in 0..<stop { _ = try stopped.nextStep() }
      try stopped.checkpoint(to: folder.file("c"))
      let resumed = try trainer(recipe, threads: 2)
      #expect(try resumed.resume(from: folder.file("c")))
      try resumed.finish()
      #expect(try resumed.model.bytes() == whole.model.bytes(), "\(stop)")
    }
    // Another augmentation is another training.
    let other = try trainer(self.recipe("flip"), threads: 1)
    #expect(complaint { _ = try other.resume(from: folder.file("c")) } != "")
  }

  @Test("the changed samples go in, and reconstructions are held against them")
  func bothEnds() throws {
    let digits = try Digits.dataset(count: 30, seed: 3)
    var recipe = try recipe(text)
    // So small a rate moves no weight: the loss of each epoch is that of the start.
    (recipe.epochs, recipe.batch, recipe.optimizer, recipe.rate) = (2, 10, .sgd(), 1e-30)
    let architecture = Architecture.dense(input: [28, 28], layers: [16], latent: 4)
    let start = try Autoencoder(architecture, seed: 2)
    let trainer = try Trainer(start, recipe, on: digits, threads: 2)
    let epochs = try trainer.finish()
    #expect(epochs.count == 2 && epochs[0].loss != epochs[1].loss)
    // The same by hand: each sample changed, then the loss of all.
    let scaling = trainer.preparation.scaling
    let augmenter = try Augmenter(
      #require(recipe.augmentation), of: digits, isUnitInterval: scaling.isUnitInterval, seed: 4)
    for (epoch, found) in epochs.enumerated() {
      let order = Sampler(count: 30, batch: 10, seed: 4).order(epoch: epoch)
      let changed = order.enumerated().flatMap { place, position in
        let sample = scaling.apply(digits.tensor(Int(position)..<(Int(position) + 1))).values
        var result = [Float](repeating: 0, count: sample.count)
        augmenter.write(sample, into: &result, epoch: epoch, place: place)
        return result
      }
      let made = try Dataset(Tensor([30, 28, 28], changed), origin: "changed")
      let model = Model(start, try .fitted(Samples.unscaled, to: made))
      let expected = try model.scores(made).doubles.reduce(0, +) / 30
      #expect(abs(found.loss - expected) < 1e-5 * expected, "\(found.loss) \(expected)")
    }
  }

  @Test("stands in the recipe's JSON, is not missed in old ones, and contradicts lbfgs")
  func coding() throws {
    let recipe = try recipe(text)
    let stored = try JSONEncoder().encode(recipe)
    #expect(String(decoding: stored, as: UTF8.self).contains("\"augmentation\":\"shift=2,flip,rotate=10"))
    #expect(try JSONDecoder().decode(Recipe.self, from: stored) == recipe)
    #expect(try JSONDecoder().decode(Recipe.self, from: Data("{}".utf8)).augmentation == nil)
    #expect(!String(decoding: try JSONEncoder().encode(Recipe()), as: UTF8.self).contains("augment"))
    var lbfgs = Recipe(optimizer: .lbfgs())
    lbfgs.augmentation = recipe.augmentation
    #expect(complaint { try lbfgs.check() }.contains("changed at random (shift=2"))
    let table = try Samples.flat(20, 6, rank: 2)
    let refused = complaint {
      _ = try Trainer(
        Autoencoder(.dense(input: [6], layers: [], latent: 2), seed: 1), recipe, on: table)
    }
    #expect(refused.contains("images, series or sounds for shift"), "\(refused)")
  }

  @Test("missing values stay so")
  func gaps() throws {
    var values = Draws.normal(40 * 6, seed: 1)
    for index in stride(from: 0, to: values.count, by: 7) { values[index] = .nan }
    let table = try Dataset(Tensor([40, 6], values), origin: "gaps")
    let trainer = try Trainer(
      Autoencoder(.dense(input: [6], layers: [8], latent: 2), seed: 1), recipe("noise=0.1"), on: table)
    #expect(try trainer.finish().allSatisfy { $0.loss.isFinite && $0.loss > 0 })
  }
}
