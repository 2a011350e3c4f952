import HourglassTensor

/// See ``ClassicalFilter/nonLocalMeans(deviation:h:patch:search:)``: one pass over the picture an offset,
/// with the distances of all patches from running sums. Complexity: O(values · search²).
struct NonLocalMeans {
  private let deviation: Double
  private let h: Double
  private let patch: Int
  private let search: Int

  init(deviation: Float, h: Float, patch: Int, search: Int) {
    precondition(patch % 2 == 1 && search % 2 == 1 && h > 0, "non-local means: \(patch), \(search), \(h)")
    (self.deviation, self.h) = (Double(deviation), Double(h))
    (self.patch, self.search) = (patch, search)
  }

  func apply(to values: [Float], _ shape: [Int]) -> [Float] {
    let wide = Wide(values, shape, reach: search / 2 + patch / 2, patch / 2, search / 2)
    var sums = [Float](repeating: 0, count: values.count)
    var weights = [Float](repeating: 0, count: shape[1] * shape[2])
    let rows = shape[1] > 1 ? search / 2 : 0
    for down in -rows...rows {
      for right in -(search / 2)...(search / 2) {
        let distances = wide.distances(down, right)
        wide.add(down, right, distances, to: &sums, &weights) { distance in
          Float((-max(distance - 2 * deviation * deviation, 0) / (h * h)).exponential)
        }
      }
    }
    let area = weights.count
    return sums.indices.map { sums[$0] / weights[$0 % area] }
  }
}

/// A picture with its mirror image about it.
private struct Wide {
  private let channels: Int
  private let height: Int
  private let width: Int
  private let patch: (rows: Int, columns: Int)
  private let border: (rows: Int, columns: Int)
  /// Sides with the border.
  private let tall: Int
  private let broad: Int
  private let values: [Float]

  init(_ picture: [Float], _ shape: [Int], reach: Int, _ patch: Int, _ search: Int) {
    (channels, height, width) = (shape[0], shape[1], shape[2])
    let isFlat = shape[1] == 1
    self.patch = (isFlat ? 0 : patch, patch)
    border = (isFlat ? 0 : reach, reach)
    (tall, broad) = (height + 2 * border.rows, width + 2 * border.columns)
    var values: [Float] = []
    values.reserveCapacity(channels * tall * broad)
    for channel in 0..<channels {
      for y in 0..<tall {
        let row = (channel * height + mirrored(y - border.rows, height)) * width
        for x in 0..<broad { values.append(picture[row + mirrored(x - border.columns, width)]) }
      }
    }
    self.values = values
  }

  /// The mean squared difference of the patch about each place and that about the place so far from it.
  func distances(_ down: Int, _ right: Int) -> [Float] {
    // Differences of all places that a patch may hold, their sums along rows, then along columns.
    let (high, long) = (height + 2 * patch.rows, width + 2 * patch.columns)
    let (top, left) = (border.rows - patch.rows, border.columns - patch.columns)
    var squares = [Float](repeating: 0, count: high * long)
    for channel in 0..<channels {
      for y in 0..<high {
        let own = (channel * tall + top + y) * broad + left
        let other = own + down * broad + right
        for x in 0..<long {
          let difference = values[own + x] - values[other + x]
          squares[y * long + x] += difference * difference
        }
      }
    }
    var along = [Float](repeating: 0, count: high * width)
    for y in 0..<high {
      for offset in 0...(2 * patch.columns) {
        for x in 0..<width { along[y * width + x] += squares[y * long + x + offset] }
      }
    }
    var result = [Float](repeating: 0, count: height * width)
    for y in 0..<height {
      for offset in 0...(2 * patch.rows) {
        for x in 0..<width { result[y * width + x] += along[(y + offset) * width + x] }
      }
    }
    let share = 1 / Float((2 * patch.rows + 1) * (2 * patch.columns + 1) * channels)
    return result.map { $0 * share }
  }

  func add(
    _ down: Int, _ right: Int, _ distances: [Float], to sums: inout [Float], _ weights: inout [Float],
    _ weight: (Double) -> Float
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let place = y * width + x
        let part = weight(Double(distances[place]))
        weights[place] += part
        for channel in 0..<channels {
          let index = (channel * tall + border.rows + y + down) * broad + border.columns + x + right
          sums[channel * height * width + place] += part * values[index]
        }
      }
    }
  }
}
