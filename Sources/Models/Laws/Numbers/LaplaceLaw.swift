import HourglassEngine
import HourglassTensor

/// A Laplace law of scale 1.
///
///     p(x | m) = e^(-|x - m|) / 2
///
/// The parameter is the median. Its surprise is |x - m|; log 2 is the constant.
struct LaplaceLaw: Likelihood {
  static let word = "laplace"
  static func law(_ numbers: Law.Numbers) throws -> Law { try numbers.none(.laplace) }

  var parameters: Int { 1 }
  var domain: Law.Domain { .any }
  var constant: Double { 2.0.logarithm }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    graph.unary(.absolute, graph.subtract(columns.parameter(0, &graph), columns.target))
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value { columns.parameter(0, &graph) }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double { -abs(x - parameters[0]) - constant }

  func mean(_ parameters: [Double]) -> Double { parameters[0] }
  func mode(_ parameters: [Double]) -> Double { parameters[0] }
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    parameters[0]
      + (probability < 0.5 ? (2 * probability).logarithm : -(2 * (1 - probability)).logarithm)
  }
  func entropy(_ parameters: [Double]) -> Double { 1 + constant }

  func fitted(to values: [Double]) -> [Double] { [Statistics.quantile(0.5, ofSorted: values.sorted()) ?? 0] }
}
