import Testing

@testable import HourglassInterchange

@Suite struct HistogramTests {
  func histogram(_ values: [Float]) -> Histogram { values.withUnsafeBufferPointer { Histogram($0) } }

  @Test func `buckets are as wide as each other and the greatest value is in the last`() {
    let histogram = histogram((0...60).map(Float.init))
    #expect(histogram.least == 0 && histogram.greatest == 60 && histogram.count == 61)
    #expect(histogram.limits == (1...30).map { 2 * Double($0) })
    #expect(histogram.counts == [Double](repeating: 2, count: 29) + [3])
    #expect(histogram.sum == 1830 && histogram.sumOfSquares == 73810)
  }

  @Test func `what is not finite is counted apart`() {
    let with = histogram([.nan, 1, .infinity, 2, 4, -.infinity, -.nan])
    let without = histogram([1, 2, 4])
    #expect(with.notFinite == 4 && without.notFinite == 0)
    #expect(with.counts == without.counts && with.limits == without.limits && with.sum == without.sum)
    #expect(with.count == 3 && with.least == 1 && with.greatest == 4)
  }

  @Test func `one value, no value, extreme values`() {
    let one = histogram([2.5, 2.5, 2.5])
    #expect(one.limits == [Double](repeating: 2.5, count: 30))
    #expect(one.counts == [Double](repeating: 0, count: 29) + [3])
    for none in [histogram([]), histogram([.nan])] {
      #expect(none.count == 0 && none.least == 0 && none.greatest == 0)
      #expect(none.counts == [Double](repeating: 0, count: 30) && none.limits == none.counts)
    }
    let extreme = histogram([-.greatestFiniteMagnitude, .greatestFiniteMagnitude])
    #expect(extreme.counts[0] == 1 && extreme.counts[29] == 1)
    let small = histogram([0, .leastNonzeroMagnitude])
    #expect(small.counts[0] == 1 && small.counts[29] == 1)
  }
}
