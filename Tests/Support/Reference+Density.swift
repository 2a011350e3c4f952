import HourglassEngine
import HourglassTensor

extension Density {
  /// The definition, in `Double`.
  public func value(_ x: Double, _ a: Double, _ b: Double) -> Double {
    switch self {
    case .poisson: return a.exponential - x * a + Density.logGamma(x + 1)
    case .negativeBinomial:
      // By the logarithms of probabilities: Γ(x + θ) / (Γ(θ) x!) (θ / (θ + μ))^θ (μ / (θ + μ))^x.
      let (mean, theta) = (a.exponential, b.exponential)
      let odds = theta * (theta / (theta + mean)).logarithm + x * (mean / (theta + mean)).logarithm
      return -(Density.logGamma(x + theta) - Density.logGamma(theta) - Density.logGamma(x + 1) + odds)
    case .gamma:
      let (shape, value) = (b.exponential, max(x, 1e-30))
      let scale = a.exponential / shape
      return Density.logGamma(shape) + shape * scale.logarithm - (shape - 1) * value.logarithm + value / scale
    }
  }

  /// Its derivative by b, as a central difference of the fourth order: to about 1e-10.
  public func slope(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let h = 1e-3
    let (one, two) = (
      value(x, a, b + h) - value(x, a, b - h), value(x, a, b + 2 * h) - value(x, a, b - 2 * h)
    )
    return (8 * one - two) / (12 * h)
  }

  /// log Γ(x) from far out: Γ(x) = Γ(x + n) / (x (x + 1) …), by Stirling's formula from 1000 on.
  static func logGamma(_ x: Double) -> Double {
    var (place, sum) = (x, 0.0)
    while place < 1000 {
      sum += place.logarithm
      place += 1
    }
    return (place - 0.5) * place.logarithm - place + (2 * Double.pi).logarithm / 2 + 1 / (12 * place)
      - 1 / (360 * place * place * place) - sum
  }
}
