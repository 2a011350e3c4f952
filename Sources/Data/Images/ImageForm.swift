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
/// Images of more than 8 bits a channel keep 16, and then all are of 16: 8 bits are spread over them.
///
/// - Shapes: a sample is `[channels, height, width]` of bytes, or of numbers of 16 bits.
/// - Source: Rec. ITU-R BT.601 for the weights of the colours.
public struct ImageForm: Hashable, Sendable, Codable {
  /// Sides of at most so many pixels.
  public static let longestSide = 1 << 16

  public let height: Int
  public let width: Int
  /// 1 grey, 3 red, green, blue, 4 the same and opacity.
  public let channels: Int
  /// Bits of a channel: 8 or 16.
  public let bits: Int

  /// Whether a JPEG that is larger is read at the smallest of 1/8, 1/4 and 1/2 of its sides that is not
  /// smaller than these, and stretched from there; else from its full size, as models did of versions before.
  public let reducesJPEG: Bool

  /// Whether samples are windows of this size of images that are larger; else whole images, stretched.
  public let arePatches: Bool

  /// - Precondition: sides from 1 to ``longestSide``; 1, 3 or 4 channels; 8 or 16 bits.
  public init(
    height: Int, width: Int, channels: Int, bits: Int = 8, reducesJPEG: Bool = false, arePatches: Bool = false
  ) {
    precondition(
      ImageForm.isValid(height, width, channels) && [8, 16].contains(bits),
      "ImageForm: \(height) × \(width) × \(channels) of \(bits) bits")
    self.bits = bits
    self.height = height
    self.width = width
    self.channels = channels
    self.reducesJPEG = reducesJPEG
    self.arePatches = arePatches
  }

  /// The form of samples of a shape; nil if they are no images.
  init?(shape: [Int], bits: Int = 8) {
    let axes = shape.count == 2 ? [1] + shape : shape
    guard axes.count == 3, ImageForm.isValid(axes[1], axes[2], axes[0]) else { return nil }
    self.init(height: axes[1], width: axes[2], channels: axes[0], bits: bits)
  }

  private static func isValid(_ height: Int, _ width: Int, _ channels: Int) -> Bool {
    let sides = 1...longestSide
    return sides.contains(height) && sides.contains(width) && [1, 3, 4].contains(channels)
  }

  public var sampleShape: Shape { [channels, height, width] }

  /// The type of the values of a sample.
  public var element: Element { bits == 16 ? .uint16 : .uint8 }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let height = try container.decode(Int.self, forKey: .height)
    let width = try container.decode(Int.self, forKey: .width)
    let channels = try container.decode(Int.self, forKey: .channels)
    let bits = try container.decodeIfPresent(Int.self, forKey: .bits) ?? 8
    guard ImageForm.isValid(height, width, channels), [8, 16].contains(bits) else {
      throw DecodingError.dataCorruptedError(
        forKey: .height, in: container,
        debugDescription: "images of \(height)x\(width)x\(channels) of \(bits) bits")
    }
    self.init(
      height: height, width: width, channels: channels, bits: bits,
      reducesJPEG: try container.decodeIfPresent(Bool.self, forKey: .reducesJPEG) ?? false,
      arePatches: try container.decodeIfPresent(Bool.self, forKey: .arePatches) ?? false)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(height, forKey: .height)
    try container.encode(width, forKey: .width)
    try container.encode(channels, forKey: .channels)
    // Images of 8 bits keep the form that versions before 16 wrote and read.
    if bits != 8 { try container.encode(bits, forKey: .bits) }
    if reducesJPEG { try container.encode(true, forKey: .reducesJPEG) }
    if arePatches { try container.encode(true, forKey: .arePatches) }
  }

  private enum CodingKeys: String, CodingKey {
    case height, width, channels, bits
    case reducesJPEG = "reduces_jpeg"
    case arePatches = "patches"
  }
}
