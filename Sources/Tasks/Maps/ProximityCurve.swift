import HourglassTensor

/// The curve 1 / (1 + a d²ᵇ) that comes nearest, by least squares, to 1 up to the minimum distance and
/// exp(-(d - minimum)) beyond.
///
/// Fitted at 300 distances from 0 to 3, as in the authors' program, by the method of Levenberg and Marquardt.
///
/// - Source: McInnes, Healy and Melville 2018, section 3.2.
struct ProximityCurve: Hashable {
  private(set) var a = 1.0
  private(set) var b = 1.0

  init(minimumDistance: Double) {
    let distances = (0..<300).map { 3 * Double($0) / 299 }
    let wanted = distances.map { $0 < minimumDistance ? 1 : (minimumDistance - $0).exponential }
    var damping = 1e-3
    var error = sum(distances, wanted)
    for _ in 0..<500 {
      let (step, size) = step(distances, wanted, damping)
      var next = self
      (next.a, next.b) = (a + step.x, b + step.y)
      let found = next.a > 0 && next.b > 0 ? next.sum(distances, wanted) : .infinity
      if found <= error {
        (self, error, damping) = (next, found, damping / 10)
        if size < 1e-13 { break }
      } else {
        damping *= 10
        if damping > 1e12 { break }
      }
    }
  }

  private func sum(_ distances: [Double], _ wanted: [Double]) -> Double {
    Statistics.sum(
      zip(distances, wanted).map { distance, wanted in
        let difference = 1 / (1 + a * distance.raised(to: 2 * b)) - wanted
        return difference * difference
      })
  }

  /// The damped step to the minimum of the linearised problem, and its length.
  private func step(
    _ distances: [Double], _ wanted: [Double], _ damping: Double
  ) -> (SIMD2<Double>, size: Double) {
    var (aa, ab, bb, ar, br) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (distance, wanted) in zip(distances, wanted) where distance > 0 {
      let power = distance.raised(to: 2 * b)
      let value = 1 / (1 + a * power)
      let byA = -value * value * power
      let byB = -value * value * a * power * 2 * distance.logarithm
      (aa, ab, bb) = (aa + byA * byA, ab + byA * byB, bb + byB * byB)
      (ar, br) = (ar + byA * (wanted - value), br + byB * (wanted - value))
    }
    let (left, right) = (aa * (1 + damping), bb * (1 + damping))
    let determinant = left * right - ab * ab
    let step = SIMD2((ar * right - br * ab) / determinant, (left * br - ab * ar) / determinant)
    return (step, (step * step).sum().squareRoot())
  }
}
