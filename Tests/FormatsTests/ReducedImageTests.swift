import HourglassFormats
import Testing

/// JPEG that is read at a part of its sides.
@Suite struct ReducedImageTests {
  private typealias Size = (height: Int, width: Int)

  private func read(_ name: String, _ size: Size?) throws -> ImageFile.Reduced {
    try ImageFile.readReduced(goldenImage(name), toHold: size)
  }

  @Test(arguments: [2, 4, 8]) func `a grey pixel is the mean of those it stands for`(divisor: Int) throws {
    // 40 x 24: whole blocks. Each decoding rounds on its own, and the full one cuts at 0 and 255.
    let full = try ImageFile.read(goldenImage("grey.jpg"))
    let reduced = try read("grey.jpg", (24 / divisor, 40 / divisor))
    #expect(reduced.fullHeight == 24 && reduced.fullWidth == 40 && reduced.bits == 8)
    let image = reduced.image
    try #require(image.height == 24 / divisor && image.width == 40 / divisor && image.channels == 1)
    for row in 0..<image.height {
      for column in 0..<image.width {
        var sum = 0
        for place in 0..<(divisor * divisor) {
          let old = (row * divisor + place / divisor) * 40 + column * divisor + place % divisor
          sum += Int(full.pixels[old])
        }
        let mean = Double(sum) / Double(divisor * divisor)
        let apart = abs(Double(image.pixels[row * image.width + column]) - mean)
        #expect(apart <= 1.5, "\(row), \(column): \(apart)")
      }
    }
  }

  @Test func `the smallest that still holds the size is taken`() throws {
    let cases: [(name: String, wanted: Size, found: Size)] = [
      ("rgb.jpg", (3, 5), (3, 5)), ("rgb.jpg", (1, 1), (3, 5)), ("rgb.jpg", (4, 5), (6, 10)),
      ("rgb.jpg", (3, 6), (6, 10)), ("rgb.jpg", (12, 20), (12, 20)), ("rgb.jpg", (13, 20), (24, 40)),
      ("rgb-progressive.jpg", (6, 10), (6, 10)), ("cmyk.jpg", (6, 10), (6, 10)),
      ("rgb.jpg", (100, 3), (24, 40)),
      // 40 x 16 as it is stored, 16 x 40 as it is seen.
      ("turned-6.jpg", (20, 8), (20, 8)), ("turned-6.jpg", (8, 20), (40, 16)),
      ("turned-1.jpg", (8, 20), (8, 20)), ("rgb-8.png", (1, 1), (13, 9)),
    ]
    for (name, wanted, found) in cases {
      let image = try read(name, wanted).image
      let whole = try ImageFile.read(goldenImage(name))
      if name.hasSuffix(".png") {
        #expect(image == whole)
      } else {
        #expect((image.height, image.width) == found, "\(name) to hold \(wanted)")
      }
      let sides = try read(name, wanted)
      #expect((sides.fullHeight, sides.fullWidth) == (whole.height, whole.width))
    }
    #expect(try read("rgb.jpg", nil).image == ImageFile.read(goldenImage("rgb.jpg")))
  }

  @Test func `it is turned as the whole is, and near to it in colour`() throws {
    for number in 1...8 {
      let name = "turned-\(number).jpg"
      let whole = try ImageFile.read(goldenImage(name))
      let image = try read(name, (whole.height / 2, whole.width / 2)).image
      try #require(image.height == whole.height / 2 && image.width == whole.width / 2)
      var apart = 0.0
      for row in 0..<image.height {
        for column in 0..<image.width {
          let places = [(0, 0), (0, 1), (1, 0), (1, 1)].map {
            Int(whole.pixels[(2 * row + $0.0) * whole.width + 2 * column + $0.1])
          }
          let mean = Double(places.reduce(0, +)) / 4
          apart = max(apart, abs(Double(image.pixels[row * image.width + column]) - mean))
        }
      }
      #expect(apart <= 1.5, "\(name): \(apart)")
    }
  }

  @Test func `what is cut short is refused at every size`() throws {
    let folder = try TemporaryFolder()
    let bytes = try contents(goldenImage("rgb.jpg"))
    let path = try folder.file("x.jpg", Array(bytes.dropLast(bytes.count / 3)))
    for side in [1, 10, 24] {
      let message = words { _ = try ImageFile.readReduced(path, toHold: (side, side)) }
      #expect(message.contains("expected a whole JPEG image"), "\(message)")
    }
  }
}
