import Hourglass
import HourglassTestSupport
import Testing

/// Trainings whose large products have factors of bf16.
@Suite("Trainings by bf16")
struct Bfloat16Tests {
  private static let canRun = Precision.bfloat16.canBeEmulated
  private static let cannot: Comment = "oneDNN needs AVX-512 to emulate bf16"
  private static let images = RealData.file("mnist/train-images-idx3-ubyte.gz")

  private static let shallow = Architecture.dense(
    input: [28, 28], layers: [], latent: 32, codeActivation: .relu, reconstruction: .bernoulli)

  private func trainer(
    _ precision: Precision, _ training: Dataset, epochs: Int, held: Dataset? = nil, threads: Int = 2
  ) throws -> Trainer {
    var recipe = Recipe(epochs: epochs, seed: 1)
    recipe.precision = precision
    return try Trainer(
      emulating: Autoencoder(Self.shallow, seed: 1), recipe, on: training, validating: held, threads: threads)
  }

  /// Losses of training and of validation after the last epoch.
  private func losses(_ precision: Precision, _ training: Dataset, _ held: Dataset, epochs: Int) throws
    -> [Double]
  {
    let trainer = try trainer(precision, training, epochs: epochs, held: held)
    let last = try #require(try trainer.finish().last)
    return [last.loss, try #require(last.validationLoss)]
  }

  @Test("digits are learned as well as by single precision", .enabled(if: canRun, cannot))
  func digits() throws {
    let (training, held) = try Source.open("builtin:digits:6000").split(holdingOut: 0.2, seed: 3)
    let (exact, rough) = (
      try losses(.float32, training, held, epochs: 8), try losses(.bfloat16, training, held, epochs: 8)
    )
    print("digits, 8 epochs: f32 \(exact), bf16 \(rough)")
    for (e, r) in zip(exact, rough) { #expect(e != r && abs(r / e - 1) < 0.01) }
  }

  @Test("784-32-784 on MNIST", .enabled(if: canRun && images != nil, "AVX-512 or MNIST is not here"))
  func mnist() throws {
    let (training, held) = try Source.open(#require(Self.images)).split(holdingOut: 1.0 / 6, seed: 3)
    let (exact, rough) = (
      try losses(.float32, training, held, epochs: 3), try losses(.bfloat16, training, held, epochs: 3)
    )
    print("MNIST, 3 epochs: f32 \(exact), bf16 \(rough)")
    for (e, r) in zip(exact, rough) { #expect(e != r && abs(r / e - 1) < 0.01) }
  }

  @Test("the bytes do not depend on the threads", .enabled(if: canRun, cannot))
  func threads() throws {
    // The last batch of an epoch has fewer rows.
    let training = try Source.open("builtin:digits:1100")
    let models = try [1, 2].map { threads in
      let trainer = try trainer(.bfloat16, training, epochs: 2, threads: threads)
      try trainer.finish()
      return trainer
    }
    #expect(models[0].autoencoder.block == models[1].autoencoder.block)
    let codes = try models.map {
      try $0.model.encode(emulating: training, .bfloat16, threads: $0.threads).values
    }
    #expect(codes[0] == codes[1])
    let exact = try models[0].model.encode(training).doubles
    let apart = distance(codes[0], exact)
    #expect(apart > 1e-5 && apart < 0.03, "\(apart)")
  }

  @Test("a checkpoint goes on by its own precision only", .enabled(if: canRun, cannot))
  func resuming() throws {
    let training = try Source.open("builtin:digits:600")
    let folder = try Folder()
    let file = folder.file("checkpoint.safetensors")
    let whole = try trainer(.bfloat16, training, epochs: 3)
    let begun = try trainer(.bfloat16, training, epochs: 3)
    _ = try begun.nextEpoch()
    try begun.checkpoint(to: file)
    let resumed = try trainer(.bfloat16, training, epochs: 3)
    #expect(try resumed.resume(from: file))
    try whole.finish()
    try resumed.finish()
    #expect(resumed.autoencoder.block == whole.autoencoder.block)
    #expect(try Model(contentsOf: file).provenance?.recipe.precision == .bfloat16)
    let other = try trainer(.float32, training, epochs: 3)
    #expect(complaint { _ = try other.resume(from: file) }.contains("the same recipe"))
  }

  @Test(
    "a trial begins both ways, and says the same on any number of threads",
    .enabled(if: Precision.bfloat16.isSupported, "the processor has no bf16"))
  func trial() throws {
    let training = try Source.open("builtin:digits:1000")
    let preparation = try Preparation.fitted(for: .bernoulli, to: training)
    func trial(batch: Int, threads: Int) throws -> PrecisionTrial? {
      let architecture = Architecture.dense(
        input: [28, 28], layers: [], latent: 32, codeActivation: .relu, reconstruction: .bernoulli)
      return try PrecisionTrial(
        of: Autoencoder(architecture, seed: 1), Recipe(epochs: 9, batch: batch), on: training,
        preparation: preparation, threads: threads)
    }
    let (one, two) = (try trial(batch: 100, threads: 1), try trial(batch: 100, threads: 2))
    let found = try #require(one)
    #expect(found.steps == PrecisionTrial.mostSteps && found.agrees && found.exact != found.rounded)
    #expect(two?.exact == found.exact && two?.rounded == found.rounded)
    #expect(try trial(batch: 8, threads: 1) == nil, "its products are too small")
  }

  @Test("losses agree that are near each other")
  func agreement() {
    #expect(PrecisionTrial(steps: 32, exact: 2, rounded: 2.003).agrees)
    #expect(PrecisionTrial(steps: 32, exact: -2, rounded: -2.003).agrees)
    for rounded in [2.005, 1.995, .nan, .infinity] {
      #expect(!PrecisionTrial(steps: 32, exact: 2, rounded: rounded).agrees)
    }
  }

  @Test("a processor without it is told so, and lbfgs does without")
  func refusal() throws {
    let training = try Samples.unit(20, 6)
    var recipe = Recipe(epochs: 1)
    recipe.precision = .bfloat16
    let autoencoder = try Autoencoder(.dense(input: [6], layers: [], latent: 2), seed: 0)
    let words = complaint { _ = try Trainer(autoencoder, recipe, on: training) }
    let model = try Trainer(autoencoder, on: training).model
    let encoding = complaint { _ = try model.encode(training, precision: .bfloat16) }
    let expected = Precision.bfloat16.isSupported ? "" : "neither AVX512_BF16 nor AMX-BF16; choose f32"
    #expect(words.hasSuffix(expected) && words.isEmpty == expected.isEmpty, "\(words)")
    #expect(encoding.hasSuffix(expected) && encoding.isEmpty == expected.isEmpty, "\(encoding)")
    recipe.optimizer = .lbfgs()
    #expect(complaint { try recipe.check() }.contains("optimizer lbfgs"))
  }
}
