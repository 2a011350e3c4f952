import Hourglass

/// Where the samples that a command makes go: to a file, to the terminal, or both.
struct SampleTarget {
  let output: OutputFile?
  private let isShown: Bool

  /// - Parameters:
  ///   - name: of the command.
  ///   - sources: what it reads beside its operands, which must not be written over.
  /// - Throws: ``Failure`` where there is nowhere to write to.
  init(_ session: Session, of name: String, takingFrom sources: [String] = []) throws {
    isShown = try session.arguments[GenerateOption.show]
    let path = try session.arguments[GenerateOption.output]
    if path == nil && !isShown { throw Failure.commandLine("\(name) needs -o OUT to write to, or --show") }
    if session.isJSON && isShown {
      throw Failure.commandLine("--show draws on standard output, which --json keeps for JSON; leave one out")
    }
    output = try path.map {
      try OutputFile(
        $0, apartFrom: session.arguments.operands + sources.map { SampleChoice($0).source },
        takesFolder: true,
        takesPicture: true)
    }
  }

  /// - Parameters:
  ///   - dataset: the samples that these were made of, where they were.
  ///   - count: samples in a line of pictures.
  func give(
    _ samples: Tensor, of model: Model, from dataset: Dataset? = nil, across count: Int? = nil,
    _ session: Session
  ) throws {
    if let output {
      let lines =
        model.preparation.fields != nil
        ? SampleLines(records: samples, model, like: dataset)
        : try dataset.map { try session.lines(samples, of: $0, model, for: output) }
          ?? SampleLines(values: samples, columns: model.preparation.featureNames)
      try output.write(lines, name: "samples", files: (model.preparation, dataset), across: count)
      try session.report(
        output, lines.values,
        lines.isSeries
          ? "the series of \(Figures.grouped(lines.values.rows, "row")), from "
            + Figures.grouped(samples.rows, "window")
          : "\(Figures.grouped(samples.rows, "sample")) of \(samples.shape.sample)")
    }
    if isShown { try session.streams.output.write(try session.drawing(of: samples, across: count)) }
  }
}

/// A sample of a source: `digits.npy@3`, or the first of a source without a number.
struct SampleChoice {
  let source: String
  let number: Int?

  init(_ text: String) {
    guard let at = text.lastIndex(of: "@"), let number = Int(text[text.index(after: at)...]), number >= 0
    else {
      (source, self.number) = (text, nil)
      return
    }
    (source, self.number) = (String(text[..<at]), number)
  }
}

extension Session {
  /// The code of a sample.
  ///
  /// - Parameter text: a source, with the number of the sample behind an @ where it has several.
  /// - Throws: ``Failure`` for a number that the source does not have, or none where there are several.
  func code(of text: String, _ model: Model) throws -> [Float] {
    let choice = SampleChoice(text)
    let dataset = try open(choice.source, for: model)
    guard choice.number != nil || dataset.count == 1 else {
      throw Failure.commandLine(
        "\(text) has \(Figures.grouped(dataset.count, "sample")); say which, from 0: \(text)@0")
    }
    let number = choice.number ?? 0
    guard number < dataset.count else {
      throw Failure.commandLine(
        "\(text): the last sample of \(choice.source) is \(dataset.count - 1), found \(number)")
    }
    return try model.encode(dataset.subset(number..<(number + 1)), threads: threads).values
  }

  /// Samples as pictures, as many in a row as fit.
  ///
  /// - Parameter count: samples in a line; nil: as many as fit.
  /// - Throws: ``Failure`` where they are none.
  func drawing(of samples: Tensor, across count: Int? = nil) throws -> String {
    guard let sheet = PictureSheet(samples) else {
      throw Failure.data("--show: samples of \(samples.shape.sample) are no pictures; write them with -o")
    }
    let strip = PictureStrip(colours: terminal.colours, columns: terminal.columns)
    let room = strip.capacity(width: sheet.pictures[0].width)
    return sheet.lines(across: count ?? room).flatMap { line in
      stride(from: 0, to: line.count, by: room).flatMap { start in
        strip.lines([Array(line[start..<min(start + room, line.count)])])
      }
    }.map { $0 + "\n" }.joined()
  }
}
