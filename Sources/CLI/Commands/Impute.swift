import Hourglass

extension Command {
  static let impute = Command(
    name: "impute", abstract: "fills in what is missing",
    operands: [.model, .source],
    options: [
      OutputFile.option.declaration, ImputeOption.only.declaration, ImputeOption.interval.declaration,
      ImputeOption.draws.declaration, SharedOption.seed.declaration,
    ] + DataOption.ofOutput + SharedOption.ofUse,
    discussion: """
      Writes the table that was read, its types and formats kept: where a cell is empty stands what the model makes of \
      the rest of its row, a number's mean or the likeliest level. Whatever has a value keeps it. With --interval 0.9 two \
      columns follow each field of numbers, counts or ordered levels, below and above which a twentieth of its distribution \
      lies; how wide those of fixed width are is measured on the cells that are there, each hidden once. With --draws 5 five \
      tables are written, OUT-1.csv to OUT-5.csv, whose cells are drawn: what is computed from each of them \
      differs as much as the missing cells leave it open (Rubin 1987).
      A model that was trained on rows with gaps, or with fields hidden (--corruption fields=0.2), knows how to read a row \
      that is not whole.
      """,
    examples: [
      "hourglass impute model.safetensors customers.csv -o filled.csv",
      "hourglass impute model.safetensors customers.csv --interval 0.9 -o filled.csv",
    ],
    run: { session in
      let output = try session.outputFile()
      let model = try session.model()
      let dataset = try session.open(session.operand(1), for: model)
      guard let schema = model.preparation.fields, let table = dataset.records?.table else {
        return try session.imputeArray(model, dataset, to: output)
      }
      guard output.isTable else {
        throw Failure.commandLine(
          "-o expects a table, a name that ends in .csv or .tsv, found '\(output.path)'")
      }
      let names = try session.fieldsToFill(schema)
      let gaps = schema.gaps(of: dataset, in: names)
      if let draws = try session.arguments[ImputeOption.draws] {
        return try session.writeDraws(draws, of: model, dataset, schema, names, to: output)
      }
      let made = try model.reconstruct(dataset, threads: session.threads)
      var filled = schema.filling(table, with: made).keeping(gapsOf: table, outside: names)
      if let level = try session.arguments[ImputeOption.interval] {
        filled = try session.adding(level, to: filled, model, dataset, schema, names)
      }
      try CSV.write(filled, to: output.path)
      try session.reportImputed(output, gaps, dataset.count)
    })
}

enum ImputeOption {
  static let only = Option(
    "only", .names, default: [], shown: "all", "columns to fill, by name, commas between; gaps elsewhere stay"
  )
  static let interval = Option.optional(
    "interval", .number(above: 0, atMost: 0.9999), shown: "none",
    "adds two columns for each field with an order: the range that holds this share of its distribution")
  static let draws = Option.optional(
    "draws", .integer(1...1000), shown: "none", "writes so many tables, each filled with draws")
}

extension Session {
  /// The fields that `--only` names; all where it names none.
  fileprivate func fieldsToFill(_ schema: FieldSchema) throws -> Set<String> {
    let only = try arguments[ImputeOption.only]
    let known = schema.fields.filter { $0.role != .aside }.map(\.name)
    for name in only where !known.contains(name) {
      let near = Nearest.question(for: name, among: known).map { "; \($0)" } ?? ""
      throw Failure.commandLine("--only: the model has no field '\(name)'\(near)")
    }
    return Set(only.isEmpty ? known : only)
  }

  /// Fills the gaps of samples that are no records.
  fileprivate func imputeArray(_ model: Model, _ dataset: Dataset, to output: OutputFile) throws {
    let ofFields = [
      ImputeOption.interval.declaration, ImputeOption.draws.declaration, ImputeOption.only.declaration,
    ]
    if let option = arguments.firstGiven(of: ofFields) {
      throw Failure.commandLine(
        "\(option) is for models of tables with fields; \(operand(0)) was trained on numbers alone; leave it out"
      )
    }
    let gaps = dataset.gapCount
    let filled = try model.imputed(dataset, threads: threads)
    let lines = try lines(filled, of: dataset, model, for: output)
    try output.write(lines, name: "imputed", files: (model.preparation, dataset))
    try reportImputed(output, gaps, dataset.count)
  }

  fileprivate func reportImputed(_ output: OutputFile, _ gaps: Int, _ rows: Int) throws {
    if isJSON {
      try streams.output.writeLine(
        JSON.object([
          JSON.Member("output", .text(output.path)), JSON.Member("rows", .integer(rows)),
          JSON.Member("filled", .integer(gaps)),
        ]).line)
    } else if !isQuiet {
      say("\(output.path): \(Figures.grouped(rows, "row")), \(Figures.grouped(gaps, "gap")) filled")
    }
  }

  /// Writes one table a draw.
  fileprivate func writeDraws(
    _ count: Int, of model: Model, _ dataset: Dataset, _ schema: FieldSchema, _ names: Set<String>,
    to output: OutputFile
  ) throws {
    if arguments.has(ImputeOption.interval) {
      throw Failure.commandLine("--interval and --draws contradict each other; give one of them")
    }
    guard let table = dataset.records?.table else { return }
    let laws = FieldLaws(model, deviations: try model.deviations(on: dataset, threads: threads))
    let outputs = try model.outputs(dataset, threads: threads)
    let seed = try arguments[SharedOption.seed]
    for draw in 1...count {
      guard let drawn = laws?.draws(from: outputs, seed: seed, step: draw) else { return }
      let filled = schema.filling(table, with: drawn).keeping(gapsOf: table, outside: names)
      try CSV.write(filled, to: ImputeOption.path(output.path, draw))
    }
    if !isJSON, !isQuiet {
      say(
        "\(ImputeOption.path(output.path, 1)) to \(ImputeOption.path(output.path, count)): "
          + "\(Figures.grouped(dataset.count, "row")), "
          + "\(Figures.grouped(schema.gaps(of: dataset, in: names), "gap")) filled by draws")
    }
  }

  /// The table with two columns behind each field that has an order.
  fileprivate func adding(
    _ level: Double, to table: TypedTable, _ model: Model, _ dataset: Dataset, _ schema: FieldSchema,
    _ names: Set<String>
  ) throws -> TypedTable {
    guard let laws = FieldLaws(model, deviations: try model.deviations(on: dataset, threads: threads)),
      let given = dataset.records?.table
    else { return table }
    let outputs = try model.outputs(dataset, threads: threads)
    let low = schema.table(of: laws.quantiles((1 - level) / 2, from: outputs), like: given)
    let high = schema.table(of: laws.quantiles((1 + level) / 2, from: outputs), like: given)
    let ordered = Set(schema.fields.filter { $0.kind != .category && $0.kind != .flag }.map(\.name))
    let columns = table.columns.flatMap { column -> [TypedTable.Column] in
      guard names.contains(column.name), ordered.contains(column.name), let old = given.column(column.name)
      else { return [column] }
      return [column]
        + [("low", low), ("high", high)].compactMap { word, bound in
          bound.column(column.name).map {
            TypedTable.Column(
              name: "\(column.name) \(word)", values: $0.values.where(missingIn: old.values), form: $0.form)
          }
        }
    }
    return TypedTable(columns: columns, rowCount: table.rowCount, form: table.form)
  }
}

extension ImputeOption {
  /// `filled.csv` of draw 2 is `filled-2.csv`.
  static func path(_ path: String, _ draw: Int) -> String {
    let start = path.lastIndex(of: "/") ?? path.startIndex
    let dot = path[start...].firstIndex(of: ".") ?? path.endIndex
    return "\(path[..<dot])-\(draw)\(path[dot...])"
  }
}

extension FieldSchema {
  /// How many values of these fields are missing.
  func gaps(of dataset: Dataset, in names: Set<String>) -> Int {
    let values = dataset.tensor.values
    let chosen = slots.enumerated().filter { $1.part == .value && names.contains(fields[$1.field].name) }
    return chosen.reduce(0) { sum, slot in
      sum + stride(from: slot.offset, to: values.count, by: slots.count).count { values[$0].isNaN }
    }
  }
}

extension TypedTable {
  /// The same with the gaps of another table outside some columns.
  func keeping(gapsOf table: TypedTable, outside names: Set<String>) -> TypedTable {
    let kept = columns.map { column in
      names.contains(column.name) ? column : table.column(column.name) ?? column
    }
    return TypedTable(columns: kept, rowCount: rowCount, form: form)
  }
}

extension TypedTable.Values {
  /// The values where another column has none; gaps elsewhere.
  func `where`(missingIn other: TypedTable.Values) -> TypedTable.Values {
    switch self {
    case .numbers(let values): .numbers(values.indices.map { other.isMissing($0) ? values[$0] : .nan })
    case .times(let values): .times(values.indices.map { other.isMissing($0) ? values[$0] : .nan })
    case .texts(let levels, let indices):
      .texts(levels: levels, indices: indices.indices.map { other.isMissing($0) ? indices[$0] : -1 })
    }
  }
}

extension Dataset {
  /// How many values are missing.
  var gapCount: Int { tensor.values.count { $0.isNaN } }
}
