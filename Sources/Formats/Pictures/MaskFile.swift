import HourglassTensor

/// A picture whose pixels are numbers: which class or object each belongs to.
///
/// A PNG file of grey levels or of a palette; a pixel is its level, or its place in the palette.
public struct MaskFile: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// Row by row.
  public let numbers: [Int32]

  /// - Precondition: `width · height` numbers from 0 to 65 535.
  public init(width: Int, height: Int, numbers: [Int32]) {
    precondition(
      numbers.count == width * height && numbers.allSatisfy { (0...65535).contains($0) },
      "MaskFile: \(numbers.count) numbers of \(width) by \(height)")
    (self.width, self.height, self.numbers) = (width, height, numbers)
  }

  /// Reads a file. Grey levels of 1, 2 or 4 bits are their own numbers, not those of 8 bits; colours without
  /// a palette are taken where all three are alike.
  ///
  /// - Throws: ``FormatError`` for a file that is no such picture, or cannot be read.
  public init(_ path: String) throws {
    let head = try MappedFile.withBytes(path) { Head($0) }
    guard let head else {
      throw FormatError(
        place: path, expected: "a mask: a .png file of grey levels or of a palette", found: "another file",
        remedy: "save the mask as PNG; JPEG does not keep numbers")
    }
    if head.bits == 16 {
      let image = try PixelImage<UInt16>.read(path)
      self.init(image.width, image.height, try MaskFile.levels(image, path))
    } else if let palette = head.palette {
      let image = try ImageFile.read(path)
      self.init(image.width, image.height, MaskFile.places(image, palette))
    } else {
      let image = try ImageFile.read(path)
      let step = Int32(255 / ((1 << head.bits) - 1))
      self.init(image.width, image.height, try MaskFile.levels(image, path).map { $0 / step })
    }
  }

  private init(_ width: Int, _ height: Int, _ numbers: [Int32]) {
    (self.width, self.height, self.numbers) = (width, height, numbers)
  }

  private static func levels<Level: PixelLevel>(_ image: PixelImage<Level>, _ path: String) throws -> [Int32]
  {
    let channels = image.channels
    let isColoured = channels > 2
    return try stride(from: 0, to: image.pixels.count, by: channels).map { start in
      let level = image.pixels[start]
      if isColoured, level != image.pixels[start + 1] || level != image.pixels[start + 2] {
        throw FormatError(
          place: "\(path) row \(start / channels / image.width) column \(start / channels % image.width)",
          expected: "a grey level, or an entry of a palette", found: "a colour",
          remedy: "save the mask with a palette, or as grey levels: class 1 as 1, class 2 as 2")
      }
      return Int32(level)
    }
  }

  /// Where the colours stand in the palette; of a colour that stands there twice the first.
  private static func places(_ image: ImageFile, _ palette: [SIMD3<UInt8>]) -> [Int32] {
    let known = Dictionary(
      palette.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let channels = image.channels
    return stride(from: 0, to: image.pixels.count, by: channels).map { start in
      let colour =
        channels > 2
        ? SIMD3(image.pixels[start], image.pixels[start + 1], image.pixels[start + 2])
        : SIMD3(repeating: image.pixels[start])
      return known[colour] ?? 0
    }
  }

  /// The file that holds the numbers: of a palette in which neighbouring ones differ in colour where none is
  /// above 255, else of 16 bits.
  ///
  /// - Throws: ``FormatError`` if there is not enough memory.
  public func encoded() throws(FormatError) -> [UInt8] {
    guard (numbers.max() ?? 0) < 256 else {
      return try PNG.encode(levels: numbers.map { UInt16($0) }, width: width, height: height, channels: 1)
    }
    return try PNG.encode(
      indices: numbers.map { UInt8($0) }, palette: MaskFile.palette, width: width, height: height)
  }

  /// Black for 0; colours by the bits of the number, as the VOC challenge has them.
  static let palette: [SIMD3<UInt8>] = (0..<256).map { number in
    var (colour, rest) = (SIMD3<UInt8>(repeating: 0), number)
    for shift in 0..<8 {
      for channel in 0..<3 { colour[channel] |= UInt8((rest >> channel) & 1) << UInt8(7 - shift) }
      rest >>= 3
    }
    return colour
  }

  /// What stands in front of the pixels of a PNG file.
  private struct Head {
    let bits: Int
    var palette: [SIMD3<UInt8>]?

    init?(_ bytes: UnsafeRawBufferPointer) {
      guard bytes.count > 33, bytes.starts(with: PNG.signature) else { return nil }
      bits = Int(bytes[24])
      guard [1, 2, 4, 8, 16].contains(bits) else { return nil }
      guard bytes[25] == 3 else { return }
      var place = 8
      while place + 12 <= bytes.count {
        let count = (0..<4).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
        guard count <= bytes.count - place - 12 else { return nil }
        if bytes[(place + 4)..<(place + 8)].elementsEqual(Array("PLTE".utf8)) {
          palette = stride(from: place + 8, to: place + 8 + count / 3 * 3, by: 3).map {
            SIMD3(bytes[$0], bytes[$0 + 1], bytes[$0 + 2])
          }
          return
        }
        place += 12 + count
      }
    }
  }
}
