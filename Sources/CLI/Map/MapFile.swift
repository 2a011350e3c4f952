import Hourglass

/// The file that `map` writes: a table, or a picture.
struct MapFile {
  private enum Format {
    case table(separator: String)
    case png, svg
  }

  let path: String
  private let format: Format

  /// What the file is called in messages.
  var name: String { StandardStream.isOutput(path) ? StandardStream.output : path }

  /// - Throws: ``Failure`` for a name that does not tell a format; `FormatError` where no file can be made.
  init(_ path: String, apartFrom inputs: [String]) throws {
    self.path = path
    let name = path == "-" ? "-.csv" : path.lowercased()
    if name.hasSuffix(".csv") {
      format = .table(separator: ",")
    } else if name.hasSuffix(".tsv") {
      format = .table(separator: "\t")
    } else if name.hasSuffix(".png") {
      format = .png
    } else if name.hasSuffix(".svg") {
      format = .svg
    } else {
      throw Failure.commandLine("-o expects a name that ends in .png, .svg, .csv or .tsv, found '\(path)'")
    }
    try OutputFile.check(path, apartFrom: inputs)
  }

  /// Writes the map, whole or not at all.
  ///
  /// - Parameter columns: what a table has beside the coordinates: names and texts, one a point.
  func write(_ picture: ScatterPicture, columns: [(name: String, cells: [String])]) throws {
    switch format {
    case .table(let separator): try writeTable(picture.points, columns, separator)
    case .png:
      var paper = PixelPaper()
      picture.draw(on: &paper)
      let bytes = try PNG.encode(
        pixels: paper.pixels, width: PixelPaper.width, height: PixelPaper.height, channels: 3)
      try AtomicFile.write(to: path) { try $0.write(bytes) }
    case .svg:
      var paper = VectorPaper()
      picture.draw(on: &paper)
      try AtomicFile.write(to: path) { try $0.write(paper.file) }
    }
  }

  private func writeTable(
    _ points: [SIMD2<Float>], _ columns: [(name: String, cells: [String])], _ separator: String
  ) throws {
    try AtomicFile.write(to: path) { writer in
      let header = ["x", "y"] + columns.map { MapFile.quoted($0.name, separator) }
      try writer.write(header.joined(separator: separator) + "\n")
      for (index, point) in points.enumerated() {
        let cells = ["\(point.x)", "\(point.y)"] + columns.map { MapFile.quoted($0.cells[index], separator) }
        try writer.write(cells.joined(separator: separator) + "\n")
      }
    }
  }

  private static func quoted(_ text: String, _ separator: String) -> String {
    let special = text.contains { "\(separator)\"\n\r".contains($0) }
    guard special || text.first == " " || text.last == " " else { return text }
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + parts.joined(separator: "\"\"") + "\""
  }
}
