/// How the first row and column of a stored image lie when it is seen, as Exif numbers them.
///
/// | number | first row is | first column is |
/// |---|---|---|
/// | 1 | the top | the left |
/// | 2 | the top | the right |
/// | 3 | the bottom | the right |
/// | 4 | the bottom | the left |
/// | 5 | the left | the top |
/// | 6 | the right | the top |
/// | 7 | the right | the bottom |
/// | 8 | the left | the bottom |
///
/// - Source: CIPA DC-008-2019, tag 0x0112; for PNG the third edition of its specification, chunk `eXIf`.
struct Orientation: Hashable {
  let number: Int

  static let upright = Orientation(number: 1)

  /// Rows become columns.
  var swapsSides: Bool { number >= 5 }
  private var isFromRight: Bool { [2, 3, 6, 7].contains(number) }
  private var isFromBottom: Bool { [3, 4, 7, 8].contains(number) }

  init(number: Int) { self.number = (1...8).contains(number) ? number : 1 }

  /// From the Exif data of a JPEG; upright where there are none or they make no sense.
  init(jpeg bytes: UnsafeRawBufferPointer) {
    self = Orientation.exif(in: bytes).flatMap(Orientation.init(exif:)) ?? .upright
  }

  /// From the chunk `eXIf` of a PNG, wherever it stands; upright where there is none or it makes no sense.
  init(png bytes: UnsafeRawBufferPointer) {
    self = Orientation.exifChunk(in: bytes).flatMap(Orientation.init(exif:)) ?? .upright
  }

  /// The image as it is seen.
  func turn<Level>(_ image: PixelImage<Level>) -> PixelImage<Level> {
    if number == 1 { return image }
    let (width, height, channels) = (image.width, image.height, image.channels)
    let (newWidth, newHeight) = swapsSides ? (height, width) : (width, height)
    var pixels: [Level] = []
    pixels.reserveCapacity(image.pixels.count)
    for y in 0..<newHeight {
      let row = isFromBottom ? newHeight - 1 - y : y
      for x in 0..<newWidth {
        let column = isFromRight ? newWidth - 1 - x : x
        let start = (swapsSides ? column * width + row : row * width + column) * channels
        pixels += image.pixels[start..<(start + channels)]
      }
    }
    return PixelImage(width: newWidth, height: newHeight, channels: channels, pixels: pixels)
  }
}

extension Orientation {
  /// The part of a JPEG's first Exif segment that is laid out as TIFF.
  private static func exif(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let name = Array("Exif\0\0".utf8)
    var position = 2
    while let marker = bytes.integer(at: position, as: UInt16.self, bigEndian: true) {
      // A byte of ones fills up; the image's data begin at the start of a scan.
      if marker == 0xFFFF {
        position += 1
        continue
      }
      guard marker >= 0xFF00, marker != 0xFFDA,
        let length = bytes.integer(at: position + 2, as: UInt16.self, bigEndian: true), length >= 2
      else { return nil }
      let end = position + 2 + Int(length)
      guard end <= bytes.count else { return nil }
      let content = bytes[(position + 4)..<end]
      if marker == 0xFFE1, content.starts(with: name) {
        return UnsafeRawBufferPointer(rebasing: content.dropFirst(name.count))
      }
      position = end
    }
    return nil
  }

  /// The content of a PNG's chunk of Exif data.
  private static func exifChunk(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var position = PNG.signature.count
    while let length = bytes.integer(at: position, as: UInt32.self, bigEndian: true),
      Int(length) <= bytes.count - position - 12
    {
      let content = (position + 8)..<(position + 8 + Int(length))
      if bytes[(position + 4)..<(position + 8)].elementsEqual("eXIf".utf8) {
        return UnsafeRawBufferPointer(rebasing: bytes[content])
      }
      // Behind the length and the name comes the content, then a checksum.
      position = content.upperBound + 4
    }
    return nil
  }

  /// Looks through the first directory of the TIFF for the tag.
  private init?(exif: UnsafeRawBufferPointer) {
    let isBigEndian = exif.starts(with: Array("MM".utf8))
    guard isBigEndian || exif.starts(with: Array("II".utf8)),
      let directory = exif.integer(at: 4, as: UInt32.self, bigEndian: isBigEndian),
      let count = exif.integer(at: Int(directory), as: UInt16.self, bigEndian: isBigEndian)
    else { return nil }
    for entry in 0..<Int(count) {
      let place = Int(directory) + 2 + 12 * entry
      guard let tag = exif.integer(at: place, as: UInt16.self, bigEndian: isBigEndian) else { return nil }
      guard tag == 0x0112 else { continue }
      let number = exif.integer(at: place + 8, as: UInt16.self, bigEndian: isBigEndian)
      self.init(number: number.map(Int.init) ?? 1)
      return
    }
    return nil
  }
}
