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
    index(of: text, LevelTable.hash(text))
  }

  /// The same of a text whose hash is known.
  mutating func index(of text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int32 {
    if let level = known(text, hash) { return level }
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    let level = Int32(ends.count)
    slots[slot] = level
    hashes.append(hash)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    if 2 * ends.count > slots.count { grow() }
    return level
  }

  /// The number of a text that came before.
  @inline(__always)
  func known(_ text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int32? {
    slots.withUnsafeBufferPointer { slots in
      var slot = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
      while case let level = slots[slot], level >= 0 {
        if hashes[Int(level)] == hash, isEqual(Int(level), text) { return level }
        slot = (slot &+ 1) & (slots.count &- 1)
      }
      return nil
    }
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

  /// - Source: FNV-1a of 64 bits over words of eight bytes, the halves of each product mixed.
  @inline(__always)
  static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(truncatingIfNeeded: text.count)
    guard let start = text.baseAddress else { return hash }
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
    }
    var place = 0
    while place &+ 8 <= text.count {
      mix(UnsafeRawPointer(start + place).loadUnaligned(as: UInt64.self))
      place &+= 8
    }
    var rest: UInt64 = 0
    while place < text.count {
      rest = rest << 8 | UInt64(start[place])
      place &+= 1
    }
    mix(rest)
    return hash
  }
}
