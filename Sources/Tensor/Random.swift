/// Random numbers without a state: bits = f(seed, stream, step, position).
///
/// The same four numbers give the same bits on every machine, in any order, on any thread, so a draw does not
/// depend on how the work is cut. `stream` names the use (shuffle, weights, corruption …), `step` the moment,
/// `position` the place in the whole batch.
///
/// - Source: Philox4x32-10, Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
public struct Random: Hashable, Sendable {
  public let seed: UInt64
  public let stream: UInt32

  public init(seed: UInt64, stream: Stream) {
    self.init(seed: seed, stream: stream.rawValue)
  }

  public init(seed: UInt64, stream: UInt32) {
    self.seed = seed
    self.stream = stream
  }

  /// The uses of randomness in the house. A number once given keeps its meaning: files depend on it.
  public enum Stream: UInt32, Sendable {
    case shuffle = 1
    case split = 2
    case weights = 3
    case corruption = 4
    case latent = 5
    case dropout = 6
    case data = 7
    case sampling = 8
    case search = 9
    case analysis = 10
    case augmentation = 20
    case degradation = 21
    case patches = 22
    case codebook = 512
    case prior = 31
    case map = 30
    case probe = 41
    case clusters = 42
  }

  /// 128 random bits.
  public func bits(step: UInt32 = 0, position: UInt64) -> SIMD4<UInt32> {
    var counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32), step, stream)
    var key = SIMD2<UInt32>(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) * UInt64(counter.x)
      let second = UInt64(0xCD9E_8D57) * UInt64(counter.z)
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter.y ^ key.x, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter.w ^ key.y, UInt32(truncatingIfNeeded: first))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }

  /// One draw in [0, 1) with 24 random bits; value `position % 4` of block `position / 4`.
  public func uniform(step: UInt32 = 0, position: UInt64) -> Float {
    let block = bits(step: step, position: position >> 2)
    return Float(block[Int(position & 3)] >> 8) * 0x1p-24
  }

  /// One draw from the standard normal; value `position % 4` of block `position / 4`.
  ///
  ///     (value 0, value 1) = r(word 0) · (cos, sin)(2π u(word 1))
  ///     (value 2, value 3) = r(word 2) · (cos, sin)(2π u(word 3))
  ///
  /// with r(w) = √(-2 log u) for u in (0, 1] and 24 random bits each. The vector loop of the engine follows
  /// the same convention in single precision: it agrees to 1e-5.
  ///
  /// - Source: Box and Muller 1958.
  public func normal(step: UInt32 = 0, position: UInt64) -> Float {
    let block = bits(step: step, position: position >> 2)
    let pair = Int(position & 2)
    let (radius, angle) = Random.polar(block[pair], block[pair + 1])
    return Float(radius * (position & 1 == 0 ? angle.cosine : angle.sine))
  }

  /// The four draws of a block: those of ``normal(step:position:)`` at positions 4 · block to 4 · block + 3.
  public func normals(step: UInt32 = 0, block: UInt64) -> SIMD4<Float> {
    let bits = bits(step: step, position: block)
    let (first, second) = (Random.polar(bits.x, bits.y), Random.polar(bits.z, bits.w))
    return SIMD4(
      Float(first.radius * first.angle.cosine), Float(first.radius * first.angle.sine),
      Float(second.radius * second.angle.cosine), Float(second.radius * second.angle.sine))
  }

  private static func polar(_ first: UInt32, _ second: UInt32) -> (radius: Double, angle: Double) {
    // (0, 1]: the logarithm of 0 is never asked for.
    let uniform = (Double(first >> 8) + 1) * 0x1p-24
    return ((-2 * uniform.logarithm).squareRoot(), 2 * Double.pi * (Double(second >> 8) * 0x1p-24))
  }

  /// An integer in 0..<bound, without bias beyond 2⁻⁶⁴ · bound (multiply and shift on 64 bits).
  ///
  /// - Precondition: bound > 0.
  public func integer(below bound: Int, step: UInt32 = 0, position: UInt64) -> Int {
    precondition(bound > 0, "Random.integer(below: \(bound)): the bound must be at least 1")
    let block = bits(step: step, position: position)
    let wide = UInt64(block.x) | UInt64(block.y) << 32
    return Int(wide.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A random order of 0..<count.
  ///
  /// - Source: Fisher and Yates, in Durstenfeld's form (1964).
  public func permutation(_ count: Int, step: UInt32 = 0) -> [UInt32] {
    precondition(count <= Int(UInt32.max), "Random.permutation(\(count)): at most 2³² - 1 rows")
    var order = [UInt32](0..<UInt32(count))
    shuffle(&order, step: step)
    return order
  }

  /// Puts the elements in a random order.
  public func shuffle<Value>(_ values: inout [Value], step: UInt32 = 0) {
    guard values.count > 1 else { return }
    values.withUnsafeMutableBufferPointer { buffer in
      for last in stride(from: buffer.count - 1, to: 0, by: -1) {
        buffer.swapAt(last, integer(below: last + 1, step: step, position: UInt64(last)))
      }
    }
  }
}
