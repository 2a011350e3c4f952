import HourglassEngine
import HourglassTensor

/// A gamma law of numbers above 0.
///
///     p(x | a, b) = xᵏ⁻¹ e^(-k x / μ) (k / μ)ᵏ / Γ(k),   μ = eᵃ, k = eᵇ
///
/// The parameters are the log-mean a, held within ±20, and the log-shape b, held within ±10. A value of 0,
/// which the law does not have, counts as 1e-30.
struct GammaLaw: Likelihood {
  static let word = "gamma"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.gamma) }

  static let logShapes: ClosedRange<Double> = -10...10

  var parameters: Int { 2 }
  var domain: Law.Domain { .positive }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let logMean = graph.held(columns.parameter(0, &graph), -20...20)
    let logShape = graph.held(columns.parameter(1, &graph), -10...10)
    return graph.surprise(.gamma, of: columns.target, logMean, logShape)
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    graph.unary(.exponential, graph.held(columns.parameter(0, &graph), -20...20))
  }

  private func numbers(_ parameters: [Double]) -> (mean: Double, shape: Double) {
    (
      parameters[0].held(PoissonLaw.logMeans).exponential, parameters[1].held(GammaLaw.logShapes).exponential
    )
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    let (mean, shape) = numbers(parameters)
    if x < 0 { return -.infinity }
    let value = max(x, 1e-30)
    let apart = value.logarithm - mean.logarithm
    return shape * (shape.logarithm + apart - value / mean) - value.logarithm - shape.logGamma
  }

  func mean(_ parameters: [Double]) -> Double { numbers(parameters).mean }

  /// (k - 1) μ / k; 0 where the shape is at most 1.
  func mode(_ parameters: [Double]) -> Double {
    let (mean, shape) = numbers(parameters)
    return max(0, (shape - 1) / shape) * mean
  }

  /// On the scale of logarithms, so that shapes near 0 have their quantiles near 0.
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    if probability <= 0 { return 0 }
    if probability >= 1 { return .infinity }
    let (mean, shape) = numbers(parameters)
    let logarithm = Law.root(from: 0, step: 1) { place in
      let parts = Double.regularizedGamma(shape, shape * place.exponential)
      return probability < 0.5 ? parts.below - probability : (1 - probability) - parts.above
    }
    return max(mean * logarithm.exponential, 1e-300)
  }

  func entropy(_ parameters: [Double]) -> Double {
    let (mean, shape) = numbers(parameters)
    return shape + (mean / shape).logarithm + shape.logGamma + (1 - shape) * shape.digamma
  }

  /// The mean, and the shape at which log k - ψ(k), which falls with k, is log mean - mean log.
  func fitted(to values: [Double]) -> [Double] {
    let mean = Statistics.mean(values) ?? 1
    let apart = mean.logarithm - Statistics.sum(values.map { $0.logarithm }) / Double(values.count)
    let logShape = Law.root(between: GammaLaw.logShapes.lowerBound, and: GammaLaw.logShapes.upperBound) { b in
      apart - (b - b.exponential.digamma)
    }
    return [mean.logarithm.held(PoissonLaw.logMeans), logShape]
  }
}
