import HourglassEngine
import HourglassTensor

/// Counts whose variance is their mean.
///
///     p(x | a) = μˣ e⁻ᵘ / x!,   μ = eᵃ
///
/// The parameter is the log-mean a, held within ±20.
struct PoissonLaw: Likelihood {
  static let word = "poisson"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.poisson) }

  static let logMeans: ClosedRange<Double> = -20...20

  var parameters: Int { 1 }
  var domain: Law.Domain { .counts }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let logMean = graph.held(columns.parameter(0, &graph), -20...20)
    return graph.surprise(.poisson, of: columns.target, logMean)
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    graph.unary(.exponential, graph.held(columns.parameter(0, &graph), -20...20))
  }

  private func logMean(_ parameters: [Double]) -> Double { parameters[0].held(PoissonLaw.logMeans) }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    if x < 0 { return -.infinity }
    let logMean = logMean(parameters)
    return x * logMean - logMean.exponential - (x + 1).logGamma
  }

  func mean(_ parameters: [Double]) -> Double { logMean(parameters).exponential }
  func mode(_ parameters: [Double]) -> Double { mean(parameters).rounded(.down) }

  /// P(X ≤ k) = Q(k + 1, μ).
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    if probability >= 1 { return .infinity }
    let mean = mean(parameters)
    let near = mean + mean.squareRoot() * probability.normalQuantile
    return Law.firstWhole(near: near) { Double.regularizedGamma($0 + 1, mean).above - probability }
  }

  func entropy(_ parameters: [Double]) -> Double {
    let mean = mean(parameters)
    return Law.entropy(mean: mean, deviation: mean.squareRoot()) { logLikelihood(of: $0, parameters) }
  }

  func fitted(to values: [Double]) -> [Double] {
    [max(Statistics.mean(values) ?? 0, 1e-30).logarithm.held(PoissonLaw.logMeans)]
  }
}
