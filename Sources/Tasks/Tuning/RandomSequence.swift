import HourglassTensor

/// Draws one after the other from the stream of searches: those of one trial depend on the seed and its
/// number alone.
struct RandomSequence {
  private let random: Random
  private let step: UInt32
  private var position: UInt64 = 0

  init(seed: UInt64, trial: Int) {
    random = Random(seed: seed, stream: .search)
    step = UInt32(truncatingIfNeeded: trial)
  }

  /// In [0, 1), with 53 random bits.
  mutating func uniform() -> Double {
    let bits = random.bits(step: step, position: position)
    position += 1
    return Double((UInt64(bits.x) | UInt64(bits.y) << 32) >> 11) * 0x1p-53
  }

  /// From the standard normal.
  mutating func normal() -> Double {
    let radius = (-2 * (1 - uniform()).logarithm).squareRoot()
    return radius * (2 * Double.pi * uniform()).cosine
  }

  /// An index, each in proportion to its weight.
  mutating func index(weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.count - 1
  }
}
