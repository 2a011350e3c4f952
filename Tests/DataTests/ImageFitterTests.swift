import HourglassFormats
import HourglassTensor
import Testing

@testable import HourglassData

/// Pixels by the kernels beside the same arithmetic written out, one number at a time.
@Suite("Image fitter")
struct ImageFitterTests {
  private static let sizes = [
    (1, 1, 1, 1), (5, 7, 5, 7), (7, 5, 3, 4), (4, 4, 9, 1), (1, 9, 4, 4), (33, 17, 8, 40), (40, 50, 1, 2),
  ]

  private func image<Level: PixelLevel>(_ height: Int, _ width: Int, _ channels: Int) -> PixelImage<Level> {
    let random = Random(seed: UInt64(height * 100 + width), stream: .data)
    let pixels = (0..<(height * width * channels)).map { index in
      // The ends too, so that something is fully transparent and something opaque.
      let value = random.uniform(position: UInt64(index)) * 1.2 - 0.1
      return Level(max(0, min(1, value)) * Float(Level.max))
    }
    return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// Weights of the old pixels of each new one, by the formula.
  private func weights(_ count: Int, _ target: Int) -> [[(old: Int, weight: Float)]] {
    let step = Double(count) / Double(target)
    let reach = max(step, 1)
    return (0..<target).map { new in
      let center = (Double(new) + 0.5) * step
      let parts: [(old: Int, part: Double)] = (0..<count).compactMap { old in
        let distance: Double = abs(Double(old) + 0.5 - center)
        let part = 1 - distance / reach
        return part > 0 ? (old, part) : nil
      }
      let sum = parts.reduce(0) { $0 + $1.part }
      return parts.map { ($0.old, Float($0.part / sum)) }
    }
  }

  private func slow<Level: PixelLevel>(_ image: PixelImage<Level>, _ height: Int, _ width: Int) -> [Level] {
    let channels = image.channels
    var values = image.pixels.map(Float.init)
    for index in values.indices where channels == 4 && index % 4 < 3 {
      values[index] *= Float(image.pixels[index - index % 4 + 3]) / Float(Level.max)
    }
    let (rows, columns) = (weights(image.height, height), weights(image.width, width))
    var narrow = [Float](repeating: 0, count: image.height * width * channels)
    for row in 0..<image.height {
      for column in 0..<width {
        for channel in 0..<channels {
          var sum: Float = 0
          for (old, weight) in columns[column] {
            sum += weight * values[(row * image.width + old) * channels + channel]
          }
          narrow[(row * width + column) * channels + channel] = sum
        }
      }
    }
    return (0..<(height * width * channels)).map { index in
      func sum(_ place: Int) -> Float {
        var sum: Float = 0
        for (old, weight) in rows[index / (width * channels)] {
          sum += weight * narrow[old * width * channels + place % (width * channels)]
        }
        return sum
      }
      var value = sum(index)
      if channels == 4, index % 4 < 3 {
        let opacity = sum(index - index % 4 + 3)
        value = opacity > 0 ? value * Float(Level.max) / opacity : 0
      }
      return Level(min(max(value + 0.5, 0), Float(Level.max)))
    }
  }

  private func compare<Level: PixelLevel>(_ type: Level.Type) {
    for (height, width, newHeight, newWidth) in ImageFitterTests.sizes {
      for channels in [1, 3, 4] {
        let form = ImageForm(
          height: newHeight, width: newWidth, channels: channels, bits: Level.bitWidth)
        let image: PixelImage<Level> = self.image(height, width, channels)
        let isSame = (height, width) == (newHeight, newWidth)
        let expected = isSame ? image.pixels : slow(image, newHeight, newWidth)
        #expect(
          form.resized(image) == expected, "\(height)x\(width) to \(newHeight)x\(newWidth), \(channels)")
        var planes = [Level](repeating: 7, count: expected.count)
        // The same fitter twice: what it keeps of an image must not show in the next.
        let fitter = ImageFitter(form)
        planes.withUnsafeMutableBytes { fitter.write(self.image(3, 50, 2) as PixelImage<Level>, into: $0) }
        planes.withUnsafeMutableBytes { fitter.write(image, into: $0) }
        let plane = newHeight * newWidth
        #expect(planes.indices.allSatisfy { planes[$0] == expected[$0 % plane * channels + $0 / plane] })
      }
    }
  }

  @Test("sizes, as written out, to the bit, of 8 bits") func bytes() { compare(UInt8.self) }
  @Test("sizes, as written out, to the bit, of 16 bits") func words() { compare(UInt16.self) }

  private func slowly<Level: PixelLevel>(_ pixel: [Level], to channels: Int) -> [Level] {
    let hasOpacity = pixel.count % 2 == 0
    let (white, opacity) = (
      UInt64(Level.max), hasOpacity ? UInt64(pixel[pixel.count - 1]) : UInt64(Level.max)
    )
    var light = pixel.count < 3 ? [pixel[0], pixel[0], pixel[0]] : Array(pixel[0..<3])
    if channels < 4 {
      light = light.map { Level((UInt64($0) * opacity + white * (white - opacity) + white / 2) / white) }
    }
    let (red, green, blue) = (UInt64(light[0]), UInt64(light[1]), UInt64(light[2]))
    switch channels {
    case 1:
      return [pixel.count < 3 ? light[0] : Level((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16)]
    case 3: return light
    default: return light + [Level(opacity)]
    }
  }

  private func convert<Level: PixelLevel>(_ type: Level.Type) {
    for channels in 1...4 {
      let image: PixelImage<Level> = image(13, 11, channels)
      for wanted in [1, 3, 4] {
        var expected: [Level] = []
        for pixel in 0..<143 {
          let levels = Array(image.pixels[(pixel * channels)..<((pixel + 1) * channels)])
          expected += channels == wanted ? levels : slowly(levels, to: wanted)
        }
        let form = ImageForm(height: 13, width: 11, channels: wanted, bits: Level.bitWidth)
        #expect(form.converted(image).pixels == expected, "\(channels) to \(wanted)")
      }
    }
  }

  @Test("channels, as written out, of 8 bits") func channels() { convert(UInt8.self) }
  @Test("channels, as written out, of 16 bits") func deepChannels() { convert(UInt16.self) }

  @Test("what a thread keeps is its own", arguments: [1, 2, 5]) func own(threads: Int) {
    final class Own { var calls = 0 }
    let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 100)
    defer { counts.deallocate() }
    let make = { Own() }
    Workers.forEach(100, threads: threads, keeping: make) { own, number in
      own.calls += 1
      counts[number] = own.calls
    }
    // Every thread counts its own from 1 without a gap.
    let (ones, most) = (counts.filter { $0 == 1 }.count, counts.max() ?? 0)
    #expect(ones >= 1 && ones <= threads && most >= 100 / threads && (threads > 1 || most == 100))
  }
}
