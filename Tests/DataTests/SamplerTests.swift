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
}
