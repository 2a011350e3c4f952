import HourglassFormats

extension ImageForm {
  /// The pixels of an image stretched to this size, row by row, `[height, width, channels]`.
  ///
  /// Along each axis a new pixel is a weighted mean of the old ones. With n old and m new pixels, s = n / m
  /// and w = max(s, 1):
  ///
  ///     c(i)    = (i + ½) s                        where new pixel i lies among the old
  ///     a(i, k) = max(0, 1 - |k + ½ - c(i)| / w)
  ///     y(i)    = Σₖ a(i, k) x(k) / Σₖ a(i, k)
  ///
  /// Made larger, this is linear interpolation; made smaller, the triangle grows with the step, so that
  /// nothing finer than the new pixels is left to make patterns (aliasing). Rows first, then columns, in
  /// single precision, rounded once at the end. Colours are weighted by their opacity.
  ///
  /// - Precondition: the image has this form's channels.
  func resized<Level: PixelLevel>(_ image: PixelImage<Level>) -> [Level] {
    precondition(image.channels == channels, "ImageForm: an image of \(image.channels) channels")
    if image.width == width && image.height == height { return image.pixels }
    let rows = Weights(from: image.height, to: height)
    let columns = Weights(from: image.width, to: width)
    // One old row at a time is narrowed; so many of them are kept as the new rows still need.
    var narrow = [Float](repeating: 0, count: image.height * width * channels)
    for row in 0..<image.height {
      let source = floats(image, row: row)
      columns.apply(to: source, pixelSize: channels) { narrow[row * width * channels + $0] = $1 }
    }
    var pixels = [Level](repeating: 0, count: height * width * channels)
    let rowSize = width * channels
    var sums = [Float](repeating: 0, count: rowSize)
    for row in 0..<height {
      for index in 0..<rowSize { sums[index] = 0 }
      for (old, weight) in rows.of(row) {
        for index in 0..<rowSize { sums[index] += weight * narrow[old * rowSize + index] }
      }
      round(sums, into: &pixels, at: row * rowSize)
    }
    return pixels
  }

  /// A row as numbers, colours times their opacity.
  private func floats<Level: PixelLevel>(_ image: PixelImage<Level>, row: Int) -> [Float] {
    let start = row * image.width * channels
    var values = image.pixels[start..<(start + image.width * channels)].map(Float.init)
    guard channels == 4 else { return values }
    for pixel in stride(from: 0, to: values.count, by: 4) {
      let opacity = values[pixel + 3] / Float(Level.max)
      for channel in 0..<3 { values[pixel + channel] *= opacity }
    }
    return values
  }

  private func round<Level: PixelLevel>(_ values: [Float], into pixels: inout [Level], at start: Int) {
    let highest = Float(Level.max)
    for index in values.indices {
      var value = values[index]
      if channels == 4, index % 4 < 3 {
        let opacity = values[index - index % 4 + 3]
        value = opacity > 0 ? value * highest / opacity : 0
      }
      pixels[start + index] = Level(min(max(value + 0.5, 0), highest))
    }
  }
}

/// Which old pixels, and how much of each, make a new one; along one axis.
private struct Weights {
  private var spans: [Range<Int>] = []
  private var weights: [Float] = []
  private var starts: [Int] = []

  init(from count: Int, to target: Int) {
    let step = Double(count) / Double(target)
    let reach = max(step, 1)
    for index in 0..<target {
      let center = (Double(index) + 0.5) * step
      let first = max(0, Int((center - reach + 0.5).rounded(.down)))
      let last = min(count, Int((center + reach + 0.5).rounded(.down)))
      let part = (first..<max(last, first + 1)).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
      let sum = part.reduce(0, +)
      starts.append(weights.count)
      spans.append(first..<(first + part.count))
      weights += part.map { Float($0 / sum) }
    }
  }

  /// The old pixels of a new one with their weights.
  func of(_ index: Int) -> some Sequence<(Int, Float)> {
    zip(spans[index], weights[starts[index]...])
  }

  /// Hands each value of the new row to `put`, with its place.
  func apply(to row: [Float], pixelSize: Int, _ put: (Int, Float) -> Void) {
    for index in spans.indices {
      for channel in 0..<pixelSize {
        var sum: Float = 0
        var place = spans[index].lowerBound * pixelSize + channel
        for weight in weights[starts[index]..<(starts[index] + spans[index].count)] {
          sum += weight * row[place]
          place += pixelSize
        }
        put(index * pixelSize + channel, sum)
      }
    }
  }
}
