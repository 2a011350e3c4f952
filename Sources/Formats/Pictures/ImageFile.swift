import HourglassImages
import HourglassTensor

/// How bright a channel of a pixel is: 0 is dark, all bits set is bright.
public protocol PixelLevel: FixedWidthInteger & UnsignedInteger & TensorElement & Sendable {}
extension UInt8: PixelLevel {}
extension UInt16: PixelLevel {}

/// An image of 8 bits a channel.
public typealias ImageFile = PixelImage<UInt8>

/// An image as it is seen: row by row from the top, the channels of a pixel side by side.
///
/// Reads PNG (1 to 16 bits, palettes, transparency, interlaced) by libpng and JPEG (baseline and progressive,
/// also of four inks) by libjpeg, told apart by their first bytes. Of ``ImageFile`` 16 bits are rounded to 8;
/// of `PixelImage<UInt16>` 8 become 16, 255 times 257. An image that says in its Exif data how the camera
/// was held is turned upright.
///
/// A damaged or incomplete file is an error, never an image with a part made up.
///
/// - Source: ISO/IEC 15948 (PNG), ITU-T T.81 (JPEG), CIPA DC-008 (Exif).
public struct PixelImage<Level: PixelLevel>: Hashable, Sendable {
  /// Images of more pixels are refused: 100 million, twelve times what a camera of 8 megapixels makes.
  public static var pixelLimit: Int { 100_000_000 }

  public let width: Int
  public let height: Int
  /// 1 grey, 2 grey and opacity, 3 red, green, blue, 4 the same and opacity.
  public let channels: Int
  /// `[height, width, channels]`; the greatest opacity hides what is behind.
  public let pixels: [Level]

  /// - Precondition: as many values as the sides and channels say.
  public init(width: Int, height: Int, channels: Int, pixels: [Level]) {
    precondition(
      width > 0 && height > 0 && (1...4).contains(channels) && pixels.count == width * height * channels,
      "ImageFile: \(pixels.count) values for \(width) × \(height) × \(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Reads a file.
  ///
  /// - Throws: ``FormatError`` for a file that cannot be read, is no PNG or JPEG, is damaged or has more
  ///   pixels than ``pixelLimit``.
  public static func read(_ path: String) throws -> PixelImage {
    try readWithBits(path).image
  }

  /// Reads a file, and tells how many bits a channel it has: 8, or 16 where they are more than 8.
  ///
  /// - Throws: what ``read(_:)`` throws.
  public static func readWithBits(_ path: String) throws -> (image: PixelImage, bits: Int) {
    let reduced = try readReduced(path, toHold: nil)
    return (reduced.image, reduced.bits)
  }

  /// What ``readReduced(_:toHold:)`` gives.
  public struct Reduced: Sendable {
    public let image: PixelImage
    /// The sides that the file's image has.
    public let fullHeight: Int
    public let fullWidth: Int
    /// Bits a channel of the file: 8, or 16 where they are more than 8.
    public let bits: Int
  }

  /// Reads a file, a JPEG at the smallest of 1/8, 1/4 and 1/2 of its sides, rounded up, that still holds an
  /// image of the sides given; in full where none does, and whatever is no JPEG.
  ///
  /// The inverse transform of a block then gives 1, 4 or 16 pixels in place of 64. The steps between, which
  /// libjpeg has too, take longer than the whole.
  ///
  /// - Parameter size: nil: in full.
  /// - Throws: what ``read(_:)`` throws.
  public static func readReduced(_ path: String, toHold size: (height: Int, width: Int)?) throws -> Reduced {
    try MappedFile.withBytes(path) { bytes in
      let coded = try Coded(bytes, path, pixelLimit)
      let full = coded.uprightSides
      return Reduced(
        image: try coded.image(divisor: size.map(coded.divisor) ?? 1), fullHeight: full.height,
        fullWidth: full.width, bits: Int(coded.header.bits))
    }
  }

  /// Reads a file's bytes, called `name` in errors.
  public static func read(
    bytes: [UInt8], name: String, pixelLimit: Int = ImageFile.pixelLimit
  ) throws -> PixelImage {
    try bytes.withUnsafeBytes { try Coded($0, name, pixelLimit).image() }
  }

  /// The sides and channels that ``read(_:)`` would give, and the bits of a channel, 8 or 16, from the head
  /// of the file alone.
  public static func size(_ path: String) throws -> (width: Int, height: Int, channels: Int, bits: Int) {
    try MappedFile.withBytes(path) { bytes in
      let coded = try Coded(bytes, path, pixelLimit)
      let sides = coded.uprightSides
      return (sides.width, sides.height, Int(coded.header.channels), Int(coded.header.bits))
    }
  }

  /// Whether a file begins as PNG or JPEG does.
  public static func begins(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: PNG.signature) || start.starts(with: Coded.jpegStart)
  }
}

/// A file in memory whose head is read.
private struct Coded {
  static let jpegStart: [UInt8] = [0xFF, 0xD8, 0xFF]

  let bytes: UnsafeRawBufferPointer
  let name: String
  let isPNG: Bool
  let header: hourglass_image_header
  let orientation: Orientation

  init(_ bytes: UnsafeRawBufferPointer, _ name: String, _ pixelLimit: Int) throws(FormatError) {
    self.bytes = bytes
    self.name = name
    isPNG = bytes.starts(with: PNG.signature)
    guard isPNG || bytes.starts(with: Coded.jpegStart) else {
      throw FormatError(place: name, expected: "a PNG or JPEG image", found: "a file of another kind")
    }
    let start = bytes.bindMemory(to: UInt8.self).baseAddress
    let isPNG = isPNG
    var header = hourglass_image_header()
    try Coded.call(name, isPNG) { message in
      isPNG
        ? hourglass_png_header(start, bytes.count, &header, message)
        : hourglass_jpeg_header(start, bytes.count, &header, message)
    }
    let (width, height) = (Int(header.width), Int(header.height))
    guard width > 0, height > 0, width <= pixelLimit / height else {
      throw FormatError(
        place: name, expected: "an image of at most \(pixelLimit) pixels", found: "\(width) x \(height)",
        remedy: "make it smaller or cut it into parts")
    }
    self.header = header
    orientation = isPNG ? Orientation(png: bytes) : Orientation(jpeg: bytes)
  }

  /// The sides of the image as it is seen.
  var uprightSides: (height: Int, width: Int) {
    let (height, width) = (Int(header.height), Int(header.width))
    return orientation.swapsSides ? (width, height) : (height, width)
  }

  /// How many times smaller a JPEG may be read so that it still holds an image of these sides.
  func divisor(toHold size: (height: Int, width: Int)) -> Int {
    guard !isPNG else { return 1 }
    let sides = uprightSides
    return [8, 4, 2].first { divisor in
      Coded.reduced(sides.height, divisor) >= size.height && Coded.reduced(sides.width, divisor) >= size.width
    } ?? 1
  }

  private static func reduced(_ side: Int, _ divisor: Int) -> Int { (side + divisor - 1) / divisor }

  /// - Parameter divisor: of the sides of a JPEG: 1, 2, 4 or 8.
  func image<Level: PixelLevel>(divisor: Int = 1) throws(FormatError) -> PixelImage<Level> {
    // libjpeg gives 8 bits, of which all become so many as a level has.
    if !isPNG, Level.bitWidth > 8 {
      let image: ImageFile = try image(divisor: divisor)
      return PixelImage(
        width: image.width, height: image.height, channels: image.channels,
        pixels: image.pixels.map { Level($0) * (Level.max / 255) })
    }
    var header = header
    header.bits = UInt32(Level.bitWidth)
    let start = bytes.bindMemory(to: UInt8.self).baseAddress
    let (width, height) = (
      Coded.reduced(Int(header.width), divisor), Coded.reduced(Int(header.height), divisor)
    )
    let count = width * height * Int(header.channels)
    var fault: FormatError?
    let pixels = [Level](unsafeUninitializedCapacity: count) { room, initialized in
      do throws(FormatError) {
        try Coded.call(name, isPNG) { message in
          isPNG
            ? hourglass_png_pixels(start, bytes.count, &header, room.baseAddress, message)
            : hourglass_jpeg_pixels(
              start, bytes.count, &header, UInt32(divisor),
              UnsafeMutableRawPointer(room.baseAddress)?.assumingMemoryBound(to: UInt8.self), message)
        }
        initialized = count
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    return orientation.turn(
      PixelImage(
        width: width, height: height, channels: Int(header.channels), pixels: pixels))
  }

  private static func call(
    _ name: String, _ isPNG: Bool, _ body: (UnsafeMutablePointer<CChar>?) -> Int32
  ) throws(FormatError) {
    var message = [CChar](repeating: 0, count: Int(hourglass_image_message_size))
    let status = message.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    guard status != 0 else { return }
    let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw FormatError(
      place: name, expected: "a whole \(isPNG ? "PNG" : "JPEG") image", found: "a damaged one (\(text))")
  }
}
