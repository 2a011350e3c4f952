import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Model {
  /// New samples, decoded from codes that are drawn from the prior, the one fitted to the codes if there
  /// is one: `[n, sample…]` in the units of the data.
  ///
  /// - Parameter seed: the same seed gives the same samples.
  /// - Throws: ``TrainingError`` for a model whose code has no prior.
  public func generate(_ count: Int, seed: UInt64, threads: Int = Team.processors) throws -> Tensor {
    let code = autoencoder.architecture.code
    let random = Random(seed: seed, stream: .latent)
    if let prior { return try decode(prior.draw(count, random, for: autoencoder), threads: threads) }
    guard code.hasPrior else {
      throw TrainingError(
        place: "generate", expected: "a model whose codes follow a law that can be drawn from",
        found: "the code \(code)",
        remedy: "train one with --family variational, or fit a law to its codes with --prior")
    }
    return try decode(autoencoder.draw(count, random), threads: threads)
  }
}
