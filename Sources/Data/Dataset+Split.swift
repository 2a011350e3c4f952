import HourglassTensor

extension Dataset {
  /// Two parts of the samples, drawn at random, that share nothing but the bytes.
  ///
  /// The held part has round(count · fraction) samples, at least one, at most all but one: the first so many
  /// of a permutation by the seed, so a larger fraction holds what a smaller one held. Both parts keep the
  /// order of the whole.
  ///
  /// - Throws: ``DataError`` unless 0 < fraction < 1 and there are two samples or more.
  public func split(
    holdingOut fraction: Double, seed: UInt64
  ) throws -> (training: Dataset, held: Dataset) {
    guard fraction > 0, fraction < 1 else {
      throw DataError(
        place: "held-out fraction of \(origin)", expected: "a number between 0 and 1", found: "\(fraction)",
        remedy: "0.1 is usual")
    }
    guard count > 1 else {
      throw DataError(
        place: origin, expected: "two samples or more to split", found: "\(count)",
        remedy: "train without a held-out part")
    }
    let size = min(max(Int((Double(count) * fraction).rounded()), 1), count - 1)
    var isHeld = [Bool](repeating: false, count: count)
    for position in Random(seed: seed, stream: .split).permutation(count).prefix(size) {
      isHeld[Int(position)] = true
    }
    var training: [UInt32] = []
    var held: [UInt32] = []
    training.reserveCapacity(count - size)
    held.reserveCapacity(size)
    for position in 0..<UInt32(count) {
      if isHeld[Int(position)] { held.append(position) } else { training.append(position) }
    }
    return (subset(training), subset(held))
  }
}
