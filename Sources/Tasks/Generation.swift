import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Model {
  /// New samples, decoded from codes that are drawn from the prior: `[n, sample…]` in the units of the data.
  ///
  /// - Parameter seed: the same seed gives the same samples.
  /// - Throws: ``TrainingError`` for a model whose codes follow no law: see `Architecture.hasPrior`.
  public func generate(_ count: Int, seed: UInt64, threads: Int = Team.processors) throws -> Tensor {
    let architecture = autoencoder.architecture
    guard architecture.hasPrior else {
      throw TrainingError(
        place: "generate", expected: "a model whose codes follow a law that can be drawn from",
        found: "the code \(architecture.code)",
        remedy: "train one with --family variational or --family adversarial")
    }
    let random = Random(seed: seed, stream: .latent)
    let shape = autoencoder.outline.code.batch(count)
    let codes = Tensor(shape) { values in
      for index in values.indices { values[index] = random.normal(position: UInt64(index)) }
    }
    return try decode(codes, threads: threads)
  }
}
