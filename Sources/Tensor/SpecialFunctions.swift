/// Functions of statistics, in double precision.
extension Double {
  /// log(1 + x) without loss where x is small. Kahan's form: exact in 1 + x, corrected by what the sum
  /// rounded.
  public var logarithmOfOnePlus: Double {
    let whole = 1 + self
    return whole == 1 ? self : (whole == .infinity ? whole : whole.logarithm * self / (whole - 1))
  }

  /// log Γ(x) for x > 0, error below 1e-14 of max(1, |log Γ|): Stirling's series from x = 9 on, below by
  /// Γ(x + 1) = x Γ(x).
  public var logGamma: Double {
    var (x, product) = (self, 1.0)
    while x < 9 {
      product *= x
      x += 1
    }
    return (x - 0.5) * x.logarithm - x + 0.918_938_533_204_672_8 + x.stirlingRest - product.logarithm
  }

  /// log Γ(x) - (x - 1/2) log x + x - log √(2π) for large x. Abramowitz and Stegun 6.1.41.
  private var stirlingRest: Double {
    let square = 1 / (self * self)
    let series = 1.0 / 1680 - square * (1.0 / 1188 - square * (691.0 / 360_360 - square / 156))
    return (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * series))) / self
  }

  /// ψ(x) = d log Γ(x) / dx for x > 0, by its series from x = 9 on. Abramowitz and Stegun 6.3.18.
  public var digamma: Double {
    var (x, sum) = (self, 0.0)
    while x < 9 {
      sum += 1 / x
      x += 1
    }
    let square = 1 / (x * x)
    let series =
      1.0 / 252 - square * (1.0 / 240 - square * (1.0 / 132 - square * (691.0 / 32_760 - square / 12)))
    return x.logarithm - 0.5 / x - square * (1.0 / 12 - square * (1.0 / 120 - square * series)) - sum
  }

  /// Φ(x): the probability that the standard normal law lies at or below x.
  public var normalProbability: Double { (-self / 2.0.squareRoot()).complementaryErrorFunction / 2 }

  /// The x with Φ(x) = p; -∞ at 0, ∞ at 1.
  ///
  /// From Acklam's rational fit (2003), whose relative error is 1.15e-9, by two steps of Halley's.
  public var normalQuantile: Double {
    if self <= 0 { return self == 0 ? -.infinity : .nan }
    if self >= 1 { return self == 1 ? .infinity : .nan }
    if self > 0.5 { return -(1 - self).normalQuantile }
    var x = acklam
    for _ in 0..<2 {
      let error = (x.normalProbability - self) * (2 * Double.pi).squareRoot() * (x * x / 2).exponential
      if !error.isFinite { break }
      x -= error / (1 + x * error / 2)
    }
    return x
  }

  private var acklam: Double {
    if self < 0.02425 {
      let q = (-2 * logarithm).squareRoot()
      let above = Double.horner(
        [
          -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
          4.374664141464968, 2.938163982698783,
        ], q)
      let below = Double.horner(
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1], q)
      return above / below
    }
    let q = self - 0.5
    let r = q * q
    let above = Double.horner(
      [
        -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.383577518672690e2,
        -3.066479806614716e1, 2.506628277459239,
      ], r)
    let below = Double.horner(
      [
        -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
        -1.328068155288572e1, 1,
      ], r)
    return above * q / below
  }

  private static func horner(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }

  /// P(a, x) = ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a): the probability that a gamma law of shape a and scale 1 lies at or
  /// below x, and what is left of it above.
  ///
  /// By the series where x < a + 1, else by the continued fraction (modified Lentz). Press et al., Numerical
  /// Recipes, 6.2.
  public static func regularizedGamma(_ a: Double, _ x: Double) -> (below: Double, above: Double) {
    if x <= 0 { return (0, 1) }
    if x == .infinity { return (1, 0) }
    let front = (a * x.logarithm - x - a.logGamma).exponential
    let steps = 200 + Int(min(20 * a.squareRoot(), 1e6))
    if x < a + 1 {
      var (term, sum) = (1 / a, 1 / a)
      for k in 1...steps {
        term *= x / (a + Double(k))
        sum += term
        if term < sum * 1e-17 { break }
      }
      let below = min(front * sum, 1)
      return (below, 1 - below)
    }
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for k in 1...steps {
      let numerator = -Double(k) * (Double(k) - a)
      b += 2
      d = numerator * d + b
      if abs(d) < 1e-300 { d = 1e-300 }
      c = b + numerator / c
      if abs(c) < 1e-300 { c = 1e-300 }
      d = 1 / d
      fraction *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    let above = min(max(front * fraction, 0), 1)
    return (1 - above, above)
  }

  /// I(x; a, b) = ∫₀ˣ tᵃ⁻¹ (1 - t)ᵇ⁻¹ dt / B(a, b).
  ///
  /// By the continued fraction on the side where it is quick (modified Lentz). Press et al., 6.4.
  ///
  /// - Parameter beyond: 1 - x, which may be known better than by the difference.
  public static func regularizedBeta(_ x: Double, _ a: Double, _ b: Double, beyond: Double) -> Double {
    if x <= 0 { return 0 }
    if beyond <= 0 { return 1 }
    let front = (a * x.logarithm + b * beyond.logarithm + (a + b).logGamma - a.logGamma - b.logGamma)
      .exponential
    if x < (a + 1) / (a + b + 2) { return min(front * betaFraction(x, a, b) / a, 1) }
    return max(1 - front * betaFraction(beyond, b, a) / b, 0)
  }

  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    func held(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / held(1 - (a + b) * x / (a + 1))
    var fraction = d
    let steps = 200 + Int(min(20 * max(a, b).squareRoot(), 1e6))
    for step in 1...steps {
      let k = Double(step)
      let even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
      d = 1 / held(1 + even * d)
      c = held(1 + even / c)
      fraction *= d * c
      let odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
      d = 1 / held(1 + odd * d)
      c = held(1 + odd / c)
      fraction *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return fraction
  }
}
