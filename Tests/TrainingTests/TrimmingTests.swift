import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTraining

/// Trainings that leave out the samples they find worst.
@Suite("Leaving out the worst")
struct TrimmingTests {
  private static let architecture = Architecture.dense(input: [5], layers: [], latent: 2, activation: nil)

  /// Rows of rank 2, every tenth of them far from the plane.
  private func contaminated(_ rows: Int = 60, weights: [Float]? = nil, labels: [Int32]? = nil) throws
    -> Dataset
  {
    let plain = try Samples.flat(rows, 5, rank: 2, noise: 0.05)
    var values = plain.samples.values
    let odd = Draws.normal(rows * 5, seed: 30)
    for row in stride(from: 3, to: rows, by: 10) {
      for column in 0..<5 { values[row * 5 + column] = 3 * odd[row * 5 + column] }
    }
    return try Dataset(Tensor([rows, 5], values), labels: labels, weights: weights, origin: "odd")
  }

  private func recipe(_ epochs: Int, trim: Float? = 0.1, batch: Int = 16) -> Recipe {
    var recipe = Recipe(epochs: epochs, batch: batch, optimizer: .sgd(), rate: 0.05, seed: 6)
    recipe.trim = trim
    return recipe
  }

  private func trainer(
    _ dataset: Dataset, _ recipe: Recipe, held: Dataset? = nil, threads: Int = 2
  ) throws -> Trainer {
    try Trainer(
      Autoencoder(Self.architecture, seed: 6), recipe, on: dataset, validating: held,
      preparation: .fitted(Samples.unscaled, to: dataset), threads: threads)
  }

  @Test("the worst go until one more would be too many")
  func chosen() {
    func kept(
      _ surprises: [Float], _ share: Double, _ shares: [Float]? = nil, _ classes: [Int32]? = nil
    ) -> [UInt32] {
      Trimming.kept(surprises, share: share, shares: shares, classes: classes)
    }
    #expect(kept([5, 1, 9, 9, 2, .nan, 3, 4, 0, 7], 0.3) == [0, 1, 4, 6, 7, 8, 9])
    #expect(kept([5, 1, 9, 9, 2, .infinity, 3, 4, 0, 7], 0.29) == [0, 1, 3, 4, 6, 7, 8, 9])
    #expect(kept([Float](repeating: 1, count: 10), Double(Float(0.1))) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(kept([1, 1, 1, 1], 0.5) == [2, 3])
    #expect(kept([3, 2], 0.1) == [0, 1])
    // By weight: a quarter of 4 is 1, which the first is too heavy for, or the first two are together.
    #expect(kept([9, 8, 7, 1], 0.25, [3, 0.5, 0.5, 0]) == [0, 1, 2, 3])
    #expect(kept([9, 8, 7, 1], 0.25, [0.5, 0.5, 2, 1]) == [2, 3])
    #expect(kept([9, 8, 7, 6], 0.25, [0, 2, 1, 1]) == [0, 1, 2, 3])
    #expect(kept([9, 8, 7, 6, 5], 0.5, nil, [0, 0, 1, 1, 2]) == [1, 3, 4])
  }

  @Test(
    "after its first epoch each is that of the samples it leaves, in Double",
    arguments: [nil, [1, 2, 3], [0, 4]] as [[Float]?])
  func epochs(_ pattern: [Float]?) throws {
    let weights = pattern.map { pattern in (0..<60).map { pattern[$0 % pattern.count] } }
    let dataset = try contaminated(weights: weights)
    let trainer = try trainer(dataset, recipe(10))
    try trainer.finish()
    let rows = dataset.samples.doubleRows
    let mean = weights.map { Double($0.reduce(0, +)) / 60 } ?? 1
    let shares = rows.indices.map { Double(weights?[$0] ?? 1) / mean }
    var slow = SlowAutoencoder(try Autoencoder(Self.architecture, seed: 6))
    for (epoch, told) in trainer.epochs.enumerated() {
      var kept = Array(rows.indices)
      if epoch > 0 {
        kept = Trimming.kept(
          rows.map { Float(slow.loss($0)) }, share: 0.1, shares: shares.map { Float($0) }, classes: nil
        ).map { Int($0) }
        #expect(kept.count < 60 && kept.count >= (weights == nil ? 54 : 50))
      }
      let sampler = Sampler(count: kept.count, batch: 16, seed: 6)
      let order = sampler.order(epoch: epoch).map { kept[Int($0)] }
      let scale = kept.map { shares[$0] }.reduce(0, +) / Double(kept.count)
      var sum = 0.0
      for step in 0..<sampler.batches {
        let part = sampler.range(step: step).map { order[$0] }
        let (samples, counts) = (part.map { rows[$0] }, part.map { shares[$0] / scale })
        sum += slow.objective(samples, shares: counts) * Double(part.count)
        let gradient = slow.gradient(samples, shares: counts)
        for index in gradient.indices { slow.block[index] -= Double(Float(0.05)) * gradient[index] }
      }
      #expect(told.samples == kept.count)
      #expect(abs(told.loss - sum / Double(kept.count)) < 1e-5, "epoch \(epoch + 1)")
    }
    #expect(distance(trainer.autoencoder.block, slow.block) < 1e-5)
  }

  @Test("the validation loss is the mean of the others, in every epoch")
  func validation() throws {
    let (dataset, held) = (try contaminated(), try contaminated(40).subset(3..<33))
    let trainer = try trainer(dataset, recipe(12), held: held)
    while let epoch = try trainer.nextEpoch() {
      let slow = SlowAutoencoder(trainer.autoencoder)
      let losses = held.tensor.doubleRows.map { slow.loss($0) }.sorted()
      let expected = losses.prefix(27).reduce(0, +) / 27
      #expect(abs(try #require(epoch.validationLoss) - expected) < 1e-5 * max(1, expected))
    }
    // Of few samples one goes.
    let few = held.subset(0..<4)
    let second = try self.trainer(dataset, recipe(2), held: few)
    let epoch = try #require(try second.nextEpoch())
    let slow = SlowAutoencoder(second.autoencoder)
    let losses = few.tensor.doubleRows.map { slow.loss($0) }.sorted()
    #expect(abs(try #require(epoch.validationLoss) - losses.prefix(3).reduce(0, +) / 3) < 1e-5)
  }

  @Test("each class loses its share where classes are drawn equally often")
  func balanced() throws {
    let labels = (0..<60).map { Int32($0 < 40 ? 0 : 1) }
    var recipe = recipe(12)
    recipe.isBalanced = true
    let trainer = try trainer(try contaminated(labels: labels), recipe)
    try trainer.finish()
    let kept = try #require(trainer.kept)
    #expect(kept.filter { $0 < 40 }.count == 36 && kept.filter { $0 >= 40 }.count == 18)
  }

  @Test("a training that was stopped after any step goes on with the same samples, on any threads")
  func resume() throws {
    let folder = try Folder()
    let (dataset, held) = (try contaminated(), try contaminated(30))
    let recipe = recipe(8)
    let whole = try trainer(dataset, recipe, held: held, threads: 1)
    var steps = 0
    while try whole.nextStep() != nil { steps += 1 }
    let expected = try whole.finishedModel().bytes()
    // 60 samples are 4 steps of 16, and so are the 54 that are left.
    #expect(steps == 8 * 4)
    for stop in 1..<steps {
      let first = try trainer(dataset, recipe, held: held)
      for _ in 0..<stop { _ = try first.nextStep() }
      try first.checkpoint(to: folder.file("c"))
      let second = try trainer(dataset, recipe, held: held, threads: 3)
      #expect(try second.resume(from: folder.file("c")))
      try second.finish()
      #expect(try second.finishedModel().bytes() == expected, "after step \(stop)")
    }
  }

  @Test("what is odd among the training samples is not learned by heart")
  func robust() throws {
    let dataset = try contaminated(200)
    let architecture = Architecture.dense(input: [5], layers: [32], latent: 3)
    func errors(_ trim: Float?) throws -> (plain: Double, odd: Double) {
      var recipe = Recipe(epochs: 200, batch: 16, rate: 0.005, seed: 6)
      recipe.trim = trim
      let trainer = try Trainer(Autoencoder(architecture, seed: 6), recipe, on: dataset)
      try trainer.finish()
      let scores = try trainer.finishedModel().scores(dataset).doubles
      let odd = Set(stride(from: 3, to: 200, by: 10))
      let (of, others) = (scores.indices.filter(odd.contains), scores.indices.filter { !odd.contains($0) })
      func mean(_ places: [Int]) -> Double { places.map { scores[$0] }.reduce(0, +) / Double(places.count) }
      return (mean(others), mean(of))
    }
    let (learned, robust) = (try errors(nil), try errors(0.1))
    #expect(robust.odd / robust.plain > 10 * learned.odd / learned.plain, "\(learned) \(robust)")
  }

  @Test("what cannot be is refused")
  func refused() throws {
    let dataset = try contaminated(9)
    #expect(
      complaint { _ = try trainer(dataset, recipe(20)) }
        == "trim: expects a share that is at least one of 9 training samples, found 0.1; leave out a larger "
        + "share, or nothing")
    #expect(complaint { _ = try trainer(dataset, recipe(20, trim: 0.6)) }.contains("at most 0.5, found 0.6"))
    #expect(complaint { _ = try trainer(dataset, recipe(1, trim: 0.5)) }.contains("at least 2 epochs"))
    var fullBatch = Recipe(epochs: 20, optimizer: .lbfgs())
    fullBatch.trim = 0.2
    #expect(complaint { try fullBatch.check() }.contains("the same samples in every step"))
  }
}
