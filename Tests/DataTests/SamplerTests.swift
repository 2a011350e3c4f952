import HourglassData
import HourglassTensor
import Testing

@Suite("Sampler")
struct SamplerTests {
  @Test("an epoch sees every sample once, in batches of which the last may be short")
  func epoch() {
    let sampler = Sampler(count: 103, batch: 10, seed: 3)
    #expect(sampler.batches == 11)
    #expect(sampler.range(step: 10) == 100..<103)
    #expect((0..<11).flatMap { sampler.range(step: $0) } == [Int](0..<103))
    #expect(sampler.order(epoch: 4).sorted() == [UInt32](0..<103))
    #expect(Sampler(count: 100, batch: 10, seed: 3).batches == 10)
    #expect(Sampler(count: 1, batch: 10, seed: 3).batches == 1)
  }

  @Test(
    "where they are to, rows left over join the batch before if they are at most half of one",
    arguments: [
      (257, 256, [257]), (33, 32, [33]), (513, 256, [256, 257]), (384, 256, [384]), (385, 256, [256, 129]),
      (512, 256, [256, 256]), (3, 2, [3]), (2, 3, [2]), (1, 1, [1]), (5, 3, [3, 2]), (4, 3, [4]),
    ])
  func joined(_ count: Int, _ batch: Int, _ expected: [Int]) {
    let sampler = Sampler(count: count, batch: batch, seed: 3, joinsRest: true)
    let ranges = (0..<sampler.batches).map { sampler.range(step: $0) }
    #expect(ranges.map(\.count) == expected)
    #expect(ranges.flatMap { [Int]($0) } == [Int](0..<count))
    #expect(sampler.largest == expected.max() && sampler.smallest == expected.min())
    #expect(sampler.order(epoch: 1) == Sampler(count: count, batch: batch, seed: 3).order(epoch: 1))
  }

  @Test("the order depends on seed and epoch alone")
  func pure() {
    let sampler = Sampler(count: 50, batch: 7, seed: 3)
    #expect(sampler.order(epoch: 2) == Sampler(count: 50, batch: 8, seed: 3).order(epoch: 2))
    #expect(sampler.order(epoch: 2) != sampler.order(epoch: 3))
    #expect(sampler.order(epoch: 2) != Sampler(count: 50, batch: 7, seed: 4).order(epoch: 2))
  }

  @Test("every sample comes first, second … equally often")
  func uniform() {
    // 20 places × 20 samples over 4000 epochs: each cell expects 200. The statistic follows chi-square with
    // 19 · 19 = 361 degrees of freedom: mean 361, deviation 26.9. The seed is fixed; four deviations.
    let sampler = Sampler(count: 20, batch: 5, seed: 11)
    var counts = [Double](repeating: 0, count: 400)
    for epoch in 0..<4000 {
      for (place, sample) in sampler.order(epoch: epoch).enumerated() {
        counts[place * 20 + Int(sample)] += 1
      }
    }
    let statistic = counts.reduce(0) { $0 + ($1 - 200) * ($1 - 200) / 200 }
    #expect(abs(statistic - 361) < 108)
  }

  /// Σ (found - expected)² / expected, and the mean and deviation that it has with one degree of freedom less
  /// than there are cells. The seeds are fixed; four deviations are allowed.
  private func expectChiSquare(_ counts: [Double], _ expected: [Double]) {
    let statistic = zip(counts, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
    let freedom = Double(counts.count - 1)
    #expect(abs(statistic - freedom) < 4 * (2 * freedom).squareRoot(), "\(statistic) of \(freedom)")
  }

  private func counts(_ sampler: Sampler, epochs: Int) -> [Double] {
    var counts = [Double](repeating: 0, count: sampler.count)
    for epoch in 0..<epochs {
      let order = sampler.order(epoch: epoch)
      #expect(order.count == sampler.count)
      for position in order { counts[Int(position)] += 1 }
    }
    return counts
  }

  @Test("balanced draws take every class alike, and every sample of a class")
  func balanced() {
    // 3 of class 7, 40 of class -1, 57 of class 2, mixed.
    let labels = (0..<100).map { Int32($0 % 33 == 5 ? 7 : $0 % 5 < 2 ? -1 : 2) }
    let sizes = Dictionary(grouping: labels, by: \.self).mapValues { Double($0.count) }
    #expect(sizes.count == 3)
    let sampler = Sampler(count: 100, batch: 10, seed: 4, draw: .balanced(labels))
    let found = counts(sampler, epochs: 3000)
    expectChiSquare(found, labels.map { 300_000 / 3 / (sizes[$0] ?? 0) })
    var classes: [Int32: Double] = [:]
    for (position, count) in found.enumerated() { classes[labels[position], default: 0] += count }
    expectChiSquare([-1, 2, 7].map { classes[$0] ?? 0 }, [100_000, 100_000, 100_000])
  }

  @Test("weighted draws take every sample as its weight says")
  func weighted() {
    let weights = (0..<50).map { Float($0 % 4) * 0.3 }
    let total = weights.reduce(0) { $0 + Double($1) }
    let sampler = Sampler(count: 50, batch: 10, seed: 4, draw: .weighted(weights))
    let found = counts(sampler, epochs: 4000)
    let there = weights.indices.filter { weights[$0] > 0 }
    #expect(weights.indices.allSatisfy { weights[$0] > 0 || found[$0] == 0 })
    expectChiSquare(there.map { found[$0] }, there.map { 200_000 * Double(weights[$0]) / total })
  }

  @Test("draws with replacement do not depend on each other")
  func independent() {
    // Pairs of neighbours in the order: 5 × 5 cells, each as likely.
    let sampler = Sampler(count: 1000, batch: 10, seed: 6, draw: .balanced((0..<1000).map { Int32($0 % 5) }))
    var cells = [Double](repeating: 0, count: 25)
    for epoch in 0..<200 {
      let order = sampler.order(epoch: epoch)
      for place in stride(from: 0, to: 1000, by: 2) {
        cells[Int(order[place] % 5) * 5 + Int(order[place + 1] % 5)] += 1
      }
    }
    expectChiSquare(cells, [Double](repeating: 4000, count: 25))
  }

  @Test(
    "every draw is a function of seed and epoch",
    arguments: [
      Sampler.Draw.balanced((0..<60).map { Int32($0 % 3) }), .weighted([Float](repeating: 2, count: 60)),
    ])
  func pureDraws(draw: Sampler.Draw) {
    let sampler = Sampler(count: 60, batch: 7, seed: 3, draw: draw)
    #expect(sampler.order(epoch: 2) == Sampler(count: 60, batch: 9, seed: 3, draw: draw).order(epoch: 2))
    #expect(sampler.order(epoch: 2) != sampler.order(epoch: 3))
    #expect(sampler.order(epoch: 2) != Sampler(count: 60, batch: 7, seed: 4, draw: draw).order(epoch: 2))
    #expect(sampler.batches == 9 && sampler.draw == draw)
  }

  @Test("draws at the ends: one class, one sample, one weight")
  func ends() {
    #expect(Sampler(count: 1, batch: 1, seed: 0, draw: .balanced([9])).order(epoch: 0) == [0])
    #expect(
      Set(Sampler(count: 3, batch: 1, seed: 0, draw: .weighted([0, 1e-30, 0])).order(epoch: 0)) == [1])
    #expect(
      Set(
        Sampler(count: 50, batch: 1, seed: 0, draw: .balanced([Int32](repeating: 1, count: 50)))
          .order(epoch: 0)
      ).count > 20)
  }
}
