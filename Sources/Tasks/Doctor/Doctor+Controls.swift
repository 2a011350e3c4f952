import HourglassModels
import HourglassTensor
import HourglassTraining

extension Doctor.Kind {
  /// What a model's error must be below to be told from a control's.
  fileprivate func bar(_ control: Double) -> Double {
    switch self {
    case .noBetterThanUntrained: Evaluation.changed * control
    case .noBetterThanPCA: Evaluation.told * control
    default: control
    }
  }
}

extension Doctor {
  /// The control that says most: a model no better than an untrained copy has learned nothing, and one no
  /// better than the mean cannot be better than principal components.
  ///
  /// - Parameter causes: findings that it may follow from: then they say what to try.
  static func controls(_ evaluation: Evaluation, _ model: Model, causes: [Finding]) -> [Finding] {
    let error = evaluation.decisive.model
    let width = model.autoencoder.outline.codeNumbers
    let rows: [(Kind, Double?, what: String, remedy: String)] = [
      (
        .noBetterThanUntrained, evaluation.decisive.untrained, "an untrained copy of the network",
        "The training did not change it for the better: train again from the start, "
          + "\(longer(model) ?? "with another --rate or --seed")."
      ),
      (
        .noBetterThanMean, evaluation.decisive.mean, "the mean of the training samples",
        "Nothing of a sample reaches the output: check what the network is (`inspect`), train "
          + (longer(model).map { "\($0), or choose" } ?? "with")
          + " another --activation, --rate or --scaling."
      ),
      (
        .noBetterThanPCA, evaluation.decisive.pca,
        "PCA with the same \(width) \(width == 1 ? "value" : "values")",
        bendMore(evaluation, model)
      ),
    ]
    for row in rows {
      guard let control = row.1 else { continue }
      let bar = row.0.bar(control)
      let measure = Measure("mse", error, threshold: bar)
      guard measure.isBeyond else { continue }
      return [
        Finding(
          row.0, .fault, measure,
          problem: "The model reconstructs no better than \(row.what): mean squared error \(error.brief) "
            + "against \(control.brief).",
          remedy: causes.first.map { "That may well follow from \($0.kind.rawValue): begin there." }
            ?? row.remedy)
      ]
    }
    return []
  }

  /// What to try where a straight line does as well.
  private static func bendMore(_ evaluation: Evaluation, _ model: Model) -> String {
    let isNarrow = model.autoencoder.outline.codeNumbers < 2
    let smaller = isNarrow ? nil : "use a smaller --latent, where PCA is weak"
    if let typical = evaluation.typical, let pca = typical.errors.pca {
      let part = typical.share.percent
      return
        "The training left the worst \(part) of its samples out (--trim), which PCA did not and which count "
        + "here. Without the worst \(part) of each, the model has \(typical.errors.model.brief) and PCA "
        + "\(pca.brief): if that is what counts, go by it; else train without --trim."
    }
    if let trials = model.provenance?.trials {
      return "A straight line does as well as what \(trials) trials found: "
        + list([smaller, "give more samples"]) + "."
    }
    return "A straight line does as well: "
      + list([
        "give the network more to bend with (--layers with more and wider hidden layers)",
        longer(model).map { "train \($0)" } ?? "give more samples, or train with a lower --rate", smaller,
      ]) + "."
  }

  /// `a, b, or c`
  private static func list(_ ways: [String?]) -> String {
    let ways = ways.compactMap(\.self)
    guard ways.count > 1, let last = ways.last else { return ways.first ?? "" }
    return ways.dropLast().joined(separator: ", ") + (ways.count > 2 ? ", or " : " or ") + last
  }

  /// More epochs than there were; nil where the last fifth of them brought nothing.
  private static func longer(_ model: Model) -> String? {
    guard let provenance = model.provenance, provenance.epochs > 0 else { return "for longer (--epochs)" }
    let isDone = provenance.validation != nil && 5 * provenance.bestEpoch < 4 * provenance.epochs
    return isDone ? nil : "for longer (--epochs \(max(50, 2 * provenance.epochs)), now \(provenance.epochs))"
  }
}
