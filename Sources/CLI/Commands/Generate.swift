import Hourglass

extension Command {
  static let generate = Command(
    name: "generate", abstract: "draws new samples from a trained model",
    operands: [.model],
    options: [
      GenerateOption.count.declaration, GenerateOption.output.declaration, GenerateOption.show.declaration,
      SharedOption.seed.declaration,
    ] + SharedOption.ofUse,
    discussion: """
      Codes are drawn from the law that the model's codes are held to, the standard normal, and decoded. The model must \
      be one whose codes follow such a law: train --family variational. Give -o, --show or both; for a model of images or \
      sounds OUT may be a folder, and for images a .png file, which shows all of them.
      """,
    examples: [
      "hourglass generate model.safetensors -n 100 -o digits.png",
      "hourglass generate model.safetensors -n 1000 -o samples.csv --seed 7",
    ],
    run: { session in
      let shown = session.arguments.has(GenerateOption.show)
      let path = try session.arguments[GenerateOption.output]
      if path == nil && !shown { throw Failure.commandLine("generate needs -o OUT to write to, or --show") }
      if session.isJSON && shown {
        throw Failure.commandLine(
          "--show draws on standard output, which --json keeps for JSON; leave one out")
      }
      let output = try path.map {
        try OutputFile($0, apartFrom: session.arguments.operands, takesFolder: true, takesPicture: true)
      }
      let model = try Model(contentsOf: session.operand(0))
      try output?.check(model)
      let samples = try model.generate(
        session.arguments[GenerateOption.count], seed: session.arguments[SharedOption.seed],
        threads: session.threads)
      if let output {
        try output.write(
          samples, name: "samples", columns: model.preparation.featureNames, files: (model.preparation, nil))
        try session.report(
          output, samples, "\(Figures.grouped(samples.rows)) samples of \(samples.shape.sample)")
      }
      if shown { try session.streams.output.write(try session.drawing(of: samples)) }
    })
}

private enum GenerateOption {
  static let count = Option("count", short: "n", .integer(1...10_000_000), default: 16, "how many samples")
  static let output = Option.optional(
    "output", short: "o", .file("OUT"),
    "the file to write: .npy, .npz or .csv (.tsv, .csv.gz); for images also .png, for images and sounds a folder"
  )
  static let show = Option.flag("show", "draws the samples in the terminal, where they are pictures")
}

extension Session {
  /// Samples as pictures, as many in a row as fit.
  ///
  /// - Throws: ``Failure`` where they are none.
  fileprivate func drawing(of samples: Tensor) throws -> String {
    guard let sheet = PictureSheet(samples) else {
      throw Failure.data("--show: samples of \(samples.shape.sample) are no pictures; write them with -o")
    }
    let strip = PictureStrip(colours: terminal.colours, columns: terminal.columns)
    let capacity = strip.capacity(width: sheet.pictures[0].width)
    return stride(from: 0, to: sheet.pictures.count, by: capacity).flatMap { start in
      strip.lines([Array(sheet.pictures[start..<min(start + capacity, sheet.pictures.count)])])
    }.map { $0 + "\n" }.joined()
  }
}
