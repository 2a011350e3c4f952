import HourglassFormats
public import HourglassTensor

/// The size and colours to which images are brought, whatever theirs are.
///
/// Each is stretched to the size by a triangle filter; colours become grey by
///
///     grey = 0.299 red + 0.587 green + 0.114 blue
///
/// Where opacity is left out the image is laid over white.
///
/// - Shapes: a sample is `[channels, height, width]` of bytes.
/// - Source: Rec. ITU-R BT.601 for the weights of the colours.
public struct ImageForm: Hashable, Sendable, Codable {
  /// Sides of at most so many pixels.
  public static let longestSide = 1 << 16

  public let height: Int
  public let width: Int
  /// 1 grey, 3 red, green, blue, 4 the same and opacity.
  public let channels: Int

  /// - Precondition: sides from 1 to ``longestSide``; 1, 3 or 4 channels.
  public init(height: Int, width: Int, channels: Int) {
    precondition(
      ImageForm.isValid(height, width, channels), "ImageForm: \(height) × \(width) × \(channels)")
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The form of samples of a shape; nil if they are no images.
  init?(shape: [Int]) {
    let axes = shape.count == 2 ? [1] + shape : shape
    guard axes.count == 3, ImageForm.isValid(axes[1], axes[2], axes[0]) else { return nil }
    self.init(height: axes[1], width: axes[2], channels: axes[0])
  }

  private static func isValid(_ height: Int, _ width: Int, _ channels: Int) -> Bool {
    let sides = 1...longestSide
    return sides.contains(height) && sides.contains(width) && [1, 3, 4].contains(channels)
  }

  public var sampleShape: Shape { [channels, height, width] }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let height = try container.decode(Int.self, forKey: .height)
    let width = try container.decode(Int.self, forKey: .width)
    let channels = try container.decode(Int.self, forKey: .channels)
    guard ImageForm.isValid(height, width, channels) else {
      throw DecodingError.dataCorruptedError(
        forKey: .height, in: container, debugDescription: "images of \(height)x\(width)x\(channels)")
    }
    self.init(height: height, width: width, channels: channels)
  }

  private enum CodingKeys: String, CodingKey {
    case height, width, channels
  }

  /// Writes an image as a sample: `[channels, height, width]`.
  ///
  /// - Precondition: the target holds as many bytes.
  func write(_ image: ImageFile, into target: UnsafeMutableRawBufferPointer) {
    precondition(
      target.count == sampleShape.count, "ImageForm: \(target.count) bytes for \(sampleShape)")
    let pixels = resized(converted(image))
    let plane = height * width
    for channel in 0..<channels {
      for index in 0..<plane { target[channel * plane + index] = pixels[index * channels + channel] }
    }
  }

  /// The image in the channels of this form.
  func converted(_ image: ImageFile) -> ImageFile {
    if image.channels == channels { return image }
    let count = image.width * image.height
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * channels)
    let isGrey = image.channels < 3
    let hasOpacity = image.channels == 2 || image.channels == 4
    for index in 0..<count {
      let start = index * image.channels
      let opacity = hasOpacity ? image.pixels[start + image.channels - 1] : 255
      func value(_ channel: Int) -> UInt8 {
        let value = image.pixels[start + (isGrey ? 0 : channel)]
        return channels == 4 ? value : ImageForm.overWhite(value, opacity)
      }
      if channels == 1 {
        pixels.append(isGrey ? value(0) : ImageForm.grey(value(0), value(1), value(2)))
      } else {
        pixels += [value(0), value(1), value(2)]
        if channels == 4 { pixels.append(opacity) }
      }
    }
    return ImageFile(width: image.width, height: image.height, channels: channels, pixels: pixels)
  }

  private static func overWhite(_ value: UInt8, _ opacity: UInt8) -> UInt8 {
    let part = UInt32(opacity)
    let sum: UInt32 = UInt32(value) * part + 255 * (255 - part)
    return UInt8((sum + 127) / 255)
  }

  /// The weights as 16 bits behind the point, rounded to the nearest.
  private static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let sum: UInt32 = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
    return UInt8((sum + 0x8000) >> 16)
  }
}
