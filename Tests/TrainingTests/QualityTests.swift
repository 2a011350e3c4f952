import Hourglass
import HourglassTestSupport
import Testing

/// Short forms of published results, on the published data where the machine has them.
@Suite("Quality", .serialized)
struct QualityTests {
  private static let images = RealData.file("mnist/train-images-idx3-ubyte.gz")
  private static let unseen = RealData.file("mnist/t10k-images-idx3-ubyte.gz")
  private static let absent: Comment = "MNIST is not here; set HOURGLASS_DATA to the folder that holds mnist/"

  private func train(
    _ architecture: Architecture, _ recipe: Recipe, samples: Int
  ) throws -> (Model, Evaluated) {
    let training = try Source.open(#require(Self.images)).subset(0..<samples)
    let trainer = try Trainer(Autoencoder(architecture, seed: recipe.seed), recipe, on: training)
    try trainer.finish()
    let model = try trainer.finishedModel()
    return (model, try Evaluated(model, on: Source.open(#require(Self.unseen))))
  }

  typealias Evaluated = HourglassTasks.Evaluation

  /// PyTorch 2.13 gives 0.1342 and 0.1335 after three epochs of the same recipe, over two seeds. Fifty epochs
  /// give 0.0916: Keras blog, "Building autoencoders in Keras".
  @Test("784-32-784 by the binary cross-entropy", .enabled(if: images != nil, absent))
  func shallow() throws {
    let architecture = Architecture.dense(
      input: [28, 28], layers: [], latent: 32, codeActivation: .relu, reconstruction: .bernoulli)
    let (_, found) = try train(architecture, Recipe(epochs: 3, seed: 1), samples: 60_000)
    print("784-32-784, 3 epochs: bce \(found.loss), mse \(found.mse), PCA \(found.pcaMSE ?? 0)")
    #expect(found.loss < 0.136)
    #expect(found.unbeaten.filter { $0 != "PCA of the same width" }.isEmpty)
  }

  /// Baldi and Hornik 1989: without activations the optimum is that of the principal components.
  @Test("linear 784-32-784 by the squared error", .enabled(if: images != nil, absent))
  func linear() throws {
    let architecture = Architecture.dense(input: [28, 28], layers: [], latent: 32, activation: nil)
    var recipe = Recipe(epochs: 6, rate: 0.003, seed: 1)
    recipe.schedule = .cosine()
    let (_, found) = try train(architecture, recipe, samples: 30_000)
    let optimum = try #require(found.pcaMSE)
    print("linear, 6 epochs: mse \(found.mse), PCA \(optimum), \(found.mse / optimum)")
    #expect(abs(optimum - 0.0169) < 0.0003)
    #expect(found.mse < 1.05 * optimum)
  }
}
