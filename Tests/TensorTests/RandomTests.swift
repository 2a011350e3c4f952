import HourglassTensor
import Testing

@Suite struct RandomTests {
  struct Answer: Sendable {
    let counter: SIMD4<UInt32>
    let key: SIMD2<UInt32>
    let words: SIMD4<UInt32>
  }

  /// The known answers of Random123, `philox4x32 10`.
  static let answers = [
    Answer(
      counter: .zero, key: .zero, words: SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    Answer(
      counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max),
      words: SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    Answer(
      counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: SIMD2(0xa409_3822, 0x299f_31d0),
      words: SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)),
  ]

  @Test(arguments: answers)
  func givesThePublishedWords(_ answer: Answer) {
    let seed = UInt64(answer.key.x) | UInt64(answer.key.y) << 32
    let position = UInt64(answer.counter.x) | UInt64(answer.counter.y) << 32
    let random = Random(seed: seed, stream: answer.counter.w)
    #expect(random.bits(step: answer.counter.z, position: position) == answer.words)
  }

  @Test func uniformDrawsAreTheWordsOfTheirBlock() {
    let random = Random(seed: 7, stream: .data)
    for position in 0..<16 as Range<UInt64> {
      let word = random.bits(step: 3, position: position / 4)[Int(position % 4)]
      #expect(random.uniform(step: 3, position: position) == Float(word >> 8) / 16_777_216)
    }
  }

  /// χ² over 64 equal parts of [0, 1): 63 degrees of freedom, 120 is passed once in 20 000 seeds.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func uniformDrawsAreUniform(_ seed: UInt64) {
    let random = Random(seed: seed, stream: .sampling)
    let count = 64 * 1000
    var parts = [Int](repeating: 0, count: 64)
    var sum = 0.0
    for position in 0..<count {
      let draw = random.uniform(step: 5, position: UInt64(position))
      #expect(draw >= 0 && draw < 1)
      parts[Int(draw * 64)] += 1
      sum += Double(draw)
    }
    #expect(RandomTests.chiSquare(parts, expected: 1000) < 120)
    // The mean of n uniform draws deviates by 1/√(12 n); five of them.
    #expect(abs(sum / Double(count) - 0.5) < 5 / (12 * Double(count)).squareRoot())
  }

  static func chiSquare(_ counts: [Int], expected: Double) -> Double {
    counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }

  @Test func normalDrawsHaveTheMomentsOfTheNormal() {
    let random = Random(seed: 11, stream: .latent)
    let count = 40_000
    let draws = (0..<count).map { Double(random.normal(position: UInt64($0))) }
    let n = Double(count)
    // Deviations of the first four moments of n draws: 1, √2, √15, √96 over √n; five of them.
    for (power, moment, deviation) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      let sum = draws.map { draw in (0..<power).reduce(1.0) { product, _ in product * draw } }.reduce(0, +)
      #expect(abs(sum / n - moment) < 5 * (deviation / n).squareRoot(), "moment \(power)")
    }
    // Neighbours come from one pair, cosine and sine of one angle: uncorrelated all the same.
    let products = stride(from: 0, to: count, by: 2).map { draws[$0] * draws[$0 + 1] }
    #expect(abs(products.reduce(0, +) / (n / 2)) < 5 / (n / 2).squareRoot())
  }

  @Test func normalDrawsComeInPairsFromOneRadius() {
    let random = Random(seed: 12, stream: .weights)
    for block in 0..<100 as Range<UInt64> {
      let words = random.bits(step: 1, position: block)
      for pair in 0..<2 {
        let cosine = Double(random.normal(step: 1, position: 4 * block + UInt64(2 * pair)))
        let sine = Double(random.normal(step: 1, position: 4 * block + UInt64(2 * pair) + 1))
        let squared = -2 * ((Double(words[2 * pair] >> 8) + 1) * 0x1p-24).logarithm
        #expect(abs(cosine * cosine + sine * sine - squared) <= 1e-6 * (1 + squared))
      }
    }
  }

  @Test func streamsStepsAndSeedsDiffer() {
    var seen: Set<SIMD4<UInt32>> = []
    for seed in 0..<4 as Range<UInt64> {
      for stream in 1..<5 as Range<UInt32> {
        for step in 0..<4 as Range<UInt32> {
          for position in 0..<4 as Range<UInt64> {
            seen.insert(Random(seed: seed << 31, stream: stream).bits(step: step, position: position << 31))
          }
        }
      }
    }
    #expect(seen.count == 256)
  }

  @Test func integersStayBelowTheirBoundAndMeetEveryOne() {
    let random = Random(seed: 5, stream: .shuffle)
    for bound in [1, 2, 3, 7, 10, 1000] {
      var counts = [Int](repeating: 0, count: bound)
      let draws = 100 * bound
      for position in 0..<draws {
        counts[random.integer(below: bound, step: 2, position: UInt64(position))] += 1
      }
      // χ² with bound - 1 degrees: mean and twice the mean as variance; six deviations.
      let degrees = Double(bound - 1)
      let distance = abs(RandomTests.chiSquare(counts, expected: 100) - degrees)
      #expect(distance <= 6 * (2 * degrees).squareRoot(), "bound \(bound)")
    }
  }

  /// With 32 bits a bound of 3 · 2³⁰ would favour a third of the numbers by one half.
  @Test func largeBoundsHaveNoBias() {
    let random = Random(seed: 6, stream: .shuffle)
    let bound = 3 << 30
    let draws = 30_000
    var thirds = [Int](repeating: 0, count: 3)
    for position in 0..<draws {
      thirds[random.integer(below: bound, position: UInt64(position)) >> 30] += 1
    }
    #expect(RandomTests.chiSquare(thirds, expected: Double(draws) / 3) < 20)
    #expect((0..<100).allSatisfy { random.integer(below: Int.max, position: $0) < Int.max })
  }

  @Test func aPermutationHoldsEachNumberOnce() {
    let random = Random(seed: 8, stream: .shuffle)
    for count in [0, 1, 2, 3, 100, 1001] {
      let order = random.permutation(count, step: 4)
      #expect(order.sorted() == [UInt32](0..<UInt32(count)))
      #expect(order == random.permutation(count, step: 4))
    }
    #expect(random.permutation(100, step: 1) != random.permutation(100, step: 2))
    #expect(random.permutation(100) != [UInt32](0..<100))
  }

  /// All 24 orders of four come equally often: χ² with 23 degrees, 60 is passed once in 30 000.
  @Test func ordersAreEquallyLikely() {
    let random = Random(seed: 9, stream: .split)
    var counts: [[UInt32]: Int] = [:]
    for step in 0..<4800 as Range<UInt32> { counts[random.permutation(4, step: step), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(RandomTests.chiSquare(Array(counts.values), expected: 200) < 60)
  }

  @Test func shuffleMovesAnyValues() {
    var words = ["a", "b", "c", "d", "e", "f", "g", "h"]
    Random(seed: 10, stream: .shuffle).shuffle(&words)
    #expect(words != ["a", "b", "c", "d", "e", "f", "g", "h"])
    #expect(words.sorted() == ["a", "b", "c", "d", "e", "f", "g", "h"])
  }

  /// Files depend on these numbers: they never change.
  @Test func streamsKeepTheirNumbers() {
    let streams: [Random.Stream] = [
      .shuffle, .split, .weights, .corruption, .latent, .dropout, .data, .sampling, .search, .analysis,
    ]
    #expect(streams.map(\.rawValue) == Array(1...10))
  }
}
