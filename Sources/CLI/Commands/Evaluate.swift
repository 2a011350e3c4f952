import Hourglass

extension Command {
  static let evaluate = Command(
    name: "evaluate", abstract: "measures a model on data, beside three controls that it must beat",
    operands: [.model, .source],
    options: DataOption.ofUse + [SharedOption.threads.declaration, SharedOption.json.declaration],
    discussion: """
      The controls: the mean of the training samples, their principal components (PCA) in the same number as the code has \
      values, and an untrained copy of the network. A model that does not beat all three has learned nothing worth \
      having. Errors are on the model's own scale. Values that are missing do not count, and PCA takes them for the mean; \
      with --weight samples count by their weights.
      """,
    examples: [
      "hourglass evaluate model.safetensors test.csv", "hourglass evaluate model.safetensors test.csv --json",
    ],
    run: { session in
      let (model, dataset) = try session.modelAndData()
      let evaluation = try Evaluation(model, on: dataset, threads: session.threads)
      let bound = try EvidenceBound(model, on: dataset, threads: session.threads)
      let text =
        session.isJSON
        ? JSON.object(evaluation.members + (bound?.members ?? [])).line
        : evaluation.words(of: model, on: dataset.origin) + (bound.map { $0.words(of: model) } ?? "")
      try session.streams.output.writeLine(text)
    })
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
    let width = model.autoencoder.outline.code.count
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
