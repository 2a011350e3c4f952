import HourglassTensor

/// Few long rows in fewer coordinates, exactly: what a linear model with a penalty on its weights makes of
/// them is the same.
///
///     X Xᵀ = L Lᵀ,   X = L Q with orthonormal rows of Q;   w = Qᵀ u = Xᵀ L⁻ᵀ u,   ‖w‖ = ‖u‖
///
/// The weights of least norm lie in the space of the rows (the representer theorem), so that a model fitted
/// to the rows of L is the one fitted to X.
struct RowSpace {
  /// `[rows, rows]`: L.
  let coordinates: [Double]
  let count: Int
  private let factor: PositiveMatrix

  /// - Parameter rows: `[count, width]`.
  /// - Complexity: O(count² width + count³).
  init(_ rows: [Double], width: Int) {
    let count = rows.count / max(1, width)
    var products = [Double](repeating: 0, count: count * count)
    rows.withUnsafeBufferPointer { rows in
      guard let x = rows.baseAddress else { return }
      for row in 0..<count {
        for other in 0...row {
          products[row * count + other] = Lanes.dot(x + row * width, x + other * width, width)
        }
      }
    }
    let factor = PositiveMatrix(products, count: count)
    (self.factor, self.count, coordinates) = (factor, count, factor.lowerRows)
  }

  /// Weights for the rows themselves, from those for their coordinates.
  ///
  /// - Parameters:
  ///   - weights: one a coordinate.
  ///   - rows: as given.
  func weights(_ weights: [Double], rows: [Double], width: Int) -> [Double] {
    let shares = factor.solveTransposed(weights)
    var result = [Double](repeating: 0, count: width)
    rows.withUnsafeBufferPointer { rows in
      result.withUnsafeMutableBufferPointer { result in
        guard let x = rows.baseAddress, let w = result.baseAddress else { return }
        for row in 0..<count { Lanes.add(shares[row], x + row * width, to: w, width) }
      }
    }
    return result
  }
}
