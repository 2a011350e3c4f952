import HourglassTensor

/// How near one picture, sound or series is to another.
public enum PictureMeasures {
  /// The peak signal-to-noise ratio in decibels; infinite where nothing differs.
  ///
  ///     PSNR = 10 log₁₀(peak² / mean (x - y)²)
  ///
  /// - Parameter peak: how far apart two values may be: 1 of values in [0, 1], 255 of levels.
  /// - Precondition: as many values of both, at least one.
  public static func peakSignalToNoise(_ one: [Float], _ other: [Float], peak: Double = 1) -> Double {
    precondition(one.count == other.count && !one.isEmpty, "PSNR: \(one.count) and \(other.count) values")
    let squares = zip(one, other).map { (Double($0) - Double($1)) * (Double($0) - Double($1)) }
    let mean = Statistics.sum(squares) / Double(squares.count)
    return mean > 0 ? 10 * (peak * peak / mean).logarithm / 10.0.logarithm : .infinity
  }

  /// The structural similarity of two pictures: 1 where they are the same.
  ///
  ///     SSIM = (2 μₓ μᵧ + c₁) (2 σₓᵧ + c₂) / ((μₓ² + μᵧ² + c₁) (σₓ² + σᵧ² + c₂))
  ///     c₁ = (0.01 peak)²,  c₂ = (0.03 peak)²
  ///
  /// with means, variances and the covariance under a gaussian window of 11 by 11 and the deviation 1.5; the
  /// mean over all windows within the picture, and over its channels. A side of less than 11 has the largest
  /// odd window that fits.
  ///
  /// - Parameter shape: `[channels, height, width]`; of series and sounds the height is 1.
  /// - Source: Wang, Bovik, Sheikh and Simoncelli 2004.
  public static func structuralSimilarity(
    _ one: [Float], _ other: [Float], shape: [Int], peak: Double = 1
  ) -> Double {
    precondition(
      shape.count == 3 && one.count == shape.reduce(1, *) && one.count == other.count,
      "SSIM: \(one.count) and \(other.count) values of \(shape)")
    let (height, width) = (shape[1], shape[2])
    let area = height * width
    let values = (0..<shape[0]).map { channel in
      let range = (channel * area)..<((channel + 1) * area)
      return similarity(
        one[range].map(Double.init), other[range].map(Double.init), height, width, peak: peak)
    }
    return Statistics.mean(values) ?? 1
  }

  private static func similarity(
    _ x: [Double], _ y: [Double], _ height: Int, _ width: Int, peak: Double
  ) -> Double {
    let (rows, columns) = (window(height), window(width))
    func mean(_ values: [Double]) -> [Double] { windowed(values, height, width, rows, columns) }
    func product(_ x: [Double], _ y: [Double]) -> [Double] { zip(x, y).map { $0 * $1 } }
    let (meanX, meanY) = (mean(x), mean(y))
    let (squareX, squareY, cross) = (mean(product(x, x)), mean(product(y, y)), mean(product(x, y)))
    let (c1, c2) = ((0.01 * peak) * (0.01 * peak), (0.03 * peak) * (0.03 * peak))
    let values = meanX.indices.map { index -> Double in
      let (mx, my) = (meanX[index], meanY[index])
      let covariance = cross[index] - mx * my
      let (varianceX, varianceY) = (squareX[index] - mx * mx, squareY[index] - my * my)
      return (2 * mx * my + c1) * (2 * covariance + c2)
        / ((mx * mx + my * my + c1) * (varianceX + varianceY + c2))
    }
    return Statistics.mean(values) ?? 1
  }

  /// Gaussian weights, 11 or as many as fit.
  private static func window(_ side: Int) -> [Double] {
    let reach = min(5, (side - 1) / 2)
    let weights = (-reach...reach).map { (-Double($0 * $0) / 4.5).exponential }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The weighted means of all windows that lie within.
  private static func windowed(
    _ values: [Double], _ height: Int, _ width: Int, _ rows: [Double], _ columns: [Double]
  ) -> [Double] {
    let (tall, wide) = (height - rows.count + 1, width - columns.count + 1)
    var along = [Double](repeating: 0, count: height * wide)
    for y in 0..<height {
      for (offset, weight) in columns.enumerated() {
        for x in 0..<wide { along[y * wide + x] += weight * values[y * width + x + offset] }
      }
    }
    var result = [Double](repeating: 0, count: tall * wide)
    for y in 0..<tall {
      for (offset, weight) in rows.enumerated() {
        for x in 0..<wide { result[y * wide + x] += weight * along[(y + offset) * wide + x] }
      }
    }
    return result
  }
}
