import Hourglass

extension Command {
  static let train = Command(
    name: "train", abstract: "trains an autoencoder on data and saves it",
    operands: [.source],
    options: TrainOption.all,
    common: TrainOption.common,
    discussion: """
      Without an option the network, its loss and the scaling of values follow from the data, and a tenth of the \
      samples is held out to judge by. The model of the best epoch is saved. After each epoch the file holds a \
      checkpoint; Ctrl-C ends the training at the next step with one. The same command with --resume goes on as \
      if nothing had happened.
      """,
    notes: TrainOption.notes,
    examples: [
      "hourglass train data.csv -o model.safetensors",
      "hourglass train builtin:digits --latent 16 --epochs 20 --seed 7 -o digits.safetensors",
      "hourglass train images.npy --layers 512,128 --latent 16 --validation test.npy -o m.safetensors",
      "hourglass train photos --size 32 --augment shift=2,flip -o model.safetensors",
      "hourglass train data.csv --gaps --label class --balanced -o model.safetensors",
      "hourglass train data.csv --architecture network.json -o model.safetensors",
      "hourglass train photos --size 32 --family quantised --prior autoregressive -o model.safetensors",
    ],
    run: { session in
      var plan = try TrainingPlan(session)
      session.say(plan.words + plan.lengthWords)
      try plan.choosePrecision(session)
      if let held = plan.held {
        session.tellOutside(plan.architecture.reconstruction, plan.preparation, held)
      }
      // From before the team's threads are started, which inherit it.
      System.holdStopSignals()
      var run = try TrainingRun(plan, session)
      let ending = try run.train()
      System.releaseStopSignals()
      try run.save(ending)
    })
}

/// All that a training starts from, read and checked.
struct TrainingPlan {
  let architecture: Architecture
  var recipe: Recipe
  let training: Dataset
  let held: Dataset?
  /// How the two were made of one; nil where they were not.
  private let split: Split?
  /// Samples to calibrate on, which no part of the training sees.
  let calibrating: Dataset?
  let preparation: Preparation
  /// The training value that lies furthest out, where the encoder is not given all of them whole.
  private let furthest: (value: Float, feature: Int)?
  /// The model whose weights it begins with.
  let begun: Model?
  /// Whether the network is where a search begins.
  let isSearched: Bool

  /// - Parameter isSearched: whether the network is where a search begins, which knows dense layers alone.
  init(_ session: Session, isSearched: Bool = false) throws {
    let arguments = session.arguments
    self.isSearched = isSearched
    let source = session.operand(0)
    let path = try arguments[TrainOption.architecture]
    begun = try session.modelToBeginFrom()
    try TrainingPlan.checkShape(arguments, isDescribed: path != nil, isBegun: begun != nil)
    let (recipe, held) = (try arguments.recipe, try HeldSamples(arguments))
    try TrainingPlan.checkFiles(arguments, apartFrom: [source, held.source, path].compactMap { $0 })
    let described = try begun?.autoencoder.architecture ?? path.map(TrainingPlan.architecture(in:))
    let target = try session.headTarget(of: source)
    let parts = try held.split(session, seed: recipe.seed)
      .keepingLabels(of: target == nil ? nil : arguments[HeadOption.keep], seed: recipe.seed)
    split = parts.split
    let areSeries = try described?.needsSeries ?? (arguments[ShapeOption.model] == "conv1d")
    training = areSeries ? parts.training.asSeries : parts.training
    self.held = areSeries ? parts.held?.asSeries : parts.held
    calibrating = areSeries ? parts.calibrating?.asSeries : parts.calibrating
    self.recipe = try arguments.fitted(recipe, to: training.count, isJudged: self.held != nil)
    preparation =
      try begun?.preparation ?? TrainingPlan.preparation(arguments, of: training, described?.reconstruction)
    let traits = SampleTraits(
      shape: training.sampleShape, areUnitInterval: preparation.scaling.isUnitInterval,
      areBytes: [.uint8, .uint16].contains(training.element) || preparation.scaling.kind == .by255,
      form: isSearched ? nil : training.form, areWindows: training.areWindows, count: training.count,
      condition: try arguments[FamilyOption.conditional] ? Condition(ofClassesIn: training) : nil,
      records: training.records == nil ? nil : training)
    try begun?.preparation.check(training)
    let plain = try described ?? arguments.architecture(for: traits, inputLimit: preparation.inputLimit)
    architecture = try arguments.architecture(
      plain.reading(training.inputs), telling: target == nil ? nil : training, isBegun: begun != nil)
    furthest = try architecture.inputLimit == nil ? nil : preparation.furthestValue(of: training)
    try fitToHidden(arguments)
    try chooseFirstWeights(arguments)
    if !arguments.has(RecipeOption.patience) { makePatient() }
    if described == nil { try traits.tellOfSides(session, source, isArray: parts.training.form == nil) }
    try checkMemory()
    if !isSearched { try checkPrior(arguments) }
    try TrainingRun.blaming("batch") { try Trainer.checkBatch(self.recipe, architecture, training) }
  }

  /// Options that describe a network have no place beside one that is there.
  private static func checkShape(_ arguments: Arguments, isDescribed: Bool, isBegun: Bool) throws {
    guard isDescribed || isBegun else { return }
    guard !(isDescribed && isBegun) else {
      throw Failure.commandLine("--architecture and --from both say the network; give one of them")
    }
    guard let other = arguments.firstGiven(of: ShapeOption.all + LawOption.all) else { return }
    throw Failure.commandLine(
      isBegun
        ? "\(other) cannot stand beside --from, whose model says it already"
        : "\(other) cannot stand beside --architecture, whose file says it already")
  }

  /// What the training begins with.
  func autoencoder() throws -> Autoencoder {
    let drawn = try Autoencoder(architecture, seed: recipe.seed)
    return begun.map { drawn.taking(weightsOf: $0.autoencoder) } ?? drawn
  }

  /// Makes sure of the files to write before anything is read.
  private static func checkFiles(_ arguments: Arguments, apartFrom sources: [String]) throws {
    let model = try arguments[TrainOption.output]
    try OutputFile.checkFile(model, of: "a model", apartFrom: sources)
    if let page = try arguments[RecipeOption.report] {
      try ReportFile.checkFile(page, apartFrom: sources + [model])
    }
  }

  private static func preparation(
    _ arguments: Arguments, of training: Dataset, _ described: Reconstruction?
  ) throws -> Preparation {
    if let records = training.records {
      if let described, case .fields = described {
      } else if let described {
        throw Failure.data(
          "\(training.origin): expected numbers alone, as the architecture's loss is \(described.name), found records; "
            + "leave out the columns that are no numbers (--drop), give --gaps where values are missing, or describe "
            + "the fields in the architecture (\"fields\")")
      }
      return Preparation(records.schema)
    }
    let loss = try described ?? arguments[ShapeOption.loss].flatMap(Reconstruction.init(name:))
    return try Preparation.fitted(
      for: loss, arguments[TrainOption.scaling].flatMap(Scaling.Kind.init(rawValue:)), to: training,
      gaps: arguments.has(DataOption.gaps))
  }

  /// The architecture in a file of JSON.
  private static func architecture(in path: String) throws -> Architecture {
    let remedy = "'hourglass new' writes one"
    if let kind = try? FileKind.of(path), kind.isDataOrModel {
      throw Failure.data("\(path): expected an architecture as JSON, found \(kind.words); \(remedy)")
    }
    let architecture: Architecture = try JSONText.decode(
      System.text(of: path), place: path, expecting: "an architecture as JSON", remedy: remedy)
    do {
      _ = try architecture.outline()
    } catch {
      throw Failure.data("\(path) \(error.wordsOfFile)")
    }
    return architecture
  }

  /// Better a word now than the system ending the program halfway.
  private func checkMemory() throws {
    let outline = try architecture.outline()
    // The weights, their gradient, the best so far, the start and what the optimizer keeps, with some for the
    // file.
    let needed =
      (outline.parameterCount * 5 + recipe.optimizer.stateCount(of: outline)) * MemoryLayout<Float>.stride
    guard needed > System.memory else { return }
    throw Failure.data(
      "architecture: expected a network that fits in memory, found \(Figures.grouped(outline.parameterCount)) "
        + "parameters, which need \(needed >> 30) GB to train, of \(System.memory >> 30) GB; use fewer units")
  }

  /// What is about to be trained, on what.
  var words: String {
    let widths = (try? architecture.outline()).map { outline in
      "\(outline.widths), \(Figures.grouped(outline.parameterCount, "parameter"))"
    }
    let held =
      split.map { ", \($0.words)" }
      ?? held.map { ", \(Figures.grouped($0.count)) of \($0.origin) held out" } ?? ", none held out"
    let apart = calibrating.map { ", \(Figures.grouped($0.count)) to calibrate on" } ?? ""
    let schema = preparation.fields
    let samples =
      schema.map { "\(Figures.grouped(training.count, "record")) of \($0.wordsOfFields)" }
      ?? "\(Figures.grouped(training.count, "sample")) of \(training.sampleShape)"
    var traits = schema == nil ? [preparation.words] : []
    if let hint = pixelHint { traits.append(hint) }
    if let limit = limitWords { traits.append(limit) }
    if training.hasGaps, schema == nil { traits.append("values missing") }
    for case .fields(let rate) in architecture.corruption {
      traits.append("\(Figures.percent(rate)) of the fields hidden at random")
    }
    if training.weights != nil { traits.append("weighted\(weightlessWords)") }
    if recipe.isBalanced { traits.append("classes drawn equally often") }
    if let trim = recipe.trim {
      traits.append(
        "the worst \(Figures.percent(trim)) left out from epoch \(Recipe.epochsBeforeTrim + 1) on")
    }
    if let inputs = training.inputs { traits.append("read from \(inputs.origin)") }
    if !architecture.heads.isEmpty { traits.append(headWords) }
    if let augmentation = recipe.augmentation { traits.append("changed by \(augmentation)") }
    let loss = schema == nil ? " by \(architecture.reconstruction.name)" : ""
    let more = traits.isEmpty ? "" : " (\(traits.joined(separator: ", ")))"
    return "training \(widths ?? "")\(loss) on \(samples)\(more)\(held)\(apart)"
  }
}

extension Architecture {
  /// The same where it reads samples of a person's own, if there are some.
  fileprivate func reading(_ inputs: Dataset?) -> Architecture {
    guard inputs != nil, !corruption.readPairs else { return self }
    var architecture = self
    architecture.corruption.insert(.pairs, at: 0)
    return architecture
  }

  /// Whether its convolutions run along series, so that rows are to be taken for such.
  fileprivate var needsSeries: Bool {
    guard input.rank == 2, case .conv = encoder.first else { return false }
    return true
  }
}

extension TrainingPlan {
  /// How many samples count nothing: `, 30 without weight count nothing`.
  fileprivate var weightlessWords: String {
    let count = training.orderedWeights?.count { $0 == 0 } ?? 0
    let heldCount = held?.orderedWeights?.count { $0 == 0 } ?? 0
    guard count + heldCount > 0 else { return "" }
    let ofHeld = heldCount > 0 ? " and \(Figures.grouped(heldCount)) of those held out" : ""
    return ", \(Figures.grouped(count)) of them\(ofHeld) without weight, which count nothing"
  }

  /// Where values lie so far out that the encoder is not given them whole.
  fileprivate var limitWords: String? {
    guard let furthest, let limit = architecture.inputLimit, furthest.value.magnitude > limit,
      let words = architecture.limitWords
    else { return nil }
    let name = training.featureNames.map { "column '\($0[furthest.feature])'" } ?? "value \(furthest.feature)"
    return "\(words), as in \(name), up to \(Figures.significant(Double(furthest.value)))"
  }

  /// What to do where bytes in rows are pictures after all.
  fileprivate var pixelHint: String? {
    let side = Int(Double(training.sampleShape.count).squareRoot())
    guard training.element == .uint8, training.sampleShape.rank == 1,
      preparation.scaling.kind == .standard,
      side >= 8, side * side == training.sampleShape.count
    else { return nil }
    return
      "a table of bytes; if rows are pictures: an array of [n, \(side), \(side)], or --scaling 255 --loss bce"
  }
}
