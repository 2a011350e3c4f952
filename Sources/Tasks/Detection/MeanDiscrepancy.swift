import HourglassTensor

/// Whether two samples of points come from one distribution, by the distance of their means in the space of a
/// Gaussian kernel (maximum mean discrepancy).
///
///     MMD² = mean k(x, x') + mean k(y, y') - 2 mean k(x, y),    k(a, b) = exp(-‖a - b‖² / 2σ²)
///
/// σ² is half of the median squared distance of all pairs. The p-value is (1 + number as large) / (draws + 1)
/// over draws that share the points out anew, so it is right for any size. Of more than ``most`` points in a
/// sample, so many are drawn.
///
/// - Source: Gretton et al. 2012, "A kernel two-sample test".
public struct MeanDiscrepancy: Hashable, Sendable {
  /// MMD².
  public let distance: Double
  public let pValue: Double
  /// Points that were compared.
  public let sizes: [Int]

  public static let most = 400

  /// - Parameters:
  ///   - first: `[n, width]`, rows of finite values.
  ///   - second: `[m, width]`.
  ///   - draws: at least 1; the smallest p-value is 1 / (draws + 1).
  /// - Complexity: O((n + m)² (width + draws)) of those that are compared.
  public init(_ first: Tensor, _ second: Tensor, draws: Int, seed: UInt64) {
    let random = Random(seed: seed, stream: .analysis)
    let points =
      MeanDiscrepancy.chosen(first, random, step: 0) + MeanDiscrepancy.chosen(second, random, step: 1)
    let size = min(first.rows, MeanDiscrepancy.most)
    sizes = [size, points.count - size]
    let kernel = Kernel(points)
    let own = kernel.discrepancy(of: Array(0..<size), others: points.count - size)
    var larger = 0
    for draw in 0..<draws {
      let order = random.permutation(points.count, step: UInt32(truncatingIfNeeded: draw + 2))
      let drawn = kernel.discrepancy(of: order.prefix(size).map(Int.init), others: points.count - size)
      // The same sum in another order is no larger.
      if drawn >= own - 1e-12 { larger += 1 }
    }
    (distance, pValue) = (own, Double(1 + larger) / Double(draws + 1))
  }

  private static func chosen(_ tensor: Tensor, _ random: Random, step: UInt32) -> [[Double]] {
    let (values, width) = (tensor.doubles, tensor.shape.sample.count)
    let rows =
      tensor.rows <= most
      ? Array(0..<tensor.rows)
      : random.permutation(tensor.rows, step: step).prefix(most).map(Int.init)
    return rows.map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// k of all pairs, and what does not change when points are shared out anew.
  private struct Kernel {
    let count: Int
    private var values: [Double]
    private let rowSums: [Double]
    private let total: Double

    init(_ points: [[Double]]) {
      count = points.count
      values = [Double](repeating: 0, count: count * count)
      var distances: [Double] = []
      for left in 0..<count {
        for right in 0..<left {
          let square = zip(points[left], points[right]).reduce(0.0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
          }
          values[left * count + right] = square
          distances.append(square)
        }
      }
      let median = Statistics.quantile(0.5, ofSorted: distances.sorted()) ?? 1
      let scale = median > 0 ? 1 / median : 1
      for left in 0..<count {
        for right in 0..<left {
          let value = (-values[left * count + right] * scale).exponential
          values[left * count + right] = value
          values[right * count + left] = value
        }
        values[left * count + left] = 1
      }
      let sums = (0..<count).map { [values, count] row in
        values[(row * count)..<((row + 1) * count)].reduce(0, +)
      }
      (rowSums, total) = (sums, sums.reduce(0, +))
    }

    func discrepancy(of members: [Int], others: Int) -> Double {
      var (inner, rows) = (0.0, 0.0)
      values.withUnsafeBufferPointer { values in
        for left in members {
          rows += rowSums[left]
          var sum = 0.0
          for right in members { sum += values[left * count + right] }
          inner += sum
        }
      }
      let (n, m) = (Double(members.count), Double(others))
      let between = rows - inner
      let outer = total - inner - 2 * between
      return inner / (n * n) + outer / (m * m) - 2 * between / (n * m)
    }
  }
}
