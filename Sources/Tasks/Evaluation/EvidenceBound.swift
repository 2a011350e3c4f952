import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// The evidence lower bound of samples under a variational model, in its parts: Kingma and Welling 2014.
///
///     -log p(x) ≤ E[-log p(x | z)] + KL(q(z | x) ‖ p(z))
///
/// Each is a mean over the samples, in nats; the expectation is taken by one draw of z for each.
public struct EvidenceBound: Hashable, Sendable {
  /// E[-log p(x | z)]: of `Reconstruction.bernoulli` and `categorical` the sum of the terms over a sample.
  /// The others are likelihoods only up to a scale and a constant, which are left out.
  public let reconstruction: Double
  /// KL(q(z | x) ‖ p(z))
  public let divergence: Double
  /// Dimensions of the code whose mean changes from sample to sample: its variance is above 0.01. Burda et
  /// al. 2016.
  public let activeUnits: Int

  /// What minus the log-likelihood is bounded by, from above.
  public var total: Double { reconstruction + divergence }

  /// Nil for a model whose code has no prior.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init?(_ model: Model, on dataset: Dataset, threads: Int = Team.processors) throws {
    let architecture = model.autoencoder.architecture
    guard architecture.code.hasPrior else { return nil }
    let values = Double(architecture.reconstruction.values(of: architecture.input))
    var (terms, divergences): ([Double], [Double]) = ([], [])
    try model.visitBound(dataset, threads: threads) { _, batch, divergence in
      terms.append(Statistics.sum(batch.map { values * Double($0) }))
      divergences.append(Statistics.sum(divergence.map(Double.init)))
    }
    reconstruction = Statistics.sum(terms) / Double(dataset.count)
    divergence = Statistics.sum(divergences) / Double(dataset.count)
    activeUnits = EvidenceBound.activeUnits(of: try model.encode(dataset, threads: threads))
  }

  private static func activeUnits(of codes: Tensor) -> Int {
    let (width, values) = (codes.shape.sample.count, codes.doubles)
    return (0..<width).count { unit in
      let column = stride(from: unit, to: values.count, by: width).map { values[$0] }
      return Statistics.variance(column) ?? 0 > 0.01
    }
  }
}
