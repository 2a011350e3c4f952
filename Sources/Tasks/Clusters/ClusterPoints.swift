import HourglassTensor

/// Points that are put into groups, in double precision: `[count, width]`.
struct ClusterPoints: Sendable {
  let count: Int
  let width: Int
  let values: [Double]

  init(count: Int, width: Int, values: [Double]) {
    precondition(
      values.count == count * width, "ClusterPoints: \(values.count) values of \(count) x \(width)")
    (self.count, self.width, self.values) = (count, width, values)
  }

  /// - Parameter codes: `[n, code…]`.
  init(_ codes: Tensor) {
    let width = codes.shape.rank > 1 ? codes.shape.sample.count : 1
    self.init(count: codes.rows, width: width, values: codes.doubles)
  }

  /// Points that a worker takes at a time: the cut depends on their number alone, so that sums are taken in
  /// one order on any number of threads.
  var part: Int { max(512, (count + 63) / 64) }
  var parts: Int { (count + part - 1) / part }

  subscript(row: Int) -> ArraySlice<Double> { values[(row * width)..<((row + 1) * width)] }

  /// Some of the points, in the order of the rows given.
  func subset(_ rows: [Int]) -> ClusterPoints {
    ClusterPoints(count: rows.count, width: width, values: rows.flatMap { self[$0] })
  }

  /// The mean over the columns of their variances: the scale of the points, squared.
  var meanVariance: Double {
    guard count > 0, width > 0 else { return 0 }
    var sum = 0.0
    for column in 0..<width {
      var (mean, square) = (0.0, 0.0)
      for row in 0..<count { mean += values[row * width + column] }
      mean /= Double(count)
      for row in 0..<count {
        let off = values[row * width + column] - mean
        square += off * off
      }
      sum += square / Double(count)
    }
    return sum / Double(width)
  }
}
