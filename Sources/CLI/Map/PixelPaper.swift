import Hourglass

/// Paper of pixels, for PNG.
struct PixelPaper: Paper {
  static let width = Int(ScatterPicture.side + ScatterPicture.legendWidth)
  static let height = Int(ScatterPicture.side)

  /// Red, green and blue, row by row.
  private(set) var pixels = [UInt8](repeating: 255, count: width * height * 3)

  private static let opacity = 0.8

  mutating func mark(_ style: ScatterPicture.Style, at place: SIMD2<Double>, radius: Double) {
    let columns = PixelPaper.span(place.x, radius, PixelPaper.width)
    for row in PixelPaper.span(place.y, radius, PixelPaper.height) {
      for column in columns {
        // A pixel at the edge is covered in part: four by four places in it are asked.
        var hits = 0
        for part in 0..<16 {
          let x = Double(column) + (Double(part % 4) + 0.5) / 4 - place.x
          let y = Double(row) + (Double(part / 4) + 0.5) / 4 - place.y
          if PixelPaper.covers(style.marker, x / radius, y / radius) { hits += 1 }
        }
        if hits > 0 { blend(style.colour, row, column, PixelPaper.opacity * Double(hits) / 16) }
      }
    }
  }

  private static func span(_ center: Double, _ radius: Double, _ limit: Int) -> Range<Int> {
    let start = min(max(Int((center - radius).rounded(.down)), 0), limit)
    return start..<max(start, min(Int((center + radius).rounded(.up)), limit))
  }

  private static func covers(_ marker: ScatterPicture.Marker, _ x: Double, _ y: Double) -> Bool {
    switch marker {
    case .circle: x * x + y * y <= 1
    case .square: true
    case .triangle: 2 * abs(x) <= y + 1
    case .diamond: abs(x) + abs(y) <= 1
    }
  }

  private mutating func blend(_ colour: SIMD3<UInt8>, _ row: Int, _ column: Int, _ share: Double) {
    for channel in 0..<3 {
      let place = (row * PixelPaper.width + column) * 3 + channel
      let mixed = (1 - share) * Double(pixels[place]) + share * Double(colour[channel])
      pixels[place] = UInt8(mixed.rounded())
    }
  }

  mutating func write(_ text: String, at place: SIMD2<Double>, isCentred: Bool) {
    let letters = PixelFont.glyphs(text)
    var (left, top) = (Int(place.x), Int(place.y) - 2 * PixelFont.height)
    if isCentred {
      left -= letters.count * PixelFont.advance
      top = Int(place.y) - PixelFont.height
      for (row, column) in [(-2, 0), (2, 0), (0, -2), (0, 2), (-2, -2), (2, 2), (-2, 2), (2, -2)] {
        stamp(letters, left + column, top + row, [255, 255, 255])
      }
    }
    stamp(letters, left, top, [0, 0, 0])
  }

  /// Letters at twice their size.
  private mutating func stamp(_ letters: [[UInt8]], _ left: Int, _ top: Int, _ colour: SIMD3<UInt8>) {
    for (number, letter) in letters.enumerated() {
      for row in 0..<(2 * PixelFont.height) {
        for column in 0..<(2 * PixelFont.width)
        where letter[row / 2] >> UInt8(PixelFont.width - 1 - column / 2) & 1 == 1 {
          let (y, x) = (top + row, left + 2 * number * PixelFont.advance + column)
          if (0..<PixelPaper.height).contains(y), (0..<PixelPaper.width).contains(x) {
            blend(colour, y, x, 1)
          }
        }
      }
    }
  }
}

/// Letters of five by seven dots, for pictures that cannot hold text.
enum PixelFont {
  static let width = 5
  static let height = 7
  /// Dots from one letter to the next.
  static let advance = 6

  /// Each letter's rows from the top, the left dot first; an empty box for a letter that there is none of.
  static func glyphs(_ text: String) -> [[UInt8]] { text.map { table[$0] ?? box } }

  private static let box: [UInt8] = rows("VHHHHHV")

  /// A digit to base 32 for each row.
  private static func rows(_ digits: Substring) -> [UInt8] { digits.map { UInt8($0.hexDigitValue32) } }

  private static let table: [Character: [UInt8]] = {
    var table: [Character: [UInt8]] = [" ": rows("0000000")]
    for entry in drawings.split(separator: " ") {
      if let letter = entry.first { table[letter] = rows(entry.dropFirst()) }
    }
    return table
  }()

  private static let drawings = """
    AEHHVHHH BUHHUHHU CEHGGGHE DUHHHHHU EVGGUGGV FVGGUGGG GEHGNHHF HHHHVHHH IE44444E J72222IC KHIKOKIH LGGGGGGV \
    MHRLLHHH NHHPLJHH OEHHHHHE PUHHUGGG QEHHHLID RUHHUKIH SFGGE11U TV444444 UHHHHHHE VHHHHHA4 WHHHLLLA XHHA4AHH \
    YHHHA444 ZV1248GV 0EHJLPHE 14C4444E 2EH1248V 3V2421HE 426AIV22 5VGU11HE 668GUHHE 7V124888 8EHHEHHE 9EHHF12C \
    a00E1FHF bGGMPHHU c00EGGHE d11DJHHF e00EHVGE f698S888 g0FHHF1E hGGMPHHH i40C444E j20622IC kGGIKOKI lC44444E \
    m00QLLHH n00MPHHH o00EHHHE p00UHUGG q00DJF11 r00MPGGG s00EGE1U t88S8896 u00HHHJD v00HHHA4 w00HHLLA x00HA4AH \
    y00HHF1E z00V248V .00000CC ,0000C48 -000V000 _000000V :0CC0CC0 /01248G0 (2488842 )8422248 +044V440 =00V0V00 \
    %OP248J3 '4480000 ?EH12404 #AAVAVAA &CIK8LID <248G842 >8421248
    """
}

extension Character {
  /// 0 to 9, then A to V.
  fileprivate var hexDigitValue32: Int {
    let value = Int(asciiValue ?? 0x30)
    return value >= 0x41 ? value - 0x41 + 10 : value - 0x30
  }
}
