import HourglassEngine
import HourglassTensor

/// Student's t law of ν degrees of freedom, located and scaled.
///
///     p(x | m, s) = Γ((ν + 1) / 2) / (Γ(ν / 2) √(πν) eˢ) · (1 + z² / ν)^(-(ν + 1) / 2),   z = (x - m) e⁻ˢ
///
/// The parameters are the location m and the log-scale s, which is held within ±10. Lange, Little and Taylor
/// 1989.
struct StudentLaw: Likelihood {
  static let word = "student-t"
  static func law(_ numbers: Law.Numbers) throws -> Law {
    .studentT(degrees: try numbers.real("degrees") ?? 4)
  }

  static let logScales: ClosedRange<Double> = -10...10
  /// What |z| counts as at least, so that its logarithm is there.
  static let leastDistance: Float = 1e-12

  var degrees: Float

  var numbers: [(key: String, value: Law.Number)] { [("degrees", .real(degrees))] }
  var complaint: (expected: String, found: String)? {
    (0.1...1e6).contains(degrees) ? nil : ("degrees of freedom from 0.1 to 1000000", "\(degrees)")
  }

  var parameters: Int { 2 }
  var domain: Law.Domain { .any }

  private var freedom: Double { Double(degrees) }
  /// What does not depend on the value, of scale 1.
  private var normaliser: Double {
    (freedom / 2).logGamma - ((freedom + 1) / 2).logGamma + (Double.pi * freedom).logarithm / 2
  }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let logScale = graph.held(columns.parameter(1, &graph), -10...10)
    let distance = graph.unary(
      .absolute, graph.subtract(columns.parameter(0, &graph), columns.target))
    // log(1 + z²/ν) = softplus(2 log|z| - log ν): no square that could overflow.
    let bounded = graph.binary(.maximum, distance, graph.constant(StudentLaw.leastDistance))
    let logDistance = graph.subtract(graph.unary(.logarithm, bounded), logScale)
    let square = graph.add(graph.multiply(logDistance, 2), -Float(freedom.logarithm))
    let tail = graph.multiply(graph.unary(.softplus, square), Float((freedom + 1) / 2))
    return graph.add(graph.add(tail, logScale), Float(normaliser))
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value { columns.parameter(0, &graph) }

  private func scale(_ parameters: [Double]) -> Double {
    parameters[1].held(StudentLaw.logScales).exponential
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    let z = (x - parameters[0]) / scale(parameters)
    return -(freedom + 1) / 2 * (z * z / freedom).logarithmOfOnePlus
      - parameters[1].held(StudentLaw.logScales) - normaliser
  }

  /// The location, which is the mean where there is one.
  func mean(_ parameters: [Double]) -> Double { parameters[0] }
  func mode(_ parameters: [Double]) -> Double { parameters[0] }

  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    if probability == 0.5 { return parameters[0] }
    let outside = 2 * min(probability, 1 - probability)
    if outside == 0 { return probability < 0.5 ? -.infinity : .infinity }
    // P(|Z| > z) = I(ν / (ν + z²); ν/2, 1/2), which falls with z.
    let logDistance = Law.root(from: 0, step: 1) { logarithm in
      let square = (2 * logarithm).exponential
      return outside
        - Double.regularizedBeta(
          freedom / (freedom + square), freedom / 2, 0.5, beyond: square / (freedom + square))
    }
    let distance = logDistance.exponential * scale(parameters)
    return parameters[0] + (probability < 0.5 ? -distance : distance)
  }

  func entropy(_ parameters: [Double]) -> Double {
    (freedom + 1) / 2 * (((freedom + 1) / 2).digamma - (freedom / 2).digamma) + normaliser
      + parameters[1].held(StudentLaw.logScales)
  }

  /// By expectation and maximisation: each value weighs (ν + 1) / (ν + z²). Lange, Little and Taylor 1989.
  func fitted(to values: [Double]) -> [Double] {
    let sorted = values.sorted()
    func quantile(_ fraction: Double) -> Double { Statistics.quantile(fraction, ofSorted: sorted) ?? 0 }
    var location = quantile(0.5)
    let least = StudentLaw.logScales.lowerBound.exponential
    var scale = max((quantile(0.75) - quantile(0.25)) / 1.35, least)
    for _ in 0..<500 {
      let weights = values.map {
        (freedom + 1) / (freedom + ($0 - location) * ($0 - location) / scale / scale)
      }
      let next = Statistics.sum(zip(weights, values).map { $0 * $1 }) / Statistics.sum(weights)
      let squares = Statistics.sum(zip(weights, values).map { $0 * ($1 - next) * ($1 - next) })
      let width = max((squares / Double(values.count)).squareRoot(), least)
      let moved = abs(next - location) / scale + abs(width / scale - 1)
      (location, scale) = (next, width)
      if moved < 1e-10 { break }
    }
    return [location, scale.logarithm.held(StudentLaw.logScales)]
  }
}
