import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Tests of two samples")
struct TwoSampleTests {
  @Test("the distance of Kolmogorov and Smirnov and its p-values are SciPy's") func distances() throws {
    for golden in try DetectionGolden.read().distances {
      let found = KolmogorovSmirnov(golden.first, golden.second)
      #expect(abs(found.distance - golden.distance) < 1e-12)
      // Ties: SciPy counts paths as this does.
      #expect(abs(found.pValue - golden.exact) < 1e-9, "\(found.pValue), \(golden.exact)")
      let limit = KolmogorovSmirnov.limit(of: found.distance, golden.first.count, golden.second.count)
      #expect(abs(limit - golden.asymptotic) < 1e-9, "\(limit), \(golden.asymptotic)")
    }
  }

  @Test("the tail of the gamma law is SciPy's") func gamma() throws {
    for golden in try DetectionGolden.read().upperGamma {
      let found = golden[0].upperGamma(golden[1])
      #expect(abs(found - golden[2]) <= 1e-12 + 1e-10 * golden[2], "\(golden), \(found)")
    }
    #expect(2.0.upperGamma(0) == 1)
  }

  @Test("counts are tested as SciPy does, of two levels exactly") func tables() throws {
    for golden in try DetectionGolden.read().tables {
      let (first, second) = (golden.table[0], golden.table[1])
      let pairs = zip(first, second).map { ($0, $1) }
      let chi = CountTest.chiSquared(pairs, first.reduce(0, +), second.reduce(0, +))
      #expect(abs(chi.statistic - golden.statistic) < 1e-9 && abs(chi.pValue - golden.p) < 1e-11)
      let found = CountTest(first, second).pValue
      let expected = golden.fisher ?? golden.p
      #expect(abs(found - expected) < 1e-8 * expected + 1e-12, "\(golden), \(found)")
    }
  }

  /// 60 levels that come once or twice: half of those in the second sample are not in the first, by chance.
  @Test("rare levels are no change because the other sample lacks them") func rare() {
    let cries = (0..<200).count { seed in
      let draws = Draws.uniform(200, seed: UInt64(seed + 1)).map { Int($0 * 120) }
      let counts = [draws.prefix(100), draws.suffix(100)].map { part in
        (0..<120).map { level in part.count { $0 == level } }
      }
      return CountTest(counts[0], counts[1]).pValue <= 0.05
    }
    #expect(cries <= 19, "\(cries)")
    #expect(CountTest([50, 40, 0], [45, 35, 20]).pValue < 1e-4)
    #expect(CountTest([10, 0], [0, 0]).pValue == 1)
  }

  @Test("Holm's p-values rise, and are as written down by hand") func holm() {
    let expected = [0.03, 0.06, 0.06, 0.02]
    #expect(zip([0.01, 0.04, 0.03, 0.005].holm, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect([Double]().holm.isEmpty && [0.7, 0.9].holm == [1, 1])
  }

  @Test("the discrepancy of means is that of its definition, and its p-value is uniform") func discrepancy() {
    let (a, b) = (Draws.normal(60, seed: 3), Draws.normal(40, seed: 4).map { $0 + 1 })
    let found = MeanDiscrepancy(Tensor([30, 2], a), Tensor([20, 2], b), draws: 199, seed: 5)
    let points = (Tensor([30, 2], a).doubleRows, Tensor([20, 2], b).doubleRows)
    func square(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let all = points.0 + points.1
    var distances: [Double] = []
    for i in all.indices { for j in 0..<i { distances.append(square(all[i], all[j])) } }
    let median = Statistics.quantile(0.5, ofSorted: distances.sorted()) ?? 1
    func mean(_ x: [[Double]], _ y: [[Double]]) -> Double {
      x.reduce(0.0) { sum, one in sum + y.reduce(0.0) { $0 + exp(-square(one, $1) / median) } }
        / Double(x.count * y.count)
    }
    let expected = mean(points.0, points.0) + mean(points.1, points.1) - 2 * mean(points.0, points.1)
    #expect(abs(found.distance - expected) < 1e-9)
    #expect(found.pValue == 1.0 / 200)
    let low = (0..<100).count { seed in
      let draws = Draws.normal(80, seed: UInt64(100 + seed))
      return MeanDiscrepancy(
        Tensor([20, 2], Array(draws.prefix(40))), Tensor([20, 2], Array(draws.suffix(40))), draws: 99, seed: 1
      ).pValue <= 0.1
    }
    #expect(low >= 3 && low <= 19, "\(low)")
  }
}
