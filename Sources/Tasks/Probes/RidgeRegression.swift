import HourglassTensor

/// Linear regression with a penalty on its weights.
///
///     minimise Σᵢ (yᵢ - w·xᵢ - b)² + penalty ‖w‖²
///
/// The intercept b is free, as in scikit-learn's `Ridge(alpha=penalty)`. Solved by Cholesky's method on the
/// centred rows.
public struct RidgeRegression: Hashable, Sendable {
  public let weights: [Double]
  public let intercept: Double

  /// - Parameters:
  ///   - rows: `[n, width]`, finite.
  ///   - targets: n numbers.
  ///   - penalty: above 0.
  /// - Complexity: O(n width² + width³).
  public init(_ rows: [Double], width: Int, targets: [Double], penalty: Double) {
    self.init(Moments(rows, width: width, targets: targets), penalty: penalty)
  }

  /// What all penalties need of the rows.
  struct Moments {
    let width: Int
    let means: [Double]
    let targetMean: Double
    /// Of the centred rows: xᵀ x, the lower half, and xᵀ y.
    var scatter: [Double]
    var products: [Double]

    init(_ rows: [Double], width: Int, targets: [Double]) {
      precondition(
        rows.count == targets.count * width, "RidgeRegression: \(rows.count) values of \(targets.count) rows")
      let count = targets.count
      self.width = width
      var means = [Double](repeating: 0, count: width)
      for (index, value) in rows.enumerated() { means[index % width] += value / Double(count) }
      let targetMean = Statistics.mean(targets) ?? 0
      var scatter = [Double](repeating: 0, count: width * width)
      var products = [Double](repeating: 0, count: width)
      var centred = [Double](repeating: 0, count: width)
      for row in 0..<count {
        for column in 0..<width { centred[column] = rows[row * width + column] - means[column] }
        centred.withUnsafeBufferPointer { centred in
          scatter.withUnsafeMutableBufferPointer { scatter in
            products.withUnsafeMutableBufferPointer { products in
              guard let x = centred.baseAddress, let s = scatter.baseAddress, let p = products.baseAddress
              else { return }
              for column in 0..<width { Lanes.add(x[column], x, to: s + column * width, column + 1) }
              Lanes.add(targets[row] - targetMean, x, to: p, width)
            }
          }
        }
      }
      (self.means, self.targetMean, self.scatter, self.products) = (means, targetMean, scatter, products)
    }
  }

  init(_ moments: Moments, penalty: Double) {
    let width = moments.width
    var matrix = moments.scatter
    for column in 0..<width { matrix[column * width + column] += penalty }
    let weights = PositiveMatrix(matrix, count: width).solve(moments.products)
    self.init(
      weights: weights,
      intercept: moments.targetMean - Statistics.sum(zip(weights, moments.means).map { $0 * $1 }))
  }

  init(weights: [Double], intercept: Double) { (self.weights, self.intercept) = (weights, intercept) }

  /// w·x + b of each row.
  ///
  /// - Parameter rows: `[n, width]`.
  public func predictions(_ rows: [Double]) -> [Double] {
    let width = weights.count
    guard width > 0 else { return [] }
    return rows.withUnsafeBufferPointer { rows in
      weights.withUnsafeBufferPointer { weights in
        guard let x = rows.baseAddress, let w = weights.baseAddress else { return [] }
        return (0..<(rows.count / width)).map { Lanes.dot(x + $0 * width, w, width) + intercept }
      }
    }
  }
}
