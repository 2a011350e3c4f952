import Foundation
import HourglassData
import HourglassTestSupport
import Testing

@testable import Hourglass

/// Trainings whose encoder reads samples that were degraded before they reach the graph.
@Suite("Degraded training")
struct DegradedTrainingTests {
  /// Every kind that is made outside the graph, and one of each that is made there beside one of them.
  static let kinds: [[Corruption]] = [
    [.blur(deviation: 1)], [.downscale(factor: 2)], [.jpeg(quality: 30)], [.lines(rate: 0.1)], [.pairs],
    [.gaussian(deviation: 0.1), .jpeg(quality: 40)],
    [
      .pairs, .blocks(size: 4, rate: 0.1), .speckle(deviation: 0.1), .masking(rate: 0.1),
      .saltAndPepper(rate: 0.1), .columns(rate: 0.1), .blur(deviation: 0.5),
    ],
  ]

  private func digits(_ count: Int, seed: UInt64 = 1, paired: Bool) throws -> Dataset {
    let digits = try Digits.dataset(count: count, seed: seed)
    return paired ? try digits.paired(with: Digits.dataset(count: count, seed: seed + 50)) : digits
  }

  private func trainer(_ kinds: [Corruption], threads: Int) throws -> Trainer {
    let digits = try digits(80, paired: kinds.contains(.pairs))
    var architecture = Architecture.dense(
      input: [28, 28], layers: [32], latent: 8, reconstruction: .bernoulli)
    architecture.corruption = kinds
    return try Trainer(
      Autoencoder(architecture, seed: 2), Recipe(epochs: 2, batch: 32, seed: 4), on: digits,
      validating: self.digits(20, seed: 9, paired: kinds.contains(.pairs)), threads: threads)
  }

  @Test("is the same to the byte on any number of threads, and goes on after a stop", arguments: kinds)
  func threadsAndResume(_ kinds: [Corruption]) throws {
    let folder = try Folder()
    let whole = try trainer(kinds, threads: 1)
    try whole.finish()
    let other = try trainer(kinds, threads: 3)
    for _ in 0..<4 { _ = try other.nextStep() }
    try other.checkpoint(to: folder.file("c"))
    let resumed = try trainer(kinds, threads: 2)
    #expect(try resumed.resume(from: folder.file("c")))
    try resumed.finish()
    #expect(try resumed.model.bytes() == whole.model.bytes())
    #expect(resumed.epochs.map(\.validationLoss) == whole.epochs.map(\.validationLoss))
    let plain = try trainer([], threads: 1)
    try plain.finish()
    #expect(plain.epochs.last?.loss != whole.epochs.last?.loss)
    #expect(complaint { _ = try plain.resume(from: folder.file("c")) } != "")
  }

  @Test("the degraded samples go in, and reconstructions are held against those as they were")
  func bothEnds() throws {
    let kinds: [Corruption] = [.gaussian(deviation: 0.2), .blur(deviation: 1)]
    let digits = try Digits.dataset(count: 30, seed: 3)
    var recipe = Recipe(epochs: 2, batch: 10, optimizer: .sgd(), seed: 4)
    // So small a rate moves no weight: the loss of each epoch is that of the start.
    recipe.rate = 1e-30
    recipe.augmentation = try Augmentation(text: "shift=1")
    var architecture = Architecture.dense(input: [28, 28], layers: [16], latent: 4)
    architecture.corruption = kinds
    let start = try Autoencoder(architecture, seed: 2)
    let trainer = try Trainer(start, recipe, on: digits, validating: digits, threads: 2)
    let epochs = try trainer.finish()
    let scaling = trainer.preparation.scaling
    func samples(_ position: Int) -> [Float] {
      scaling.apply(digits.tensor(position..<(position + 1))).values
    }
    let degrader = try Degrader(kinds.degradations, of: digits, isUnitInterval: true, seed: 4)
    func loss(_ clean: [[Float]], _ epoch: Int) throws -> Double {
      let given = try clean.enumerated().flatMap { try degrader.degraded($1, epoch: epoch, place: $0) }
      let dataset = try Dataset(Tensor([30, 28, 28], given), origin: "degraded")
      let made = try Model(start, .fitted(Samples.unscaled, to: dataset)).reconstruct(dataset).values
      let errors = zip(made, clean.joined()).map { Double($0 - $1) * Double($0 - $1) }
      return errors.reduce(0, +) / Double(errors.count)
    }
    let augmenter = try Augmenter(
      #require(recipe.augmentation), of: digits, isUnitInterval: true, seed: 4)
    for (epoch, found) in epochs.enumerated() {
      let order = Sampler(count: 30, batch: 10, seed: 4).order(epoch: epoch)
      let clean = order.enumerated().map { place, position in
        let sample = samples(Int(position))
        var result = [Float](repeating: 0, count: sample.count)
        augmenter.write(sample, into: &result, epoch: epoch, place: place)
        return result
      }
      let expected = try loss(clean, epoch)
      #expect(abs(found.loss - expected) < 1e-5 * expected, "\(found.loss) \(expected)")
      let held = try loss((0..<30).map(samples), Degrader.ofHeld)
      #expect(abs((found.validationLoss ?? 0) - held) < 1e-5 * held, "\(found.validationLoss ?? 0) \(held)")
    }
  }

  @Test("what is read in place of samples is asked for, lbfgs is refused, and gaps stay gaps")
  func refusals() throws {
    var architecture = Architecture.dense(input: [28, 28], layers: [16], latent: 4)
    architecture.corruption = [.pairs]
    let digits = try Digits.dataset(count: 30, seed: 3)
    let lacking = complaint { _ = try Trainer(Autoencoder(architecture, seed: 1), on: digits) }
    #expect(lacking.contains("--input-field"), "\(lacking)")
    architecture.corruption = [.blur(deviation: 1)]
    let whole = complaint {
      _ = try Trainer(Autoencoder(architecture, seed: 1), Recipe(optimizer: .lbfgs()), on: digits)
    }
    #expect(whole.contains("samples degraded anew (blur)"), "\(whole)")
    for (kind, words) in [
      (Corruption.blur(deviation: 0), "a deviation above 0"),
      (.downscale(factor: 1), "a whole factor from 2"),
      (.jpeg(quality: 101), "1 to 100"), (.lines(rate: 1), "below 1"),
    ] {
      architecture.corruption = [kind]
      #expect(complaint { _ = try architecture.outline() }.contains(words))
    }
    var values = Draws.normal(40 * 36, seed: 1)
    for index in stride(from: 0, to: values.count, by: 7) { values[index] = .nan }
    let gaps = try Dataset(Tensor([40, 6, 6], values), origin: "gaps")
    var small = Architecture.dense(input: [6, 6], layers: [8], latent: 2)
    small.corruption = [.blur(deviation: 1)]
    let trainer = try Trainer(Autoencoder(small, seed: 1), Recipe(epochs: 2), on: gaps, validating: gaps)
    #expect(try trainer.finish().allSatisfy { $0.loss.isFinite && $0.validationLoss?.isFinite == true })
  }

  @Test("stands in the architecture's JSON under its own words")
  func coding() throws {
    for kinds in DegradedTrainingTests.kinds {
      let stored = try JSONEncoder().encode(kinds)
      #expect(try JSONDecoder().decode([Corruption].self, from: stored) == kinds)
    }
    let text = String(
      decoding: try JSONEncoder().encode([Corruption.jpeg(quality: 20), .pairs]), as: UTF8.self)
    #expect(text == #"[{"jpeg":{"quality":20}},{"pairs":{}}]"#)
    #expect(Corruption(name: "jpeg", amount: 20) == .jpeg(quality: 20))
    #expect(Corruption(name: "downscale", amount: 1.5) == nil)
  }
}
