import HourglassTensor

/// Samples as pictures, and many of them as one.
package struct PictureSheet {
  /// Pixels between two pictures.
  private static let gap = 2

  package let pictures: [Picture]
  private let isColoured: Bool

  /// Nil where samples are no pictures: see `Picture`.
  package init?(_ samples: Tensor) {
    let (values, shape) = (samples.values, samples.shape.sample)
    let finite = values.filter(\.isFinite)
    let lowest = min(0, finite.min() ?? 0)
    let range = lowest...max(lowest + .leastNormalMagnitude, finite.max() ?? 1)
    pictures = stride(from: 0, to: values.count, by: max(1, shape.count)).compactMap {
      Picture(values[$0..<($0 + shape.count)], shape: shape.dimensions, range: range)
    }
    isColoured = shape.rank == 3 && shape[0] == 3
    guard !pictures.isEmpty, pictures.count == samples.rows else { return nil }
  }

  /// The pictures in lines of `count`.
  package func lines(across count: Int) -> [[Picture]] {
    stride(from: 0, to: pictures.count, by: max(1, count)).map {
      Array(pictures[$0..<min($0 + max(1, count), pictures.count)])
    }
  }

  /// All pictures as one.
  ///
  /// - Parameter count: pictures in a line; nil: so many that they make a square, or nearly one.
  package func pixels(across count: Int? = nil) -> Raster {
    let square = Int(Double(pictures.count).squareRoot().rounded(.up))
    return PictureSheet.pixels(of: lines(across: count ?? square), isColoured: isColoured)
  }

  /// Lines of pictures of one size, below each other. The gaps are grey, so that neither black nor white
  /// pictures run into each other.
  package static func pixels(of lines: [[Picture]], isColoured: Bool) -> Raster {
    let (side, tall) = (lines[0][0].width, lines[0][0].height)
    let (across, down) = (side + gap, tall + gap)
    let width = (lines.map(\.count).max() ?? 1) * across - gap
    let height = lines.count * down - gap
    let channels = isColoured ? 3 : 1
    var pixels = [UInt8](repeating: 128, count: width * height * channels)
    for (row, line) in lines.enumerated() {
      for (column, picture) in line.enumerated() {
        for y in 0..<tall {
          for x in 0..<side {
            let place = ((row * down + y) * width + column * across + x) * channels
            let pixel = picture[y, x]
            for channel in 0..<channels { pixels[place + channel] = UInt8((pixel[channel] * 255).rounded()) }
          }
        }
      }
    }
    return Raster(width: width, height: height, channels: channels, pixels: pixels)
  }
}
