import HourglassTensor

/// Changes valid files into almost valid ones, the same way for the same seed.
struct Mutator {
  private let random: Random
  private var position: UInt64 = 0

  init(seed: UInt64) { random = Random(seed: seed, stream: 0xF0) }

  /// 0 ..< bound.
  mutating func next(_ bound: Int) -> Int {
    position += 1
    return random.integer(below: max(bound, 1), position: position)
  }

  private static let telling: [UInt8] =
    [0, 1, 0x7F, 0x80, 0xFF, 0x20, 0x0A, 0x0D, 0x1F, 0x8B, 0x50, 0x4B]
    + Array("\"'{}[](),:;.-+eE0129\\t".utf8)

  private static let sizes: [Int] = [
    0, 1, -1, 255, 256, 65535, 65536, 1 << 31, 1 << 32 - 1, 1 << 40, 1 << 60, 1 << 62, Int.max, Int.min,
    100_000_000,
  ]

  private static let words = [
    "99999999999", "-1", "1e400", "nan", "{\"a\":", "[[[[", "\"__metadata__\":", "(1,)*9", "\\ud800",
    "\u{FEFF}",
    "0.000000000000000000001", "'|O'", "F64", "\r\n", "\"\"",
  ].map { [UInt8]($0.utf8) }

  /// One to six changes of one of the files.
  mutating func change(_ files: [[UInt8]]) -> [UInt8] {
    var bytes = files[next(files.count)]
    for _ in 0..<[1, 1, 1, 2, 3, 6][next(6)] { change(&bytes, files) }
    return bytes
  }

  private mutating func range(_ bytes: [UInt8], longest: Int) -> Range<Int> {
    let start = next(bytes.count + 1)
    return start..<min(bytes.count, start + 1 + next(longest))
  }

  private mutating func change(_ bytes: inout [UInt8], _ files: [[UInt8]]) {
    let place = next(bytes.count)
    switch next(12) {
    case 0 where !bytes.isEmpty: bytes[place] ^= 1 << next(8)
    case 1 where !bytes.isEmpty: bytes[place] = UInt8(next(256))
    case 2 where !bytes.isEmpty: bytes[place] = Self.telling[next(Self.telling.count)]
    case 3: bytes.removeSubrange(range(bytes, longest: 16))
    case 4: bytes.removeSubrange(range(bytes, longest: bytes.count))
    case 5: bytes.removeLast(next(bytes.count + 1))
    case 6: bytes.insert(contentsOf: (0..<next(16)).map { UInt8($0 * 37 & 255) }, at: next(bytes.count + 1))
    case 7: bytes.insert(contentsOf: bytes[range(bytes, longest: 64)], at: next(bytes.count + 1))
    case 8:
      let size = [2, 4, 8][next(3)]
      var number = Zip.number(Self.sizes[next(Self.sizes.count)], size)
      if next(2) == 0 { number.reverse() }
      if place + size <= bytes.count { bytes.replaceSubrange(place..<(place + size), with: number) }
    case 9: bytes.insert(contentsOf: Self.words[next(Self.words.count)], at: next(bytes.count + 1))
    case 10:
      let other = files[next(files.count)]
      bytes.replaceSubrange(range(bytes, longest: 32), with: other[range(other, longest: 32)])
    default:
      let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
      guard !digits.isEmpty else { return }
      bytes[digits[next(digits.count)]] = UInt8(0x30 + next(10))
    }
  }
}
