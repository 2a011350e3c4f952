import Hourglass

/// Paper that becomes an SVG file.
struct VectorPaper: Paper {
  private var definitions = ""
  private var body = ""
  private var names: [ScatterPicture.Style: String] = [:]
  private var sizes: [String: Double] = [:]

  /// The whole file.
  var file: String {
    let (width, height) = (Int(ScatterPicture.side + ScatterPicture.legendWidth), Int(ScatterPicture.side))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
      font-family="sans-serif" font-size="14">
      <rect width="100%" height="100%" fill="#ffffff"/>
      <defs>
      \(definitions)</defs>
      \(body)</svg>

      """
  }

  mutating func mark(_ style: ScatterPicture.Style, at place: SIMD2<Double>, radius: Double) {
    let key = names[style] ?? "p\(names.count)"
    names[style] = key
    let name = key + (sizes[key].map { $0 == radius } ?? true ? "" : "l")
    if sizes[name] == nil {
      definitions += "<\(shape(style.marker, radius)) id=\"\(name)\" fill=\"\(hex(style.colour))\""
      definitions += " fill-opacity=\"0.8\"/>\n"
      sizes[name] = radius
    }
    body += "<use href=\"#\(name)\" x=\"\(Figures.fixed(place.x, 1))\" y=\"\(Figures.fixed(place.y, 1))\"/>\n"
  }

  private func shape(_ marker: ScatterPicture.Marker, _ radius: Double) -> String {
    let r = Figures.fixed(radius, 1)
    switch marker {
    case .circle: return "circle r=\"\(r)\""
    case .square: return "path d=\"M-\(r)-\(r)H\(r)V\(r)H-\(r)z\""
    case .triangle: return "path d=\"M0-\(r)L\(r) \(r)H-\(r)z\""
    case .diamond: return "path d=\"M0-\(r)L\(r) 0L0 \(r)L-\(r) 0z\""
    }
  }

  private func hex(_ colour: SIMD3<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return "#"
      + (0..<3).map { "\(digits[Int(colour[$0] >> 4)])\(digits[Int(colour[$0] & 15)])" }.joined()
  }

  mutating func write(_ text: String, at place: SIMD2<Double>, isCentred: Bool) {
    let rim =
      isCentred
      ? " text-anchor=\"middle\" dominant-baseline=\"central\" font-weight=\"bold\" stroke=\"#ffffff\""
        + " stroke-width=\"4\" paint-order=\"stroke\"" : ""
    body += "<text x=\"\(Figures.fixed(place.x, 1))\" y=\"\(Figures.fixed(place.y, 1))\"\(rim)>"
    body += VectorPaper.escaped(text) + "</text>\n"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML has no place for other control characters.
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
