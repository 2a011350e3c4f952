import Hourglass

extension Command {
  static let reconstruct = Command(
    name: "reconstruct", abstract: "sends samples through the code and back",
    operands: [.model, .source],
    options: [
      ReconstructOption.output.declaration, ReconstructOption.show.declaration,
      SampleLines.layout.declaration,
    ] + DataOption.ofOutput + SharedOption.ofUse,
    discussion: """
      Give -o, --show or both. Where a value is missing, its reconstruction is what the model makes of \
      the others. \(SampleLines.words) \(SampleLines.seriesWords)
      """,
    examples: [
      "hourglass reconstruct model.safetensors data.csv -o reconstructions.csv",
      "hourglass reconstruct model.safetensors builtin:digits --show 8",
    ],
    run: { session in
      let shown = try session.arguments[ReconstructOption.show]
      let path = try session.arguments[ReconstructOption.output]
      if path == nil && shown == nil {
        throw Failure.commandLine("reconstruct needs -o OUT to write to, or --show N to look at some")
      }
      if session.isJSON && shown != nil {
        throw Failure.commandLine(
          "--show draws on standard output, which --json keeps for JSON; leave one out")
      }
      let output = try path.map {
        try OutputFile($0, apartFrom: session.arguments.operands, takesFolder: true)
      }
      let model = try session.model()
      try output?.check(model)
      let dataset = try session.open(session.operand(1), for: model)
      if let output {
        let result = try model.reconstruct(dataset, threads: session.threads)
        let lines =
          model.preparation.fields != nil
          ? SampleLines(records: result, model, like: dataset)
          : try session.lines(result, of: dataset, model, for: output)
        try output.write(lines, name: "reconstructions", files: (model.preparation, dataset))
        try session.report(
          output, lines.values,
          lines.isSeries
            ? "the series of \(Figures.grouped(lines.values.rows, "row")), from "
              + Figures.grouped(result.rows, "window")
            : "\(Figures.grouped(result.rows, "reconstruction")) of \(result.shape.sample)")
      }
      if let shown {
        let some = dataset.subset(0..<min(shown, dataset.count))
        let pairs = Comparison(
          originals: some.tensor, reconstructions: try model.reconstruct(some, threads: session.threads),
          names: some.featureNames, cells: model.preparation.fields.map(FieldCells.init))
        try session.streams.output.write(pairs.text(on: session.terminal))
      }
    })
}

private enum ReconstructOption {
  static let output = Option.optional(
    "output", short: "o", .file("OUT"),
    "the file to write: .npy, .npz or .csv (.tsv, .csv.gz); for images and sounds a folder; - is standard output"
  )
  static let show = Option.optional(
    "show", .integer(1...10_000), "draws the first N originals, and their reconstructions below them")
}

/// Originals beside their reconstructions, to look at in a terminal.
struct Comparison {
  let originals: Tensor
  let reconstructions: Tensor
  let names: [String]?
  /// Of records, what values stand for.
  var cells: FieldCells?

  func text(on terminal: Terminal) -> String {
    (pictures(terminal) ?? rows(terminal)).map { $0 + "\n" }.joined()
  }

  /// Originals above reconstructions, as many in a row as fit; nil where samples are no pictures.
  private func pictures(_ terminal: Terminal) -> [String]? {
    let values = originals.values
    let present = values.lazy.filter { !$0.isNaN }
    let lowest = min(0, present.min() ?? 0)
    let highest = max(lowest + .leastNormalMagnitude, present.max() ?? 1)
    let shape = originals.shape.sample
    func all(_ values: [Float]) -> [Picture]? {
      let pictures = stride(from: 0, to: values.count, by: shape.count).compactMap {
        Picture(values[$0..<($0 + shape.count)], shape: shape.dimensions, range: lowest...highest)
      }
      return pictures.count == originals.rows ? pictures : nil
    }
    guard names == nil, let above = all(values), let below = all(reconstructions.values),
      let width = above.first?.width
    else { return nil }
    let strip = PictureStrip(colours: terminal.colours, columns: terminal.columns)
    if let drawn = InlinePicture(terminal)?.lines(above, below) { return drawn }
    let capacity = strip.capacity(width: width)
    var lines: [String] = []
    for start in stride(from: 0, to: above.count, by: capacity) {
      let range = start..<min(start + capacity, above.count)
      if start > 0 { lines.append("") }
      lines += strip.lines([Array(above[range]), Array(below[range])])
    }
    return lines
  }

  /// A line of values for the original and one for the reconstruction, cut where the terminal ends.
  private func rows(_ terminal: Terminal) -> [String] {
    let width = originals.shape.sample.count
    let (given, made) = (originals.values, reconstructions.values)
    let (head, wide) = (16, 10)
    let room = max(1, (terminal.columns - head) / (wide + 1))
    let places = cells?.places ?? Array(0..<width)
    let shown = places.prefix(room)
    func text(_ value: Float, _ place: Int) -> String {
      guard let cells else { return Figures.significant(Double(value)) }
      return String((cells.text(value, of: place) ?? "–").prefix(wide))
    }
    func line(_ title: String, _ text: (Int) -> String) -> String {
      Figures.left(title, head) + shown.map { " " + Figures.right(text($0), wide) }.joined()
    }
    let rest = places.count > room ? ["… and \(Figures.values(places.count - room)) more in each row"] : []
    var lines: [String] = []
    if let names { lines.append(line("") { String(names[$0].prefix(wide)) }) }
    for row in 0..<originals.rows {
      lines.append(line("row \(row)") { text(given[row * width + $0], $0) })
      lines.append(line("  reconstructed") { text(made[row * width + $0], $0) })
    }
    return lines + rest
  }
}
