import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("The martingale that watches for drift")
struct TestMartingaleTests {
  /// Draws of 53 bits, not of Float's 24.
  private func uniform(_ random: Random, _ position: Int) -> Double {
    let bits = random.bits(position: UInt64(position))
    return (Double(UInt64(bits.x) << 21 ^ UInt64(bits.y)) + 0.5) / 0x1p53
  }

  @Test("hardly ever cries while p-values are uniform: Ville's inequality") func ville() {
    let (runs, steps, rate) = (1000, 1500, 0.01)
    let cries = (0..<runs).count { run in
      let random = Random(seed: UInt64(run), stream: .data)
      var martingale = TestMartingale(rate: rate)
      return (0..<steps).contains { martingale.take(uniform(random, $0)) != nil }
    }
    let error = (rate * (1 - rate) / Double(runs)).squareRoot()
    #expect(Double(cries) / Double(runs) <= rate + 2 * error, "\(cries)")
    // A game of that many players that never wins is not played.
    let highest = (0..<50).map { run -> Double in
      let random = Random(seed: UInt64(run), stream: .data)
      var martingale = TestMartingale(rate: rate)
      return (0..<steps).reduce(-1.0) { most, step in
        _ = martingale.take(uniform(random, step))
        return max(most, martingale.logCapital)
      }
    }
    #expect(highest.contains { $0 > 0.5 })
  }

  /// E[b(p)] = 1: the mean of all payments over a grid of p-values.
  @Test("a bet pays on average what it costs") func fair() {
    let grid = 40_000
    let mean = (0..<grid).reduce(0.0) { sum, index in
      var martingale = TestMartingale(rate: 1e-12)
      let p = (Double(index) + 0.5) / Double(grid)
      _ = martingale.take(p * p * p * p * p * p * p)
      // p⁷ has the density (1/7) q^(1/7 - 1), so that the grid is fine where payments are high.
      let density = 7 * p * p * p * p * p * p
      return sum + exp(martingale.logCapital) * density
    }
    #expect(abs(mean / Double(grid) - 1) < 3e-3, "\(mean / Double(grid))")
  }

  @Test("cries soon after a change, also after a long time without one", arguments: [100, 20_000])
  func change(before: Int) {
    let random = Random(seed: 3, stream: .data)
    var martingale = TestMartingale(rate: 0.01)
    for step in 0..<before { #expect(martingale.take(uniform(random, step)) == nil) }
    let cry = (0..<400).first { step in
      martingale.take(pow(uniform(random, before + step), 4)) != nil
    }
    #expect(cry.map { $0 < (before > 1000 ? 90 : 60) } ?? false, "\(cry ?? -1)")
    #expect(martingale.steps < 400)
  }

  @Test("p-values that crowd at the upper end are a change too") func upper() {
    let random = Random(seed: 5, stream: .data)
    var martingale = TestMartingale(rate: 0.01)
    #expect((0..<300).contains { martingale.take(1 - 0.3 * uniform(random, $0)) != nil })
  }

  @Test("goes on where it was left") func resumes() throws {
    let random = Random(seed: 6, stream: .data)
    var whole = TestMartingale(rate: 0.05)
    for step in 0..<50 { _ = whole.take(uniform(random, step)) }
    var part = try #require(
      TestMartingale(rate: 0.05, steps: whole.steps, logCapitals: whole.logCapitals))
    #expect(part == whole)
    _ = (part.take(0.2), whole.take(0.2))
    #expect(part.logCapital == whole.logCapital)
    #expect(TestMartingale(rate: 0.05, steps: 3, logCapitals: [0, .nan]) == nil)
  }
}

@Suite("Scores among those before")
struct ScorePoolTests {
  /// Straight from the definition.
  private func slow(_ score: Float, among scores: [Float], draw: Double) -> Double {
    let (above, equal) = (scores.count { $0 > score }, scores.count { $0 == score })
    return (Double(above) + (draw + 0x1p-25) * Double(1 + equal)) / Double(scores.count + 1)
  }

  @Test("stand where counting puts them, ties and all") func counts() {
    var scores = Draws.normal(3000, seed: 4).map { ($0 * 20).rounded() / 20 }
    // Above and below all before, too.
    for (place, score) in [(600, 20), (601, -20), (2900, 30), (2901, 30)] { scores[place] = Float(score) }
    var pool = ScorePool(scores.prefix(500), seed: 9)
    let random = Random(seed: 9, stream: .analysis)
    for (position, score) in scores.enumerated().dropFirst(500) {
      let draw = Double(random.uniform(position: UInt64(position)))
      let expected = slow(score, among: Array(scores.prefix(position)), draw: draw)
      #expect(pool.take(score, position: position) == expected)
    }
    #expect(pool.take(.nan, position: 1).isNaN && pool.scores.count == 3000)
  }

  @Test("p-values are uniform and do not lean on each other") func uniform() {
    let scores = Draws.normal(20_000, seed: 8)
    var pool = ScorePool([], seed: 2)
    let values = scores.enumerated().map { pool.take($1, position: $0) }
    let test = KolmogorovSmirnov(values, (0..<20_000).map { (Double($0) + 0.5) / 20_000 })
    #expect(test.pValue > 0.01, "\(test)")
    let mean = values.reduce(0, +) / 20_000
    let covariance =
      zip(values, values.dropFirst()).reduce(0.0) { $0 + ($1.0 - mean) * ($1.1 - mean) } / 20_000
    #expect(abs(covariance * 12) < 3 / 20_000.0.squareRoot())
  }

  @Test("keeps no more than its room") func bounded() {
    var pool = ScorePool((0..<100_000).map { Float($0) }, seed: 1)
    #expect(pool.scores.count == ScorePool.most / 2 && pool.scores.last == 99_999)
    for position in 0..<(2 * ScorePool.most) { _ = pool.take(Float(position % 977), position: position) }
    #expect(pool.scores.count < ScorePool.most)
    var again = ScorePool(restoring: pool.scores, seed: 1)
    #expect(again.take(500, position: 7) == pool.take(500, position: 7))
  }
}
