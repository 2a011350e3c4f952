import HourglassTensor

/// How far each pixel of a mask is from the nearest one that is not in it, exactly, by Euclid.
///
///     d(p)² = minimum over q outside of the mask of |p - q|²
///
/// - Source: Felzenszwalb and Huttenlocher 2012: the lower envelope of parabolas, along columns, then rows.
public enum DistanceTransform {
  /// The squared distances, row by row; 0 outside of the mask, infinite where all pixels are in it.
  ///
  /// - Complexity: O(pixels).
  public static func squared(of mask: [Bool], width: Int, height: Int) -> [Double] {
    precondition(
      mask.count == width * height, "DistanceTransform: \(mask.count) pixels of \(width) by \(height)")
    var values = mask.map { $0 ? Double.infinity : 0 }
    var line = Envelope(capacity: max(width, height))
    for column in 0..<width { line.transform(&values, from: column, step: width, count: height) }
    for row in 0..<height { line.transform(&values, from: row * width, step: 1, count: width) }
    return values
  }

  /// The distances themselves, smoothed by a normal kernel within the mask.
  ///
  /// - Parameter smoothing: deviation in pixels; 0 for none.
  static func smoothed(of mask: [Bool], width: Int, height: Int, by smoothing: Double) -> [Double] {
    let bound = Double(width * width + height * height)
    let distances = squared(of: mask, width: width, height: height).map { min($0, bound).squareRoot() }
    guard smoothing > 0 else { return distances }
    let smooth = GaussianFilter(deviation: smoothing).applied(to: distances, width: width, height: height)
    return zip(mask, smooth).map { $0 ? $1 : 0 }
  }

  /// The lower envelope of parabolas along a line.
  private struct Envelope {
    private var values: [Double]
    private var places: [Int]
    private var bounds: [Double]

    init(capacity: Int) {
      values = [Double](repeating: 0, count: capacity)
      places = [Int](repeating: 0, count: capacity)
      bounds = [Double](repeating: 0, count: capacity + 1)
    }

    mutating func transform(_ grid: inout [Double], from start: Int, step: Int, count: Int) {
      for index in 0..<count { values[index] = grid[start + index * step] }
      var last = -1
      for index in 0..<count where values[index].isFinite {
        while last >= 0 {
          let crossing = self.crossing(places[last], index)
          if crossing > bounds[last] {
            bounds[last + 1] = crossing
            break
          }
          last -= 1
        }
        last += 1
        places[last] = index
        if last == 0 { bounds[0] = -.infinity }
      }
      guard last >= 0 else { return }
      bounds[last + 1] = .infinity
      var piece = 0
      for index in 0..<count {
        while bounds[piece + 1] < Double(index) { piece += 1 }
        let distance = Double(index - places[piece])
        grid[start + index * step] = distance * distance + values[places[piece]]
      }
    }

    /// Where the parabola of `right` comes to lie below that of `left`.
    private func crossing(_ left: Int, _ right: Int) -> Double {
      let (p, q) = (Double(left), Double(right))
      return ((values[right] + q * q) - (values[left] + p * p)) / (2 * (q - p))
    }
  }
}

/// A normal kernel, cut off at four deviations and of sum 1; at the border the picture is mirrored
/// (…b a | a b…).
struct GaussianFilter {
  private let kernel: [Double]

  init(deviation: Double) {
    let radius = Int((4 * deviation + 0.5).rounded(.down))
    let weights = (-radius...radius).map { (-0.5 * Double($0 * $0) / (deviation * deviation)).exponential }
    let sum = weights.reduce(0, +)
    kernel = weights.map { $0 / sum }
  }

  func applied(to values: [Double], width: Int, height: Int) -> [Double] {
    let upright = passed(
      values, width: width, height: height, step: width, count: height, lines: width, stride: 1)
    return passed(upright, width: width, height: height, step: 1, count: width, lines: height, stride: width)
  }

  private func passed(
    _ values: [Double], width: Int, height: Int, step: Int, count: Int, lines: Int, stride: Int
  ) -> [Double] {
    let radius = kernel.count / 2
    var result = values
    for line in 0..<lines {
      for index in 0..<count {
        var sum = 0.0
        for (offset, weight) in kernel.enumerated() {
          sum +=
            weight * values[line * stride + GaussianFilter.mirrored(index + offset - radius, count) * step]
        }
        result[line * stride + index * step] = sum
      }
    }
    return result
  }

  private static func mirrored(_ index: Int, _ count: Int) -> Int {
    let place = ((index % (2 * count)) + 2 * count) % (2 * count)
    return place < count ? place : 2 * count - 1 - place
  }
}
