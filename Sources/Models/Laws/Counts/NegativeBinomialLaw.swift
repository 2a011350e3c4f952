import HourglassEngine
import HourglassTensor

/// Counts of a variance above their mean.
///
///     p(x | a, b) = Γ(x + θ) / (Γ(θ) x!) · (θ / (θ + μ))^θ (μ / (θ + μ))^x,   μ = eᵃ, θ = eᵇ
///
/// The mean is μ, the variance μ + μ² / θ. The parameters are the log-mean a, held within ±20, and the
/// log-dispersion b, held within ±10. The surprise is computed in double precision inside: at counts of
/// thousands its logarithms cancel.
struct NegativeBinomialLaw: Likelihood {
  static let word = "negative-binomial"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.negativeBinomial) }

  static let logDispersions: ClosedRange<Double> = -10...10

  var parameters: Int { 2 }
  var domain: Law.Domain { .counts }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let logMean = graph.held(columns.parameter(0, &graph), -20...20)
    let logDispersion = graph.held(columns.parameter(1, &graph), -10...10)
    return graph.surprise(.negativeBinomial, of: columns.target, logMean, logDispersion)
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    graph.unary(.exponential, graph.held(columns.parameter(0, &graph), -20...20))
  }

  /// μ and θ.
  private func numbers(_ parameters: [Double]) -> (mean: Double, dispersion: Double) {
    (
      parameters[0].held(PoissonLaw.logMeans).exponential,
      parameters[1].held(NegativeBinomialLaw.logDispersions).exponential
    )
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    if x < 0 { return -.infinity }
    let apart =
      parameters[0].held(PoissonLaw.logMeans) - parameters[1].held(NegativeBinomialLaw.logDispersions)
    let dispersion = numbers(parameters).dispersion
    return (x + dispersion).logGamma - dispersion.logGamma - (x + 1).logGamma - dispersion * apart.softplus
      - x * (-apart).softplus
  }

  func mean(_ parameters: [Double]) -> Double { numbers(parameters).mean }

  /// The greatest whole number at most μ (θ - 1) / θ.
  func mode(_ parameters: [Double]) -> Double {
    let (mean, dispersion) = numbers(parameters)
    return max(0, (mean * (dispersion - 1) / dispersion).rounded(.down))
  }

  /// P(X ≤ k) = I(θ / (θ + μ); θ, k + 1).
  static func probability(upTo x: Double, mean: Double, dispersion: Double) -> Double {
    let whole = mean + dispersion
    return Double.regularizedBeta(dispersion / whole, dispersion, x + 1, beyond: mean / whole)
  }

  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    if probability >= 1 { return .infinity }
    let (mean, dispersion) = numbers(parameters)
    let near = mean + deviation(parameters) * probability.normalQuantile
    return Law.firstWhole(near: near) {
      NegativeBinomialLaw.probability(upTo: $0, mean: mean, dispersion: dispersion) - probability
    }
  }

  func deviation(_ parameters: [Double]) -> Double {
    let (mean, dispersion) = numbers(parameters)
    return (mean + mean * mean / dispersion).squareRoot()
  }

  func entropy(_ parameters: [Double]) -> Double {
    let width = deviation(parameters) + mean(parameters) / numbers(parameters).dispersion
    return Law.entropy(mean: mean(parameters), deviation: width) { logLikelihood(of: $0, parameters) }
  }

  /// The mean, and the dispersion at which the likelihood is greatest.
  func fitted(to values: [Double]) -> [Double] { fitted(to: Law.repetitions(of: values)) }

  func fitted(to values: [(value: Double, count: Double)]) -> [Double] {
    let whole = values.reduce(0) { $0 + $1.count }
    let mean = values.reduce(0) { $0 + $1.count * $1.value } / whole
    let logMean = max(mean, 1e-30).logarithm.held(PoissonLaw.logMeans)
    let logDispersion = Law.highest(within: NegativeBinomialLaw.logDispersions) { b in
      values.reduce(0) { $0 + $1.count * logLikelihood(of: $1.value, [logMean, b]) } / whole
    }
    return [logMean, logDispersion]
  }
}
