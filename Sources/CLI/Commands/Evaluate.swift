import Hourglass

extension Command {
  static let evaluate = Command(
    name: "evaluate", abstract: "measures a model on data, beside three controls that it must beat",
    operands: [.model, .source],
    options: [
      EvaluateOption.nll.declaration, EvaluateOption.samples.declaration, SharedOption.seed.declaration,
    ] + DataOption.ofUse + [SharedOption.threads.declaration, SharedOption.json.declaration].under(.running),
    discussion: """
      The controls: the mean of the training samples, their principal components (PCA) in the same number as the code has \
      values, and an untrained copy of the network. A model that does not beat all three has learned nothing worth \
      having. Errors are on the model's own scale. Values that are missing do not count, and PCA takes them for the mean; \
      with --weight samples count by their weights.
      Of a variational model also the evidence lower bound in its parts; with --nll an estimate of minus the \
      log-likelihood by importance sampling, which takes --samples passes through the decoder. On builtin:digits, whose \
      factors are known, the mutual information gap (MIG) and the gap of explained variance (SAP) tell how far each factor \
      has a value of the code to itself, from 0 to 1.
      """,
    examples: [
      "hourglass evaluate model.safetensors test.csv", "hourglass evaluate model.safetensors test.csv --json",
    ],
    run: { session in
      let (model, dataset) = try session.modelAndData()
      let evaluation = try Evaluation(model, on: dataset, threads: session.threads)
      let bound = try EvidenceBound(model, on: dataset, threads: session.threads)
      let likelihood = try session.likelihood(of: model, on: dataset)
      let use = try CodeUse(model, on: dataset, threads: session.threads)
      let priorBits = try model.prior?.bits(of: model, on: dataset, threads: session.threads)
      let factors = try Disentanglement(model, on: dataset, threads: session.threads)
      let more =
        (bound?.members ?? []) + (likelihood?.members ?? []) + (use?.members ?? [])
        + (priorBits.map { [JSON.Member("prior_bits_per_sample", .double($0))] } ?? [])
        + (factors?.members ?? [])
      let words = [
        bound?.words(of: model), likelihood?.words, use?.words,
        priorBits.map { "\n\(Figures.significant($0)) by the model's prior" }, factors?.words,
      ]
      let text =
        session.isJSON
        ? JSON.object(evaluation.members + more).line
        : evaluation.words(of: model, on: dataset.origin) + words.compactMap { $0 }.joined()
      try session.streams.output.writeLine(text)
    })
}

private enum EvaluateOption {
  static let nll = Option.flag(
    "nll", "of variational models: estimates minus the log-likelihood of the samples, in nats")
  static let samples = Option(
    "samples", .integer(1...1_000_000), default: 500, "of --nll: codes drawn for each sample")
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
    [
      JSON.Member("samples", .integer(samples)), JSON.Member("loss", .number(loss)),
      JSON.Member("mse", .number(mse)),
      JSON.Member("bce", .number(bce)), JSON.Member("mean_mse", .number(meanMSE)),
      JSON.Member("pca_mse", .number(pcaMSE)), JSON.Member("untrained_mse", .number(untrainedMSE)),
    ]
  }

  func words(of model: Model, on origin: String) -> String {
    let width = model.autoencoder.outline.codeNumbers
    var rows = [("this model", mse)]
    if let pcaMSE { rows.append(("PCA, \(Figures.values(width))", pcaMSE)) }
    if let meanMSE { rows.append(("the mean", meanMSE)) }
    rows.append(("an untrained copy", untrainedMSE))
    let column = rows.map(\.0.count).max() ?? 0
    let loss = "\(model.autoencoder.architecture.reconstruction.name) \(Figures.significant(loss))"
    var lines = ["\(origin): \(Figures.grouped(samples)) samples", "", "mean squared error"]
    lines += rows.map { "  \(Figures.left($0.0, column))  \(Figures.significant($0.1))" }
    lines += ["", "loss: \(loss); mean absolute error: \(Figures.significant(mae))", "", verdict]
    return lines.joined(separator: "\n")
  }

  /// Whether the model is worth anything, in a sentence.
  var verdict: String {
    let unbeaten = unbeaten
    guard unbeaten.isEmpty else {
      let names =
        unbeaten.count == 1
        ? unbeaten[0] : unbeaten.dropLast().joined(separator: ", ") + " and " + (unbeaten.last ?? "")
      return "It does not beat \(names): the model has not learned enough to be of use. "
        + "Train for longer, with a wider network, or on other data."
    }
    guard let meanMSE, let pcaMSE else {
      return
        "It beats an untrained copy. The file holds no other controls: it was saved before they were made."
    }
    let best = min(meanMSE, pcaMSE, untrainedMSE)
    let share = best > 0 ? Figures.fixed(100 * (1 - mse / best), 1) : "0"
    return "It beats all three controls: its error is \(share) % below the best of them."
  }
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
