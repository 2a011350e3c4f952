import HourglassTensor

extension Corruption {
  /// - Parameter readsEntries: whether samples are whole numbers that stand for entries of an embedding.
  package func check(for input: Shape, readsEntries: Bool, _ record: Record?) throws(ModelError) {
    if case .fields = self {
      try require(record != nil, "samples that are records", "\(input)")
      try require(record?.tellsAllGaps == true, "fields that say when they are missing", "some that do not")
    } else {
      try require(record == nil, "samples of values", "records; hide whole fields instead")
    }
    if isMadeOutside {
      try require(!readsEntries, "samples of measured values", "whole numbers that an embedding reads")
    }
    switch self {
    case .gaussian(let deviation), .speckle(let deviation):
      try requirePositive(deviation)
      try require(
        !readsEntries, "samples of measured values", "whole numbers that an embedding reads; use masking")
    case .masking(let rate), .columns(let rate), .fields(let rate), .lines(let rate): try requireShare(rate)
    case .saltAndPepper(let rate, let low, let high):
      try requireShare(rate)
      try require(low.isFinite && high.isFinite, "finite values", "\(low) and \(high)")
    case .blocks(let size, let rate):
      try requireShare(rate)
      try check(size, input)
    case .blur(let deviation):
      try requirePositive(deviation)
      try require(deviation <= 100, "a deviation of at most 100 pixels", "\(deviation)")
    case .downscale(let factor):
      try require((2...64).contains(factor), "a whole factor from 2 to 64", "\(factor)")
    case .jpeg(let quality):
      try require((1...100).contains(quality), "a whole quality from 1 to 100", "\(quality)")
    case .pairs: break
    }
  }

  private func check(_ size: Sides, _ input: Shape) throws(ModelError) {
    let sides = Corruption.sides(of: input)
    for axis in sides.indices {
      let side = size.at(axis, of: sides.count)
      try require(
        side.map { $0 > 0 && $0 <= sides[axis] } ?? false,
        "one size, or one for each of \(sides.count) sides, from 1 to the side of \(input)", "\(size)")
    }
  }

  private func requirePositive(_ deviation: Float) throws(ModelError) {
    try require(deviation > 0 && deviation.isFinite, "a deviation above 0", "\(deviation)")
  }

  private func requireShare(_ rate: Float) throws(ModelError) {
    try require(rate > 0 && rate < 1, "a rate above 0 and below 1", "\(rate)")
  }

  private func require(_ isRight: Bool, _ expected: String, _ found: String) throws(ModelError) {
    if !isRight { throw ModelError(place: "corruption \(name)", expected: expected, found: found) }
  }
}
