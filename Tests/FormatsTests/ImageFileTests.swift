import Foundation
import HourglassFormats
import HourglassTensor
import Testing

/// A file that another program made; see `Tests/Golden/images/make.py`.
func goldenImage(_ name: String) -> String { golden("../images/" + name) }

@Suite struct ImageFileTests {
  static let png = [
    "grey-1", "grey-2", "grey-4", "grey-8", "grey-16", "rgb-8", "rgb-16", "rgb-interlaced", "rgba-8",
    "grey-opacity", "palette", "palette-opacity", "grey-transparent", "filters-1", "filters-2", "filters-3",
    "filters-4",
  ]
  static let jpeg = ["rgb", "rgb-progressive", "grey", "cmyk"] + (1...8).map { "turned-\($0)" }

  @Test(arguments: png) func `reads PNG to the byte`(name: String) throws {
    let expected = try NPY.read(goldenImage(name + ".npy"))
    let image = try ImageFile.read(goldenImage(name + ".png"))
    #expect(Tensor([image.height, image.width, image.channels], image.pixels) == expected)
    let size = try ImageFile.size(goldenImage(name + ".png"))
    #expect(size == (image.width, image.height, image.channels, name.hasSuffix("-16") ? 16 : 8))
  }

  @Test(arguments: ["grey-16", "rgb-16"]) func `reads all of 16 bits`(name: String) throws {
    let expected = try NPY.read(goldenImage(name + "-levels.npy"))
    let (image, bits) = try PixelImage<UInt16>.readWithBits(goldenImage(name + ".png"))
    #expect(bits == 16 && Tensor([image.height, image.width, image.channels], image.pixels) == expected)
    let bytes = try PNG.encode(
      levels: image.pixels, width: image.width, height: image.height, channels: image.channels)
    #expect(try PixelImage<UInt16>.read(bytes: bytes, name: "x") == image)
  }

  @Test(arguments: ["grey-1", "rgb-interlaced", "rgba-8", "palette-opacity", "grey-transparent"])
  func `8 bits become 16, 255 times 257`(name: String) throws {
    let narrow = try ImageFile.read(goldenImage(name + ".png"))
    let wide = try PixelImage<UInt16>.read(goldenImage(name + ".png"))
    #expect(wide.pixels == narrow.pixels.map { UInt16($0) * 257 })
    let photo = try PixelImage<UInt16>.read(goldenImage("turned-6.jpg"))
    let other = try ImageFile.read(goldenImage("turned-6.jpg"))
    #expect(photo.width == other.width && photo.pixels == other.pixels.map { UInt16($0) * 257 })
  }

  @Test(arguments: jpeg) func `reads JPEG as another program does`(name: String) throws {
    let expected = try NPY.read(goldenImage(name + ".npy"))
    let image = try ImageFile.read(goldenImage(name + ".jpg"))
    try #require(expected.shape == [image.height, image.width, image.channels])
    // Decoders may differ by a rounding or two.
    let apart = zip(image.pixels, expected.integers).map { abs(Int($0) - ($1 ?? -999)) }
    #expect((apart.max() ?? 0) <= 3)
    #expect(apart.reduce(0, +) <= apart.count / 4)
    let size = try ImageFile.size(goldenImage(name + ".jpg"))
    #expect(size == (image.width, image.height, image.channels, 8))
  }

  @Test func `what is written with opacity comes back`() throws {
    let pixels = PNGTests.picture(21, 10, 4)
    let bytes = try PNG.encode(pixels: pixels, width: 21, height: 10, channels: 4)
    let image = try ImageFile.read(bytes: bytes, name: "x")
    #expect(image == ImageFile(width: 21, height: 10, channels: 4, pixels: pixels))
  }

  @Test func `a file cut short is refused wherever it is cut`() throws {
    for name in ["rgb-8.png", "rgb-interlaced.png", "rgb.jpg", "rgb-progressive.jpg", "cmyk.jpg"] {
      let bytes = try contents(goldenImage(name))
      for count in stride(from: 8, to: bytes.count, by: max(1, bytes.count / 40)) {
        let message = words { _ = try ImageFile.read(bytes: Array(bytes[..<count]), name: name) }
        #expect(message.hasPrefix("\(name): expected a whole"), "\(count): \(message)")
      }
    }
  }

  @Test func `a picture too large is refused before memory is taken for it`() throws {
    var bytes = try contents(goldenImage("rgb-8.png"))
    // 60 000 x 60 000, with the checksum that belongs to it.
    bytes.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
    bytes.replaceSubrange(29..<33, with: Self.crc(bytes[12..<29]))
    let message = words { _ = try ImageFile.read(bytes: bytes, name: "x.png") }
    #expect(message.contains("at most 100000000 pixels, found 60000 x 60000"), "\(message)")
    let small = words {
      _ = try ImageFile.read(bytes: contents(goldenImage("rgb.jpg")), name: "x", pixelLimit: 900)
    }
    #expect(small.contains("at most 900 pixels, found 40 x 24"))
  }

  @Test func `other files are refused by name`() throws {
    #expect(words { _ = try ImageFile.read(bytes: [1, 2, 3], name: "x") }.contains("a PNG or JPEG image"))
    #expect(words { _ = try ImageFile.read(bytes: [], name: "x") }.contains("a PNG or JPEG image"))
    #expect(words { _ = try ImageFile.read("/nowhere/x.png") }.contains("nothing of that name"))
  }

  @Test func `a camera's orientation that makes no sense is passed over`() throws {
    let bytes = try contents(goldenImage("turned-6.jpg"))
    let upright = try ImageFile.read(goldenImage("turned-1.jpg"))
    let tag = try #require(
      (0..<200).first {
        Array(bytes[$0..<($0 + 2)]) == [0x01, 0x12] || Array(bytes[$0..<($0 + 2)]) == [0x12, 0x01]
      })
    var changed = bytes
    changed[tag + 8] = 77
    changed[tag + 9] = 77
    #expect(try ImageFile.read(bytes: changed, name: "x") == upright)
    #expect(try ImageFile.read(bytes: bytes, name: "x") != upright)
  }

  @Test(arguments: 1...8)
  func `a PNG's own orientation is obeyed as a JPEG's is`(number: Int) throws {
    // 2 x 3 grey pixels; what is seen for each number by the table of the standard, written out.
    let stored: [UInt8] = [1, 2, 3, 4, 5, 6]
    let seen: [(width: Int, pixels: [UInt8])] = [
      (2, [1, 2, 3, 4, 5, 6]), (2, [2, 1, 4, 3, 6, 5]), (2, [6, 5, 4, 3, 2, 1]), (2, [5, 6, 3, 4, 1, 2]),
      (3, [1, 3, 5, 2, 4, 6]), (3, [5, 3, 1, 6, 4, 2]), (3, [6, 4, 2, 5, 3, 1]), (3, [2, 4, 6, 1, 3, 5]),
    ]
    let plain = try PNG.encode(pixels: stored, width: 2, height: 3, channels: 1)
    let folder = try TemporaryFolder()
    for isBig in [false, true] {
      let exif: [UInt8] =
        isBig
        ? [
          0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(number), 0, 0, 0, 0, 0, 0,
        ]
        : [
          0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(number), 0, 0, 0, 0, 0, 0, 0,
        ]
      let content = Array("eXIf".utf8) + exif
      let chunk = [0, 0, 0, UInt8(exif.count)] + content + Self.crc(content[...])
      // Behind the head (33 bytes), or before the end (12).
      for place in [33, plain.count - 12] {
        var bytes = plain
        bytes.insert(contentsOf: chunk, at: place)
        let (width, pixels) = seen[number - 1]
        let expected = ImageFile(width: width, height: 6 / width, channels: 1, pixels: pixels)
        #expect(try ImageFile.read(bytes: bytes, name: "x.png") == expected)
        let size = try ImageFile.size(folder.file("x.png", bytes))
        #expect(size.width == width && size.height == 6 / width)
      }
    }
  }

  static func crc(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var value = ~UInt32(0)
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ~value >> $0) }
  }
}
