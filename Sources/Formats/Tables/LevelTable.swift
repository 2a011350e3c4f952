/// Texts counted as they come: each one is kept once, and has a number.
///
/// The bytes stand one behind the other, and a table of places is asked with a hash of them: a cell that was
/// seen before costs no memory.
struct LevelTable {
  /// The number of a level, or -1, where its hash leads to; a power of two of them.
  private var slots = [Int32](repeating: -1, count: 64)
  private var hashes: [UInt64] = []
  private var bytes: [UInt8] = []
  /// Where the bytes of each level end.
  private var ends: [Int] = []

  var count: Int { ends.count }

  /// The number of a text, a new one where it is new.
  mutating func index(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
    let hash = LevelTable.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while case let level = slots[slot], level >= 0 {
      if hashes[Int(level)] == hash, isEqual(Int(level), text) { return level }
      slot = (slot + 1) & (slots.count - 1)
    }
    let level = Int32(ends.count)
    slots[slot] = level
    hashes.append(hash)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    if 2 * ends.count > slots.count { grow() }
    return level
  }

  /// The bytes of a level.
  func text(_ level: Int) -> [UInt8] { Array(bytes[(level == 0 ? 0 : ends[level - 1])..<ends[level]]) }

  private func isEqual(_ level: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = level == 0 ? 0 : ends[level - 1]
    guard ends[level] - start == text.count else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      for place in 0..<text.count where bytes[start &+ place] != text[place] { return false }
      return true
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 2 * slots.count)
    for (level, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(level)
    }
  }

  /// - Source: FNV-1a of 64 bits, its halves mixed at the end.
  @inline(__always)
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ (hash >> 32)
  }
}
