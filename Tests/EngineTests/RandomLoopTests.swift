import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The vector loops of Philox against `Random`, which is tested against the published answers.
@Suite struct RandomLoopTests {
  struct Draw: Sendable {
    var seed: UInt64
    var stream: UInt32
    var step: UInt32
    var position: UInt64
    var count: Int
  }

  /// Beginnings and ends anywhere in a block of 4 and a chunk of 256; counters beyond 32 bits.
  static let draws = [
    Draw(seed: 0, stream: 0, step: 0, position: 0, count: 1000),
    Draw(seed: 7, stream: 5, step: 12, position: 3, count: 1),
    Draw(seed: 7, stream: 5, step: 12, position: 255, count: 2),
    Draw(seed: .max, stream: .max, step: .max, position: 1021, count: 517),
    Draw(seed: 0x1234_5678_9abc_def0, stream: 9, step: 3, position: (1 << 34) - 5, count: 300),
    Draw(seed: 1, stream: 1, step: 1, position: 1 << 50, count: 257),
  ]

  @Test(arguments: draws)
  func uniformDrawsAgreeToTheBit(_ draw: Draw) {
    var found = [Float](repeating: -1, count: draw.count)
    hourglass_random_uniform(draw.seed, draw.stream, draw.step, draw.position, Int64(draw.count), &found)
    let random = Random(seed: draw.seed, stream: draw.stream)
    let expected = (0..<draw.count).map {
      random.uniform(step: draw.step, position: draw.position + UInt64($0))
    }
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test(arguments: draws)
  func normalDrawsAgree(_ draw: Draw) {
    var found = [Float](repeating: .nan, count: draw.count)
    hourglass_random_normal(draw.seed, draw.stream, draw.step, draw.position, Int64(draw.count), &found)
    let random = Random(seed: draw.seed, stream: draw.stream)
    let expected = (0..<draw.count).map {
      Double(random.normal(step: draw.step, position: draw.position + UInt64($0)))
    }
    // Where cosine or sine pass through 0 the error is a rounding of the radius, at most 5.8.
    #expect(Tolerance(absolute: 1e-6, relative: 1e-5).disagreement(found, expected) == nil)
  }

  @Test func manyNormalDrawsAgree() {
    let count = 200_000
    var found = [Float](repeating: .nan, count: count)
    hourglass_random_normal(99, 4, 8, 0, Int64(count), &found)
    let random = Random(seed: 99, stream: 4)
    var (worst, sum, squares) = (0.0, 0.0, 0.0)
    for (position, draw) in found.enumerated() {
      let expected = Double(random.normal(step: 8, position: UInt64(position)))
      worst = max(worst, abs(Double(draw) - expected) / max(abs(expected), 0.1))
      sum += Double(draw)
      squares += Double(draw) * Double(draw)
    }
    #expect(worst <= 1e-5)
    #expect(abs(sum / Double(count)) < 5 / Double(count).squareRoot())
    #expect(abs(squares / Double(count) - 1) < 5 * (2 / Double(count)).squareRoot())
  }
}
