import Hourglass
import HourglassTestSupport
import Testing

/// Which samples a step sees, and with which weight: against plain descent in Double with the same batches.
@Suite("Batches")
struct BatchTests {
  private static let architecture = Architecture.dense(input: [5], layers: [], latent: 2, activation: nil)

  /// Epochs of plain descent, and the mean loss of each.
  private func slow(
    _ samples: [[Double]], batch: Int, epochs: Int, rate: Double, seed: UInt64
  ) throws -> (SlowAutoencoder, [Double]) {
    var slow = SlowAutoencoder(try Autoencoder(Self.architecture, seed: seed))
    var losses: [Double] = []
    let sampler = Sampler(count: samples.count, batch: batch, seed: seed)
    for epoch in 0..<epochs {
      let order = sampler.order(epoch: epoch)
      var sum = 0.0
      for step in 0..<sampler.batches {
        let part = sampler.range(step: step).map { samples[Int(order[$0])] }
        sum += slow.objective(part) * Double(part.count)
        let gradient = slow.gradient(part)
        for index in gradient.indices { slow.block[index] -= rate * gradient[index] }
      }
      losses.append(sum / Double(samples.count))
    }
    return (slow, losses)
  }

  @Test(
    "a short last batch, one sample a step, all at once and more than there are",
    arguments: [(13, 4), (13, 1), (13, 13), (13, 500), (1, 1), (1, 64), (12, 4), (65, 64)])
  func batches(_ rows: Int, _ batch: Int) throws {
    let dataset = try Samples.flat(rows, 5, rank: 5)
    let recipe = Recipe(epochs: 3, batch: batch, optimizer: .sgd(), rate: 0.05, seed: 6)
    let trainer = try Trainer(
      Autoencoder(Self.architecture, seed: 6), recipe, on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset), threads: 2)
    try trainer.finish()
    let rows = dataset.samples.doubleRows
    let (expected, losses) = try slow(
      rows, batch: min(batch, rows.count), epochs: 3, rate: Double(Float(0.05)), seed: 6)
    #expect(distance(trainer.autoencoder.block, expected.block) < 1e-6)
    #expect(distance(trainer.epochs.map { Float($0.loss) }, losses) < 1e-6)
  }

  @Test("one sample of a kind whose scaling divides by nothing is trained and saved")
  func oneSample() throws {
    let dataset = try Dataset(Tensor([1, 3], [5, -7, 1000] as [Float]), origin: "one")
    let trainer = try Trainer(
      Autoencoder(.dense(input: [3], layers: [], latent: 2), seed: 0), Recipe(epochs: 2), on: dataset)
    try trainer.finish()
    let model = try trainer.finishedModel()
    let folder = try Folder()
    try model.write(to: folder.file("one"))
    let read = try Model(contentsOf: folder.file("one"))
    #expect(try read.reconstruct(dataset) == model.reconstruct(dataset))
    #expect(try read.reconstruct(dataset).values.allSatisfy { $0.isFinite })
  }

  @Test("a part of a data set trains as a copy of its rows does, to the byte", arguments: [false, true])
  func subsets(_ hasValidation: Bool) throws {
    let all = try Samples.flat(90, 5, rank: 3, noise: 0.1)
    let chosen = (0..<40).map { UInt32(($0 * 37 + 11) % 90) }
    let part = all.subset(chosen).subset(3..<40)
    let held = hasValidation ? all.subset((0..<20).map { UInt32(89 - $0) }) : nil
    func bytes(_ training: Dataset, _ held: Dataset?) throws -> [UInt8] {
      let trainer = try Trainer(
        Autoencoder(.dense(input: [5], layers: [8], latent: 2), seed: 3),
        Recipe(epochs: 4, batch: 8, seed: 3),
        on: training, validating: held)
      try trainer.finish()
      return try trainer.finishedModel().bytes()
    }
    let expected = try bytes(Samples.copy(part), held.map { try Samples.copy($0) })
    #expect(try bytes(part, held) == expected)
    #expect(try bytes(all, held) != expected)
  }

  @Test("rows outside the part change nothing, whatever they hold")
  func outside() throws {
    var values = Draws.normal(50, seed: 8)
    func block() throws -> [Float] {
      let dataset = try Dataset(Tensor([10, 5], values), origin: "").subset(2..<7)
      let trainer = try Trainer(
        Autoencoder(Self.architecture, seed: 3), Recipe(epochs: 2, batch: 2), on: dataset)
      try trainer.finish()
      return trainer.autoencoder.block
    }
    let expected = try block()
    for index in 0..<10 { values[index] = .nan }
    for index in 35..<50 { values[index] = 1e30 }
    #expect(try block() == expected)
    values[10] += 0.1
    #expect(try block() != expected)
  }

  @Test(
    "a normalised network has the same loss in training and in use, whatever is left over of a batch",
    arguments: [(257, 256), (129, 128), (33, 32), (257, 16), (4097, 4096)])
  func normalised(_ rows: Int, _ batch: Int) throws {
    let dataset = try Samples.flat(rows, 8, rank: 2, noise: 0.1)
    let architecture = Architecture(
      input: [8], encoder: [.dense(units: 8), .batchNorm(), .relu, .dense(units: 2)],
      decoder: [.dense(units: 8), .batchNorm(), .relu, .dense(units: 8)])
    let recipe = Recipe(epochs: max(40, 400 * batch / rows), batch: batch, rate: 0.01, seed: 2)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 2), recipe, on: dataset, validating: dataset, threads: 2)
    let last = try #require(try trainer.finish().last)
    // The same rows: what is left are statistics that run behind the weights, steps within the epoch, and in
    // small batches the noise of their own means.
    let ratio = try #require(last.validationLoss) / last.loss
    #expect(ratio > 0.25 && ratio < 1.4, "\(last)")
  }

  @Test("what compares the samples of a batch is never given one alone")
  func alone() throws {
    let normalised = Architecture(
      input: [4], encoder: [.residual([.batchNorm(), .dense(units: 4)])], decoder: [.dense(units: 4)])
    var wasserstein = Architecture.dense(input: [4], layers: [], latent: 2)
    wasserstein.penalties = [.mmd(weight: 1)]
    for (architecture, name) in [(normalised, "batch normalisation"), (wasserstein, "the penalty mmd")] {
      func words(_ rows: Int, _ batch: Int) -> String {
        complaint {
          let trainer = try Trainer(
            Autoencoder(architecture, seed: 1), Recipe(epochs: 2, batch: batch, seed: 1),
            on: Samples.flat(rows, 4, rank: 2))
          try trainer.finish()
        }
      }
      #expect(words(3, 2) == "" && words(5, 4) == "")
      #expect(
        words(9, 1) == "batch: expects at least 2 samples a step: \(name) looks at the samples of a step "
          + "together, found 1; choose a larger batch, or leave it out")
      #expect(words(1, 9).hasPrefix("flat: expects at least 2 samples a step: \(name)"), "\(words(1, 9))")
    }
  }

  @Test("codes of one held-out sample have no distance from a law: the loss is the reconstruction's")
  func oneHeldOut() throws {
    var architecture = Architecture.dense(input: [4], layers: [], latent: 2)
    architecture.penalties = [.mmd(weight: 100)]
    let held = try Samples.flat(1, 4, rank: 2, seed: 9)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 1), Recipe(epochs: 1, seed: 1), on: Samples.flat(20, 4, rank: 2),
      validating: held, preparation: .fitted(Samples.unscaled, to: held))
    let epoch = try #require(try trainer.nextEpoch())
    let expected = SlowAutoencoder(trainer.autoencoder).loss(held.samples.doubleRows)
    #expect(abs(try #require(epoch.validationLoss) - expected) < 1e-5)
  }
}
