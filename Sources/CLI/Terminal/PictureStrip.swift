import Hourglass

/// Pictures in text: rows of pictures side by side, one row above the other.
///
/// In colour a character cell is two pixels, one above the other (an upper half block on a background);
/// without colour it is one of ten characters by the mean brightness of both.
struct PictureStrip {
  static let gap = 2
  /// From dark to bright.
  static let ramp = Array(" .:-=+*#%@")

  let colours: Terminal.Colours
  let columns: Int

  /// How many pictures of a width stand side by side; at least one.
  func capacity(width: Int) -> Int {
    max(1, (columns + PictureStrip.gap) / (min(width, columns) + PictureStrip.gap))
  }

  /// Rows of pictures with an empty line between them. What does not fit in the terminal's width is left out
  /// on the right, the same pictures in every row; one that alone is too wide is made smaller.
  func lines(_ rows: [[Picture]]) -> [String] {
    let widest = rows.joined().map(\.width).max() ?? 0
    let capacity = capacity(width: widest)
    var lines: [String] = []
    for (index, row) in rows.enumerated() {
      if index > 0 { lines.append("") }
      lines += strip(row.prefix(capacity).map { $0.shrunk(toWidth: columns) })
    }
    return lines
  }

  private func strip(_ pictures: [Picture]) -> [String] {
    let height = pictures.map(\.height).max() ?? 0
    let gap = String(repeating: " ", count: PictureStrip.gap)
    return stride(from: 0, to: height, by: 2).map { row in
      let text = pictures.map { line($0, row) }.joined(separator: gap)
      return colours == .none ? String(text.reversed().drop { $0 == " " }.reversed()) : text
    }
  }

  private func line(_ picture: Picture, _ row: Int) -> String {
    var text = ""
    var last = ""
    for column in 0..<picture.width {
      let top = picture[row, column]
      if colours == .none {
        let bottom = row + 1 < picture.height ? picture[row + 1, column] : top
        let mean = (Picture.brightness(top) + Picture.brightness(bottom)) / 2
        text.append(PictureStrip.ramp[Int((mean * Float(PictureStrip.ramp.count - 1)).rounded())])
        continue
      }
      let paint = "\u{1B}[\(code(38, top));\(code(48, picture[row + 1, column]))m"
      if paint != last { text += paint }
      last = paint
      text += "\u{2580}"
    }
    return colours == .none ? text : text + "\u{1B}[0m"
  }

  /// The colour as the terminal takes it, 38 in front for the character and 48 for what is behind it.
  private func code(_ layer: Int, _ pixel: SIMD3<Float>) -> String {
    if colours == .full {
      let bytes = (pixel * 255).rounded(.toNearestOrAwayFromZero)
      return "\(layer);2;\(Int(bytes.x));\(Int(bytes.y));\(Int(bytes.z))"
    }
    return "\(layer);5;\(PictureStrip.paletteIndex(pixel))"
  }

  /// The nearest of the 24 greys or of the 6x6x6 cube in the palette of 256 colours.
  static func paletteIndex(_ pixel: SIMD3<Float>) -> Int {
    if pixel.x == pixel.y && pixel.y == pixel.z {
      let step = Int((pixel.x * 25).rounded())
      return step == 0 ? 16 : step == 25 ? 231 : 231 + step
    }
    let levels = (pixel * 5).rounded(.toNearestOrAwayFromZero)
    return 16 + 36 * Int(levels.x) + 6 * Int(levels.y) + Int(levels.z)
  }
}
