import Hourglass
import HourglassTestSupport
import Testing

/// Discrete codes of published images, where the machine has them.
@Suite("Quality of discrete codes", .serialized)
struct DiscreteQualityTests {
  private static let images = RealData.file("mnist/train-images-idx3-ubyte.gz")
  private static let unseen = RealData.file("mnist/t10k-images-idx3-ubyte.gz")
  private static let absent: Comment = "MNIST is not here; set HOURGLASS_DATA to the folder that holds mnist/"

  private func train(_ code: Code, width: Int) throws -> (Model, Dataset) {
    let architecture = Architecture(
      input: [28, 28],
      encoder: [
        .flatten, .dense(units: 256, initializer: .heUniform), .relu,
        .dense(units: width, initializer: .glorotUniform),
      ], code: code,
      decoder: [
        .dense(units: 256, initializer: .heUniform), .relu, .dense(units: 784, initializer: .glorotUniform),
        .reshape([28, 28]),
      ],
      reconstruction: .bernoulli)
    let training = try Source.open(#require(Self.images)).subset(0..<10_000)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 1), Recipe(epochs: 6, batch: 128, rate: 0.002, seed: 1), on: training)
    try trainer.finish()
    return (try trainer.finishedModel(), try Source.open(#require(Self.unseen)).subset(0..<2000))
  }

  /// Eight numbers of 7 bits each against eight principal components of 32 bits each.
  @Test("eight entries of 128 say more of a digit than eight components", .enabled(if: images != nil, absent))
  func codebook() throws {
    let (model, held) = try train(.codebook(.init(entries: 128, width: 8)), width: 64)
    let found = try HourglassTasks.Evaluation(model, on: held)
    let use = try #require(try CodeUse(model, on: held))
    print("8 of 128: mse \(found.mse), PCA \(found.pcaMSE ?? 0), perplexity \(use.perplexity)")
    #expect(model.control?.count == 8)
    #expect(found.unbeaten.isEmpty)
    #expect(found.mse < 0.65 * (found.pcaMSE ?? 0))
    #expect(use.bits == 56 && use.entropyBits < 56 && use.entropyBits > 40)
    #expect(use.perplexity > 40)
  }

  /// Jang et al. 2017 have 20 variables of 10 classes for the same images.
  @Test("twenty classes of ten beat the mean and an untrained copy", .enabled(if: images != nil, absent))
  func categorical() throws {
    let (model, held) = try train(
      .categorical(.init(variables: 20, classes: 10, annealing: 4)), width: 200)
    let found = try HourglassTasks.Evaluation(model, on: held)
    let bound = try #require(try EvidenceBound(model, on: held))
    print("20 of 10: mse \(found.mse), mean \(found.meanMSE ?? 0), bound \(bound.total)")
    #expect(found.mse < found.untrainedMSE && found.mse < 0.8 * (found.meanMSE ?? 0))
    #expect(bound.total < 190 && bound.divergence > 5)
    let digits = try model.generate(20, seed: 3)
    #expect(digits.shape == [20, 28, 28])
    #expect(try model.generate(20, seed: 3) == digits)
  }
}
