import HourglassTensor

/// A symmetric matrix whose eigenvalues are above 0, in the form L Lᵀ of Cholesky.
struct PositiveMatrix {
  let count: Int
  private var lower: [Double]

  /// - Parameter values: `count · count`; the lower half is read. A pivot that rounding brought below its
  ///   share of the diagonal is taken for that.
  init(_ values: [Double], count: Int) {
    self.count = count
    lower = values
    for column in 0..<count {
      var pivot = lower[column * count + column]
      let least = max(abs(pivot) * 1e-12, .leastNormalMagnitude)
      for k in 0..<column { pivot -= lower[column * count + k] * lower[column * count + k] }
      let root = max(pivot, least).squareRoot()
      lower[column * count + column] = root
      for row in (column + 1)..<max(count, column + 1) {
        var sum = lower[row * count + column]
        for k in 0..<column { sum -= lower[row * count + k] * lower[column * count + k] }
        lower[row * count + column] = sum / root
      }
    }
  }

  /// x of A x = b.
  func solve(_ right: [Double]) -> [Double] {
    var x = right
    for row in 0..<count {
      for k in 0..<row { x[row] -= lower[row * count + k] * x[k] }
      x[row] /= lower[row * count + row]
    }
    return solveTransposed(x)
  }

  /// x of Lᵀ x = b.
  func solveTransposed(_ right: [Double]) -> [Double] {
    var x = right
    for row in (0..<count).reversed() {
      for k in (row + 1)..<max(count, row + 1) { x[row] -= lower[k * count + row] * x[k] }
      x[row] /= lower[row * count + row]
    }
    return x
  }

  /// L, row by row, with zeros above the diagonal.
  var lowerRows: [Double] {
    (0..<(count * count)).map { $0 % count <= $0 / count ? lower[$0] : 0 }
  }

  /// A⁻¹, row by row.
  var inverse: [Double] {
    var result = [Double](repeating: 0, count: count * count)
    for column in 0..<count {
      var unit = [Double](repeating: 0, count: count)
      unit[column] = 1
      for (row, value) in solve(unit).enumerated() { result[row * count + column] = value }
    }
    return result
  }

  /// log det A
  var logDeterminant: Double {
    Statistics.sum((0..<count).map { 2 * lower[$0 * count + $0].logarithm })
  }
}
