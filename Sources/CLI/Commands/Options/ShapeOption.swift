import Hourglass

/// The options that describe an architecture: `new` writes what they say, `train` trains it.
enum ShapeOption {
  static let model = Option(
    "model", .choice(["auto", "dense", "conv", "conv1d", "lstm", "attention"]), default: "auto",
    "kind of layers; auto is conv for images that are files, else dense; conv: convolutions that halve each side of an image, or the steps of a series; conv1d: the same of an array that is series; lstm and attention for series; all mirrored"
  )
  static let layers = Option.optional(
    "layers", .integers(1...(1 << 20)), shown: "by size",
    "widths of the encoder's hidden layers, with conv their channels, with attention the features of each "
      + "block, mirrored in the decoder; \"\" for none")
  static let heads = Option.optional(
    "heads", .integer(1...(1 << 10)), shown: "4, or as many as divide the features",
    "parts of each attention, which must divide its features")
  static let latent = Option.optional(
    "latent", .integer(1...(1 << 20)), shown: "by size", "width of the code")
  static let activation = Option(
    "activation", .choice(Layer.activations.map(\.name)), default: "relu", "after every hidden layer")
  static let codeActivation = Option(
    "code-activation", .choice(Layer.activations.map(\.name)), default: "linear", "after the code")
  static let outputActivation = Option.optional(
    "output-activation", .choice(Layer.activations.map(\.name)), shown: "by loss",
    "after the last layer")
  static let initializer = Option.optional(
    "initializer", .choice(Initializer.allCases.map(\.rawValue)),
    shown: "orthogonal, times 1.41 before relu and its kind",
    "how weights are drawn at first")
  static let dropout = Option(
    "dropout", .number(above: 0, orEqual: true, atMost: 0.999999), default: 0,
    "share of hidden values left out at random while training")
  static let normalisation = Option(
    "normalization", .choice(["none", "batch", "layer"]), default: "none",
    "of hidden values, before their activation")
  static let l1 = Option(
    "l1", .number(above: 0, orEqual: true), default: 0,
    "adds this times the sum of |w| over the matrices to the loss")
  static let l2 = Option(
    "l2", .number(above: 0, orEqual: true), default: 0, "the same of w squared")
  static let activityL1 = Option(
    "activity-l1", .number(above: 0, orEqual: true), default: 0,
    "adds this times the sum of |z| over the code to the loss of each sample")
  static let activityL2 = Option(
    "activity-l2", .number(above: 0, orEqual: true), default: 0, "the same of z squared")
  static let loss = Option.optional(
    "loss", .choice(Reconstruction.names), shown: "by data", "what a reconstruction is judged by")

  static let all: [Declaration] =
    [
      model.declaration, layers.declaration, heads.declaration, latent.declaration,
      activation.declaration, codeActivation.declaration, outputActivation.declaration,
      initializer.declaration,
      loss.declaration,
      dropout.declaration, normalisation.declaration, l1.declaration, l2.declaration, activityL1.declaration,
      activityL2.declaration,
    ].under(.network) + FamilyOption.all

  /// What most people want to know of.
  static let common: [Declaration] = [
    model.declaration, layers.declaration, latent.declaration, activation.declaration, loss.declaration,
    FamilyOption.family.declaration,
  ]

  /// Width of the code where none is given.
  ///
  /// - Parameter isNarrow: whether the samples are windows of series. Odd ones are among those trained on,
  ///   and a wide code learns them too: measured in Documentation/series.md.
  static func latent(_ values: Int, isNarrow: Bool) -> Int {
    isNarrow ? max(1, min(32, values / 48)) : min(32, (values + 2) / 3)
  }

  /// Widths of the hidden layers where none are given.
  static func widths(_ model: String, hidden: Int, steps: Int) -> [Int] {
    switch model {
    case "conv": [32, 64]
    case "conv1d": widths(ofSteps: steps)
    case "lstm": [64]
    case "attention": [32, 32]
    default: [hidden]
    }
  }

  /// Channels of the convolutions over a series: as many as leave about 16 steps, each half as many steps.
  private static func widths(ofSteps steps: Int) -> [Int] {
    var (widths, left) = ([Int](), steps)
    while widths.isEmpty || left > 16 {
      widths.append(widths.isEmpty ? 16 : 32)
      left = (left + 1) / 2
    }
    return widths
  }

  static let defaults = """
    The code has a third of the sample's values, at most 32. Of windows that are cut out of series it has a 48th, at \
    least 1, unless the family holds it to a distribution or to few of its values: odd windows are among those trained on, and a \
    wide code learns them too. One hidden layer stands on either side of it, four times \
    as wide as the sample, at least 16 and at most 128, and at least twice as wide as the code. The output is linear, \
    and a sigmoid where the values lie in [0, 1]; bce has its own sigmoid, ce its own softmax.
    Images that are files have convolutions (--model conv), all else has dense layers. With conv the encoder's layers \
    are convolutions of 32 and 64 channels, 3 by 3, each of which halves both sides; a dense layer gives the code. A \
    sample of two sides is one channel; of three, channels come first. Windows, series and rows have convolutions over \
    5 steps, each of which halves their number, of 16 channels and then of 32, until 16 steps are left; an array \
    [n, channels, steps] is taken for such by --model conv1d.
    With --model lstm the layers are recurrent, one of 64 units; the last one's last state gives the code, which the \
    decoder reads at every step. A sample of two sides is [channels, steps]; a row is a series of one channel.
    With --model attention two blocks of 32 features stand on either side of the code, with 4 heads each; a sample is \
    a series of channels by steps, or of steps alone.
    Of tables with gaps or targets (--fields) three of ten fields are hidden from the encoder at random while training, \
    as --corruption fields=0.3 does, so that the model reads rows that are not whole; --corruption none leaves it out. \
    Where fields are hidden the hidden layers have 128 and 64 units, the code at least 16, and --l2 is 0.0003.
    """

  /// What the headings of these options say, and more of the network.
  static func notes(_ more: String) -> [HeadingNote] {
    [HeadingNote(heading: .network, text: defaults + more), FamilyOption.note]
  }
}

extension Arguments {
  /// The architecture that the options describe, for samples of a kind.
  ///
  /// - Throws: ``Failure`` where the options contradict each other or no such network can be.
  func architecture(
    for samples: SampleTraits, inputLimit: Float? = nil
  ) throws(Failure) -> Architecture {
    let coordinates = try coordinates.hiding(for: samples, isSaid: has(FamilyOption.corruption))
    let model = samples.kind(of: try self[ShapeOption.model])
    if model == "conv" { try checkImage(samples.shape) }
    if model == "conv1d" { try checkSteps(samples.shape) }
    if model == "lstm" { try checkSeries(samples.shape) }
    if model == "attention" { try checkAttention(samples.shape, try self[ShapeOption.layers]) }
    if coordinates.isTied, model != "dense" {
      throw Failure.commandLine(
        "tied weights go with dense layers, found --model \(model); add --model dense")
    }
    if samples.records != nil { try checkFields(model) }
    let pattern = try pattern(of: model, coordinates, for: samples)
    var architecture: Architecture =
      switch model {
      case "conv": .convolutional(pattern)
      case "conv1d": .convolutionalSeries(pattern)
      case "lstm": .recurrent(pattern)
      case "attention": .attention(pattern, heads: try heads(of: pattern.layers))
      default: .dense(pattern)
      }
    architecture.inputLimit = inputLimit
    if coordinates.hasCritic {
      architecture.critic = try critic(model, reading: samples.shape)
    }
    do {
      let outline = try architecture.outline()
      if let count = samples.count, case .codebook(let numbers) = architecture.code,
        !has(FamilyOption.entries)
      {
        architecture.code = architecture.code.fitted(toVectors: count * outline.codeNumbers / numbers.books)
      }
    } catch {
      throw Failure.commandLine("\(error)")
    }
    return architecture
  }

  /// Heads that divide the features of each block: as many as are asked for, else at most four.
  private func heads(of widths: [Int]) throws(Failure) -> Int {
    if let heads = try self[ShapeOption.heads] { return heads }
    return [4, 3, 2].first { heads in widths.allSatisfy { $0 % heads == 0 } } ?? 1
  }

  /// What the options say of a kind of layers, for samples of a kind.
  private func pattern(
    of model: String, _ coordinates: Coordinates, for samples: SampleTraits
  ) throws(Failure) -> Architecture.Pattern {
    let record = try record(of: samples, coordinates)
    let values = record?.readCount ?? samples.shape.count
    let usualLatent = ShapeOption.latent(
      record?.givenCount ?? values, isNarrow: samples.areWindows && coordinates.isPlain)
    let hides = coordinates.corruption.hideFields
    let (code, latent) = try coordinates.fitted(
      to: model, latent: self[ShapeOption.latent],
      else: hides ? max(Coordinates.hidingLatent, usualLatent) : usualLatent)
    let hidden = max(min(128, max(16, 4 * values)), 2 * latent)
    let usualLoss: Reconstruction = samples.arePixels ? .bernoulli : .gaussian
    let loss =
      try self[ShapeOption.loss].flatMap(Reconstruction.init(name:)) ?? record.map { .fields($0) }
      ?? usualLoss
    let dropout = Float(try self[ShapeOption.dropout])
    var pattern = Architecture.Pattern(
      input: samples.shape,
      layers: try self[ShapeOption.layers]
        ?? (hides && model == "dense"
          ? Coordinates.hidingLayers
          : ShapeOption.widths(model, hidden: hidden, steps: samples.shape.dimensions.last ?? 1)),
      latent: latent,
      code: code, activation: layer(try self[ShapeOption.activation]),
      codeActivation: try codeActivation(coordinates),
      outputActivation: try outputActivation(loss, samples), reconstruction: loss,
      initializer: try self[ShapeOption.initializer].flatMap(Initializer.init(rawValue:)),
      normalisation: try normalisation, dropout: dropout > 0 ? .dropout(rate: dropout) : nil,
      penalties: try penalties(hidesFields: hides) + coordinates.penalties)
    pattern.isTied = coordinates.isTied
    pattern.corruption = coordinates.corruption
    pattern.topK = coordinates.topK
    pattern.condition = samples.condition
    return pattern
  }

  /// What records are made of; nil of other samples.
  private func record(of samples: SampleTraits, _ coordinates: Coordinates) throws(Failure) -> Record? {
    guard let training = samples.records, let schema = training.records?.schema else {
      guard try self[FieldOption.weight].isEmpty else {
        throw Failure.commandLine(
          "--field-weight is for the columns of a table read as fields (--fields auto), found samples of \(samples.shape)"
        )
      }
      return nil
    }
    let weights = try fieldWeights(of: schema)
    return try record(schema, of: training, coordinates, weights: weights)
  }

  /// Makes sure that nothing is asked of records which only one array of like values can have.
  private func checkFields(_ model: String) throws(Failure) {
    let why = "these are records, whose fields are of several kinds"
    guard model == "dense" else {
      throw Failure.commandLine("--model \(model): \(why) and stand in no order; leave the option out")
    }
    if let loss = try self[ShapeOption.loss] {
      throw Failure.commandLine(
        "--loss \(loss) is one for all values, and \(why), each with a loss of its own; leave the option out, or "
          + "leave out the columns that are no numbers (--drop)")
    }
    if let scaling = try self[TrainOption.scaling] {
      throw Failure.commandLine(
        "--scaling \(scaling) is one for all columns, and \(why), each with a scale of its own; leave the option out"
      )
    }
  }

  private func checkImage(_ shape: Shape) throws(Failure) {
    guard shape.rank == 2 || shape.rank == 3, let side = shape.dimensions.suffix(2).min(), side > 1 else {
      throw Failure.commandLine(
        "--model conv needs samples of [height, width] or [channels, height, width], found \(shape); "
          + "leave the option out")
    }
  }

  private func checkSteps(_ shape: Shape) throws(Failure) {
    guard shape.rank > 2 else { return }
    throw Failure.commandLine(
      "--model conv1d needs samples of [channels, steps] or [steps], found \(shape); use --model conv")
  }

  private func checkSeries(_ shape: Shape) throws(Failure) {
    guard shape.rank <= 2 else {
      throw Failure.commandLine(
        "--model lstm needs samples of [channels, steps] or [steps], found \(shape); leave the option out")
    }
    let foreign = [ShapeOption.activation.declaration, ShapeOption.normalisation.declaration]
    if let option = firstGiven(of: foreign) {
      throw Failure.commandLine("\(option) has no place in --model lstm; leave it out")
    }
  }

  private func checkAttention(_ shape: Shape, _ layers: [Int]?) throws(Failure) {
    guard shape.rank == 1 || shape.rank == 2 else {
      throw Failure.commandLine(
        "--model attention needs samples of [channels, steps] or [steps], found \(shape); use --model conv")
    }
    guard layers?.isEmpty != true else {
      throw Failure.commandLine(
        "--model attention needs at least one block; give --layers the features of each, or leave it out")
    }
    guard try self[ShapeOption.normalisation] != "batch" else {
      throw Failure.commandLine(
        "--model attention normalises by layer; leave out --normalization batch")
    }
  }

  /// A sparse code is one of shares, unless something else is asked for.
  private func codeActivation(_ coordinates: Coordinates) throws(Failure) -> Layer? {
    if coordinates.sparsity != nil, !has(ShapeOption.codeActivation) { return .sigmoid }
    return layer(try self[ShapeOption.codeActivation])
  }

  private var normalisation: Layer? {
    get throws(Failure) {
      switch try self[ShapeOption.normalisation] {
      case "batch": .batchNorm()
      case "layer": .layerNorm()
      default: nil
      }
    }
  }

  private func penalties(hidesFields: Bool) throws(Failure) -> [Penalty] {
    let isUsual = hidesFields && !has(ShapeOption.l1) && !has(ShapeOption.l2)
    let l2 = isUsual ? Coordinates.hidingL2 : Float(try self[ShapeOption.l2])
    let l1 = Float(try self[ShapeOption.l1])
    let activity = (Float(try self[ShapeOption.activityL1]), Float(try self[ShapeOption.activityL2]))
    var penalties: [Penalty] = []
    if l1 > 0 || l2 > 0 { penalties.append(.weights(l1: l1, l2: l2)) }
    if activity.0 > 0 || activity.1 > 0 { penalties.append(.activity(l1: activity.0, l2: activity.1)) }
    return penalties
  }

  private func outputActivation(
    _ loss: Reconstruction, _ samples: SampleTraits
  ) throws(Failure) -> Layer? {
    let given = try self[ShapeOption.outputActivation]
    guard loss.isFromLogits else {
      return given.map(layer) ?? (samples.areUnitInterval ? .sigmoid : nil)
    }
    let own = loss == .bernoulli ? "sigmoid" : "softmax"
    // People who know other tools write the sigmoid that bce brings along: they mean the same.
    guard given == nil || given == "linear" || given == own else {
      throw Failure.commandLine(
        "--output-activation: \(loss.name) has its own output, a \(own); leave the option out or choose another --loss"
      )
    }
    return nil
  }

  private func layer(_ name: String) -> Layer? {
    Layer.activations.first { $0.name == name }?.layer
  }
}
