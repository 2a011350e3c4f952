/// Cubic interpolation along one axis of an image that is enlarged.
///
/// With n old and m new values, s = n / m and the cubic convolution
///
///     h(t) = (a + 2)|t|³ - (a + 3)|t|² + 1         |t| < 1
///            a|t|³ - 5a|t|² + 8a|t| - 4a       1 ≤ |t| < 2,   a = -½
///     c(i) = (i + ½) s                              where new value i lies among the old
///     y(i) = Σₖ h(k + ½ - c(i)) x(k) / Σₖ h(k + ½ - c(i))
///
/// over the old values that there are.
///
/// - Source: Keys 1981, "Cubic convolution interpolation for digital image processing".
struct CubicAxis {
  /// The first old value of each new one, and its four weights, 0 where there is none.
  private(set) var firsts: [Int] = []
  private(set) var weights: [SIMD4<Float>] = []

  init(from count: Int, to target: Int) {
    let step = Double(count) / Double(target)
    for index in 0..<target {
      let center = (Double(index) + 0.5) * step
      let first = Int((center - 2.5).rounded(.up))
      var taps = SIMD4<Double>()
      for tap in 0..<4 where (0..<count).contains(first + tap) {
        taps[tap] = CubicAxis.weight(at: Double(first + tap) + 0.5 - center)
      }
      firsts.append(first)
      weights.append(SIMD4<Float>(taps / taps.sum()))
    }
  }

  /// h(t)
  private static func weight(at place: Double) -> Double {
    let t = abs(place)
    if t < 1 { return (1.5 * t - 2.5) * t * t + 1 }
    return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
  }

  /// The value at a new place of old ones that lie `stride` apart.
  func value(_ index: Int, _ source: UnsafePointer<Float>, count: Int, stride: Int) -> Float {
    let (first, taps) = (firsts[index], weights[index])
    var sum: Float = 0
    for tap in 0..<4 where (0..<count).contains(first + tap) {
      sum += taps[tap] * source[(first + tap) * stride]
    }
    return sum
  }
}
