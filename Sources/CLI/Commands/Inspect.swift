import Hourglass

extension Command {
  static let inspect = Command(
    name: "inspect", abstract: "shows a model: layers, shapes, parameters, where it came from",
    operands: [.model],
    options: [SharedOption.json.declaration],
    examples: ["hourglass inspect model.safetensors"],
    run: { session in
      let name = session.operand(0)
      let model = try session.model(in: name)
      let text = session.isJSON ? try model.json(name).line : model.words(name)
      try session.streams.output.writeLine(text)
    })
}

extension Model {
  fileprivate func json(_ name: String) throws -> JSON {
    let outline = autoencoder.outline
    let layers = (outline.encoder + outline.decoder + outline.critic).map { entry -> JSON in
      [
        "place": .text(entry.place), "layer": .text(entry.layer.words),
        "input": .list(entry.input.dimensions.map(JSON.integer)),
        "output": .list(entry.output.dimensions.map(JSON.integer)),
        "parameters": .integer(entry.parameterCount),
      ]
    }
    return [
      "model": .text(name), "parameters": .integer(outline.parameterCount),
      "code": .list(outline.code.dimensions.map(JSON.integer)), "layers": .list(layers),
      "architecture": .written(try JSONText.line(autoencoder.architecture)),
      "preparation": .written(try JSONText.line(preparation)),
      "provenance": try provenance.map { .written(try JSONText.line($0)) } ?? .null,
      "control": control.map { .integer($0.count) } ?? .null, "members": .integer(members.count + 1),
      "calibration": calibration.map { .object($0.members) } ?? .null,
    ]
  }

  fileprivate func words(_ name: String) -> String {
    let outline = autoencoder.outline
    var rows = [["", "layer", "shape", "parameters"]]
    rows.append(["input", "", "\(autoencoder.architecture.input)", ""])
    rows += outline.encoder.map(\.cells)
    let ofCode = outline.ofCode.valueCount
    rows.append([
      "code", autoencoder.architecture.code.words, "\(outline.code)",
      ofCode > 0 ? Figures.grouped(ofCode) : "",
    ])
    rows += outline.decoder.map(\.cells)
    for (head, entries) in zip(autoencoder.architecture.heads, outline.heads) {
      rows.append(["head", "tells '\(head.name)' by \(head.law.name)", "\(head.shape)", ""])
      rows += entries.map(\.cells)
    }
    if let critic = autoencoder.architecture.critic {
      rows.append(["critic", "of \(critic.subject.rawValue), \(critic.objective.name)", "", ""])
    }
    rows += outline.critic.map(\.cells)
    rows.append(["in all", "", "", Figures.grouped(outline.parameterCount)])
    var lines = ["\(name): \(outline.widths)", ""]
    lines += Figures.table(rows, numbersFrom: 3) + [""]
    for (title, text) in facts { lines.append(Figures.left(title, 13) + text) }
    return lines.joined(separator: "\n")
  }

  /// The kind of layers, by the word of --model.
  var layerKind: String {
    let kinds = autoencoder.outline.encoder.map { entry -> String? in
      switch entry.layer {
      case .conv: entry.output.rank == 2 ? "conv1d" : "conv"
      case .lstm, .gru: "lstm"
      // A block of attention is what a residual adds.
      case .attention, .residual: "\(entry.layer)".contains(".attention") ? "attention" : nil
      default: nil
      }
    }
    return kinds.compactMap { $0 }.first ?? "dense"
  }

  /// The kind of layers, and whether train chooses it by itself for such samples.
  private var layers: String {
    let kind = layerKind
    let traits = SampleTraits(shape: preparation.sampleShape, form: preparation.form)
    let preset = traits.preset
    return traits.kind(of: preset.model) == kind
      ? "\(kind), as --model auto has it for \(preset.reason)"
      : "\(kind); --model auto has \(preset.model) for \(preset.reason)"
  }

  private var facts: [(String, String)] {
    var facts: [(String, String)]
    if let schema = preparation.fields {
      facts = [
        ("loss", "minus the log-likelihood of each field, as a share of what the best constant law costs"),
        ("samples", "records of \(schema.wordsOfFields)"),
      ]
    } else {
      facts = [
        ("loss", autoencoder.architecture.reconstruction.name),
        (
          "samples",
          "\(preparation.element) of \(preparation.sampleShape), \(preparation.words)"
            + (autoencoder.architecture.limitWords.map { ", \($0)" } ?? "")
            + (preparation.allowsGaps ? ", values may be missing" : "")
        ),
      ]
    }
    facts.append(("layers", layers))
    if let form = preparation.form { facts.append(("made of", form.words)) }
    if let names = preparation.featureNames {
      facts.append(("columns", names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")))
    }
    if !preparation.takenColumns.isEmpty {
      facts.append(("taken out", preparation.takenColumns.map(\.words).joined(separator: ", ")))
    }
    if let control {
      facts.append(("control", "the mean and \(Figures.grouped(control.count, "principal component"))"))
    }
    if !members.isEmpty {
      facts.append(("members", members.map(\.outline.widths).joined(separator: ", ")))
    }
    if let calibration { facts.append(("calibration", calibration.words)) }
    guard let provenance else { return facts }
    let recipe = provenance.recipe
    facts.append(
      (
        "trained on",
        "\(provenance.source), \(Figures.grouped(provenance.samples, "sample"))"
          + Provenance.weightlessWords(provenance.weightless)
      ))
    if let reading = provenance.reading, !reading.isEmpty {
      facts.append(("read with", reading.joined(separator: " ")))
    }
    if let heavy = provenance.heavy { facts.append(("far out", "\(heavy.words) of the variance")) }
    if let held = provenance.validation, let count = provenance.validationSamples {
      let manner = provenance.holdOut.map { " (\($0.rawValue))" } ?? ""
      facts.append(
        (
          "judged by",
          "\(held), \(Figures.grouped(count, "sample")) held out\(manner)"
            + Provenance.weightlessWords(provenance.validationWeightless)
        ))
    }
    facts.append(
      (
        "recipe",
        "\(recipe.optimizer.words), rate \(recipe.rate)"
          + (recipe.schedule == .constant ? "" : " (schedule \(recipe.schedule.name))")
          + ", batch \(recipe.batch), seed \(recipe.seed)"
          + (recipe.firstWeights == .principal ? ", begun at PCA" : "")
          + (recipe.isBalanced ? ", classes drawn equally often" : "")
          + (recipe.trim.map { ", the worst \(Figures.percent($0)) left out" } ?? "")
          + (recipe.augmentation.map { ", samples changed by \($0)" } ?? "")
          + (recipe.precision == .float32 ? "" : ", products of \(recipe.precision.rawValue)")
      )
    )
    let limit = provenance.epochs < recipe.epochs ? " of at most \(recipe.epochs)" : ""
    let word = autoencoder.architecture.isObjectiveError ? "loss" : "objective"
    var best =
      "\(provenance.epochs)\(limit), the best \(provenance.bestWords): "
      + "\(word) \(Figures.significant(provenance.loss ?? .nan))"
    if let loss = provenance.validationLoss { best += ", validation \(Figures.significant(loss))" }
    facts.append(("epochs", best))
    facts.append(("made by", "hourglass \(provenance.version)"))
    return facts
  }
}

extension Provenance {
  /// `12`, or `0, the start at PCA`.
  var bestWords: String { bestEpoch == 0 && start != nil ? "0, the start at PCA" : "\(bestEpoch)" }

  /// ` (30 without weight)`
  static func weightlessWords(_ count: Int?) -> String {
    count.map { " (\(Figures.grouped($0)) without weight, which count nothing)" } ?? ""
  }
}

extension Outline.Entry {
  var parameterCount: Int { weights.valueCount }

  fileprivate var cells: [String] {
    [place, layer.words, "\(output)", parameterCount == 0 ? "" : Figures.grouped(parameterCount)]
  }
}

extension Outline {
  /// The number of values after each layer that changes it, code included: `784-128-32-128-784`; of an image
  /// its channels and sides.
  var widths: String {
    let entries = encoder + decoder
    let learned = entries.compactMap { entry -> String? in
      switch entry.layer {
      case .dense: "\(entry.output.count)"
      case .conv, .deconv: entry.output.dimensions.map { "\($0)" }.joined(separator: "x")
      default: nil
      }
    }
    return (["\(entries.first?.input.count ?? code.count)"] + learned).joined(separator: "-")
  }
}

extension Architecture {
  /// What the encoder is given of values far out, in words.
  var limitWords: String? {
    guard let inputLimit else { return nil }
    let number = "\(inputLimit)"
    return
      "values beyond ±\(number.hasSuffix(".0") ? String(number.dropLast(2)) : number) cut for the encoder"
  }
}

extension Preparation {
  /// What is done to values, in words.
  var words: String { scaling.words(sampleShape.rank == 1 ? "column" : "channel") }
}

extension TakenColumn {
  /// What it is and what it holds, in words.
  fileprivate var words: String {
    let called = name.flatMap { $0.isEmpty ? nil : $0 } ?? "column \(number ?? 0)"
    switch role {
    case .label: return called + " (classes)"
    case .weight: return called + " (weights)"
    case .dropped: return called + " (left out)"
    }
  }
}

extension SampleForm {
  /// How samples are made of files, in words.
  var words: String {
    switch self {
    case .images(let form) where form.arePatches:
      return "windows of \(form.height)x\(form.width) of images of any size"
    case .images(let form):
      return "images brought to \(form.height)x\(form.width)"
        + (form.reducesJPEG ? ", JPEG read at 1/8, 1/4 or 1/2 where that is large enough" : "")
    case .series(let form) where form.isPadded:
      return "series of up to \(form.window) steps, shorter ones filled up with missing values"
    case .series(let form):
      // At every step: windows, or whole series that are as long as each other.
      return form.stride == 1
        ? "series of \(form.window) steps; of longer ones a window at every step"
        : "series, windows of \(form.window) steps, every \(form.stride)"
    case .sounds(let form):
      let channel = form.channel.map { "channel \($0)" } ?? "the mean of the channels"
      let mel = form.mel.map { ", log-mel of \($0.bands) bands" } ?? ""
      return
        "sounds at \(form.rate) a second, \(channel), windows of \(form.window), every \(form.stride)\(mel)"
    }
  }
}

extension Scaling {
  /// What is done to values, in words, where `part` is what may have a scale of its own.
  func words(_ part: String) -> String {
    switch kind {
    case .none: "as they are"
    case .by255: "divided by 255"
    case .minMax: isPerFeature ? "each \(part) scaled to [0, 1]" : "scaled to [0, 1]"
    case .standard:
      isPerFeature ? "each \(part) scaled to mean 0 and deviation 1" : "scaled to mean 0 and deviation 1"
    }
  }
}

extension Optimizer {
  /// With its numbers: `adam (beta1 0.9, beta2 0.999)`.
  var words: String {
    switch self {
    case .sgd(let momentum, let nesterov): "sgd (momentum \(momentum)\(nesterov ? ", nesterov" : ""))"
    case .adagrad: "adagrad"
    case .adadelta(let rho, _): "adadelta (rho \(rho))"
    case .rmsprop(let rho, let momentum, _): "rmsprop (rho \(rho), momentum \(momentum))"
    case .adam(let beta1, let beta2, _), .adamw(let beta1, let beta2, _), .nadam(let beta1, let beta2, _):
      "\(name) (beta1 \(beta1), beta2 \(beta2))"
    case .lion(let beta1, let beta2): "lion (beta1 \(beta1), beta2 \(beta2))"
    case .scheduleFree(let beta1, let beta2, _): "schedule-free (beta1 \(beta1), beta2 \(beta2))"
    case .muon(let momentum, let beta1, let beta2, _):
      "muon (momentum \(momentum), beta1 \(beta1), beta2 \(beta2))"
    case .soap(let beta1, let beta2, _, let every, let side):
      "soap (beta1 \(beta1), beta2 \(beta2), bases every \(every) steps, sides up to \(side))"
    case .lbfgs(let memory): "lbfgs (memory \(memory))"
    }
  }
}
