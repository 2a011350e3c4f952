import HourglassEngine
import HourglassTensor

/// Normal in the middle, exponential in the tails.
///
///     p(x | m) = e^(-h(x - m)) / Z,   h(d) = d² / 2 where |d| ≤ δ, else δ (|d| - δ / 2)
///     Z = √(2π) erf(δ / √2) + 2 e^(-δ² / 2) / δ
///
/// The parameter is the middle. Its surprise is h; log Z is the constant. Huber 1964.
struct HuberLaw: Likelihood {
  static let word = "huber"
  static func law(_ numbers: Law.Numbers) throws -> Law { .huber(delta: try numbers.real("delta") ?? 1) }

  var delta: Float

  var numbers: [(key: String, value: Law.Number)] { [("delta", .real(delta))] }
  var complaint: (expected: String, found: String)? {
    delta > 0 && delta.isFinite ? nil : ("a delta above 0", "\(delta)")
  }

  var parameters: Int { 1 }
  var domain: Law.Domain { .any }
  var constant: Double { (middle + 2 * tail).logarithm }

  private var width: Double { Double(delta) }
  /// What lies within δ of the middle, and beyond it on one side, before Z divides it.
  private var middle: Double { (2 * Double.pi).squareRoot() * (width / 2.0.squareRoot()).errorFunction }
  private var tail: Double { (-width * width / 2).exponential / width }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    // With c = min(|d|, δ) both branches are c (|d| - c / 2).
    let distance = graph.unary(.absolute, graph.subtract(columns.parameter(0, &graph), columns.target))
    let cut = graph.binary(.minimum, distance, graph.constant(delta))
    return graph.multiply(cut, graph.subtract(distance, graph.multiply(cut, 0.5)))
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value { columns.parameter(0, &graph) }

  private func loss(_ distance: Double) -> Double {
    let cut = min(abs(distance), width)
    return cut * (abs(distance) - cut / 2)
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double { -loss(x - parameters[0]) - constant }

  func mean(_ parameters: [Double]) -> Double { parameters[0] }
  func mode(_ parameters: [Double]) -> Double { parameters[0] }

  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    let whole = middle + 2 * tail
    let below = min(probability, 1 - probability) * whole
    // From the middle outwards: a tail of e^(-δ |d| + δ²/2) / δ, then the normal law's own.
    let distance =
      below < tail
      ? (width * width / 2 - (below * width).logarithm) / width
      : -(0.5 - (whole / 2 - below) / (2 * Double.pi).squareRoot()).normalQuantile
    return parameters[0] + (probability < 0.5 ? -distance : distance)
  }

  /// log Z + E h: ∫ d²/2 over the middle by parts, and of the tails δ²/2 + 1 each.
  func entropy(_ parameters: [Double]) -> Double {
    let inner = middle / 2 - width * (-width * width / 2).exponential
    let outer = 2 * tail * (width * width / 2 + 1)
    return constant + (inner + outer) / (middle + 2 * tail)
  }

  /// Where the slope Σ min(max(m - x, -δ), δ), which grows with m, is 0.
  func fitted(to values: [Double]) -> [Double] {
    var (low, high) = (values.min() ?? 0, values.max() ?? 0)
    for _ in 0..<100 where low < high {
      let middle = low + (high - low) / 2
      let slope = Statistics.sum(values.map { (middle - $0).held(-width...width) })
      if slope < 0 { low = middle } else { high = middle }
    }
    return [low + (high - low) / 2]
  }
}
