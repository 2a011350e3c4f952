import HourglassEngine
import HourglassTensor

/// A normal law of deviation 1.
///
///     p(x | m) = e^(-(x - m)² / 2) / √(2π)
///
/// The parameter is the mean. Its surprise is (x - m)² / 2; log √(2π) is the constant.
struct GaussianLaw: Likelihood {
  static let word = "gaussian"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.gaussian) }

  var parameters: Int { 1 }
  var domain: Law.Domain { .any }
  var constant: Double { NormalLaw.logOfRootOfTwoPi }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let distance = graph.subtract(columns.parameter(0, &graph), columns.target)
    return graph.multiply(graph.unary(.square, distance), 0.5)
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value { columns.parameter(0, &graph) }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    let distance = x - parameters[0]
    return -distance * distance / 2 - constant
  }

  func mean(_ parameters: [Double]) -> Double { parameters[0] }
  func mode(_ parameters: [Double]) -> Double { parameters[0] }
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    parameters[0] + probability.normalQuantile
  }
  func entropy(_ parameters: [Double]) -> Double { constant + 0.5 }

  func fitted(to values: [Double]) -> [Double] { [Statistics.mean(values) ?? 0] }
}
