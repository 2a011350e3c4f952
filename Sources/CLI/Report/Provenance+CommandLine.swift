import Hourglass

extension Provenance {
  /// A command that makes the model again, to the byte, with the architecture in a file of its own.
  func commandLine(_ preparation: Preparation) -> String {
    var words = ["hourglass", "train", source]
    words += reading ?? readingOfOldModels(preparation)
    words += ["--architecture", "architecture.json", "--scaling", preparation.scaling.kind.rawValue]
    if preparation.allowsGaps { words.append("--gaps") }
    words += recipe.options + ["-o", "model.safetensors"]
    return words.map(Provenance.quoted).joined(separator: " ")
  }

  /// What can be told of a model that does not keep it.
  private func readingOfOldModels(_ preparation: Preparation) -> [String] {
    var words: [String] = []
    for column in preparation.takenColumns {
      let name = column.name.flatMap { $0.isEmpty ? nil : $0 } ?? column.number.map { "\($0 + 1)" } ?? ""
      switch column.role {
      case .label: words += ["--label", name]
      case .weight: words += ["--weight", name]
      case .dropped: words += ["--drop", name]
      }
    }
    switch preparation.form {
    case .images(let form)? where form.arePatches: words += ["--patch", "\(form.height)x\(form.width)"]
    case .images(let form)?: words += ["--size", "\(form.height)x\(form.width)"]
    case .series(let form)? where form.isPadded: words += ["--pad", "\(form.window)"]
    case .series(let form)?: words += ["--window", "\(form.window)", "--stride", "\(form.stride)"]
    case .sounds(let form)?:
      words += ["--sample-rate", "\(form.rate)", "--window", "\(form.window)", "--stride", "\(form.stride)"]
    case nil: break
    }
    if let validation, validation != source { words += ["--validation", validation] }
    if validation == nil { words += ["--validation", "0"] }
    if validation == source, let held = validationSamples, samples + held > 0 {
      words += ["--validation", Figures.brief(Double(held) / Double(samples + held), 8)]
    }
    if validation == source, let holdOut { words += ["--held-out", holdOut.rawValue] }
    return words
  }

  /// A word of a command line, as a shell reads it back.
  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte > 0x7F
        || "/._-:=,+".utf8.contains(byte)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension Recipe {
  /// The options of `train` that say the same.
  var options: [String] {
    let plain = Recipe(epochs: epochs, batch: batch, optimizer: optimizer)
    var words = optimizer.options
    func add(_ name: String, _ value: (some Any)?) {
      if let value { words += ["--\(name)", "\(value)"] }
    }
    add("rate", rate)
    add("batch", batch)
    add("epochs", epochs)
    add("seed", seed)
    add("schedule", schedule.text)
    if batchSchedule != .constant { add("batch-schedule", batchSchedule.text) }
    add("first-weights", firstWeights.rawValue)
    if warmup > 0 || firstWeights == .principal { add("warmup", warmup) }
    if decay != plain.decay { add("weight-decay", decay) }
    add("patience", patience)
    add("clip", clipNorm)
    add("clip-value", clipValue)
    add("max-norm", maximumNorm)
    add("average", average)
    add("augment", augmentation)
    add("trim", trim)
    if isBalanced { words.append("--balanced") }
    if onDivergence != .stop { add("on-divergence", onDivergence.rawValue) }
    if precision != .float32 { add("precision", precision.rawValue) }
    return words
  }
}

extension Optimizer {
  /// Its name and its numbers, as far as they are not the usual ones.
  fileprivate var options: [String] {
    var words = ["--optimizer", name]
    let usual = Optimizer(name: name)
    func add(_ option: String, _ value: (Optimizer) -> Float?) {
      guard let number = value(self), usual.flatMap(value) != number else { return }
      words += ["--\(option)", "\(number)"]
    }
    add("momentum") {
      switch $0 {
      case .sgd(let momentum, _), .rmsprop(_, let momentum, _): momentum
      default: nil
      }
    }
    add("rho") {
      switch $0 {
      case .adadelta(let rho, _), .rmsprop(let rho, _, _): rho
      default: nil
      }
    }
    add("beta1") { $0.betas?.0 }
    add("beta2") { $0.betas?.1 }
    add("epsilon") {
      switch $0 {
      case .adagrad(let epsilon), .adadelta(_, let epsilon), .rmsprop(_, _, let epsilon),
        .adam(_, _, let epsilon), .adamw(_, _, let epsilon), .nadam(_, _, let epsilon):
        epsilon
      default: nil
      }
    }
    if case .sgd(_, nesterov: true) = self { words.append("--nesterov") }
    if case .lbfgs(let memory) = self { words += ["--memory", "\(memory)"] }
    return words
  }

  private var betas: (Float, Float)? {
    switch self {
    case .adam(let first, let second, _), .adamw(let first, let second, _),
      .nadam(let first, let second, _), .lion(let first, let second):
      (first, second)
    default: nil
    }
  }
}
