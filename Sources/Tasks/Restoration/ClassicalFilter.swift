import HourglassTensor

/// What pictures were restored with before anything was learned: the controls of a restoration.
///
/// Of pictures `[channels, height, width]`, each channel by itself but for non-local means; beyond an edge
/// lies its mirror image. Of series and sounds the height is 1.
public enum ClassicalFilter: Hashable, Sendable {
  /// The median of `size` by `size` values about each.
  case median(size: Int)
  /// The adaptive filter of the local mean μ and variance σ² of `size` by `size` values:
  ///
  ///     y = μ + max(σ² - ν, 0) / max(σ², ν) (x - μ)
  ///
  /// with the noise's variance ν; nil: the mean of all σ².
  ///
  /// - Source: Lee 1980, as `scipy.signal.wiener` has it.
  case wiener(size: Int, noise: Float?)
  /// The mean of all values nearby, weighted by how alike what surrounds them is:
  ///
  ///     y(i) = Σⱼ w(i, j) x(j) / Σⱼ w(i, j),   w = exp(-max(d²(i, j) - 2 σ², 0) / h²)
  ///
  /// d² is the mean squared difference of the `patch` by `patch` values about both over all channels, j the
  /// `search` by `search` places about i.
  ///
  /// - Source: Buades, Coll and Morel 2005; with the noise's deviation σ as in 2011, pixel by pixel.
  case nonLocalMeans(deviation: Float, h: Float, patch: Int, search: Int)

  /// What it makes of a picture.
  ///
  /// - Precondition: odd sizes, and as many values as the shape `[channels, height, width]` says.
  public func apply(to values: [Float], shape: [Int]) -> [Float] {
    precondition(
      shape.count == 3 && values.count == shape.reduce(1, *), "filter: \(values.count) values of \(shape)")
    switch self {
    case .median(let size):
      return ClassicalFilter.perPlane(values, shape) { MedianWindow(size).apply(to: $0, $1, $2) }
    case .wiener(let size, let noise):
      return ClassicalFilter.perPlane(values, shape) { plane, height, width in
        ClassicalFilter.wiener(plane, height, width, size, noise)
      }
    case .nonLocalMeans(let deviation, let h, let patch, let search):
      return NonLocalMeans(deviation: deviation, h: h, patch: patch, search: search)
        .apply(to: values, shape)
    }
  }

  private static func perPlane(
    _ values: [Float], _ shape: [Int], _ body: ([Float], _ height: Int, _ width: Int) -> [Float]
  ) -> [Float] {
    let area = shape[1] * shape[2]
    return stride(from: 0, to: values.count, by: area).flatMap {
      body(Array(values[$0..<($0 + area)]), shape[1], shape[2])
    }
  }

  private static func wiener(
    _ plane: [Float], _ height: Int, _ width: Int, _ size: Int, _ noise: Float?
  ) -> [Float] {
    let means = BoxMeans(reach: (height > 1 ? size / 2 : 0, size / 2), height, width)
    let mean = means.apply(to: plane.map(Double.init))
    let squares = means.apply(to: plane.map { Double($0) * Double($0) })
    let variances = zip(squares, mean).map { max($0 - $1 * $1, 0) }
    let noise = noise.map(Double.init) ?? Statistics.mean(variances) ?? 0
    return plane.indices.map { index in
      let variance = variances[index]
      guard variance > noise, variance > 0 else { return Float(mean[index]) }
      return Float(mean[index] + (1 - noise / variance) * (Double(plane[index]) - mean[index]))
    }
  }
}

/// Where a place beyond an edge lies in its mirror image, the edge value twice.
func mirrored(_ place: Int, _ count: Int) -> Int {
  let period = 2 * count
  let folded = ((place % period) + period) % period
  return folded < count ? folded : period - 1 - folded
}

/// Means of all windows of a size.
struct BoxMeans {
  let reach: (rows: Int, columns: Int)
  let height: Int
  let width: Int

  init(reach: (rows: Int, columns: Int), _ height: Int, _ width: Int) {
    (self.reach, self.height, self.width) = (reach, height, width)
  }

  func apply(to values: [Double]) -> [Double] {
    var along = values
    for y in 0..<height {
      line(values, start: y * width, stride: 1, width, reach.columns, into: &along)
    }
    guard reach.rows > 0 else { return along }
    var result = along
    for x in 0..<width { line(along, start: x, stride: width, height, reach.rows, into: &result) }
    return result
  }

  private func line(
    _ source: [Double], start: Int, stride: Int, _ count: Int, _ reach: Int, into target: inout [Double]
  ) {
    let share = 1 / Double(2 * reach + 1)
    func value(_ place: Int) -> Double { source[start + mirrored(place, count) * stride] }
    var sum = (-reach...reach).reduce(0.0) { $0 + value($1) }
    for index in 0..<count {
      target[start + index * stride] = sum * share
      sum += value(index + reach + 1) - value(index - reach)
    }
  }
}

/// Medians of all windows of a size. A value that is missing (NaN) is passed over; where all are, it stays
/// so.
struct MedianWindow {
  private let size: Int

  init(_ size: Int) {
    precondition(size > 0 && size % 2 == 1, "median: a window of \(size)")
    self.size = size
  }

  func apply(to plane: [Float], _ height: Int, _ width: Int) -> [Float] {
    let reach = (rows: height > 1 ? size / 2 : 0, columns: size / 2)
    var window: [Float] = []
    window.reserveCapacity(size * size)
    return plane.indices.map { index in
      window.removeAll(keepingCapacity: true)
      let (row, column) = (index / width, index % width)
      for y in (row - reach.rows)...(row + reach.rows) {
        let start = mirrored(y, height) * width
        for x in (column - reach.columns)...(column + reach.columns) {
          let value = plane[start + mirrored(x, width)]
          if !value.isNaN { window.append(value) }
        }
      }
      guard !window.isEmpty else { return .nan }
      window.sort()
      let middle = window.count / 2
      return window.count % 2 == 1 ? window[middle] : (window[middle - 1] + window[middle]) / 2
    }
  }
}
