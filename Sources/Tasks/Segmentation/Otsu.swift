import HourglassTensor

/// The threshold that parts values into two groups best.
///
///     t = argmax w₀ w₁ (μ₀ - μ₁)²
///
/// where w are the shares of the values up to t and above it, and μ their means.
///
/// - Source: Otsu 1979.
public enum Otsu {
  /// The highest level of the lower group, of levels from 0 to 255; the least of equals. Nil where there is
  /// one level only.
  ///
  /// - Parameter counts: values of each level.
  public static func threshold(counts: [Int]) -> Int? {
    let total = Double(counts.reduce(0, +))
    let sum = Statistics.sum(counts.enumerated().map { Double($0.offset) * Double($0.element) })
    var (below, belowSum) = (0.0, 0.0)
    var best: (spread: Double, level: Int)?
    for (level, count) in counts.enumerated() {
      below += Double(count)
      belowSum += Double(level) * Double(count)
      guard below > 0, below < total else { continue }
      let difference = belowSum / below - (sum - belowSum) / (total - below)
      let spread = below * (total - below) * difference * difference
      if spread > best?.spread ?? -1, spread > 0 { best = (spread, level) }
    }
    return best?.level
  }

  /// Which side of the threshold objects are on.
  public enum Side: String, Sendable, CaseIterable {
    case bright
    case dark
    /// The side that less of the border of the picture is on.
    case auto
  }

  /// The pixels of objects in a picture of levels; none where all pixels are alike.
  public static func mask(_ levels: [UInt8], width: Int, height: Int, objects side: Side = .auto) -> [Bool] {
    precondition(levels.count == width * height, "Otsu: \(levels.count) levels of \(width) by \(height)")
    var counts = [Int](repeating: 0, count: 256)
    for level in levels { counts[Int(level)] += 1 }
    guard let threshold = threshold(counts: counts) else { return levels.map { _ in false } }
    let isBright = levels.map { Int($0) > threshold }
    switch side {
    case .bright: return isBright
    case .dark: return isBright.map { !$0 }
    case .auto:
      let border = isBright.indices.filter { place in
        let (x, y) = (place % width, place / width)
        return x == 0 || y == 0 || x == width - 1 || y == height - 1
      }
      let bright = border.count { isBright[$0] }
      return 2 * bright > border.count ? isBright.map { !$0 } : isBright
    }
  }
}
