import Hourglass

extension Command {
  static let evaluate = Command(
    name: "evaluate", abstract: "measures a model on data, beside three controls that it must beat",
    operands: [.model, .source],
    options: [
      EvaluateOption.nll.declaration, EvaluateOption.samples.declaration, EvaluateOption.impute.declaration,
      SharedOption.seed.declaration, OddLabels.labels.declaration, OddLabels.odd.declaration,
    ] + OddLabelOption.ofLabels + DataOption.ofUse + SharedOption.ofUse,
    common: [
      EvaluateOption.nll.declaration, EvaluateOption.impute.declaration, OddLabels.labels.declaration,
      OddLabels.odd.declaration, OddLabelOption.threshold.declaration, DetectOption.alarm.declaration,
      DataOption.gaps.declaration, DataOption.label.declaration, DataOption.header.declaration,
      SharedOption.seed.declaration, SharedOption.threads.declaration, SharedOption.json.declaration,
      SharedOption.quiet.declaration,
    ],
    discussion: """
      The controls: the mean of the training samples, their principal components (PCA) in the same number as the code has \
      values, and an untrained copy of the network. A model that does not beat all three has learned nothing worth \
      having. Errors are on the model's own scale. Values that are missing do not count, and PCA takes them for the mean; \
      with --weight samples count by their weights. Samples that the model was trained on are told apart, and the figures \
      are of the others. Where a hundredth of the samples or less carries more than half of the variance, they are named, and the \
      verdict is by the others. Of a model trained with --trim the errors without the worst stand beside.
      Of a variational model also the evidence lower bound in its parts; with --nll an estimate of minus the \
      log-likelihood by importance sampling, which takes --samples passes through the decoder. On builtin:digits, whose \
      factors are known, the mutual information gap (MIG) and the gap of explained variance (SAP) tell how far each factor \
      has a value of the code to itself, from 0 to 1.
      With --impute 0.3 three of ten values that are there are hidden, one by one, at random (--seed), and filled in: \
      numbers are measured in deviations of the training values, 'positive' ones and counts after ln(1 + x), flags and \
      levels by the share that is wrong. Beside stand the mean or the commonest level and, of numbers alone, the \
      conditional mean of a normal distribution and factor analysis, fitted to what is left of the data.
      With --labels samples are known to be odd or not, and it is told how well the scores part them: the area under the \
      ROC curve, average precision (as scikit-learn's), the share of odd ones among as many highest scores; of series \
      row by row, with the volumes under surfaces of Paparrizos et al. (2022), which forgive a score that comes a little early or late. \
      Figures are of what was not trained on, and of everything. Of a calibrated model scores and flags are those of detect (--alarm, \
      --fdr, --score); --threshold flags by the score itself.
      """,
    examples: [
      "hourglass evaluate model.safetensors test.csv", "hourglass evaluate model.safetensors test.csv --json",
      "hourglass evaluate model.safetensors customers.csv --impute 0.3",
      "hourglass evaluate model.safetensors sensors.csv --labels fault --odd yes",
    ],
    run: { session in
      let (model, given) = try session.modelAndData()
      try model.preparation.check(given)
      let (dataset, familiarity) = try model.judged(of: given)
      let evaluation = try Evaluation(model, on: dataset, threads: session.threads)
      let bound = try EvidenceBound(model, on: dataset, threads: session.threads)
      let likelihood = try session.likelihood(of: model, on: dataset)
      let use = try CodeUse(model, on: dataset, threads: session.threads)
      let priorBits = try model.prior?.bits(of: model, on: dataset, threads: session.threads)
      let factors = try Disentanglement(model, on: dataset, threads: session.threads)
      let imputation = try session.imputation(of: model, on: given, familiarity)
      let detection = try session.detection(of: model, on: given, familiarity)
      let heads = try HeadLines(model, on: dataset, threads: session.threads)
      let more =
        (bound?.members ?? []) + (likelihood?.members ?? []) + (use?.members ?? [])
        + (priorBits.map { [JSON.Member("prior_bits_per_sample", .double($0))] } ?? [])
        + (factors?.members ?? []) + (imputation?.members ?? [])
        + (detection?.members ?? []) + (heads?.members ?? [])
      let words = [
        bound?.words(of: model), likelihood?.words, use?.words,
        priorBits.map { "\n\(Figures.significant($0)) by the model's prior" }, factors?.words,
        imputation?.words, detection?.words, heads?.words,
      ]
      let text =
        session.isJSON
        ? JSON.object(evaluation.members + (familiarity?.members ?? Familiarity.unknown(given.count)) + more)
          .line
        : evaluation.words(of: model, on: dataset.origin, familiarity) + words.compactMap { $0 }.joined()
      try session.streams.output.writeLine(text)
    })
}

private enum EvaluateOption {
  static let nll = Option.flag(
    "nll", "of variational models: estimates minus the log-likelihood of the samples, in nats")
  static let samples = Option(
    "samples", .integer(1...1_000_000), default: 500, "of --nll: codes drawn for each sample")
  static let impute = Option.optional(
    "impute", .number(above: 0, atMost: 0.95), shown: "none",
    "hides this share of the values that are there, and tells how far off they are filled in")
}

extension Session {
  /// The estimate that `--nll` asks for; nil where it does not.
  fileprivate func likelihood(of model: Model, on dataset: Dataset) throws -> Likelihood? {
    guard try arguments[EvaluateOption.nll] else {
      if arguments.has(EvaluateOption.samples) {
        throw Failure.commandLine("--samples belongs to --nll; give that too, or leave it out")
      }
      return nil
    }
    return try Likelihood(
      model, on: dataset, draws: arguments[EvaluateOption.samples], seed: arguments[SharedOption.seed],
      threads: threads)
  }
}

extension Session {
  /// The test that `--impute` asks for; nil where it does not.
  fileprivate func imputation(
    of model: Model, on given: Dataset, _ familiarity: Familiarity?
  ) throws -> ImputationLines? {
    guard let rate = try arguments[EvaluateOption.impute] else { return nil }
    let seed = try arguments[SharedOption.seed]
    let test = try ImputationTest(
      model, on: given, positions: familiarity?.positions, rate: rate, seed: seed, threads: threads)
    return ImputationLines(test, seed: seed)
  }
}

extension Likelihood {
  var members: [JSON.Member] {
    [JSON.Member("nll_nats", .number(negativeLog)), JSON.Member("nll_draws", .integer(draws))]
  }

  /// A line behind the words of an evaluation.
  var words: String {
    "\nminus the log-likelihood: at most \(Figures.significant(negativeLog)) nats a sample, by \(draws) codes drawn for each"
  }
}

extension Evaluation {
  var members: [JSON.Member] {
    if let fields {
      return [
        JSON.Member("samples", .integer(samples)), JSON.Member("loss", .number(loss)),
        JSON.Member("constant_loss", .number(meanMSE)), JSON.Member("untrained_loss", .number(untrainedMSE)),
        JSON.Member("unbeaten", .list(unbeaten.map(JSON.text))),
      ] + FieldLines(fields).members
    }
    return [
      JSON.Member("samples", .integer(samples)), JSON.Member("loss", .number(loss)),
      JSON.Member("mse", .number(mse)),
      JSON.Member("bce", .number(bce)), JSON.Member("mean_mse", .number(meanMSE)),
      JSON.Member("pca_mse", .number(pcaMSE)), JSON.Member("untrained_mse", .number(untrainedMSE)),
      JSON.Member("pca_loss", .number(pcaLoss)),
    ] + Optional(medians).members("median") + (heavy.map { _ in decisive }).members("trimmed")
      + (typical.map { [JSON.Member("trim", .number($0.share))] + Optional($0.errors).members("typical") }
        ?? [])
      + [
        JSON.Member("heavy", .list((heavy?.names ?? []).map(JSON.text))),
        JSON.Member("heavy_share", .number(heavy?.share)),
        JSON.Member("unbeaten", .list(unbeaten.map(JSON.text))),
      ]
  }

  func words(of model: Model, on origin: String, _ familiarity: Familiarity?) -> String {
    let name = model.autoencoder.architecture.reconstruction.name
    let given = familiarity?.uses.count ?? samples
    let some = given == samples ? "" : "\(Figures.grouped(samples)) of "
    var lines = ["\(origin): \(some)\(Figures.grouped(given, "sample"))"]
    lines += [familiarity.map(\.words) ?? Familiarity.unknownWords].compactMap(\.self)
    lines += [typical.map(\.words), model.provenance?.heavy?.sentence].compactMap(\.self)
    if let fields {
      return (lines + [""] + FieldLines(fields).table + ["", controlLine, "", verdictOfRecords])
        .joined(separator: "\n")
    }
    lines += [""] + table(of: model)
    lines += [
      "", "loss: \(name) \(Figures.significant(loss)); mean absolute error: \(Figures.significant(mae))", "",
    ]
    guard model.autoencoder.architecture.reconstructionWeight > 0 else {
      lines.append(
        "The reconstruction was not trained (--reconstruction-weight 0): the decoder is as it began.")
      return lines.joined(separator: "\n")
    }
    lines.append(verdict)
    if let words = ownLossWords(named: name) { lines.append(words) }
    return lines.joined(separator: "\n")
  }

  /// The loss of records beside that of the controls.
  private var controlLine: String {
    "loss: \(Figures.significant(loss)); of the best constants \(Figures.significant(meanMSE ?? .nan)); of an "
      + "untrained copy \(Figures.significant(untrainedMSE))"
  }

  var verdictOfRecords: String {
    guard unbeaten.isEmpty else {
      return
        "It does not beat \(Figures.list(unbeaten)): the model has not learned enough to be of use; "
        + "'hourglass doctor' tells what to try."
    }
    let share = 100 * (1 - loss / (meanMSE ?? .nan))
    let worse = (fields ?? []).filter { $0.count > 0 && $0.explained <= 0 }.map { "'\($0.name)'" }
    let few = worse.count > 8 ? Array(worse.prefix(7)) + ["\(worse.count - 7) others"] : worse
    return
      "It beats the best constants: \(Figures.fixed(share, 0)) % of what they cost is explained."
      + (worse.isEmpty
        ? "" : " Of \(Figures.list(few)) it knows no more than how often each value comes.")
  }

  /// Where the loss that a model was trained for says otherwise than the verdict.
  func ownLossWords(named name: String) -> String? {
    guard ownLossDisagrees, let ownLosses else { return nil }
    return
      "In its own loss, \(name), it is the other way round: \(Figures.significant(ownLosses.model)) against "
      + "\(Figures.significant(ownLosses.pca)) of PCA. The verdict is by squared errors, in which PCA is at "
      + "its best."
  }

  private func table(of model: Model) -> [String] {
    let width = model.autoencoder.outline.codeNumbers
    var rows = [["squared error", "mean", "median sample"]]
    if let heavy {
      rows[0].append("without \(heavy.subject)")
    }
    if let typical { rows[0].append("without its worst \(typical.percent)") }
    func add(_ name: String, _ mean: Double, _ error: (Errors) -> Double?) {
      let others = [medians] + (heavy == nil ? [] : [decisive]) + (typical.map { [$0.errors] } ?? [])
      rows.append(
        [name, Figures.significant(mean)] + others.map { Figures.significant(error($0) ?? .nan) })
    }
    add("this model", mse) { $0.model }
    if let pcaMSE { add("PCA, \(Figures.values(width))", pcaMSE) { $0.pca } }
    if let meanMSE { add("the mean", meanMSE) { $0.mean } }
    add("an untrained copy", untrainedMSE) { $0.untrained }
    let table = Figures.table(rows, numbersFrom: 1)
    return table.prefix(1) + table.dropFirst().map { "  " + $0 }
  }

  /// Whether the model is worth anything, in a sentence or two.
  var verdict: String {
    let note = heavy.map { "\($0.words.capitalisedFirst): the verdict is by the others. " } ?? ""
    return note + verdictOfOthers + (heavy.map(wholeWords) ?? "")
  }

  /// Where heavy samples would turn the verdict round.
  private func wholeWords(_ heavy: HeavySamples) -> String {
    guard unbeatenByAll != unbeaten else { return "" }
    let verdict =
      unbeatenByAll.isEmpty ? "would beat all controls" : "would not beat \(Figures.list(unbeatenByAll))"
    return " With \(heavy.subject) it \(verdict)."
  }

  private var verdictOfOthers: String {
    let unbeaten = unbeaten
    guard unbeaten.isEmpty else {
      let advice =
        reason.isEmpty
        ? ": the model has not learned enough to be of use; 'hourglass doctor' tells what to try."
        : reason + "."
      return "It does not beat \(Figures.list(unbeaten))" + advice
    }
    guard let mean = decisive.mean, let pca = decisive.pca else {
      return
        "It beats an untrained copy. The file holds no other controls: it was saved before they were made."
    }
    let best = min(mean, pca, decisive.untrained)
    let share = best > 0 ? Figures.fixed(100 * (1 - decisive.model / best), 1) : "0"
    return "It beats all three controls: its error is \(share) % below the best of them."
  }
}

extension Evaluation.Typical {
  var percent: String { Figures.percent(Float(share)) }

  /// What the training did, and what that means for figures of all samples.
  var words: String {
    "The training left the worst \(percent) of its samples out (--trim); these figures are of all, odd ones "
      + "too."
  }
}

extension HeavySamples.Record {
  /// Who decided what the training followed.
  var sentence: String {
    "Of the training samples \(words) of the variance: scaling, PCA and the network follow "
      + "\(count == 1 ? "it" : "them")."
  }
}

extension Evaluation.Errors? {
  /// Null where there are none.
  fileprivate func members(_ name: String) -> [JSON.Member] {
    [
      JSON.Member("\(name)_mse", .number(self?.model)),
      JSON.Member("\(name)_pca_mse", .number(self?.pca)),
      JSON.Member("\(name)_mean_mse", .number(self?.mean)),
      JSON.Member("\(name)_untrained_mse", .number(self?.untrained)),
    ]
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension EvidenceBound {
  var members: [JSON.Member] {
    [
      JSON.Member("negative_elbo", .number(total)),
      JSON.Member("reconstruction_nats", .number(reconstruction)),
      JSON.Member("kl_nats", .number(divergence)), JSON.Member("active_units", .integer(activeUnits)),
    ]
  }

  /// The parts of the bound, behind the words of an evaluation.
  func words(of model: Model) -> String {
    let width = model.autoencoder.outline.code.count
    return """


      evidence lower bound, in nats a sample: -\(Figures.significant(total)) = \
      -(\(Figures.significant(reconstruction)) reconstruction + \(Figures.significant(divergence)) KL)
      \(activeUnits) of \(Figures.values(width)) of the code \(width == 1 ? "is" : "are") in use
      """
  }
}

extension CodeUse {
  var members: [JSON.Member] {
    [
      JSON.Member("perplexity", .list(perplexities.map(JSON.double))),
      JSON.Member("used_entries", .list(used.map(JSON.integer))),
      JSON.Member("bits_per_sample", .number(bits)),
      JSON.Member("entropy_bits_per_sample", .number(entropyBits)),
    ]
  }

  /// How evenly the code is used, behind the words of an evaluation.
  var words: String {
    let places =
      perplexities.count > 1
      ? "perplexity of the code, in the mean of \(perplexities.count)" : "perplexity of the code"
    return """


      \(places): \(Figures.significant(perplexity)) of \(entries), \(used.reduce(0, +)) entries used
      \(Figures.significant(bits)) bits a sample, \
      \(Figures.significant(entropyBits)) by how often entries are used
      """
  }
}

extension Disentanglement {
  var members: [JSON.Member] {
    [JSON.Member("mig", .number(informationGap)), JSON.Member("sap", .number(attributeGap))]
  }

  /// A row a factor, behind the words of an evaluation.
  var words: String {
    let table = Figures.table(
      [["factor", "MIG", "SAP", "value"]]
        + rows.map { row in
          let best = row.information.indices.max { row.information[$0] < row.information[$1] } ?? 0
          return [
            row.factor, Figures.fixed(row.informationGap, 3), Figures.fixed(row.explainedGap, 3),
            "code_\(best)",
          ]
        } + [["mean", Figures.fixed(informationGap, 3), Figures.fixed(attributeGap, 3), ""]], numbersFrom: 1)
    return "\n\nfactors, and the value of the code that tells most of each\n"
      + table.map { "  " + $0 }.joined(separator: "\n")
  }
}
