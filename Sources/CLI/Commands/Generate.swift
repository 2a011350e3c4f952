import Hourglass

extension Command {
  static let generate = Command(
    name: "generate", abstract: "draws new samples from a trained model",
    operands: [.model],
    options: [
      GenerateOption.count.declaration, GenerateOption.ofClass.declaration,
      GenerateOption.given.declaration, GenerateOption.fit.declaration,
      GenerateOption.components.declaration, GenerateOption.temperature.declaration,
      GenerateOption.complete.declaration, GenerateOption.output.declaration,
      GenerateOption.show.declaration, SharedOption.seed.declaration,
    ] + SharedOption.ofUse,
    discussion: """
      Codes are drawn and decoded: from the distribution that was fitted to the codes (train --prior), or from the one that \
      training holds codes to, the standard normal (train --family variational, wasserstein) or even odds (--family categorical). With --fit \
      any model will do. Drawn rows of a table lack values where those that the model was trained on did: as often, and together \
      where those were (--complete: none). Give -o, --show or both; for a model of images or \
      sounds OUT may be a folder, and for images a .png file, which shows all of them. A model that is told columns (role in) \
      needs their values: --given TABLE, a row for each of its rows, or -n of them.
      """,
    examples: [
      "hourglass generate model.safetensors -n 100 -o digits.png",
      "hourglass generate model.safetensors -n 1000 -o samples.csv --seed 7",
      "hourglass generate model.safetensors --given wanted.csv -o samples.csv",
    ],
    run: { session in
      let target = try SampleTarget(session, of: "generate")
      var model = try session.model()
      try target.output?.check(model)
      if let source = try session.arguments[GenerateOption.fit] {
        let dataset = try session.open(source, for: model)
        let codes = try model.encode(dataset, threads: session.threads)
        model.gaps = GapPrior(of: model.autoencoder.outline.record, fittedTo: dataset)
        model.prior = try .mixture(
          GaussianMixture(
            fittedTo: codes, components: session.arguments[GenerateOption.components],
            seed: session.arguments[SharedOption.seed]))
      }
      if session.arguments.has(GenerateOption.complete) { model.gaps = nil }
      let given = try session.given(model)
      let count = try session.arguments[GenerateOption.count]
      let samples = try model.generate(
        session.arguments.has(GenerateOption.count) ? count : given?.rows ?? count,
        of: session.arguments[GenerateOption.ofClass], given: given,
        temperature: Float(session.arguments[GenerateOption.temperature]),
        seed: session.arguments[SharedOption.seed],
        threads: session.threads)
      try target.give(samples, of: model, session)
    })
}

extension Session {
  /// The values that the model is told, read from a table; nil where no table is named.
  ///
  /// - Throws: ``Failure`` where the model is told none, or the table lacks a column.
  func given(_ model: Model) throws -> Tensor? {
    let names = model.conditions
    guard let path = try arguments[GenerateOption.given] else {
      guard let first = names.first else { return nil }
      throw Failure.commandLine(
        "the model is told \(names.count == 1 ? "the column" : "the columns") "
          + names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
          + "\(names.count > 3 ? " and \(names.count - 3) more" : ""); give a table that has a column '\(first)'"
          + "\(names.count > 1 ? " and the others" : "") (--given TABLE)")
    }
    guard let schema = model.preparation.fields, !names.isEmpty else {
      throw Failure.commandLine(
        "--given is for models that are told columns (train --field NAME=in); this one is told none; leave it out"
      )
    }
    let read = try schema.read(typedTable(path, schema), place: path, conditionsAlone: true)
    for remark in read.remarks { sayOnce("\(path): \(remark)") }
    guard read.tensor.rows > 0 else {
      throw Failure.data("\(path): expected rows with the columns that the model is told, found none")
    }
    return read.tensor
  }
}

enum GenerateOption {
  static let count = Option("count", short: "n", .integer(1...10_000_000), default: 16, "how many samples")
  static let ofClass = Option.optional(
    "class", .text("NAME", "the name of a class"), shown: "each in turn",
    "of models trained with --conditional: the class of all samples")
  static let given = Option.optional(
    "given", .file("TABLE"), shown: "none",
    "of models that are told columns (train --field NAME=in): a table with their values, whose rows are taken in turn"
  )
  static let fit = Option.optional(
    "fit", .file("SOURCE"), shown: "none",
    "draws codes from a gaussian mixture fitted to the codes of this source: for any model")
  static let components = Option(
    "components", .integer(1...1000), default: 10, "of --fit: gaussians that the mixture has")
  static let temperature = Option(
    "temperature", .number(above: 0), default: 1,
    "how far codes stray from the likeliest ones: below 1 samples are likelier and more alike"
  )
  static let complete = Option.flag(
    "complete", "of models of tables with gaps: every cell of the rows has a value")
  static let output = Option.optional(
    "output", short: "o", .file("OUT"),
    "the file to write: .npy, .npz or .csv (.tsv, .csv.gz); for images also .png, for images and sounds a folder; - is standard output"
  )
  static let show = Option.flag("show", "draws the samples in the terminal, where they are pictures")
}
