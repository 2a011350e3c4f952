import HourglassTensor

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

extension Law {
  /// Where a function is greatest between two places, to about 1e-8: the best of a grid, and from its
  /// neighbours inwards by the golden section.
  static func highest(within range: ClosedRange<Double>, _ function: (Double) -> Double) -> Double {
    let steps = 20
    let width = (range.upperBound - range.lowerBound) / Double(steps)
    let grid = (0...steps).map { range.lowerBound + width * Double($0) }
    let heights = grid.map(function)
    let best = heights.indices.max { heights[$0] < heights[$1] } ?? 0
    var (low, high) = (grid[max(0, best - 1)], grid[min(steps, best + 1)])
    let golden = (5.0.squareRoot() - 1) / 2
    var (left, right) = (high - golden * (high - low), low + golden * (high - low))
    var (atLeft, atRight) = (function(left), function(right))
    while high - low > 1e-9 {
      if atLeft > atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - golden * (high - low)
        atLeft = function(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + golden * (high - low)
        atRight = function(right)
      }
    }
    let inside = low + (high - low) / 2
    return function(inside) >= heights[best] ? inside : grid[best]
  }

  /// -Σ p log p of a law of counts, over all that have a part in it. Where they are very many, every so
  /// manieth stands for its neighbours.
  static func entropy(mean: Double, deviation: Double, _ logarithm: (Double) -> Double) -> Double {
    let low = max(0, (mean - 12 * deviation).rounded(.down))
    let high = (mean + 40 * deviation + 60).rounded(.up)
    let stride = max(1, ((high - low) / 200_000).rounded(.up))
    // The first ones one by one: there the law bends.
    let first = min(low + 20_000, high)
    func part(_ x: Double) -> Double {
      let log = logarithm(x)
      return log < -745 ? 0 : -log * log.exponential
    }
    var sum = 0.0
    var x = low
    while x <= first {
      sum += part(x)
      x += 1
    }
    while x <= high {
      sum += stride * part(x + (stride - 1) / 2)
      x += stride
    }
    return sum
  }
}
