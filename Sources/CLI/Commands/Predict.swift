import Hourglass

extension Command {
  static let predict = Command(
    name: "predict", abstract: "tells what a model was trained to tell: classes, numbers, fields of a table",
    operands: [.model, .source],
    options: [
      OutputFile.option.declaration, PredictOption.only.declaration, ImputeOption.interval.declaration,
    ] + DataOption.ofUse + SharedOption.ofUse,
    discussion: """
      Fields of the role out (train --target NAME) are told from all others; where the data have them too they are not \
      looked at. The table has the columns that stand aside (ids), a column for each target, and behind a \
      flag or a category the probability of each level; with --interval 0.9 behind a number the range that holds \
      nine tenths. --field NAME tells any other field so, as if its cells were empty.
      Of images, sounds, series and arrays (train --target class) each line has the likeliest class and the probability of each, or the \
      number and with --interval the range about it, read off how far the model is off on samples that were held \
      out.
      """,
    examples: [
      "hourglass predict model.safetensors new.csv -o predictions.csv",
      "hourglass predict model.safetensors photos -o classes.csv",
    ],
    run: { session in
      let output = try session.outputFile()
      let model = try session.model()
      guard let schema = model.preparation.fields else {
        return try session.writeAnswers(of: model, to: output)
      }
      let dataset = try session.open(session.operand(1), for: model)
      let names = try session.fieldsToPredict(schema)
      let table = try session.predictions(names, of: model, dataset, schema)
      guard output.isTable else {
        throw Failure.commandLine(
          "-o expects a table, a name that ends in .csv or .tsv, found '\(output.path)'")
      }
      try CSV.write(table, to: output.path)
      if session.isJSON {
        try session.streams.output.writeLine(
          JSON.object([
            JSON.Member("output", .text(output.path)), JSON.Member("rows", .integer(dataset.count)),
          ]).line)
      } else if !session.isQuiet {
        let list = Figures.list(names.map { "'\($0)'" })
        session.say("\(output.path): \(list) of \(Figures.grouped(dataset.count, "row"))")
      }
    })
}

private enum PredictOption {
  static let only = Option(
    "field", .names, default: [], shown: "the targets of training",
    "fields to tell, by name, commas between; their own cells are not looked at")
}

extension Session {
  /// Writes what the heads of a model tell of samples that are no records.
  fileprivate func writeAnswers(of model: Model, to output: OutputFile) throws {
    let heads = model.autoencoder.architecture.heads
    guard !heads.isEmpty else {
      throw Failure.data(
        "\(operand(0)): expected a model that tells something of samples, found one trained without a target; train one "
          + "with --target class, --target FILE or of a table --target COLUMN")
    }
    guard heads.contains(where: { !$0.isPicture }) else {
      throw Failure.data(
        "\(operand(0)): expected a model that tells classes or numbers, found one of masks; 'hourglass segment \(operand(1)) --model "
          + "\(operand(0))' writes these")
    }
    let asked = try arguments[PredictOption.only]
    if let field = asked.first(where: { name in !heads.contains { $0.name == name } }) {
      throw Failure.commandLine(
        "--field: the model tells \(Figures.list(heads.map { "'\($0.name)'" })), found '\(field)'")
    }
    let level = try arguments[ImputeOption.interval]
    let numbers = heads.filter { !$0.tellsClasses }
    if let level, let head = numbers.first(where: { $0.margin(level) == nil }) {
      throw Failure.data(
        "\(operand(0)): expected \(Int((1 / (1 - level)).rounded(.up))) or more held-out samples with '\(head.name)' for an "
          + "interval of \(level), found \(head.residuals.count); train with more held out (--validation)")
    }
    let (_, dataset) = try modelAndData()
    let predictions = try HeadPrediction.all(model, on: dataset, threads: threads)
      .filter { !$0.head.isPicture }
    let lines = SampleLines.answers(of: predictions, dataset, level: level)
    try output.write(lines, name: "predictions")
    try tell(of: predictions.map(\.head), model, dataset, output)
  }

  /// Says what was written, and how right it is where the data say so.
  private func tell(of heads: [Head], _ model: Model, _ dataset: Dataset, _ output: OutputFile) throws {
    let list = Figures.list(heads.map { "'\($0.name)'" })
    if isJSON {
      try streams.output.writeLine(
        JSON.object(
          [
            JSON.Member("output", .text(output.path)), JSON.Member("rows", .integer(dataset.count)),
          ] + ((try? HeadLines(model, on: dataset, threads: threads))?.members ?? [])
        ).line)
    } else if !isQuiet {
      let right = (try? HeadLines(model, on: dataset, threads: threads))?.parts ?? []
      say(
        "\(output.path): \(list) of \(Figures.grouped(dataset.count, "sample"))"
          + (right.isEmpty ? "" : "; by what the data say " + right.joined(separator: ", ")))
    }
  }

  fileprivate func fieldsToPredict(_ schema: FieldSchema) throws -> [String] {
    let asked = try arguments[PredictOption.only]
    let known = schema.fields.filter { $0.role == .both || $0.role == .out }
    for name in asked where !known.contains(where: { $0.name == name }) {
      let near = Nearest.question(for: name, among: known.map(\.name)).map { "; \($0)" } ?? ""
      throw Failure.commandLine("--field: the model has no field '\(name)' to tell\(near)")
    }
    let targets = asked.isEmpty ? known.filter { $0.role == .out }.map(\.name) : asked
    guard !targets.isEmpty else {
      throw Failure.commandLine(
        "\(operand(0)) was trained without a target; train one with --target COLUMN, or say which field to tell "
          + "from the others with --field COLUMN")
    }
    return targets
  }

  /// The columns aside, and of each target its value and how sure that is.
  fileprivate func predictions(
    _ names: [String], of model: Model, _ dataset: Dataset, _ schema: FieldSchema
  ) throws -> TypedTable {
    let hidden = try dataset.hiding(names, schema)
    let made = schema.table(of: try model.reconstruct(hidden, threads: threads))
    let outputs = try model.outputs(hidden, threads: threads)
    let level = try arguments[ImputeOption.interval]
    let deviations = try level.map { _ in try model.deviations(on: dataset, threads: threads) }
    guard let laws = FieldLaws(model, deviations: deviations) else { return made }
    let bounds = level.map { level in
      [("low", (1 - level) / 2), ("high", (1 + level) / 2)].map { word, share in
        (word, schema.table(of: laws.quantiles(share, from: outputs)))
      }
    }
    var columns = dataset.records?.columns { schema[$0]?.role == .aside } ?? []
    for name in names {
      guard let value = made.column(name), let field = schema[name] else { continue }
      columns.append(value)
      if let shares = schema.slot(of: name).flatMap({ laws.probabilities(ofSlot: $0, from: outputs) }) {
        columns += field.probabilityColumns(shares)
      }
      guard field.kind != .category, field.kind != .flag else { continue }
      columns += (bounds ?? []).compactMap { word, table in
        table.column(name).map {
          TypedTable.Column(name: "\(name) \(word)", values: $0.values, form: $0.form)
        }
      }
    }
    return TypedTable(
      columns: columns, rowCount: dataset.count, form: dataset.records?.form ?? TableForm())
  }
}

extension Field {
  /// A column a level: `species = Adelie`.
  fileprivate func probabilityColumns(_ shares: [[Double]]) -> [TypedTable.Column] {
    codec.levels.enumerated().map { place, level in
      let values = shares.map { row in
        // A flag's law has the share of 1 alone beside that of 0.
        row.indices.contains(place) ? (row[place] * 1e6).rounded() / 1e6 : .nan
      }
      return TypedTable.Column(
        name: "\(name) = \(level)", values: .numbers(values), form: .number(decimals: 6))
    }
  }
}

extension FieldSchema {
  /// Where the value of a field stands among the slots.
  func slot(of name: String) -> Int? {
    slots.firstIndex { $0.part == .value && fields[$0.field].name == name }
  }
}

extension Dataset {
  /// The same samples with all values of some fields hidden; without labels.
  func hiding(_ names: [String], _ schema: FieldSchema) throws -> Dataset {
    let slots = schema.slots
    let isHidden = slots.map { names.contains(schema.fields[$0.field].name) }
    let values = tensor.values
    let kept = values.indices.map { isHidden[$0 % slots.count] ? Float.nan : values[$0] }
    return try Dataset(
      Tensor([count, slots.count], kept), featureNames: slots.map(\.name), hasGaps: true, origin: origin)
  }
}
