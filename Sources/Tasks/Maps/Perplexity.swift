import HourglassTensor

/// Probabilities over neighbours whose entropy is that of a choice among `perplexity` equals.
///
///     p(j | i) = exp(-β ‖xᵢ - xⱼ‖²) / Σ,   H(p) = log perplexity
///
/// - Source: van der Maaten and Hinton 2008, with the bisection of β and the tolerance of 1e-5 nats of van
///   der Maaten's program, which others follow.
enum Perplexity {
  static let tolerance = 1e-5
  private static let steps = 100

  /// Probabilities for squared distances. They sum to 1.
  static func probabilities(_ distances: ArraySlice<Double>, perplexity: Double) -> [Double] {
    let wanted = perplexity.logarithm
    // Taken off all distances: the result is the same, and the nearest has exp(0).
    let nearest = distances.min() ?? 0
    let away = distances.map { $0 - nearest }
    var (beta, lower, upper) = (1.0, 0.0, Double.infinity)
    var result = away
    for _ in 0..<steps {
      var (sum, weighted) = (0.0, 0.0)
      for index in away.indices {
        let weight = (-beta * away[index]).exponential
        result[index] = weight
        sum += weight
        weighted += weight * away[index]
      }
      for index in result.indices { result[index] /= sum }
      let surplus = sum.logarithm + beta * weighted / sum - wanted
      if abs(surplus) <= tolerance { break }
      if surplus > 0 {
        lower = beta
        beta = upper == .infinity ? 2 * beta : (beta + upper) / 2
      } else {
        upper = beta
        beta = (beta + lower) / 2
      }
    }
    return result
  }
}
