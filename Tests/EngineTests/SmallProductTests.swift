import HourglassEngine
import HourglassKernels
import HourglassTensor
import Testing

/// The loop for small products against sums in Double, at every remainder of its blocks.
@Suite struct SmallProductTests {
  @Test(arguments: [1, 2, 4, 7, 8, 9, 13, 16, 19])
  func equalsTheSumInDouble(rows: Int) {
    for columns in [1, 3, 4, 7, 8, 10, 15, 16, 17, 20, 30, 31, 32, 33, 48, 50] {
      for inner in [1, 5, 300] {
        for isTransposed in [false, true] {
          check(rows: rows, columns: columns, inner: inner, isTransposed: isTransposed)
        }
      }
    }
  }

  private func check(rows: Int, columns: Int, inner: Int, isTransposed: Bool) {
    let random = Random(seed: 3, stream: .data)
    func values(_ count: Int, _ start: Int) -> [Float] {
      (0..<count).map { random.uniform(position: UInt64(start + $0)) - 0.5 }
    }
    let (a, b) = (values(rows * inner, 0), values(inner * columns, rows * inner))
    // Rows of the result lie two values apart, and nothing may be written between or behind them.
    let stride = columns + 2
    var c = [Float](repeating: .infinity, count: rows * stride)
    hourglass_product(
      a, isTransposed ? 1 : Int64(inner), isTransposed ? Int64(rows) : 1, b, Int64(columns), Int64(rows),
      Int64(columns), Int64(inner), &c, Int64(stride))
    for row in 0..<rows {
      for column in 0..<stride {
        let found = c[row * stride + column]
        guard column < columns else {
          #expect(found == .infinity, "written beside the result at \(row), \(column)")
          continue
        }
        let terms = (0..<inner).map { k in
          Double(a[isTransposed ? k * rows + row : row * inner + k]) * Double(b[k * columns + column])
        }
        #expect(
          abs(Double(found) - terms.reduce(0, +)) < 1e-5,
          "\(rows) x \(columns) over \(inner) at \(row), \(column)")
      }
    }
  }
}
