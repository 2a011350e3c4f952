import HourglassTensor
import HourglassTraining

/// The normal law with the mean and the covariance of some points.
public struct NormalLaw: Hashable, Sendable {
  public let mean: [Double]
  /// Row-major, divided by n - 1.
  public let covariance: [Double]

  public init(mean: [Double], covariance: [Double]) {
    precondition(
      covariance.count == mean.count * mean.count, "NormalLaw: \(covariance.count) values of a covariance")
    (self.mean, self.covariance) = (mean, covariance)
  }

  /// - Parameter points: `[n, width]`, two of them at least.
  public init(of points: Tensor) {
    let (values, count) = (points.doubles, points.rows)
    let width = count == 0 ? 0 : values.count / count
    let mean = (0..<width).map { column in
      Statistics.sum((0..<count).map { values[$0 * width + column] }) / Double(count)
    }
    var covariance = [Double](repeating: 0, count: width * width)
    var centred = mean
    for row in 0..<count {
      for column in 0..<width { centred[column] = values[row * width + column] - mean[column] }
      for left in 0..<width {
        let factor = centred[left]
        for right in 0..<width { covariance[left * width + right] += factor * centred[right] }
      }
    }
    self.init(mean: mean, covariance: covariance.map { $0 / Double(max(1, count - 1)) })
  }

  /// The squared 2-Wasserstein distance of two normal laws.
  ///
  ///     d² = ‖μ₁ - μ₂‖² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½)
  ///
  /// The eigenvalues of Σ₁ Σ₂ are those of Σ₁^½ Σ₂ Σ₁^½, which is symmetric: no square root of another matrix
  /// is needed.
  ///
  /// - Source: Fréchet 1957, Dowson and Landau 1982; for features of images Heusel et al. 2017.
  public func frechetDistance(to other: NormalLaw) -> Double {
    let width = mean.count
    precondition(other.mean.count == width, "frechetDistance: widths \(width) and \(other.mean.count)")
    let (values, vectors) = SymmetricMatrix(covariance, count: width).eigen()
    // In the basis of Σ₁'s eigenvectors its root is diagonal.
    var turned = [Double](repeating: 0, count: width * width)
    for left in 0..<width {
      let image = (0..<width).map { column in
        (0..<width).reduce(0.0) { $0 + vectors[left][$1] * other.covariance[$1 * width + column] }
      }
      for right in 0..<width {
        let overlap = (0..<width).reduce(0.0) { $0 + image[$1] * vectors[right][$1] }
        turned[left * width + right] = (max(0, values[left]) * max(0, values[right])).squareRoot() * overlap
      }
    }
    let roots = SymmetricMatrix(turned, count: width).eigen().values.map { max(0, $0).squareRoot() }
    let shift = zip(mean, other.mean).map { ($0 - $1) * ($0 - $1) }
    let traces = (0..<width).map { covariance[$0 * width + $0] + other.covariance[$0 * width + $0] }
    return max(0, Statistics.sum(shift) + Statistics.sum(traces) - 2 * Statistics.sum(roots))
  }
}
