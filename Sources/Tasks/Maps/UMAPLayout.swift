import HourglassEngine
import HourglassTensor

/// Points on their way to a map.
///
///     pull    -2ab d²⁽ᵇ⁻¹⁾ / (1 + a d²ᵇ) · (yᵢ - yⱼ)               for an edge, as often as its weight says
///     push    2b / ((0.001 + d²) (1 + a d²ᵇ)) · (yᵢ - yⱼ)           for five points drawn for each pull
///
/// Every pull counts twice, once for the edge's head and once for its tail: the other end has the edge too. A
/// pull and its pushes act on the point where it is then, the next ones where these have brought it.
struct UMAPLayout {
  let dimensions: Int
  let graph: NeighbourGraph
  let curve: ProximityCurve
  let epochs: Int
  let random: Random
  /// Values from one point to the next: whole vectors of four, the last ones 0.
  private let stride: Int
  private var places: [Float]
  private var before: [Float]
  /// Edges that have a turn in some epoch, row by row: where rows begin, other ends, and turns an epoch in
  /// units of 2⁻³¹.
  private var starts: [Int] = [0]
  private var ends: [Int32] = []
  private var shares: [UInt32] = []

  static let draws = 5
  /// The furthest a point moves along an axis at once, for a rate of 1.
  static let limit: Float = 4
  /// Points that a worker takes at a time.
  private static let together = 128

  /// - Parameter points: `[n, dimensions]`.
  init(
    _ points: [Float], dimensions: Int, graph: NeighbourGraph, curve: ProximityCurve, epochs: Int,
    random: Random
  ) {
    (self.dimensions, self.graph, self.curve) = (dimensions, graph, curve)
    (self.epochs, self.random) = (epochs, random)
    let stride = (dimensions + 3) / 4 * 4
    self.stride = stride
    var places = [Float](repeating: 0, count: graph.count * stride)
    for point in 0..<graph.count {
      for axis in 0..<dimensions { places[point * stride + axis] = points[point * dimensions + axis] }
    }
    (self.places, before) = (places, places)
    let heaviest = graph.weights.max() ?? 1
    for point in 0..<graph.count {
      for edge in graph.starts[point]..<graph.starts[point + 1] {
        let share = graph.weights[edge] / heaviest
        guard share * Double(epochs) >= 1 else { continue }
        ends.append(graph.columns[edge])
        shares.append(UInt32(share * 0x1p31))
      }
      starts.append(ends.count)
    }
  }

  /// `[n, dimensions]`.
  var points: [Float] {
    (0..<graph.count).flatMap { places[($0 * stride)..<($0 * stride + dimensions)] }
  }

  mutating func run(_ epoch: Int, _ team: Team) {
    swap(&places, &before)
    let (count, stride) = (graph.count, stride)
    let rate = Float(1 - Double(epoch) / Double(epochs))
    let (curve, random) = (curve, random)
    places.withUnsafeMutableBufferPointer { places in
      before.withUnsafeBufferPointer { before in
        starts.withUnsafeBufferPointer { starts in
          ends.withUnsafeBufferPointer { ends in
            shares.withUnsafeBufferPointer { shares in
              guard let places = places.baseAddress, let before = before.baseAddress,
                let starts = starts.baseAddress
              else { return }
              let forces = UMAPForces(
                before: before, count: count, stride: stride, epoch: epoch, rate: rate, curve: curve,
                random: random, starts: starts, ends: ends, shares: shares)
              team.forEachPart(of: count, size: UMAPLayout.together) { part in
                for point in part { forces.move(point, to: places + point * stride) }
              }
            }
          }
        }
      }
    }
  }
}

/// What moves points in one epoch, from where all of them were before.
struct UMAPForces {
  typealias Lanes = SIMD8<Float>
  let before: UnsafePointer<Float>
  let count: Int
  let stride: Int
  let epoch: Int
  let rate: Float
  private let a: Float
  private let b: Float
  private let random: Random
  private let starts: UnsafePointer<Int>
  private let ends: UnsafeBufferPointer<Int32>
  private let shares: UnsafeBufferPointer<UInt32>

  init(
    before: UnsafePointer<Float>, count: Int, stride: Int, epoch: Int, rate: Float, curve: ProximityCurve,
    random: Random, starts: UnsafePointer<Int>, ends: UnsafeBufferPointer<Int32>,
    shares: UnsafeBufferPointer<UInt32>
  ) {
    (self.before, self.count, self.stride, self.epoch, self.rate) = (before, count, stride, epoch, rate)
    (a, b, self.random) = (Float(curve.a), Float(curve.b), random)
    (self.starts, self.ends, self.shares) = (starts, ends, shares)
  }

  /// Where a point comes to lie.
  func move(_ point: Int, to own: UnsafeMutablePointer<Float>) {
    own.update(from: before + point * stride, count: stride)
    var drawn = Draws(random: random, epoch: UInt32(epoch), position: UInt64(point) << 32)
    let now = UInt64(epoch)
    for edge in starts[point]..<starts[point + 1] {
      let share = UInt64(shares[edge])
      // The edge's turn comes whenever another whole is full.
      guard ((now &+ 1) &* share) >> 31 != (now &* share) >> 31 else { continue }
      var others = SIMD8<Int32>(repeating: Int32(truncatingIfNeeded: point))
      others[0] = ends[edge]
      for lane in 1...UMAPLayout.draws { others[lane] = drawn.integer(below: count) }
      act(others, apartFrom: Int32(truncatingIfNeeded: point), on: own)
    }
  }

  /// The pull of the first and the pushes of the next five others; of the point itself there is none.
  @inline(__always)
  private func act(_ others: SIMD8<Int32>, apartFrom point: Int32, on own: UnsafeMutablePointer<Float>) {
    var squares = Lanes()
    for lane in 0...UMAPLayout.draws {
      let other = before + Int(others[lane]) * stride
      var sum = SIMD4<Float>()
      for block in Swift.stride(from: 0, to: stride, by: 4) {
        let off = UMAPForces.four(own + block) - UMAPForces.four(other + block)
        sum += off * off
      }
      squares[lane] = (sum.x + sum.y) + (sum.z + sum.w)
    }
    let strengths = strengths(squares).replacing(with: 0, where: others .== point)
    let limit = SIMD4<Float>(repeating: UMAPLayout.limit)
    for block in Swift.stride(from: 0, to: stride, by: 4) {
      let start = UMAPForces.four(own + block)
      var step = SIMD4<Float>()
      for lane in 0...UMAPLayout.draws {
        let off = start - UMAPForces.four(before + Int(others[lane]) * stride + block)
        step += (strengths[lane] * off).clamped(lowerBound: -limit, upperBound: limit) * (lane == 0 ? 2 : 1)
      }
      let moved = start + rate * step
      for index in 0..<4 { own[block + index] = moved[index] }
    }
  }

  @inline(__always)
  private static func four(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
  }

  /// How strongly each lane acts, for squared distances: the first pulls, the others push; 0 at distance 0.
  @inline(__always)
  private func strengths(_ squares: Lanes) -> Lanes {
    let isApart = squares .> Lanes(repeating: 1e-30)
    let safe = squares.replacing(with: 1, where: .!isApart)
    let power = FastPower.raised(safe, to: b)
    var numerators = Lanes(repeating: 2 * b)
    var denominators = (0.001 + safe) * (1 + a * power)
    numerators[0] = -2 * a * b * power[0]
    denominators[0] = safe[0] * (1 + a * power[0])
    return (numerators / denominators).replacing(with: 0, where: .!isApart)
  }

  /// Numbers drawn for one point in one epoch, one after the other.
  private struct Draws {
    let random: Random
    let epoch: UInt32
    var position: UInt64
    var words = SIMD4<UInt32>.zero
    var used = 4

    @inline(__always)
    mutating func integer(below bound: Int) -> Int32 {
      if used == 4 {
        words = random.bits(step: epoch, position: position)
        position += 1
        used = 0
      }
      defer { used += 1 }
      return Int32(truncatingIfNeeded: (UInt64(words[used]) &* UInt64(bound)) >> 32)
    }
  }
}

/// Powers of positive numbers, eight at a time, to about six figures.
///
///     xᵖ = 2^(p log₂ x);   log₂ m = 2 / ln 2 · artanh((m - 1) / (m + 1))
enum FastPower {
  typealias Lanes = SIMD8<Float>
  /// Added to a number of moderate size, it leaves the whole number nearest to it in the last bits.
  private static let round: Float = 12_582_912

  @inline(__always)
  static func raised(_ x: Lanes, to power: Float) -> Lanes { exponential2(power * logarithm2(x)) }

  @inline(__always)
  static func logarithm2(_ x: Lanes) -> Lanes {
    let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
    let exponent = (bits &- SIMD8(repeating: 0x3F35_04F3)) &>> SIMD8(repeating: 23)
    let mantissa = unsafeBitCast(bits &- (exponent &<< SIMD8(repeating: 23)), to: Lanes.self)
    let whole =
      unsafeBitCast(exponent &+ SIMD8(repeating: Int32(bitPattern: round.bitPattern)), to: Lanes.self) - round
    let z = (mantissa - 1) / (mantissa + 1)
    let square = z * z
    let series = z * (1 + square * (0.333_333_34 + square * (0.2 + square * 0.142_857_15)))
    return whole + 2.885_390_1 * series
  }

  @inline(__always)
  static func exponential2(_ y: Lanes) -> Lanes {
    let bounded = y.clamped(lowerBound: Lanes(repeating: -126), upperBound: Lanes(repeating: 126))
    let shifted = bounded + round
    let whole =
      unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- SIMD8(repeating: Int32(bitPattern: round.bitPattern))
    let f = bounded - (shifted - round)
    let high = 0.055_504_11 + f * (0.009_618_129 + f * (0.001_333_355_8 + f * 0.000_154_035_3))
    let value = 1 + f * (0.693_147_2 + f * (0.240_226_51 + f * high))
    return unsafeBitCast(
      unsafeBitCast(value, to: SIMD8<Int32>.self) &+ (whole &<< SIMD8(repeating: 23)), to: Lanes.self)
  }
}
