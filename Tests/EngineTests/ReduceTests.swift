import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The sums, the softmax family and the copies, called as they are.
@Suite struct ReduceTests {
  static let lengths = [1, 2, 15, 16, 63, 64, 65, 128, 130, 784]

  @Test(arguments: lengths)
  func columnSums(_ columns: Int) {
    for (rows, stride) in [(1, columns), (2, columns + 3), (33, columns), (256, columns + 1)] {
      let x = Loop.draws(rows * stride, in: -1...1)
      var found = [Float](repeating: .nan, count: columns)
      hourglass_column_sums(x, Int64(rows), Int64(columns), Int64(stride), &found)
      let expected = (0..<columns).map { column in
        (0..<rows).reduce(0.0) { $0 + Double(x[$1 * stride + column]) }
      }
      #expect(
        Tolerance(absolute: 1e-6 * Double(rows).squareRoot(), relative: 1e-6).disagreement(found, expected)
          == nil)
    }
  }

  /// Rows are added in their order: the bytes do not depend on which columns are summed together.
  @Test func columnSumsDoNotDependOnTheirNeighbours() {
    let x = Loop.draws(100 * 130, in: -1...1)
    var whole = [Float](repeating: 0, count: 130)
    hourglass_column_sums(x, 100, 130, 130, &whole)
    for first in [0, 1, 63, 64, 120] {
      var part = [Float](repeating: 0, count: 10)
      x.withUnsafeBufferPointer {
        hourglass_column_sums($0.baseAddress.map { $0 + first }, 100, 10, 130, &part)
      }
      #expect(part == Array(whole[first..<(first + 10)]))
    }
  }

  @Test func sumOfAnAxis() {
    for (outer, middle, inner) in [(1, 1, 1), (3, 5, 1), (1, 7, 4), (2, 3, 70), (4, 1, 9), (2, 1000, 1)] {
      let x = Loop.draws(outer * middle * inner, in: -1...1)
      var found = [Float](repeating: .nan, count: outer * inner)
      hourglass_sum_axis(x, Int64(outer), Int64(middle), Int64(inner), &found)
      let expected = (0..<(outer * inner)).map { place in
        (0..<middle).reduce(0.0) { $0 + Double(x[(place / inner * middle + $1) * inner + place % inner]) }
      }
      #expect(Tolerance(absolute: 1e-5, relative: 1e-6).disagreement(found, expected) == nil)
    }
  }

  @Test(arguments: [1, 7, 1024, 1025, 100_003])
  func totals(_ count: Int) {
    let x = Loop.draws(count, in: -1...3)
    let sum = x.reduce(0.0) { $0 + Double($1) }
    let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(hourglass_total(x, Int64(count)) - sum) <= 1e-12 * Double(count))
    #expect(abs(hourglass_total_of_squares(x, Int64(count)) - squares) <= 1e-12 * Double(count))
  }

  /// What single precision would lose: 2²⁴ + 1 = 2²⁴ there.
  @Test func totalsAreTakenInDouble() {
    let x = [Float](repeating: 1, count: 3000) + [0x1p30]
    #expect(hourglass_total(x, 3001) == 0x1p30 + 3000)
  }

  @Test(arguments: [1, 2, 5, 16, 17, 100, 1000])
  func softmaxAndLogSumExp(_ columns: Int) {
    for width: Float in [1, 30, 1e4] {
      let x = Loop.draws(3 * columns, in: -width...width)
      check(x, columns, Tolerance(absolute: 1e-12, relative: 1e-6 * (1 + Double(columns).squareRoot() / 10)))
    }
  }

  /// Equal, very large, very small, one far above the others, and minus infinity (a place that is ruled out).
  @Test func softmaxAtExtremes() {
    let largest = Float.greatestFiniteMagnitude
    for line: [Float] in [
      [0, 0, 0, 0], [1e30, 1e30, -1e30, 0], [-1e30, -1e30, -1e30, -1e30], [88, 89, 90, -90],
      [largest, 0, -largest, 1], [0, -.infinity, 1, -.infinity], [-87, -88, -104, -200],
    ] {
      check(line, 4, Tolerance(absolute: 1e-37, relative: 4e-7))
      let total = softmax(line, 4).reduce(0, +)
      #expect(abs(total - 1) <= 3e-7)
    }
    for line: [Float] in [[.nan, 0, 1, 2], [0, 1, 2, .nan], [.infinity, 0, 0, 0]] {
      #expect(softmax(line, 4).contains { $0.isNaN })
      #expect(!logSumExp(line, 4)[0].isFinite)
    }
  }

  /// The greatest is found wherever it stands, and NaN is not lost among numbers.
  @Test(arguments: [1, 4, 15, 16, 17, 31, 32, 33, 50])
  func softmaxOfOneFarAboveTheOthers(_ columns: Int) {
    for place in 0..<columns {
      var line = (0..<columns).map { -Float($0) }
      line[place] = 3e4
      #expect(softmax(line, columns) == (0..<columns).map { $0 == place ? 1 : 0 })
      line[place] = .nan
      #expect(softmax(line, columns).allSatisfy { $0.isNaN })
    }
  }

  private func check(_ x: [Float], _ columns: Int, _ tolerance: Tolerance) {
    let lines = stride(from: 0, to: x.count, by: columns).map { x[$0..<($0 + columns)].map { Double($0) } }
    let maxima = lines.map { $0.reduce(-.infinity, Double.maximum) }
    let sums = zip(lines, maxima).map { line, maximum in line.reduce(0) { $0 + ($1 - maximum).exponential } }
    let shares = zip(lines, zip(maxima, sums)).flatMap { line, scale in
      line.map { ($0 - scale.0).exponential / scale.1 }
    }
    // The difference from the maximum is rounded before its exponential is taken: up to 88 · 6e-8.
    let rounded = Tolerance(absolute: tolerance.absolute, relative: tolerance.relative + 6e-6)
    #expect(rounded.disagreement(softmax(x, columns), shares) == nil)
    let logarithms = zip(maxima, sums).map { $0 + $1.logarithm }
    #expect(Tolerance(absolute: 1e-6, relative: 1e-6).disagreement(logSumExp(x, columns), logarithms) == nil)
  }

  private func softmax(_ x: [Float], _ columns: Int) -> [Float] {
    var result = [Float](repeating: .nan, count: x.count)
    hourglass_softmax(x, Int64(x.count / columns), Int64(columns), &result)
    return result
  }

  private func logSumExp(_ x: [Float], _ columns: Int) -> [Float] {
    var result = [Float](repeating: .nan, count: x.count / columns)
    hourglass_log_sum_exp(x, Int64(x.count / columns), Int64(columns), &result)
    return result
  }

  @Test func stridedCopies() {
    let x = (0..<24).map { Float($0) }
    var slice = [Float](repeating: -1, count: 15)
    x.withUnsafeBufferPointer { hourglass_copy_strided($0.baseAddress.map { $0 + 1 }, 3, 2, 8, 1, &slice, 5) }
    #expect(slice == [1, 2, -1, -1, -1, 9, 10, -1, -1, -1, 17, 18, -1, -1, -1])
    var transposed = [Float](repeating: -1, count: 24)
    hourglass_copy_strided(x, 8, 3, 1, 8, &transposed, 3)
    #expect(transposed == (0..<8).flatMap { column in (0..<3).map { Float($0 * 8 + column) } })
  }
}

extension ReduceTests {
  /// Ties, missing numbers, every count.
  @Test func greatestOfARow() {
    let line: [Float] = [2, .nan, 5, 2, -.infinity, 5, 0, 2]
    // In falling order, of equals the first: places 2, 5, 0, 3, 7, 6, then the two that are least.
    let order = [2, 5, 0, 3, 7, 6]
    for count in 1...6 {
      var marks = [Float](repeating: -1, count: 8)
      hourglass_mark_greatest(line, 1, 8, Int64(count), &marks)
      #expect(marks == (0..<8).map { order.prefix(count).contains($0) ? 1 : 0 })
    }
    for columns in [1, 2, 3, 17, 100] {
      let x = Loop.draws(4 * columns, in: -3...3).map { ($0 * 4).rounded() }
      for count in Set([1, (columns + 1) / 2, columns]) {
        var marks = [Float](repeating: -1, count: x.count)
        hourglass_mark_greatest(x, 4, Int64(columns), Int64(count), &marks)
        for row in 0..<4 {
          let values = Array(x[(row * columns)..<((row + 1) * columns)])
          let kept = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }.prefix(count)
          for place in values.indices {
            #expect(marks[row * columns + place] == (kept.contains(place) ? 1 : 0))
          }
        }
      }
    }
  }
}
