import Hourglass

extension Command {
  static let encode = Command(
    name: "encode", abstract: "turns samples into codes",
    operands: [.model, .source],
    options: [
      OutputFile.option.declaration, EncodeOption.sample.declaration, EncodeOption.places.declaration,
      SharedOption.seed.declaration,
    ] + DataOption.ofOutput + SharedOption.ofUse,
    discussion: """
      Where codes are distributions, as those of --family variational, their means are written. \
      \(SampleLines.words)
      """,
    examples: ["hourglass encode model.safetensors data.csv -o codes.npy"],
    run: { session in
      let output = try session.outputFile()
      let (model, dataset) = try session.modelAndData()
      let isDrawn = try session.arguments[EncodeOption.sample]
      if isDrawn, !model.autoencoder.architecture.code.hasPrior {
        throw Failure.commandLine(
          "--sample draws from codes that are distributions; those of \(session.operand(0)) are none; leave it out"
        )
      }
      if session.arguments.has(EncodeOption.places) {
        if isDrawn {
          throw Failure.commandLine("--places writes entries, where nothing is random; leave out --sample")
        }
        return try session.writePlaces(of: model, dataset, to: output)
      }
      let codes =
        isDrawn
        ? try model.drawCodes(
          dataset, seed: session.arguments[SharedOption.seed], threads: session.threads)
        : try model.encode(dataset, threads: session.threads)
      let width = codes.shape.sample.count
      try output.write(
        codes, name: "codes", columns: Session.codeNames(width), behind: dataset.identity)
      try session.report(output, codes, "\(Figures.grouped(codes.rows, "code")) of \(Figures.values(width))")
    })

  static let decode = Command(
    name: "decode", abstract: "turns codes into samples",
    operands: [.model, Operand(name: "CODES", meaning: "codes, as encode writes them: .npy, .npz or .csv")],
    options: [
      OutputFile.option.declaration, EncodeOption.ofClass, GenerateOption.given.declaration,
    ] + SharedOption.ofUse,
    discussion: """
      For a model of images or sounds OUT may be a folder: it is filled with .png or .wav files. Of a table of codes the \
      columns code_0, code_1 and so on are read; others stand in front of the samples in a table, as they are. A model that is \
      told columns (role in) needs their values: --given TABLE, with a row for each code.
      """,
    examples: ["hourglass decode model.safetensors codes.npy -o samples.npy"],
    run: { session in
      let output = try session.outputFile(takesFolder: true)
      let model = try session.model(in: session.operand(0), before: session.operand(1))
      try output.check(model)
      let shape = model.autoencoder.outline.code
      var options = SourceOptions()
      options.expected = Session.codeNames(shape.count)
      options.keepsOthers = true
      let codes = try Source.open(session.operand(1), options: options, notice: session.say)
      try Session.check(codes, width: shape.count)
      let number = try model.number(ofClass: session.arguments[GenerateOption.ofClass])
      let given = try session.given(model)
      if let given, given.rows != codes.count {
        throw Failure.data(
          "--given: expected a row for each of \(Figures.grouped(codes.count, "code")), found "
            + "\(Figures.grouped(given.rows)); give the table whose rows were encoded")
      }
      let samples = try model.decode(
        codes.tensor, classes: number.map { Array(repeating: $0, count: codes.count) }, records: given,
        threads: session.threads)
      try output.write(
        samples, name: "samples", columns: model.preparation.featureNames,
        behind: codes.keptColumns.map { column in CSV.TextColumn(column.name) { column.texts[$0] } },
        files: (model.preparation, nil))
      try session.report(
        output, samples, "\(Figures.grouped(samples.rows, "sample")) of \(samples.shape.sample)")
    })
}

private enum EncodeOption {
  static let ofClass = {
    var ofClass = GenerateOption.ofClass.declaration
    ofClass.fallback = "the first"
    return ofClass
  }()
  static let sample = Option.flag(
    "sample", "draws each code from its distribution, in place of the mean; see --seed")
  static let places = Option.flag(
    "places", "of discrete codes: writes which entry or class each part of a code is, as whole numbers")
}

extension Session {
  /// What the columns of codes are called.
  fileprivate static func codeNames(_ width: Int) -> [String] { (0..<width).map { "code_\($0)" } }

  /// Whether a column is called as those of codes are.
  private static func isCodeName(_ name: String) -> Bool {
    name.hasPrefix("code_") && Int(name.dropFirst("code_".count)) != nil
  }

  /// Makes sure that codes are of the width that a model's are: all columns that are called so, no more and
  /// no fewer.
  ///
  /// - Throws: `DataError` for codes of another width.
  fileprivate static func check(_ codes: Dataset, width: Int) throws {
    let values = codes.featureNames ?? []
    let named = (values + codes.keptColumns.map(\.name)).filter(isCodeName)
    let found: String? =
      if !named.isEmpty, Set(named) != Set(codeNames(width)) {
        named.count == width
          ? "columns \(named.prefix(9).joined(separator: ", "))" : "\(Figures.grouped(named.count)) of them"
      } else if codes.sampleShape.count != width {
        "rows of \(codes.sampleShape)"
      } else {
        nil
      }
    guard let found else { return }
    throw DataError(
      place: codes.origin, expected: "codes of \(Figures.values(width)), as this model makes them",
      found: found, remedy: "give what encode wrote with the same model")
  }

  /// Writes the whole numbers that say the codes of samples.
  fileprivate func writePlaces(of model: Model, _ dataset: Dataset, to output: OutputFile) throws {
    let places = try model.places(of: dataset, threads: threads)
    let width = places.shape.sample.count
    try output.write(
      places, name: "places", columns: (0..<width).map { "place_\($0)" }, behind: dataset.identity)
    try report(output, places, "\(Figures.grouped(places.rows, "code")) of \(Figures.values(width))")
  }
}

extension SharedOption {
  /// Of every command that computes.
  static let ofComputing = [threads.declaration, json.declaration, quiet.declaration].under(.running)
  /// Of every command that uses a model.
  static let ofUse = [precision.declaration].under(.running) + ofComputing
}

extension Session {
  /// The file behind `-o`, which must not be one of the operands.
  func outputFile(takesFolder: Bool = false) throws -> OutputFile {
    try OutputFile(arguments[OutputFile.option], apartFrom: arguments.operands, takesFolder: takesFolder)
  }

  /// Says what was written: under `--json` the file and the shape of what is in it, and more.
  func report(_ output: OutputFile, _ tensor: Tensor, _ words: String, _ more: [JSON.Member] = []) throws {
    if isJSON {
      let shape = JSON.list(tensor.shape.dimensions.map(JSON.integer))
      let members = [JSON.Member("file", .text(output.path)), JSON.Member("shape", shape)]
      try streams.output.writeLine(JSON.object(members + more).line)
    }
    say("\(output.name): \(words)")
  }
}

extension Figures {
  /// `1 value`, `32 values`.
  static func values(_ count: Int) -> String { grouped(count, "value") }
}
