import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// An estimate of minus the log-likelihood of samples under a variational model, by importance sampling:
/// Burda et al. 2016, section 2.2.
///
///     -log p(x) ≤ -E log (1 / k) Σ over k draws of z: p(x | z) p(z) / q(z | x)
///
/// The more draws, the closer the bound; 500 and 5000 are usual.
public struct Likelihood: Hashable, Sendable {
  /// The mean over the samples, in nats.
  public let negativeLog: Double
  /// Draws for each sample.
  public let draws: Int

  /// Draws that are computed together.
  private static let drawsTogether = 5

  /// - Parameters:
  ///   - draws: for each sample; rounded up to a multiple of 5.
  ///   - seed: of the draws.
  /// - Throws: `TrainingError` for a model whose code has no density, or whose reconstruction term is a
  ///   likelihood only up to constants; `DataError` if the samples are not of the kind the model was trained
  ///   on.
  public init(
    _ model: Model, on dataset: Dataset, draws: Int = 500, seed: UInt64 = 0, threads: Int = Team.processors
  ) throws {
    let architecture = model.autoencoder.architecture
    guard case .gaussian = architecture.code else {
      throw TrainingError(
        place: "log-likelihood", expected: "a model with a gaussian code",
        found: "one of \(architecture.code.words)",
        remedy: "train one with --family variational")
    }
    guard architecture.reconstruction.isFromLogits else {
      throw TrainingError(
        place: "log-likelihood", expected: "a model of probabilities, trained by bce or ce",
        found: architecture.reconstruction.name,
        remedy: "its term is a likelihood only up to a scale; train with --loss bce")
    }
    let passes = max(1, (draws + Likelihood.drawsTogether - 1) / Likelihood.drawsTogether)
    // log Σ w so far, for each sample.
    var sums = [Double](repeating: -.infinity, count: dataset.count)
    try model.visitImportance(
      dataset, draws: Likelihood.drawsTogether, steps: 0..<passes, seed: seed, threads: threads
    ) { start, weights in
      for (index, weight) in weights.enumerated() {
        let (a, b) = (sums[start + index], Double(weight))
        let highest = max(a, b)
        sums[start + index] = highest + ((a - highest).exponential + (b - highest).exponential).logarithm
      }
    }
    self.draws = passes * Likelihood.drawsTogether
    negativeLog = Double(self.draws).logarithm - Statistics.sum(sums) / Double(max(1, dataset.count))
  }
}
