/// A small symmetric matrix and its eigenvectors.
package struct SymmetricMatrix {
  private var values: [Double]
  private let count: Int

  /// - Parameter values: `count` × `count`, row-major; the mean of it and its transpose is taken.
  package init(_ values: [Double], count: Int) {
    self.count = count
    self.values = values
    for row in 0..<count {
      for column in 0..<count {
        self.values[row * count + column] = (values[row * count + column] + values[column * count + row]) / 2
      }
    }
  }

  /// Eigenvalues, the largest first, and their vectors.
  ///
  /// - Source: Jacobi's method of rotations (1846), cyclic by rows; it ends when what is off the diagonal is
  ///   rounding.
  package func eigen() -> (values: [Double], vectors: [[Double]]) {
    var matrix = values
    var vectors = [Double](repeating: 0, count: count * count)
    for index in 0..<count { vectors[index * count + index] = 1 }
    let scale = matrix.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<60 {
      var outside = 0.0
      for row in 0..<count {
        for column in 0..<count where row != column {
          outside += matrix[row * count + column] * matrix[row * count + column]
        }
      }
      if outside <= 1e-26 * scale { break }
      for row in 0..<count {
        for column in (row + 1)..<max(count, row + 1) { rotate(&matrix, &vectors, row, column) }
      }
    }
    let order = (0..<count).sorted { matrix[$0 * count + $0] > matrix[$1 * count + $1] }
    return (
      order.map { matrix[$0 * count + $0] },
      order.map { column in (0..<count).map { vectors[$0 * count + column] } }
    )
  }

  /// One rotation that makes the value at (p, q) zero.
  private func rotate(_ matrix: inout [Double], _ vectors: inout [Double], _ p: Int, _ q: Int) {
    let off = matrix[p * count + q]
    guard off != 0 else { return }
    let theta = (matrix[q * count + q] - matrix[p * count + p]) / (2 * off)
    let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
    let cosine = 1 / (t * t + 1).squareRoot()
    let sine = t * cosine
    for k in 0..<count {
      let (a, b) = (matrix[k * count + p], matrix[k * count + q])
      matrix[k * count + p] = cosine * a - sine * b
      matrix[k * count + q] = sine * a + cosine * b
    }
    for k in 0..<count {
      let (a, b) = (matrix[p * count + k], matrix[q * count + k])
      matrix[p * count + k] = cosine * a - sine * b
      matrix[q * count + k] = sine * a + cosine * b
    }
    for k in 0..<count {
      let (a, b) = (vectors[k * count + p], vectors[k * count + q])
      vectors[k * count + p] = cosine * a - sine * b
      vectors[k * count + q] = sine * a + cosine * b
    }
  }
}
