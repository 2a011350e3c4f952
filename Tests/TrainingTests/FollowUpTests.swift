import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// What a step does to parameters besides the update.
@Suite("After the update")
struct FollowUpTests {
  @Test("running statistics move by the momentum towards the batch's", arguments: [[3, 4], [12]] as [Shape])
  func statistics(_ shape: Shape) throws {
    let architecture = Architecture(
      input: [5], encoder: [.dense(units: 12), .reshape(shape), .batchNorm(momentum: 0.3)],
      decoder: [.flatten, .dense(units: 5)])
    let dataset = try Samples.flat(27, 5, rank: 5)
    let recipe = Recipe(epochs: 2, batch: 10, optimizer: .sgd(), rate: 0.05, seed: 6)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 6), recipe, on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset))
    let rows = dataset.samples.doubleRows
    let sampler = Sampler(count: 27, batch: 10, seed: 6)
    let features = shape[0]
    var (mean, variance) = ([Double](repeating: 0, count: features), [Double](repeating: 1, count: features))
    for number in 0..<6 {
      let order = sampler.order(epoch: number / 3)
      let batch = sampler.range(step: number % 3).map { rows[Int(order[$0])] }
      // What goes into the normalisation: the output of the dense layer before the step.
      let dense = try Autoencoder(
        Architecture(input: [5], encoder: [.dense(units: 12)], decoder: [.dense(units: 5)])
      ) {
        trainer.autoencoder.weight(
          $0 == "decoder.0.weight" || $0 == "decoder.0.bias" ? $0.replacing("0", with: "1") : $0)
      }
      let slow = SlowAutoencoder(dense)
      let inputs = batch.map { slow.encode($0) }
      for feature in 0..<features {
        // The values of a channel lie together.
        let places = (feature * 12 / features)..<((feature + 1) * 12 / features)
        let seen = inputs.flatMap { row in row[places] }
        let average = seen.reduce(0, +) / Double(seen.count)
        let spread = seen.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(seen.count - 1)
        mean[feature] += 0.3 * (average - mean[feature])
        variance[feature] += 0.3 * (spread - variance[feature])
      }
      _ = try trainer.nextStep()
      #expect(distance(try #require(trainer.autoencoder.weight("encoder.2.mean")).values, mean) < 1e-6)
      #expect(
        distance(try #require(trainer.autoencoder.weight("encoder.2.variance")).values, variance) < 2e-6)
    }
    #expect(trainer.course.steps == 6)
  }

  @Test("the norm of the gradient is that of the step's change over its rate", arguments: [nil, 0.01, 100])
  func gradientNorm(clip: Float?) throws {
    var recipe = Recipe(epochs: 3, batch: 16, optimizer: .sgd(), rate: 0.5, seed: 2)
    recipe.clipNorm = clip
    let trainer = try Trainer(
      Autoencoder(.dense(input: [6], layers: [4], latent: 2), seed: 2), recipe,
      on: Samples.flat(40, 6, rank: 2))
    #expect(trainer.gradientNorm == 0)
    var before = trainer.autoencoder.block
    while try trainer.nextStep() != nil {
      let after = trainer.autoencoder.block
      let change = zip(before, after).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
      let norm = trainer.gradientNorm
      #expect(norm > 0)
      #expect(abs(change - 0.5 * min(norm, Double(clip ?? .infinity))) < 1e-5 * norm)
      before = after
    }
  }

  @Test("a method that sees all samples begins with their gradient")
  func gradientNormOfAll() throws {
    let dataset = try Samples.flat(40, 6, rank: 2)
    let autoencoder = try Autoencoder(.dense(input: [6], layers: [4], latent: 2), seed: 2)
    let norms = try [Optimizer.sgd(), .lbfgs()].map { optimizer in
      let recipe = Recipe(epochs: 1, batch: 40, optimizer: optimizer, seed: 2)
      let trainer = try Trainer(autoencoder, recipe, on: dataset)
      _ = try trainer.nextEpoch()
      return trainer.gradientNorm
    }
    #expect(norms[0] > 0 && abs(norms[0] - norms[1]) < 1e-5 * norms[0])
  }

  @Test("the average of the parameters is what is validated and kept")
  func average() throws {
    var recipe = Recipe(epochs: 3, batch: 8, rate: 0.05, seed: 2)
    recipe.average = 0.8
    let (training, held) = (try Samples.flat(32, 6, rank: 2), try Samples.flat(20, 6, rank: 2, seed: 9))
    let trainer = try Trainer(
      Autoencoder(.dense(input: [6], layers: [4], latent: 2), seed: 2), recipe, on: training,
      validating: held,
      preparation: .fitted(Samples.unscaled, to: training))
    var average = trainer.autoencoder.block.map { Double($0) }
    while let step = try trainer.nextStep() {
      for (index, value) in trainer.autoencoder.block.enumerated() {
        average[index] = Double(Float(0.8)) * average[index] + Double(1 - Float(0.8)) * Double(value)
      }
      guard let epoch = step.epoch else { continue }
      var slow = SlowAutoencoder(trainer.autoencoder)
      slow.block = average
      let expected = slow.loss(held.samples.doubleRows)
      #expect(abs(try #require(epoch.validationLoss) - expected) < 1e-6)
      if epoch.isBest { #expect(distance(trainer.bestAutoencoder.block, average) < 1e-6) }
    }
  }

  @Test("no column of a matrix is longer than the maximum norm, and shorter ones stay")
  func maximumNorm() throws {
    let architecture = Architecture.dense(input: [6], layers: [4], latent: 2)
    func matrices(_ limit: Float?) throws -> [[Double]] {
      var recipe = Recipe(epochs: 1, batch: 32, optimizer: .sgd(), rate: 0.01, seed: 2)
      recipe.maximumNorm = limit
      let trainer = try Trainer(Autoencoder(architecture, seed: 2), recipe, on: Samples.flat(32, 6, rank: 2))
      try trainer.finish()
      return trainer.autoencoder.outline.weights.filter { $0.weight.shape.rank == 2 }.flatMap { placed in
        let values = trainer.autoencoder.weight(placed.name)?.doubles ?? []
        let columns = placed.weight.shape[1]
        return (0..<columns).map { column in
          stride(from: column, to: values.count, by: columns).map { values[$0] }
        }
      }
    }
    func norm(_ column: [Double]) -> Double { column.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let free = try matrices(nil)
    let bound = try matrices(0.9)
    #expect(free.contains { norm($0) > 0.9 } && free.contains { norm($0) < 0.9 })
    for (free, bound) in zip(free, bound) {
      let factor = min(1, Double(Float(0.9)) / norm(free))
      for (free, bound) in zip(free, bound) { #expect(abs(bound - factor * free) < 1e-6) }
    }
  }

  @Test("dropout is drawn anew each step, and not on use")
  func dropout() throws {
    let architecture = Architecture.dense(input: [6], layers: [16], latent: 4, dropout: .dropout(rate: 0.5))
    let dataset = try Samples.flat(8, 6, rank: 2)
    // A rate so small that nothing is learned: losses differ by their draws alone.
    let recipe = Recipe(epochs: 5, batch: 8, optimizer: .sgd(), rate: 1e-20, seed: 2)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 2), recipe, on: dataset, validating: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset))
    try trainer.finish()
    #expect(Set(trainer.epochs.map(\.loss)).count == 5)
    #expect(Set(trainer.epochs.map(\.validationLoss)).count == 1)
    let expected = SlowAutoencoder(trainer.autoencoder).loss(dataset.samples.doubleRows)
    #expect(abs(try #require(trainer.epochs[0].validationLoss) - expected) < 1e-6)
  }
}
