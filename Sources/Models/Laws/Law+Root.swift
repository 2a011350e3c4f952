extension Law {
  /// Where a function that grows passes 0, from two places on either side of it.
  ///
  /// By the secant where it stays inside and halves the range often enough, else by halving: the Illinois
  /// form of false position, to the last figures.
  static func root(
    between first: Double, and last: Double, _ function: (Double) -> Double
  ) -> Double {
    var (low, high) = (first, last)
    var (below, above) = (function(low), function(high))
    if below >= 0 { return low }
    if above <= 0 { return high }
    for step in 0..<200 {
      let secant = low + (high - low) * (below / (below - above))
      let isInside = secant > low && secant < high
      let x = isInside && step % 3 != 2 ? secant : low + (high - low) / 2
      if x <= low || x >= high { break }
      let y = function(x)
      if y == 0 { return x }
      if y < 0 {
        (low, below) = (x, y)
        above /= 2
      } else {
        (high, above) = (x, y)
        below /= 2
      }
      if high - low <= 1e-13 * max(abs(low), abs(high)) { break }
    }
    return low + (high - low) / 2
  }

  /// The same, of a function on all numbers: from a start outwards in steps that double.
  static func root(from start: Double, step: Double, _ function: (Double) -> Double) -> Double {
    var (low, high, width) = (start - step, start + step, step)
    for _ in 0..<1000 where function(low) > 0 {
      width *= 2
      (low, high) = (low - width, low)
    }
    width = step
    for _ in 0..<1000 where function(high) < 0 {
      width *= 2
      (low, high) = (high, high + width)
    }
    return root(between: low, and: high, function)
  }

  /// The least whole number from 0 on at which a function that grows is not below 0.
  static func firstWhole(near start: Double, _ function: (Double) -> Double) -> Double {
    if function(0) >= 0 { return 0 }
    var (low, width) = (0.0, max(1, start.rounded(.up)))
    var high = width
    while function(high) < 0, high < 0x1p53 {
      (low, width) = (high, width * 2)
      high += width
    }
    while high - low > 1 {
      let middle = (low + (high - low) / 2).rounded(.down)
      if function(middle) < 0 { low = middle } else { high = middle }
    }
    return high
  }
}
