/// A small grey or coloured image.
package struct Picture: Equatable {
  package let width: Int
  package let height: Int
  /// Red, green and blue of each pixel, row by row, 0...1.
  package let pixels: [SIMD3<Float>]

  /// - Precondition: there are width times height pixels.
  package init(width: Int, height: Int, pixels: [SIMD3<Float>]) {
    precondition(pixels.count == width * height, "Picture: \(width)x\(height) with \(pixels.count) pixels")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The picture that a sample is; nil if its shape is none of a picture.
  ///
  /// - Shapes: `[height, width]` or `[1, height, width]` is grey, `[3, height, width]` red, green and blue;
  ///   a row of a square number of values from 16 on is taken for a square grey image.
  /// - Parameter range: the values that are black and white; what lies outside is cut, NaN is black.
  package init?(_ values: some RandomAccessCollection<Float>, shape: [Int], range: ClosedRange<Float>) {
    let axes: [Int]
    switch shape.count {
    case 1:
      let side = Int(Double(shape[0]).squareRoot())
      guard side >= 4, side * side == shape[0] else { return nil }
      axes = [1, side, side]
    case 2: axes = [1, shape[0], shape[1]]
    case 3 where shape[0] == 1 || shape[0] == 3: axes = shape
    default: return nil
    }
    let plane = axes[1] * axes[2]
    guard plane > 0, values.count == axes[0] * plane, range.upperBound > range.lowerBound else { return nil }
    let scaled = values.map { value -> Float in
      let place = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return place > 0 ? min(1, place) : 0
    }
    let pixels = (0..<plane).map { index in
      axes[0] == 1
        ? SIMD3(repeating: scaled[index])
        : SIMD3(scaled[index], scaled[plane + index], scaled[2 * plane + index])
    }
    self.init(width: axes[2], height: axes[1], pixels: pixels)
  }

  /// The pixel, black outside the picture.
  package subscript(row: Int, column: Int) -> SIMD3<Float> {
    row < height && column < width ? pixels[row * width + column] : .zero
  }

  /// The same picture at most `limit` wide, each pixel the mean of the area it covers; in proportion.
  package func shrunk(toWidth limit: Int) -> Picture {
    guard limit < width, limit > 0 else { return self }
    let newHeight = max(1, (height * limit + width / 2) / width)
    let columns = Picture.spans(width, limit)
    let rows = Picture.spans(height, newHeight)
    var shrunk: [SIMD3<Float>] = []
    for row in rows {
      for column in columns {
        var sum = SIMD3<Float>.zero
        for y in row { for x in column { sum += self[y, x] } }
        shrunk.append(sum / Float(row.count * column.count))
      }
    }
    return Picture(width: limit, height: newHeight, pixels: shrunk)
  }

  /// The pixels of the old axis that each of the new one covers, one at least.
  private static func spans(_ count: Int, _ parts: Int) -> [Range<Int>] {
    (0..<parts).map { part in
      let start = part * count / parts
      return start..<max(start + 1, (part + 1) * count / parts)
    }
  }

  /// Brightness as the eye weighs the colours, 0...1.
  ///
  /// - Source: Rec. ITU-R BT.601.
  package static func brightness(_ pixel: SIMD3<Float>) -> Float {
    0.299 * pixel.x + 0.587 * pixel.y + 0.114 * pixel.z
  }
}
