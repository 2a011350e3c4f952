import HourglassEngine
import HourglassTensor

/// A normal law of learned width.
///
///     p(x | m, s) = e^(-(x - m)² e⁻ˢ / 2) / √(2π eˢ)
///
/// The parameters are the mean and the log-variance s, which is held within ±10: deviations from 0.0067 to
/// 148. Nix and Weigend 1994.
struct NormalLaw: Likelihood {
  static let word = "normal"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.normal) }

  static let logOfRootOfTwoPi = 0.918_938_533_204_672_8
  static let logVariances: ClosedRange<Double> = -10...10

  var parameters: Int { 2 }
  var domain: Law.Domain { .any }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let distance = graph.subtract(columns.parameter(0, &graph), columns.target)
    let logVariance = graph.held(columns.parameter(1, &graph), -10...10)
    let precision = graph.unary(.exponential, graph.unary(.negate, logVariance))
    let sum = graph.add(graph.multiply(graph.unary(.square, distance), precision), logVariance)
    return graph.add(graph.multiply(sum, 0.5), Float(NormalLaw.logOfRootOfTwoPi))
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value { columns.parameter(0, &graph) }

  private func deviation(_ parameters: [Double]) -> Double {
    (parameters[1].held(NormalLaw.logVariances) / 2).exponential
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    let logVariance = parameters[1].held(NormalLaw.logVariances)
    let distance = x - parameters[0]
    return -(distance * distance * (-logVariance).exponential + logVariance) / 2 - NormalLaw.logOfRootOfTwoPi
  }

  func mean(_ parameters: [Double]) -> Double { parameters[0] }
  func mode(_ parameters: [Double]) -> Double { parameters[0] }
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    parameters[0] + deviation(parameters) * probability.normalQuantile
  }
  func entropy(_ parameters: [Double]) -> Double {
    NormalLaw.logOfRootOfTwoPi + 0.5 + parameters[1].held(NormalLaw.logVariances) / 2
  }

  func fitted(to values: [Double]) -> [Double] {
    let variance = Statistics.variance(values) ?? 0
    return [
      Statistics.mean(values) ?? 0, max(variance, 1e-30).logarithm.held(NormalLaw.logVariances),
    ]
  }
}
