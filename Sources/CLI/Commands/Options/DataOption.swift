import Hourglass

/// The options that say how data are to be read.
enum DataOption {
  static let gaps = Option.flag(
    "gaps", "values may be missing (an empty cell, NA, NaN, NULL, None, ?, -): they neither pull nor count")
  static let label = Option.optional(
    "label", .text("COLUMN|FILE", "a column or a file"),
    "the class of each sample: a column by name or number from 1, an array of an .npz file, or a file of its "
      + "own, which comes first where a column is called so too; no input of the network")
  static let weight = Option.optional(
    "weight", .text("COLUMN", "a column"),
    "how much each sample counts: a column by name or number from 1, or an array of an .npz file; no input of "
      + "the network")
  static let drop = Option.repeated(
    "drop", .text("COLUMNS", "columns between commas"),
    "of tables: columns to leave out, by name, number from 1 or range (2-5), with commas between")
  static let header = Option.optional(
    "header", .choice(["yes", "no"]), shown: "found by looking",
    "of tables: whether the first line holds the names of the columns")
  static let decimal = Option.optional(
    "decimal", .choice(["point", "comma"]), shown: "found by looking",
    "of tables: what stands before decimals; the other one may part thousands")
  static let dates = Option.optional(
    "dates", .choice(["day-first", "month-first"]), shown: "found by looking",
    "of tables: what stands first in dates such as 05/06/2023, where no row has a number above 12")
  static let textKind = Option.optional(
    "read-as", .choice(SourceOptions.TextKind.allCases.map(\.rawValue)), shown: "found by looking",
    "of .txt files: whether lines of numbers are a table or series")
  static let balanced = Option.flag(
    "balanced", "every epoch draws all classes equally often (see --label), with replacement")

  static let trim = Option.optional(
    "trim", .number(above: 0, atMost: 0.5), shown: "nothing",
    "leaves out this share of the samples, those that are reconstructed worst, from the second epoch on: for data "
      + "of which a part is odd")

  static let augment = Option.optional(
    "augment", .text("CHANGES", "changes such as shift=2,flip,rotate=10"), shown: "none",
    "changes training samples at random, anew in each epoch: \(Augmentation.names.joined(separator: ", "))"
  )

  static let inputField = Option.optional(
    "input-field", .text("SOURCE", "a source"), shown: "the samples themselves",
    "samples of your own that the network reads in place of SOURCE's, which are what it is to give back: of the "
      + "same names, or in the same order")

  static let keep = Option(
    "keep", .names, default: [], shown: "none",
    "columns of a source table that a written table has too, as they stand: by name or number from 1, commas between; "
      + "they need not be numbers")

  /// Of commands that write what belongs to samples.
  static let ofOutput: [Declaration] = ofUse + [keep.declaration].under(.data)

  /// Of commands that train.
  static let ofTraining: [Declaration] =
    [gaps.declaration, label.declaration, weight.declaration, balanced.declaration, trim.declaration]
    + ofTables + [LawOption.samplesIn.declaration]
    + [textKind.declaration] + SourceOption.ofTraining + FieldOption.all
    + [FieldOption.weight.declaration].under(.data)

  /// What samples are made of and how, beside what the recipe and the preparation of a model tell.
  static let ofReading: [Declaration] =
    [label.declaration, weight.declaration] + ofTables + [LawOption.samplesIn.declaration]
    + [textKind.declaration] + SourceOption.ofTraining
    + FieldOption.all

  private static let ofTables = [
    drop.declaration, header.declaration, decimal.declaration, dates.declaration,
  ]

  /// Of commands that use a model. It knows already whether values may be missing, and how samples are made.
  static let ofUse: [Declaration] = [
    gapsOnUse, onUse(label.declaration), onUse(weight.declaration),
    onUse(drop.declaration, "the columns of training, where the data have them"), header.declaration,
    decimal.declaration, onUse(dates.declaration, "as in training"), LawOption.samplesIn.declaration,
    SourceOption.skipBad.declaration,
    SourceOption.sort.declaration,
  ].under(.data)

  private static func onUse(
    _ declaration: Declaration, _ fallback: String = "the column of training, where the data have it"
  ) -> Declaration {
    var declaration = declaration
    declaration.fallback = fallback
    return declaration
  }

  private static let gapsOnUse = Option.flag(
    gaps.declaration.name,
    "values may be missing, though none was in training: the network is given 0 for them. A model that was "
      + "trained with --gaps needs no --gaps"
  ).declaration
}

extension Arguments {
  /// The columns of `--drop`, as they were written.
  var dropped: [String] {
    get throws(Failure) {
      try self[DataOption.drop].flatMap { list in
        list.split(separator: ",").map { String($0.drop { $0 == " " }) }
      }
    }
  }
}

extension Session {
  /// Opens data as the options say.
  ///
  /// - Parameters:
  ///   - model: what the data are for, if it is there already: samples are made as its training data's were.
  ///   - training: the training samples that these are to be like, if there is no model yet.
  ///   - isOther: whether these are other data than those that a file of classes belongs to.
  func open(
    _ name: String, for model: Model? = nil, like training: Dataset? = nil, isOther: Bool = false
  ) throws -> Dataset {
    var label = try model?.readsSteps == true ? arguments[DataOption.label] : arguments.labels
    // A model that is trained on learns a new target.
    let isTrained = try model == nil || modelToBeginFrom() != nil
    let target = try isTrained ? headTarget(of: name) : nil
    if label == nil, let target, target != HeadOption.ownClasses { label = target }
    if isOther, let name = label, Source.isLabelFile(name) { label = nil }
    var numbers: String?
    if let file = label, Source.isNumbersFile(file), try readsNumbers(model) {
      (label, numbers) = (nil, file)
    }
    let dataset = try read(name, for: model, like: training, label: label, isTarget: target != nil)
    return try numbers.map { try Source.numbered(dataset, as: HeadOption.numbers, from: $0) } ?? dataset
  }

  private func read(
    _ name: String, for model: Model?, like training: Dataset?, label: String?, isTarget: Bool
  ) throws -> Dataset {
    var options =
      try model.map { SourceOptions($0.preparation) } ?? training?.form.map { SourceOptions($0) }
      ?? arguments.sourceOptions
    if model == nil, training == nil, options.height != nil, resumesInFull { options.readsInFull = true }
    if let training { options.precision = training.element == .float64 ? .double : .single }
    options.drop = try arguments.dropped
    if model?.readsSteps == true, let odd = try arguments[OddLabels.labels], !Source.isLabelFile(odd) {
      options.drop.append(odd)
    }
    options.header = try arguments[DataOption.header].map { $0 == "yes" }
    options.decimal = try arguments[DataOption.decimal].map { $0 == "comma" ? .comma : .point }
    if let kind = try arguments[DataOption.textKind] { options.textKind = .init(rawValue: kind) }
    options.skipsBadFiles = arguments.has(SourceOption.skipBad)
    options.sorts = arguments.has(SourceOption.sort)
    options.threads = try threads
    options.kept = try columnsToKeep
    let schema = model?.preparation.fields ?? training?.records?.schema
    if schema != nil || model == nil, let sparse = try sparseRecords(name, schema) { return sparse }
    if let schema { return try records(typedTable(name, schema), of: schema, name) }
    if let names = training?.featureNames { options.expected = names }
    if model == nil, !isTarget, arguments.saysFields { return try records(typedTable(name), name) }
    let gaps = model?.preparation.allowsGaps ?? false || arguments.has(DataOption.gaps)
    let weight = try arguments[DataOption.weight]
    guard model == nil, training == nil else {
      return try Source.open(
        name, gaps: gaps, label: label, weight: weight, options: options, notice: sayOnce)
    }
    let contents = try Source.contents(
      name, gaps: gaps, label: label, weight: weight, options: options, typed: typedOptions(),
      notice: sayOnce)
    switch contents {
    case .samples(let dataset): return dataset
    case .table(let table): return try records(table, name)
    }
  }

  /// Whether the training to go on with read its images in full, as all did of versions before.
  private var resumesInFull: Bool {
    guard let file = try? arguments[RecipeOption.resume], System.exists(file),
      case .images(let form)? = try? Model(contentsOf: file).preparation.form
    else { return false }
    return !form.reducesJPEG
  }

  /// The columns that a written table has from its source.
  ///
  /// - Throws: ``Failure`` where no table is written.
  private var columnsToKeep: [String] {
    get throws(Failure) {
      let kept = try arguments[DataOption.keep]
      let path = try arguments[GenerateOption.output] ?? ""
      if !kept.isEmpty, !OutputFile.isTable(path) {
        throw Failure.commandLine(
          "--keep is for a table: -o expects a name that ends in .csv or .tsv, or -, found '\(path)'")
      }
      return kept
    }
  }

  /// The model that is the first operand, and the data that are the second.
  func modelAndData() throws -> (Model, Dataset) {
    let model = try model()
    let dataset = try open(operand(1), for: model)
    // Before anything is said of data that are refused.
    try model.preparation.check(dataset)
    tellOutside(model.autoencoder.architecture.reconstruction, model.preparation, dataset)
    return (model, model.autoencoder.architecture.heads.isEmpty ? dataset : try dataset.markingUnlabelled())
  }

  /// Says where values lie outside what the loss is made for.
  func tellOutside(_ reconstruction: Reconstruction, _ preparation: Preparation, _ dataset: Dataset) {
    guard dataset.sampleShape == preparation.sampleShape,
      let outside = preparation.valuesOutside(reconstruction.domain, of: dataset)
    else { return }
    let name =
      preparation.featureNames.map { "column '\($0[outside.feature])'" } ?? "value \(outside.feature)"
    let values = Figures.grouped(outside.values, "value lies", "values lie")
    say(
      "\(dataset.origin): \(values) outside the \(reconstruction.domain.words) that the loss "
        + "\(reconstruction.name) is made for, in \(Figures.grouped(outside.samples)) of "
        + "\(Figures.grouped(dataset.count, "sample")), the furthest \(outside.value) after scaling "
        + "\(preparation.scaling.kind.rawValue), in row \(outside.row), \(name) (counted from 0); they cost more "
        + "the further out they lie")
  }
}

extension Model {
  /// Whether rows of a table are the steps of a series to it, which have labels of their own.
  fileprivate var readsSteps: Bool {
    if case .series = preparation.form { true } else { false }
  }
}
