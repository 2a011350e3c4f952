import HourglassTensor
import Testing

@Suite struct StatisticsTests {
  @Test(arguments: [1, 2, 8, 9, 100, 1001])
  func sumMeanAndVarianceOfConsecutiveNumbers(_ count: Int) {
    let n = Double(count)
    let values = (1...count).map { Double($0) }
    #expect(Statistics.sum(values) == n * (n + 1) / 2)
    #expect(Statistics.mean(values) == (n + 1) / 2)
    let variance = (n * n - 1) / 12
    #expect(abs((Statistics.variance(values) ?? .nan) - variance) <= 1e-12 * max(variance, 1))
  }

  @Test func noneHaveNoMean() {
    #expect(Statistics.sum([]) == 0)
    #expect(Statistics.mean([]) == nil)
    #expect(Statistics.variance([]) == nil)
    #expect(Statistics.quantile(0.5, ofSorted: []) == nil)
  }

  /// One after the other the error of a million tenths is 1.3e-6, by pairs below 1e-10.
  @Test func sumsByPairs() {
    let tenths = [Double](repeating: 0.1, count: 1_000_000)
    #expect(abs(tenths.reduce(0, +) - 100_000) > 1e-7)
    #expect(abs(Statistics.sum(tenths) - 100_000) < 1e-10)
  }

  /// By one pass, mean of squares less square of mean, nothing would be left of this variance.
  @Test func varianceOfLargeNumbersIsThatOfTheirDifferences() {
    let values = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]
    #expect(Statistics.variance(values) == 22.5)
  }

  @Test func quantilesInterpolate() {
    let values = [1.0, 2, 4, 8, 16]
    for (fraction, quantile) in [(0, 1.0), (0.25, 2), (0.5, 4), (0.625, 6), (0.9, 12.8), (1, 16)] {
      let found = Statistics.quantile(fraction, ofSorted: values) ?? .nan
      #expect(abs(found - quantile) < 1e-12, "\(fraction)")
    }
    #expect(Statistics.quantile(0.3, ofSorted: [5]) == 5)
  }
}
