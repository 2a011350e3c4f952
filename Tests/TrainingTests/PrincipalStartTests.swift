import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTraining

/// Trainings that begin at PCA, against PCA itself.
@Suite("Start at PCA")
struct PrincipalStartTests {
  private static let architecture = Architecture.dense(input: [12], layers: [24], latent: 3)

  /// Twelve values that lie near a bent surface of three dimensions: PCA of that width misses the bends.
  private func bent(_ rows: Int, seed: UInt64 = 5) throws -> Dataset {
    let (places, noise) = (Draws.normal(rows * 3, seed: seed), Draws.normal(rows * 12, seed: seed + 1))
    let axes = Draws.normal(36, seed: 77)
    let values = (0..<(rows * 12)).map { index -> Float in
      let (row, column) = (index / 12, index % 12)
      let along = (0..<3).reduce(Float(0)) { $0 + places[row * 3 + $1] * axes[$1 * 12 + column] }
      return along + 0.3 * along * along + 0.02 * noise[index]
    }
    return try Dataset(Tensor([rows, 12], values), origin: "bent")
  }

  private func recipe(epochs: Int = 30, rate: Float = 0.001) -> Recipe {
    var recipe = Recipe(epochs: epochs, batch: 16, rate: rate, seed: 9)
    (recipe.firstWeights, recipe.warmup) = (.principal, Budget.warmup(fromPCA: epochs))
    return recipe
  }

  private func trainer(_ recipe: Recipe, rows: Int = 100, threads: Int = 2) throws -> Trainer {
    let (training, held) = try bent(rows).split(holdingOut: 0.2, seed: 1)
    return try Trainer(
      Autoencoder(Self.architecture, seed: recipe.seed), recipe, on: training, validating: held,
      threads: threads)
  }

  private func principal(_ trainer: Trainer) throws -> PrincipalComponents {
    try PrincipalComponents(3, of: trainer.training, trainer.preparation.scaling)
  }

  /// The mean squared error of PCA of the training samples on those held out.
  private func pcaLoss(_ trainer: Trainer) throws -> Double {
    let (principal, held) = (try principal(trainer), try #require(trainer.held))
    let samples = trainer.preparation.scaling.apply(held.tensor(0..<held.count))
    var (sum, projected) = (0.0, [Double](repeating: 0, count: 12))
    for row in samples.doubleRows {
      row.map(Float.init).withUnsafeBufferPointer { principal.reconstruct($0, into: &projected) }
      sum += zip(row, projected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    return sum / Double(held.count * 12)
  }

  @Test("trainings that share what they begin at compute it once for each width, and begin the same")
  func shared() throws {
    let (training, held) = try bent(100).split(holdingOut: 0.2, seed: 1)
    let starts = LinearStarts()
    for (number, latent) in [3, 3, 2, 3].enumerated() {
      let architecture = Architecture.dense(input: [12], layers: [24 + number], latent: latent)
      func trainer(_ starts: LinearStarts?) throws -> Trainer {
        try Trainer(
          Autoencoder(architecture, seed: 9), recipe(), on: training, validating: held, starts: starts,
          threads: 1)
      }
      let (alone, shared) = (try trainer(nil), try trainer(starts))
      #expect(alone.autoencoder.block == shared.autoencoder.block)
    }
    #expect(starts.count == 2)
  }

  @Test("before the first step the network reconstructs as PCA does")
  func start() throws {
    let trainer = try trainer(recipe())
    let samples = trainer.preparation.scaling.apply(trainer.training.tensor(0..<trainer.training.count))
    let found = try trainer.autoencoder.reconstruct(samples)
    let principal = try principal(trainer)
    var (expected, projected) = ([Double](), [Double](repeating: 0, count: 12))
    for row in samples.doubleRows {
      row.map(Float.init).withUnsafeBufferPointer { principal.reconstruct($0, into: &projected) }
      expected += projected
    }
    #expect(distance(found.values, expected) < 1e-4)
    _ = try trainer.nextStep()
    let start = try #require(trainer.provenance.start?.validationLoss)
    #expect(abs(start / (try pcaLoss(trainer)) - 1) < 1e-4)
  }

  @Test("a few epochs from there are better than PCA on held samples, and than drawn weights")
  func better() throws {
    let begun = try trainer(recipe())
    try begun.finish()
    var other = recipe()
    (other.firstWeights, other.warmup) = (.drawn, 0)
    let drawn = try trainer(other)
    try drawn.finish()
    let (pca, own) = (try pcaLoss(begun), try #require(begun.provenance.validationLoss))
    #expect(own < 0.8 * pca, "\(own) \(pca)")
    #expect(try own < #require(drawn.provenance.validationLoss))
    #expect(drawn.provenance.start == nil)
  }

  @Test("where no epoch is better the start is kept")
  func kept() throws {
    var wild = recipe(epochs: 4, rate: 0.5)
    wild.warmup = 0
    let trainer = try trainer(wild)
    try trainer.finish()
    let provenance = trainer.provenance
    #expect(provenance.bestEpoch == 0 && provenance.epochs == 4)
    #expect(provenance.validationLoss == provenance.start?.validationLoss)
    #expect(try abs(#require(provenance.validationLoss) / pcaLoss(trainer) - 1) < 1e-4)
    let first = try self.trainer(wild).autoencoder.block
    #expect(trainer.bestAutoencoder.block == first)
    let model = try trainer.finishedModel()
    #expect(model.autoencoder.block == first)
    let read: Provenance = try JSONText.decode(JSONText.line(provenance), place: "here")
    #expect(read == provenance)
  }

  @Test("the same bytes on any number of threads")
  func threads() throws {
    let files = try [1, 2, 3].map { threads in
      let trainer = try trainer(recipe(epochs: 3), rows: 700, threads: threads)
      try trainer.finish()
      return try trainer.finishedModel().bytes()
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }

  @Test("a training that is stopped goes on to the same bytes; one that is done goes on from its best")
  func resume() throws {
    for rate in [Float(0.001), 0.5] {
      let whole = try trainer(recipe(epochs: 3, rate: rate))
      try whole.finish()
      let folder = try Folder()
      let file = folder.file("model.safetensors")
      for stop in [1, 5, 7, 12] {
        let first = try trainer(recipe(epochs: 3, rate: rate))
        for _ in 0..<stop { _ = try first.nextStep() }
        try first.checkpoint(to: file)
        let second = try trainer(recipe(epochs: 3, rate: rate))
        #expect(try second.resume(from: file))
        try second.finish()
        #expect(try second.finishedModel().bytes() == whole.finishedModel().bytes(), "\(rate) \(stop)")
      }
      try whole.finishedModel().write(to: file)
      let more = try trainer(recipe(epochs: 3, rate: rate).with { $0.epochs = 6 })
      #expect(try more.resume(after: Model(contentsOf: file)))
      #expect(more.autoencoder.block == whole.bestAutoencoder.block)
      #expect(more.epochs.map(\.isBest) == whole.epochs.map(\.isBest))
      #expect(more.provenance.start == whole.provenance.start)
    }
  }

  @Test("a network that cannot begin there is refused, and takes drawn weights by itself")
  func refusal() throws {
    let dataset = try bent(40)
    let narrow = Architecture.dense(input: [12], layers: [5], latent: 3)
    let words = complaint {
      _ = try Trainer(Autoencoder(narrow, seed: 1), recipe(), on: dataset, threads: 1)
    }
    #expect(words.hasPrefix("encoder.0.weight: expects at least twice as many units"), "\(words)")
    #expect(Recipe.FirstWeights.usual(for: narrow) == .drawn)
    #expect(Recipe.FirstWeights.usual(for: Self.architecture) == .principal)
    var pattern = Architecture.Pattern(input: [12], layers: [24], latent: 3)
    (pattern.dropout, pattern.reconstruction) = (.dropout(rate: 0.1), .laplace)
    pattern.penalties = [.weights(l1: 0, l2: 1e-4)]
    #expect(Recipe.FirstWeights.usual(for: .dense(pattern)) == .principal)
    pattern.initializer = .heUniform
    #expect(Recipe.FirstWeights.usual(for: .dense(pattern)) == .drawn)
    #expect((try? Architecture.dense(pattern).checkLinearStart()) != nil)
    (pattern.initializer, pattern.penalties) = (nil, [.activity(l1: 1e-3)])
    #expect(Recipe.FirstWeights.usual(for: .dense(pattern)) == .drawn)
  }

  @Test("one sample, gaps and weights do no harm")
  func few() throws {
    let one = try Dataset(Tensor([1, 12], Draws.normal(12, seed: 3)), origin: "one")
    let trainer = try Trainer(
      Autoencoder(Self.architecture, seed: 1), recipe(epochs: 2), on: one, validating: one, threads: 1)
    try trainer.finish()
    #expect(trainer.provenance.validationLoss.map { $0 < 1e-9 } == true)
    var values = Draws.normal(600, seed: 4)
    for index in stride(from: 0, to: 600, by: 7) { values[index] = .nan }
    let gaps = try Dataset(Tensor([50, 12], values), origin: "gaps").weighted((0..<50).map { Float($0 % 3) })
    let preparation = try Preparation.fitted(to: gaps, gaps: true)
    let second = try Trainer(
      Autoencoder(Self.architecture, seed: 1), recipe(epochs: 2), on: gaps, validating: gaps,
      preparation: preparation, threads: 1)
    try second.finish()
    #expect(second.provenance.validationLoss.map { $0.isFinite && $0 < 1 } == true)
  }
}

extension Recipe {
  fileprivate func with(_ change: (inout Recipe) -> Void) -> Recipe {
    var copy = self
    change(&copy)
    return copy
  }
}
