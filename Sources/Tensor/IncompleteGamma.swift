extension Double {
  /// Q(a, x) = Γ(a, x) / Γ(a) with a = self > 0, for x ≥ 0: what of the gamma law of shape a lies above x;
  /// error below 1e-12. With a half of the degrees of freedom and a half of a χ², the chance of a larger one.
  ///
  /// By the series of P = 1 - Q below x = a + 1, else by the continued fraction in Lentz's form.
  ///
  /// - Source: Press et al. 2007, "Numerical Recipes", 6.2.
  public func upperGamma(_ x: Double) -> Double {
    precondition(self > 0 && x >= 0, "upperGamma: shape \(self) at \(x)")
    guard x > 0 else { return 1 }
    let factor = (self * x.logarithm - x - logGamma).exponential
    return x < self + 1 ? 1 - factor * lowerSeries(x) : factor * upperFraction(x)
  }

  /// Σ xᵏ / (a (a + 1) … (a + k))
  private func lowerSeries(_ x: Double) -> Double {
    var (term, sum, shape) = (1 / self, 1 / self, self)
    while term > sum * 1e-17 {
      shape += 1
      term *= x / shape
      sum += term
    }
    return sum
  }

  /// 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - …)))
  private func upperFraction(_ x: Double) -> Double {
    let tiny = Double.leastNormalMagnitude / Double.ulpOfOne
    var b = x + 1 - self
    var (c, d) = (1 / tiny, 1 / b)
    var value = d
    for step in 1...100_000 {
      let factor = -Double(step) * (Double(step) - self)
      b += 2
      d = factor * d + b
      d = 1 / (d.magnitude < tiny ? tiny : d)
      c = b + factor / c
      if c.magnitude < tiny { c = tiny }
      value *= d * c
      if (d * c - 1).magnitude < 1e-15 { break }
    }
    return value
  }
}
