import HourglassImages
import HourglassTensor

/// An image as it is seen: 8 bits a channel, row by row from the top, the channels of a pixel side by side.
///
/// Reads PNG (1 to 16 bits, palettes, transparency, interlaced) by libpng and JPEG (baseline and progressive,
/// also of four inks) by libjpeg, told apart by their first bytes. 16 bits are rounded to 8. An image that
/// says in its Exif data how the camera was held is turned upright.
///
/// A damaged or incomplete file is an error, never an image with a part made up.
///
/// - Source: ISO/IEC 15948 (PNG), ITU-T T.81 (JPEG), CIPA DC-008 (Exif).
public struct ImageFile: Hashable, Sendable {
  /// Images of more pixels are refused: 100 million, twelve times what a camera of 8 megapixels makes.
  public static let pixelLimit = 100_000_000

  public let width: Int
  public let height: Int
  /// 1 grey, 2 grey and opacity, 3 red, green, blue, 4 the same and opacity.
  public let channels: Int
  /// `[height, width, channels]`; opacity 255 hides what is behind.
  public let pixels: [UInt8]

  /// - Precondition: as many values as the sides and channels say.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
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
  public static func read(_ path: String) throws -> ImageFile {
    try MappedFile.storage(path).withBytes { try Coded($0, path, ImageFile.pixelLimit).image() }
  }

  /// Reads a file's bytes, called `name` in errors.
  public static func read(
    bytes: [UInt8], name: String, pixelLimit: Int = ImageFile.pixelLimit
  ) throws -> ImageFile {
    try bytes.withUnsafeBytes { try Coded($0, name, pixelLimit).image() }
  }

  /// The sides and channels that ``read(_:)`` would give, from the head of the file alone.
  public static func size(_ path: String) throws -> (width: Int, height: Int, channels: Int) {
    try MappedFile.storage(path).withBytes { bytes in
      let coded = try Coded(bytes, path, ImageFile.pixelLimit)
      let (width, height) = (Int(coded.header.width), Int(coded.header.height))
      let isTurned = coded.orientation.swapsSides
      return (isTurned ? height : width, isTurned ? width : height, Int(coded.header.channels))
    }
  }

  /// Whether a file begins as PNG or JPEG does.
  public static func begins(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: PNG.signature) || start.starts(with: jpegStart)
  }

  fileprivate static let jpegStart: [UInt8] = [0xFF, 0xD8, 0xFF]
}

/// A file in memory whose head is read.
private struct Coded {
  let bytes: UnsafeRawBufferPointer
  let name: String
  let isPNG: Bool
  let header: hourglass_image_header
  let orientation: Orientation

  init(_ bytes: UnsafeRawBufferPointer, _ name: String, _ pixelLimit: Int) throws(FormatError) {
    self.bytes = bytes
    self.name = name
    isPNG = bytes.starts(with: PNG.signature)
    guard isPNG || bytes.starts(with: ImageFile.jpegStart) else {
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

  func image() throws(FormatError) -> ImageFile {
    var header = header
    let start = bytes.bindMemory(to: UInt8.self).baseAddress
    let count = Int(header.width) * Int(header.height) * Int(header.channels)
    var fault: FormatError?
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
      do throws(FormatError) {
        try Coded.call(name, isPNG) { message in
          isPNG
            ? hourglass_png_pixels(start, bytes.count, &header, room.baseAddress, message)
            : hourglass_jpeg_pixels(start, bytes.count, &header, room.baseAddress, message)
        }
        initialized = count
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    return orientation.turn(
      ImageFile(
        width: Int(header.width), height: Int(header.height), channels: Int(header.channels), pixels: pixels))
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
