import HourglassFormats

/// A picture as bytes, row by row from the top, each pixel grey or red, green and blue.
public struct Raster: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// 1 for grey, 3 for colours.
  public let channels: Int
  /// `[height, width, channels]`
  public let pixels: [UInt8]

  /// - Precondition: one or three channels, and as many pixels as the sides say.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      (channels == 1 || channels == 3) && width > 0 && height > 0
        && pixels.count == width * height * channels,
      "Raster: \(width) × \(height) × \(channels) with \(pixels.count) values")
    (self.width, self.height, self.channels, self.pixels) = (width, height, channels, pixels)
  }

  /// A picture in as many channels as it needs.
  package init(_ picture: Picture) {
    let isGrey = picture.pixels.allSatisfy { $0.x == $0.y && $0.y == $0.z }
    func byte(_ value: Float) -> UInt8 { UInt8((max(0, min(1, value)) * 255).rounded()) }
    self.init(
      width: picture.width, height: picture.height, channels: isGrey ? 1 : 3,
      pixels: picture.pixels.flatMap { pixel in
        isGrey ? [byte(pixel.x)] : [byte(pixel.x), byte(pixel.y), byte(pixel.z)]
      })
  }

  /// The picture as a file of the format PNG, without losses.
  public func png() throws -> [UInt8] {
    try PNG.encode(pixels: pixels, width: width, height: height, channels: channels)
  }

  /// The picture as an address that holds it: `data:image/png;base64,…`.
  public func address() throws -> String { "data:image/png;base64," + Base64.encode(try png()) }
}

extension Picture {
  /// Pictures of one size in lines of `across`, one directly beside the other; the last line is filled up.
  package static func tiles(
    _ pictures: [Picture], across: Int, filled colour: SIMD3<Float> = .zero
  ) -> Picture {
    let (width, height) = (pictures.first?.width ?? 1, pictures.first?.height ?? 1)
    let lines = max(1, (pictures.count + across - 1) / across)
    var pixels = [SIMD3<Float>](repeating: colour, count: lines * height * across * width)
    for (index, picture) in pictures.enumerated() {
      let corner = (index / across) * height * across * width + (index % across) * width
      for row in 0..<height {
        for column in 0..<width { pixels[corner + row * across * width + column] = picture[row, column] }
      }
    }
    return Picture(width: across * width, height: lines * height, pixels: pixels)
  }
}

extension Picture {
  /// Pictures of one size in lines of `across` with gaps between them, grey so that neither black nor white
  /// pictures run into each other.
  package static func sheet(_ pictures: [Picture], across: Int, gap: Int) -> Picture {
    let framed = pictures.map { picture in
      let (width, height) = (picture.width + gap, picture.height + gap)
      return Picture(
        width: width, height: height,
        pixels: (0..<(width * height)).map { index in
          let (row, column) = (index / width, index % width)
          return row < picture.height && column < picture.width ? picture[row, column] : SIMD3(repeating: 0.5)
        })
    }
    return tiles(framed, across: max(1, min(across, pictures.count)), filled: SIMD3(repeating: 0.5))
  }

  /// Weights as a picture: of one channel in red for more and blue for less, of three in their colours, grey
  /// for 0; the largest has its full colour.
  ///
  /// - Precondition: `[channels, height, width]` with one channel or three, and as many weights.
  package init(filter weights: [Float], _ shape: [Int]) {
    precondition(
      shape.count == 3 && weights.count == shape.reduce(1, *), "Picture: \(weights.count) weights, \(shape)")
    let plane = shape[1] * shape[2]
    let largest = max(weights.map(\.magnitude).max() ?? 0, .leastNormalMagnitude)
    self.init(
      width: shape[2], height: shape[1],
      pixels: (0..<plane).map { index in
        guard shape[0] == 3 else { return Palette.diverging(weights[index] / largest) }
        let colour = SIMD3(weights[index], weights[plane + index], weights[2 * plane + index])
        return 0.5 + 0.5 * colour / largest
      })
  }
}

/// A picture as a figure of a page.
public enum PictureFigure {
  /// The picture, about `width` pixels wide on the screen.
  ///
  /// - Parameter meaning: what it shows, for those who do not see it.
  /// - Throws: `FormatError` if there is not enough memory.
  public static func markup(_ raster: Raster, width: Int, _ meaning: String) throws -> Markup {
    try raster.image(zoom: max(1, width / raster.width), meaning)
  }
}
