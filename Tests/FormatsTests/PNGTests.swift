import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassFormats

@Suite struct PNGTests {
  /// A picture that wants another filter in every part: flat, ramps across and down, a slope, noise.
  static func picture(_ width: Int, _ height: Int, _ channels: Int) -> [UInt8] {
    let random = Random(seed: 3, stream: 1)
    return (0..<(width * height * channels)).map { index in
      let (row, column) = (index / (width * channels), index / channels % width)
      return switch row * 5 / height {
      case 0: 200
      case 1: UInt8(truncatingIfNeeded: 7 * column)
      case 2: UInt8(truncatingIfNeeded: 3 * row * row)
      case 3: UInt8(truncatingIfNeeded: 5 * column + 11 * row + index % channels)
      default: UInt8(truncatingIfNeeded: Int(256 * random.uniform(position: UInt64(index))))
      }
    }
  }

  @Test(arguments: [(1, 1, 1), (1, 1, 3), (5, 1, 3), (1, 7, 1), (28, 28, 1), (33, 40, 3), (640, 300, 3)])
  func `the picture comes back`(width: Int, height: Int, channels: Int) throws {
    let pixels = Self.picture(width, height, channels)
    let file = try PNG.encode(pixels: pixels, width: width, height: height, channels: channels)
    let read = try DecodedPNG(file)
    #expect(read.width == width && read.height == height && read.channels == channels)
    #expect(read.pixels == pixels)
    #expect(try PNG.encode(pixels: pixels, width: width, height: height, channels: channels) == file)
    if height == 300 { #expect(read.filters.count >= 4) }
  }

  @Test func `filters make pictures smaller`() throws {
    let ramp = (0..<(256 * 256)).map { UInt8(truncatingIfNeeded: $0 % 256 + $0 / 256) }
    let file = try PNG.encode(pixels: ramp, width: 256, height: 256, channels: 1)
    #expect(file.count < 1000)
  }

  @Test(.enabled(if: Python.has("PIL"), "needs python3 (or HOURGLASS_PYTHON) with pillow"))
  func `other programs see the picture`() throws {
    let folder = try TemporaryFolder()
    for (width, height, channels) in [(1, 1, 1), (33, 40, 3), (301, 200, 1)] {
      let pixels = Self.picture(width, height, channels)
      let png = try PNG.encode(pixels: pixels, width: width, height: height, channels: channels)
      let output = try Python.run(
        """
        import sys
        from PIL import Image
        image = Image.open(sys.argv[1])
        image.load()
        assert image.tobytes() == open(sys.argv[2], 'rb').read()
        print(image.mode, image.size)
        """, folder.file("a.png", png), folder.file("a.raw", pixels))
      #expect(output == "\(channels == 1 ? "L" : "RGB") (\(width), \(height))\n")
    }
  }
}

/// A slow and obvious reader of what the writer may write.
struct DecodedPNG {
  var width = 0
  var height = 0
  var channels = 0
  var pixels: [UInt8] = []
  var filters: Set<UInt8> = []

  init(_ file: [UInt8]) throws {
    try #require(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    func number(_ start: Int) -> Int { file[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } }
    var position = 8
    var names: [String] = []
    var compressed: [UInt8] = []
    while position < file.count {
      let count = number(position)
      let content = Array(file[(position + 8)..<(position + 8 + count)])
      names.append(String(decoding: file[(position + 4)..<(position + 8)], as: UTF8.self))
      #expect(number(position + 8 + count) == Self.crc(file[(position + 4)..<(position + 8 + count)]))
      if names.last == "IHDR" {
        (width, height) = (number(position + 8), number(position + 12))
        channels = content[9] == 0 ? 1 : 3
        #expect(content[8] == 8 && content[10...] == [0, 0, 0])
      }
      if names.last == "IDAT" { compressed += content }
      position += 12 + count
    }
    #expect(names == ["IHDR", "IDAT", "IEND"])
    try unfilter(Self.inflated(compressed))
  }

  private mutating func unfilter(_ bytes: [UInt8]) throws {
    let rowSize = width * channels
    try #require(bytes.count == height * (rowSize + 1))
    pixels = [UInt8](repeating: 0, count: height * rowSize)
    for row in 0..<height {
      let filter = bytes[row * (rowSize + 1)]
      filters.insert(filter)
      for column in 0..<rowSize {
        let isFirst = column < channels
        let a = isFirst ? 0 : Int(pixels[row * rowSize + column - channels])
        let b = row == 0 ? 0 : Int(pixels[(row - 1) * rowSize + column])
        let c = isFirst || row == 0 ? 0 : Int(pixels[(row - 1) * rowSize + column - channels])
        let p = a + b - c
        let paeth = [a, b, c].enumerated().min { (abs(p - $0.1), $0.0) < (abs(p - $1.1), $1.0) }
        let foretold = [0, a, b, (a + b) / 2, paeth?.element ?? 0][Int(filter)]
        pixels[row * rowSize + column] = bytes[row * (rowSize + 1) + 1 + column] &+ UInt8(foretold)
      }
    }
  }

  /// Without the two bytes before and the checksum behind.
  private static func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
    try bytes[2...].withUnsafeBytes { bytes in
      let inflater = try Inflater(bytes, .none, place: "test")
      return try [UInt8](unsafeUninitializedCapacity: 1 << 21) { room, count in
        count = try inflater.read(into: UnsafeMutableRawBufferPointer(room))
      }
    }
  }

  private static func crc(_ bytes: ArraySlice<UInt8>) -> Int {
    var value = ~UInt32(0)
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~value)
  }
}
