import HourglassImages
import HourglassTensor

/// Pictures as JPEG files.
///
/// - Source: ITU-T T.81, by libjpeg.
public enum JPEG {
  /// A picture as a baseline JPEG file: the standard tables at a quality, colours at half the detail along
  /// both sides, by the integer transform.
  ///
  /// - Parameters:
  ///   - pixels: row by row from the top, `[height, width, channels]`.
  ///   - channels: 1 for grey, 3 for red, green, blue.
  ///   - quality: from 1 to 100, as libjpeg has it.
  /// - Precondition: sides from 1 to 65 500, and as many pixels as they say.
  /// - Throws: ``FormatError`` where libjpeg refuses or there is not enough memory.
  public static func encode(
    pixels: [UInt8], width: Int, height: Int, channels: Int, quality: Int
  ) throws(FormatError) -> [UInt8] {
    precondition([1, 3].contains(channels), "JPEG.encode: \(channels) channels; it writes 1 or 3")
    precondition((1...100).contains(quality), "JPEG.encode: quality \(quality)")
    precondition(
      (1...65_500).contains(width) && (1...65_500).contains(height)
        && pixels.count == width * height * channels,
      "JPEG.encode: \(pixels.count) bytes for \(width) × \(height) × \(channels)")
    var header = hourglass_image_header(
      width: UInt32(width), height: UInt32(height), channels: UInt32(channels), bits: 8)
    // Worse than raw only by tables and what the worst of blocks takes.
    var size = 2 * pixels.count + (1 << 16)
    var message = [CChar](repeating: 0, count: Int(hourglass_image_message_size))
    var status: Int32 = 1
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { room, count in
      status = hourglass_jpeg_write(
        pixels, &header, Int32(quality), room.baseAddress, &size, &message)
      count = status == 0 ? size : 0
    }
    guard status == 0 else {
      let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw FormatError(
        place: "JPEG of \(width) × \(height)", expected: "a picture that can be written", found: text)
    }
    return bytes
  }
}
