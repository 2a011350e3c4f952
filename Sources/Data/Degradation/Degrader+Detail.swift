import HourglassFormats
import HourglassTensor

/// What is lost of sharpness and detail.
extension Degrader {
  /// The weights of a gaussian from the middle on.
  static func kernel(_ deviation: Float) -> [Float] {
    let radius = Int(4 * Double(deviation) + 0.5)
    let spread = -0.5 / (Double(deviation) * Double(deviation))
    let raw = (0...radius).map { (spread * Double($0 * $0)).exponential }
    let sum = 2 * raw.dropFirst().reduce(0, +) + raw[0]
    return raw.map { Float($0 / sum) }
  }

  /// Rows, then columns.
  func blur(_ sample: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, _ kernel: [Float])
  {
    for plane in 0..<planes {
      let start = plane * height * width
      for row in 0..<height {
        blur(sample + start + row * width, into: scratch + start + row * width, width, stride: 1, kernel)
      }
      if height == 1 {
        (sample + start).update(from: scratch + start, count: width)
        continue
      }
      for column in 0..<width {
        blur(scratch + start + column, into: sample + start + column, height, stride: width, kernel)
      }
    }
  }

  private func blur(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ count: Int, stride: Int,
    _ kernel: [Float]
  ) {
    for index in 0..<count {
      var sum = kernel[0] * source[index * stride]
      for reach in 1..<max(1, kernel.count) {
        let (before, behind) = (max(index - reach, 0), min(index + reach, count - 1))
        sum += kernel[reach] * (source[before * stride] + source[behind * stride])
      }
      target[index * stride] = sum
    }
  }

  /// Means of `factor` by `factor` values, fewer at the far edges, enlarged again.
  func downscale(_ sample: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, _ factor: Int)
  {
    let (rows, columns) = ((height + factor - 1) / factor, (width + factor - 1) / factor)
    let down = CubicAxis(from: rows, to: height > 1 ? rows * factor : 1)
    let across = CubicAxis(from: columns, to: columns * factor)
    var small = [Float](repeating: 0, count: rows * columns)
    for plane in 0..<planes {
      let start = sample + plane * height * width
      for row in 0..<rows {
        for column in 0..<columns {
          small[row * columns + column] = mean(
            start, row * factor..<min((row + 1) * factor, height),
            column * factor..<min((column + 1) * factor, width))
        }
      }
      small.withUnsafeBufferPointer { small in
        guard let small = small.baseAddress else { return }
        // Columns of the result, as far as there are, for every small row; then its rows.
        for row in 0..<rows {
          for x in 0..<width {
            scratch[row * width + x] = across.value(x, small + row * columns, count: columns, stride: 1)
          }
        }
        for y in 0..<height {
          for x in 0..<width {
            start[y * width + x] = down.value(y, scratch + x, count: rows, stride: width)
          }
        }
      }
    }
  }

  private func mean(_ plane: UnsafePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>) -> Float {
    var sum: Float = 0
    for row in rows {
      for column in columns { sum += plane[row * width + column] }
    }
    return sum / Float(rows.count * columns.count)
  }

  /// As 8 bits to JPEG and back.
  func compress(_ sample: UnsafeMutablePointer<Float>, _ quality: Int) throws {
    let together = planes == 3 ? 3 : 1
    let area = height * width
    for first in stride(from: 0, to: planes, by: together) {
      let start = sample + first * area
      var pixels = [UInt8](repeating: 0, count: area * together)
      for channel in 0..<together {
        for index in 0..<area {
          let level = min(max(start[channel * area + index], 0), 1) * 255
          pixels[index * together + channel] = UInt8(level.rounded())
        }
      }
      let bytes = try JPEG.encode(
        pixels: pixels, width: width, height: height, channels: together, quality: quality)
      let image = try ImageFile.read(bytes: bytes, name: "a JPEG of quality \(quality)")
      for channel in 0..<together {
        for index in 0..<area {
          start[channel * area + index] = Float(image.pixels[index * together + channel]) / 255
        }
      }
    }
  }
}
