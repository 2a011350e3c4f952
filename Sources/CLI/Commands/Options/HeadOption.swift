import Hourglass

/// The options of what a model tells of samples besides themselves.
enum HeadOption {
  /// What `--target` calls the classes that data come with, and what a head of them is called.
  static let ownClasses = "class"
  /// What a head of numbers is called.
  static let numbers = "target"

  static let layers = Option(
    "head-layers", .integers(1...(1 << 20)), default: [], shown: "none",
    "widths of the hidden layers between the code and the answer")
  static let weight = Option(
    "target-weight", .number(above: 0), default: 1,
    "what the loss of the answer counts beside the reconstruction")
  static let reconstruction = Option(
    "reconstruction-weight", .number(above: 0, orEqual: true), default: 1,
    "what the reconstruction counts beside the answer; 0 trains the encoder and the answer alone")
  static let classWeights = Option(
    "class-weights", .choice(["none", "balanced"]), default: "none",
    "what samples of each class count in the loss of the answer; balanced: all classes as much together")
  static let smoothing = Option(
    "label-smoothing", .number(above: 0, orEqual: true, atMost: 0.999), default: 0,
    "share of each label that is given to all classes alike")
  static let keep = Option.optional(
    "keep-labels", .integer(1...(1 << 30)), shown: "all",
    "keeps the class of so many training samples of each class, drawn by --seed; all others learn without")
  static let labelledShare = Option.optional(
    "labelled-share", .number(above: 0, atMost: 1), shown: "0.25 where fewer samples have a label",
    "share of the samples of each step that are drawn from those with a label")
  static let consistency = Option(
    "consistency", .choice(["none", "noise", "adversarial"]), default: "none",
    "asks for like answers about a sample changed a little, with a label or without; noise: --corruption, --augment and "
      + "--dropout drawn twice; adversarial: in the direction that changes the answer most")
  static let consistencyWeight = Option(
    "consistency-weight", .number(above: 0), default: 1, "what that counts")
  static let radius = Option.optional(
    "radius", .number(above: 0), shown: "0.02 times the root of a sample's values",
    "of --consistency adversarial: length of the change, in the units of samples as the network reads them")
  static let sure = Option.optional(
    "pseudo-labels", .number(above: 0, orEqual: true, atMost: 0.9999), shown: "none",
    "takes an answer of this probability or more for a label of the sample changed (--consistency noise)")
  static let mask = Option.optional(
    "mask", .file("FOLDER"), shown: "none",
    "of pictures: learns the class of each pixel too, from masks: .png files in FOLDER, called as the pictures; those "
      + "without one are learned without")
  static let maskGap = Option.optional(
    "mask-gap", .integer(0...65535), shown: "\(MaskFolder.usualGap)",
    "of --mask: the level of pixels of which nothing is known")
  static let from = Option.optional(
    "from", .file("MODEL"),
    "begins with the network, the weights and the scaling of a trained model, and trains its encoder on")
  static let freeze = Option.flag("freeze", "leaves the encoder as it is: --encoder-rate 0")
  static let encoderRate = Option.optional(
    "encoder-rate", .number(above: 0, orEqual: true, atMost: 1), shown: "1",
    "what the rate is multiplied by for the encoder; below 1 where it was trained before (--from)")

  static let all: [Declaration] = [
    layers.declaration, weight.declaration, reconstruction.declaration, classWeights.declaration,
    smoothing.declaration, keep.declaration, labelledShare.declaration, consistency.declaration,
    consistencyWeight.declaration, radius.declaration, sure.declaration, mask.declaration,
    maskGap.declaration, from.declaration,
    freeze.declaration, encoderRate.declaration,
  ].under(.targets)

  static let note = HeadingNote(
    heading: .targets,
    text: """
      With --target class the classes that data come with are learned beside the samples: folders in a folder of images \
      or sounds, the labels of an .npz, MNIST or .ts file; --target FILE reads classes or numbers from a file of their own, one a \
      sample. The answer is a linear layer behind the code, or --head-layers. A sample whose class is NA or ? (-1 among numbers of \
      classes) has none and learns without it. Where few have one, a quarter of each step is drawn from those (--labelled-share). \
      'hourglass predict' writes the answers, evaluate measures them; probabilities are calibrated on the samples held out, and \
      intervals about numbers are read off them.
      Of tables --target names columns, as --field NAME=out does; of these options --from, --freeze and --encoder-rate are for them too \
      where the model's columns are the same.
      """)
}

extension Session {
  /// What `--target` says of data that are no table with columns: ``HeadOption/ownClasses``, or a file or
  /// array; nil where it says nothing, or names columns.
  func headTarget(of name: String) throws -> String? {
    guard let names = try arguments[FieldOption.target] else {
      if arguments.has(HeadOption.mask) { return HeadOption.ownClasses }
      if let other = arguments.firstGiven(of: HeadOption.ofTarget) {
        throw Failure.commandLine("\(other) belongs to --target; give that too, or leave it out")
      }
      return nil
    }
    if arguments.has(HeadOption.mask) {
      throw Failure.commandLine("--target and --mask are two targets; train one model for each")
    }
    let isTable = Source.hasColumns(name)
    if isTable, !(names.count == 1 && Source.isLabelFile(names[0])) {
      if let other = arguments.firstGiven(of: HeadOption.ofTarget) {
        throw Failure.commandLine(
          "\(other) is for classes beside samples that are no table; of a table give --field-weight, or leave it out"
        )
      }
      return nil
    }
    guard names.count == 1 else {
      throw Failure.commandLine(
        "--target: of \(name) expected 'class' or one file of classes or numbers, found \(names.count) names")
    }
    return names[0]
  }

  /// Pictures with the masks that `--mask` names.
  func masked(_ dataset: Dataset) throws -> Dataset {
    guard let path = try arguments[HeadOption.mask] else {
      if arguments.has(HeadOption.maskGap) {
        throw Failure.commandLine("--mask-gap belongs to --mask; give that too, or leave it out")
      }
      return dataset
    }
    let gap = try arguments[HeadOption.maskGap] ?? MaskFolder.usualGap
    return try Source.masked(dataset, from: path, gap: gap, notice: sayOnce).dataset
  }

  /// The model that `--from` names.
  func modelToBeginFrom() throws -> Model? {
    guard let path = try arguments[HeadOption.from] else { return nil }
    let model = try readingModel(path) { try Model(contentsOf: path) }
    guard model.preparation.fields == nil else {
      throw Failure.data(
        "\(path): expected a model of samples of numbers, found one of records, whose fields say what it tells; train "
          + "anew with --target")
    }
    return model
  }

  /// Whether a file of labels may hold numbers that are no classes: while training, and for a model that
  /// tells numbers.
  func readsNumbers(_ model: Model?) throws -> Bool {
    guard let model, !arguments.has(FieldOption.target) else { return arguments.has(FieldOption.target) }
    let heads = model.autoencoder.architecture.heads
    return heads.isEmpty ? arguments.has(FieldOption.target) : heads.contains { !$0.tellsClasses }
  }
}

extension HeadOption {
  /// Those that mean nothing without a target.
  static let ofTarget: [Declaration] = [
    layers.declaration, weight.declaration, reconstruction.declaration, classWeights.declaration,
    smoothing.declaration, keep.declaration, labelledShare.declaration, consistency.declaration,
    consistencyWeight.declaration, radius.declaration, sure.declaration,
  ]
}

extension Arguments {
  /// An architecture that tells the target of samples too.
  ///
  /// - Parameters:
  ///   - training: the samples with their targets; nil: the architecture stays as it is.
  ///   - isBegun: whether it is of a trained model, whose heads then make way.
  func architecture(
    _ plain: Architecture, telling training: Dataset?, isBegun: Bool
  ) throws -> Architecture {
    guard let training else { return plain }
    guard plain.heads.isEmpty || isBegun else { return plain }
    var architecture = plain
    architecture.heads = [try head(of: training, plain)]
    architecture.reconstructionWeight = Float(try self[HeadOption.reconstruction])
    architecture.consistency = try consistency(of: training, plain)
    do {
      _ = try architecture.outline()
    } catch {
      throw Failure.commandLine("--target: \(error)")
    }
    return architecture
  }

  /// A U-shape behind the encoder for masks.
  private func head(of mask: Target, _ plain: Architecture) throws -> Head {
    if let other = firstGiven(of: [HeadOption.layers.declaration, HeadOption.keep.declaration]) {
      throw Failure.commandLine("\(other) is for one class or number a sample; leave it or --mask out")
    }
    var most: Float = 1
    var counts: [Int: Double] = [:]
    for value in mask.values.values where !value.isNaN {
      most = max(most, value)
      counts[Int(value), default: 0] += 1
    }
    let classes = (0...Int(most)).map { $0 == 0 ? "background" : "\($0)" }
    var head: Head
    do throws(ModelError) {
      head = try plain.pictureHead(Source.masks, classes: classes)
    } catch {
      throw Failure.commandLine("--mask: \(error)")
    }
    head.weight = Float(try self[HeadOption.weight])
    head.smoothing = Float(try self[HeadOption.smoothing])
    if try self[HeadOption.classWeights] == "balanced" {
      let whole = counts.values.reduce(0, +)
      head.classWeights = classes.indices.map {
        Float(whole / (Double(classes.count) * max(1, counts[$0] ?? 1)))
      }
    }
    return head
  }

  private func head(of training: Dataset, _ plain: Architecture) throws -> Head {
    let hidden = try self[HeadOption.layers]
    let weight = Float(try self[HeadOption.weight])
    if let mask = training.target(Source.masks) { return try head(of: mask, plain) }
    if let target = training.target(HeadOption.numbers) {
      if let other = firstGiven(of: [HeadOption.classWeights.declaration, HeadOption.smoothing.declaration]) {
        throw Failure.commandLine("\(other) is for classes; the target holds numbers: leave it out")
      }
      return .regressor(target, of: training, hidden: hidden, weight: weight)
    }
    let classes = try Head.classes(in: training)
    var weights: [Float] = []
    if try self[HeadOption.classWeights] == "balanced" {
      weights = training.balancedWeights(of: classes)
    }
    return .classifier(
      HeadOption.ownClasses, classes: classes, hidden: hidden, weight: weight,
      smoothing: Float(try self[HeadOption.smoothing]), classWeights: weights)
  }

  private func consistency(of training: Dataset, _ plain: Architecture) throws -> Consistency? {
    let name = try self[HeadOption.consistency]
    let sure = try self[HeadOption.sure].map(Float.init)
    guard name != "none" || sure != nil else {
      if let other = firstGiven(of: [HeadOption.consistencyWeight.declaration, HeadOption.radius.declaration])
      {
        throw Failure.commandLine("\(other) belongs to --consistency; give that too, or leave it out")
      }
      return nil
    }
    let weight = Float(try self[HeadOption.consistencyWeight])
    guard name == "adversarial" else {
      let isNoisy =
        !plain.corruption.isEmpty || has(DataOption.augment) || (plain.encoder.contains { $0.draws })
      guard sure != nil || isNoisy else {
        throw Failure.commandLine(
          "--consistency noise: expects something that differs from look to look, found nothing; give --augment, --corruption or "
            + "--dropout")
      }
      if has(HeadOption.radius) {
        throw Failure.commandLine("--radius belongs to --consistency adversarial; leave it out")
      }
      return Consistency(.noise, weight: weight, threshold: sure)
    }
    let radius = try self[HeadOption.radius].map(Float.init) ?? 0.02 * Float(plain.input.count).squareRoot()
    return Consistency(.adversarial(radius: radius), weight: weight, threshold: sure)
  }
}

extension Dataset {
  /// n / (classes · n of the class), of each class in the order given: all classes count as much together.
  fileprivate func balancedWeights(of classes: [String]) -> [Float] {
    var counts: [String: Int] = [:]
    for label in orderedLabels ?? [] where label != Dataset.unlabelled {
      counts[className(ofLabel: label), default: 0] += 1
    }
    let whole = Float(counts.values.reduce(0, +))
    return classes.map { name in whole / (Float(classes.count) * Float(max(1, counts[name] ?? 1))) }
  }
}

extension Head {
  /// A head of numbers, on a scale of their own: standardised by those that are known.
  fileprivate static func regressor(
    _ target: Target, of training: Dataset, hidden: [Int], weight: Float
  ) -> Head {
    let (values, width) = (target.values.doubles, target.values.shape.sample.count)
    let known = (0..<training.count).flatMap { position in
      values[(training.row(position) * width)..<((training.row(position) + 1) * width)]
    }.filter { !$0.isNaN }
    let mean = Statistics.mean(known) ?? 0
    let spread = (Statistics.mean(known.map { ($0 - mean) * ($0 - mean) }) ?? 0).squareRoot()
    return .regressor(
      target.name, count: width, hidden: hidden, weight: weight, shift: mean, scale: spread > 0 ? spread : 1)
  }
}

extension Layer {
  /// Whether it draws anew each time while training.
  fileprivate var draws: Bool {
    switch self {
    case .dropout, .gaussianDropout: true
    default: false
    }
  }
}

extension TrainingPlan {
  /// Whether it goes on with the weights of a trained model.
  var isBegun: Bool { begun != nil }

  /// What is told besides: `tells 'class' of 100 of them`.
  var headWords: String {
    let names = architecture.heads.map { "'\($0.name)'" }
    let labelled =
      training.labels == nil || training.target(Source.masks) != nil ? training.count : training.labelledCount
    return "tells \(Figures.list(names))"
      + (labelled < training.count ? ", known of \(Figures.grouped(labelled)) of them" : "")
      + (recipe.encoderRate == 0 ? ", the encoder frozen" : "")
  }
}
