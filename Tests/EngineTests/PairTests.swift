import HourglassKernels
import HourglassTestSupport
import Testing

/// The loops for pairs of bf16, against sums in Double of rounded factors, at every remainder of blocks.
@Suite(.enabled(if: hourglass_multiplies_pairs() != 0, "the processor has no AVX512_BF16"))
struct PairTests {
  /// Sums in single precision of some hundred products below 1.
  private static let sums = Tolerance(absolute: 2e-5, relative: 1e-5)

  private func draws(_ count: Int, seed: UInt64) -> [Float] { Loop.draws(count, in: -1...1, seed: seed) }
  private func rounded(_ values: [Float]) -> [Double] { values.map { Bfloat16.rounded(Double($0)) } }

  /// What lies behind the matrices is no number, and is not read into a result.
  @Test(arguments: [1, 3, 4, 7, 8, 13, 17])
  func productsEqualTheSumInDouble(rows: Int) {
    for columns in [1, 15, 16, 17, 31, 32, 33, 50, 64, 70] {
      for inner in [1, 2, 5, 64, 257, 300] {
        let (a, b) = (draws(rows * inner, seed: 1), draws(inner * columns, seed: 2))
        var values = [UInt16](repeating: 0xFFFF, count: a.count + 2)
        hourglass_round_values(a, Int64(a.count), &values)
        #expect(values[a.count...] == [0xFFFF, 0xFFFF])
        let width = Int(HOURGLASS_PANEL)
        let count = (columns + width - 1) / width
        var panels = [UInt32](repeating: 0xFFFF_FFFF, count: count * ((inner + 1) / 2) * width)
        for first in 0..<count {
          hourglass_round_panels(b, Int64(inner), Int64(columns), Int64(first), Int64(first + 1), &panels)
        }
        var c = [Float](repeating: .nan, count: rows * columns + 1)
        hourglass_product_of_pairs(values, panels, Int64(rows), Int64(columns), Int64(inner), &c)
        #expect(c.removeLast().isNaN)
        let (x, y) = (rounded(a), rounded(b))
        let wanted = (0..<(rows * columns)).map { place in
          (0..<inner).reduce(0.0) { $0 + x[place / columns * inner + $1] * y[$1 * columns + place % columns] }
        }
        #expect(Self.sums.disagreement(c, wanted) == nil, "\(rows) \(columns) \(inner)")
      }
    }
  }

  /// A tile from the middle of two matrices, an odd number of lines.
  @Test(arguments: [1, 4, 9, 16, 21])
  func sumsOverLinesEqualThoseInDouble(rows: Int) {
    for columns in [1, 16, 31, 33, 64] {
      for lines in [1, 2, 7, 300] {
        let (xCount, yCount) = (rows + 5, columns + 3)
        let (x, y) = (draws(lines * xCount, seed: 3), draws(lines * yCount, seed: 4))
        let pairs = (lines + 1) / 2
        var (left, right) = (
          [UInt32](repeating: .max, count: pairs * xCount), [UInt32](repeating: .max, count: pairs * yCount)
        )
        hourglass_round_lines(x, Int64(lines), Int64(xCount), &left)
        hourglass_round_lines(y, Int64(lines), Int64(yCount), &right)
        var c = [Float](repeating: .nan, count: rows * columns)
        left.withUnsafeBufferPointer { left in
          right.withUnsafeBufferPointer { right in
            guard let l = left.baseAddress, let r = right.baseAddress else { return }
            hourglass_contraction_of_pairs(
              l + 2, Int64(xCount), r + 1, Int64(yCount), Int64(rows), Int64(columns), Int64(pairs), &c,
              Int64(columns))
          }
        }
        let (a, b) = (rounded(x), rounded(y))
        let wanted = (0..<(rows * columns)).map { place in
          (0..<lines).reduce(0.0) {
            $0 + a[$1 * xCount + 2 + place / columns] * b[$1 * yCount + 1 + place % columns]
          }
        }
        #expect(Self.sums.disagreement(c, wanted) == nil, "\(rows) \(columns) \(lines)")
      }
    }
  }
}
