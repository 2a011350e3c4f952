public import HourglassFormats

/// A picture of any size as numbers: one plane a channel, `[channels, height, width]`, in levels of 8 or 16
/// bits that need not be whole.
public struct PicturePlanes: Sendable {
  /// 1 grey, 3 red, green, blue.
  public let channels: Int
  public let height: Int
  public let width: Int
  /// 8 or 16.
  public let bits: Int
  public var values: [Float]
  /// How little of each pixel lets through what is behind, in levels; nil where all hide it.
  public private(set) var opacity: [Float]?

  /// The level of white.
  public var peak: Float { bits == 16 ? 65_535 : 255 }
  public var shape: [Int] { [channels, height, width] }

  /// - Precondition: as many values as the sides and channels say.
  public init(_ values: [Float], channels: Int, height: Int, width: Int, bits: Int = 8) {
    precondition(
      values.count == channels * height * width && [8, 16].contains(bits),
      "PicturePlanes: \(values.count) values for \(channels) × \(height) × \(width) of \(bits) bits")
    (self.channels, self.height, self.width, self.bits) = (channels, height, width, bits)
    self.values = values
  }

  public init<Level: PixelLevel>(_ image: PixelImage<Level>) {
    let (area, count) = (image.width * image.height, image.channels)
    func plane(_ channel: Int) -> [Float] { (0..<area).map { Float(image.pixels[$0 * count + channel]) } }
    let hasOpacity = count == 2 || count == 4
    let colours = hasOpacity ? count - 1 : count
    self.init(
      (0..<colours).flatMap(plane), channels: colours, height: image.height, width: image.width,
      bits: Level.bitWidth)
    if hasOpacity { opacity = plane(colours) }
  }

  /// The same picture with other values, as many.
  public func with(_ values: [Float]) -> PicturePlanes {
    precondition(values.count == self.values.count, "PicturePlanes: \(values.count) values")
    var copy = self
    copy.values = values
    return copy
  }

  /// The same with all values within the levels that there are.
  public var cut: PicturePlanes { with(values.map { min(max($0, 0), peak) }) }

  /// The picture as a PNG file, values rounded and cut to its bits; one that is no number is black.
  ///
  /// - Throws: `FormatError` if there is not enough memory.
  public func png() throws -> [UInt8] {
    bits == 16
      ? try PNG.encode(levels: pixels(), width: width, height: height, channels: fileChannels)
      : try PNG.encode(pixels: pixels(), width: width, height: height, channels: fileChannels)
  }

  /// A grey picture with opacity is written in colours: PNG files are of 1, 3 or 4 channels here.
  private var fileChannels: Int { opacity == nil ? channels : 4 }

  private func pixels<Level: PixelLevel>() -> [Level] {
    let (area, count) = (height * width, fileChannels)
    var pixels = [Level](repeating: 0, count: area * count)
    for channel in 0..<count {
      let source = channel == 3 ? opacity ?? [] : values
      let start = channel == 3 || channels == 1 ? 0 : channel * area
      for index in 0..<area {
        let value = source[start + index] + 0.5
        pixels[index * count + channel] = value > 0 ? Level(min(value, Float(Level.max))) : 0
      }
    }
    return pixels
  }
}
