import Hourglass

/// A whole picture in a terminal that takes such.
struct InlinePicture {
  private let graphics: Terminal.Graphics
  private let columns: Int

  /// Nil where the terminal takes none.
  init?(_ terminal: Terminal) {
    guard terminal.graphics != .none else { return nil }
    (graphics, columns) = (terminal.graphics, terminal.columns)
  }

  /// Pixels of a column of text, about: terminals do not say.
  private static let column = 8
  private static let largestZoom = 4

  /// Originals above reconstructions, as many in a row as fit; nil where they cannot be written.
  func lines(_ above: [Picture], _ below: [Picture]) -> [String]? {
    let gap = 2
    let room = columns * InlinePicture.column
    let width = (above.first?.width ?? 1) + gap
    let zoom = max(1, min(InlinePicture.largestZoom, room / (width * max(1, min(above.count, 8)))))
    let across = max(1, room / (width * zoom))
    var lines: [String] = []
    for start in stride(from: 0, to: above.count, by: across) {
      let range = start..<min(start + across, above.count)
      let sheet = Picture.sheet(Array(above[range]) + Array(below[range]), across: range.count, gap: gap)
      guard let png = try? Raster(sheet.enlarged(zoom)).png() else { return nil }
      lines.append(sequence(png))
    }
    return lines
  }

  /// What makes the terminal show a picture.
  func sequence(_ png: [UInt8]) -> String {
    let text = Base64.encode(png)
    guard graphics == .kitty else {
      return "\u{1B}]1337;File=inline=1;size=\(png.count);preserveAspectRatio=1:\(text)\u{07}"
    }
    // In pieces of at most 4096 characters, all but the last of which say that more follows.
    var pieces: [String] = []
    var rest = text[...]
    while !rest.isEmpty {
      let piece = rest.prefix(4096)
      rest = rest.dropFirst(4096)
      let head = (pieces.isEmpty ? "a=T,f=100," : "") + "m=\(rest.isEmpty ? 0 : 1)"
      pieces.append("\u{1B}_G\(head);\(piece)\u{1B}\\")
    }
    return pieces.joined()
  }
}

extension Picture {
  /// Every pixel as a square of so many.
  func enlarged(_ zoom: Int) -> Picture {
    guard zoom > 1 else { return self }
    let wide = width * zoom
    return Picture(
      width: wide, height: height * zoom,
      pixels: (0..<(wide * height * zoom)).map { self[$0 / wide / zoom, $0 % wide / zoom] })
  }
}
