import HourglassEngine
import HourglassTensor

/// Counts of a variance above their mean that are 0 besides more often than they would be.
///
///     p(x | a, b, z) = π [x = 0] + (1 - π) NB(x | a, b),   π = 1 / (1 + e⁻ᶻ)
///
/// The parameters are those of the negative binomial law and the logit z of π. With s the surprise under that
/// law
///
///     -log p = log(1 + eᶻ) + s - [x = 0] log(1 + e^(z + s))
///
/// Lambert 1992, Greene 1994.
struct ZeroInflatedLaw: Likelihood {
  static let word = "zero-inflated-negative-binomial"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.zeroInflatedNegativeBinomial) }

  private let inner = NegativeBinomialLaw()

  var parameters: Int { 3 }
  var domain: Law.Domain { .counts }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let surprise = inner.surprise(&graph, columns)
    let logit = columns.parameter(2, &graph)
    let isZero = graph.binary(.greater, graph.constant(0.5), columns.target)
    let saved = graph.unary(.softplus, graph.add(logit, surprise))
    let rest = graph.subtract(surprise, graph.multiply(isZero, saved))
    return graph.add(graph.unary(.softplus, logit), rest)
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let share = graph.unary(.sigmoid, graph.unary(.negate, columns.parameter(2, &graph)))
    return graph.multiply(inner.readable(&graph, columns), share)
  }

  private func own(_ parameters: [Double]) -> [Double] { Array(parameters[..<2]) }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    let within = inner.logLikelihood(of: x, own(parameters)) - parameters[2].softplus
    if x != 0 { return within }
    return CategoricalLaw.logSumExp([within, -(-parameters[2]).softplus])
  }

  func mean(_ parameters: [Double]) -> Double { (-parameters[2]).sigmoid * inner.mean(own(parameters)) }

  func mode(_ parameters: [Double]) -> Double {
    let mode = inner.mode(own(parameters))
    return logLikelihood(of: mode, parameters) > logLikelihood(of: 0, parameters) ? mode : 0
  }

  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    let zero = parameters[2].sigmoid
    if probability <= zero { return 0 }
    return inner.quantile(min(1, (probability - zero) / (-parameters[2]).sigmoid), own(parameters))
  }

  /// Of the law within, and of what there is at 0 instead.
  func entropy(_ parameters: [Double]) -> Double {
    let (share, shift) = ((-parameters[2]).sigmoid, parameters[2].softplus)
    let within = inner.logLikelihood(of: 0, own(parameters))
    // -Σ (1 - π) p (log p - shift) over x > 0.
    let others =
      share
      * (inner.entropy(own(parameters)) + within * within.exponential + shift * (1 - within.exponential))
    let zero = logLikelihood(of: 0, parameters)
    return others - zero * zero.exponential
  }

  /// By expectation and maximisation: of the zeros a part belongs to the law within. Lambert 1992.
  func fitted(to values: [Double]) -> [Double] {
    var repeated = Law.repetitions(of: values)
    let whole = Double(values.count)
    guard let zeros = repeated.first(where: { $0.value == 0 })?.count else {
      return inner.fitted(to: values) + [-50]
    }
    var parameters = inner.fitted(to: values) + [-3.0]
    var best = -Double.infinity
    for _ in 0..<2000 {
      let own = own(parameters)
      let within = inner.logLikelihood(of: 0, own).exponential * (-parameters[2]).sigmoid
      let kept = zeros * within / (within + parameters[2].sigmoid)
      repeated[0].count = max(kept, 1e-9)
      let share = (zeros - kept) / whole
      let logit = share <= 0 ? -50 : (share >= 1 ? 50 : (share / (1 - share)).logarithm)
      parameters = inner.fitted(to: repeated) + [logit.held(-50...50)]
      repeated[0].count = zeros
      let height = repeated.reduce(0) { $0 + $1.count * logLikelihood(of: $1.value, parameters) } / whole
      if height - best < 1e-13 { break }
      best = height
    }
    return parameters
  }
}
