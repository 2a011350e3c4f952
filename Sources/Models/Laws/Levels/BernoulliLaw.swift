import HourglassEngine
import HourglassTensor

/// 0 or 1.
///
///     p(1 | y) = 1 / (1 + e⁻ʸ)
///
/// The parameter is the logit y. A share between 0 and 1 counts as both, in its proportion: the
/// cross-entropy.
struct BernoulliLaw: Likelihood {
  static let word = "bernoulli"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.bernoulli) }

  var parameters: Int { 1 }
  var domain: Law.Domain { .unitInterval }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    graph.binary(.bernoulliLoss, columns.parameter(0, &graph), columns.target)
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    graph.unary(.sigmoid, columns.parameter(0, &graph))
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    x * parameters[0] - parameters[0].softplus
  }

  func mean(_ parameters: [Double]) -> Double { parameters[0].sigmoid }
  func mode(_ parameters: [Double]) -> Double { parameters[0] > 0 ? 1 : 0 }
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    probability > (-parameters[0]).sigmoid ? 1 : 0
  }
  func entropy(_ parameters: [Double]) -> Double {
    let y = parameters[0]
    // σ(y) log(1 + e⁻ʸ) + σ(-y) log(1 + eʸ)
    return y.sigmoid * (-y).softplus + (-y).sigmoid * y.softplus
  }
  func probabilities(_ parameters: [Double]) -> [Double]? {
    [(-parameters[0]).sigmoid, parameters[0].sigmoid]
  }

  /// The logit of the mean, held within ±50 where all are 0 or all are 1.
  func fitted(to values: [Double]) -> [Double] {
    let share = Statistics.mean(values) ?? 0.5
    let logit = share <= 0 ? -50 : (share >= 1 ? 50 : (share / (1 - share)).logarithm)
    return [logit.held(-50...50)]
  }
}
