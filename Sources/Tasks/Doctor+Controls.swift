import HourglassModels
import HourglassTensor
import HourglassTraining

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
        "The training did not change it for the better: train again from the start, \(more(model))."
      ),
      (
        .noBetterThanMean, evaluation.decisive.mean, "the mean of the training samples",
        "Nothing of a sample reaches the output: check what the network is (`inspect`), train "
          + "\(more(model)), or choose another --activation or --scaling."
      ),
      (
        .noBetterThanPCA, evaluation.decisive.pca,
        "PCA with the same \(width) \(width == 1 ? "value" : "values")",
        searched(model)
          ?? "A straight line does as well: give the network more to bend with (--layers with more and wider "
          + "hidden layers), train \(more(model)), or use a smaller --latent, where PCA is weak."
      ),
    ]
    for row in rows {
      guard let control = row.1 else { continue }
      let bar = row.0 == .noBetterThanUntrained ? Evaluation.changed * control : control
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

  /// What is left to try where networks and recipes were searched already.
  private static func searched(_ model: Model) -> String? {
    model.provenance?.trials.map {
      "A straight line does as well as what \($0) trials found: use a smaller --latent, where PCA is weak, or give more "
        + "samples."
    }
  }

  /// More epochs than there were.
  private static func more(_ model: Model) -> String {
    guard let provenance = model.provenance, provenance.epochs > 0 else { return "for longer (--epochs)" }
    return "for longer (--epochs \(max(50, 2 * provenance.epochs)), now \(provenance.epochs))"
  }
}
