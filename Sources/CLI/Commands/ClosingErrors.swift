import Hourglass

/// What a training or a search says in the end of the errors of its model: beside the objective, which is
/// another number wherever something is added to the error.
struct ClosingErrors {
  let evaluation: Evaluation
  let architecture: Architecture
  /// Whether the error of the model has been said: the validation loss, of the same samples.
  private let isErrorGiven: Bool
  /// Held-out samples, and how many of them stand among the training samples too.
  private let held: Int
  private let copies: Int

  /// - Parameter held: samples that were held out; nil: none.
  init(_ evaluation: Evaluation, of model: Model, held: Int?) {
    self.evaluation = evaluation
    architecture = model.autoencoder.architecture
    isErrorGiven = held == evaluation.samples
    self.held = held ?? 0
    copies = held == nil ? 0 : model.known?.copies ?? 0
  }

  /// `bce 0.0912`, `mse 0.0096`, `PCA of the same width 0.0168`
  var parts: [String] {
    let isSquared = architecture.reconstruction == .gaussian
    var parts: [String] = []
    if !architecture.isObjectiveError, !isSquared {
      parts.append("\(architecture.reconstruction.name) \(Figures.significant(evaluation.loss))")
    }
    if !(isErrorGiven && isSquared && architecture.isObjectiveError) {
      parts.append("mse \(Figures.significant(evaluation.mse))")
    }
    if let error = evaluation.pcaMSE {
      parts.append("PCA of the same width \(Figures.significant(error))")
    }
    return parts
  }

  /// Who has won, where that is not seen from the errors: behind the figures of the line.
  var verdict: String {
    var text = ""
    if Double(copies) >= Doctor.Threshold.duplicates * Double(max(1, held)) {
      text +=
        "; \(Figures.grouped(copies)) of the \(Figures.grouped(held)) held out stand among those trained on too"
    }
    if let heavy = evaluation.heavy {
      text += "; \(heavy.words); without: mse \(Figures.significant(evaluation.decisive.model))"
      if let error = evaluation.decisive.pca { text += ", PCA \(Figures.significant(error))" }
    }
    let unbeaten = evaluation.unbeaten
    if !unbeaten.isEmpty { text += "; does not beat \(Figures.list(unbeaten))" + evaluation.reason }
    return text
  }

  var members: [JSON.Member] {
    [
      JSON.Member("error", .number(evaluation.loss)), JSON.Member("mse", .number(evaluation.mse)),
      JSON.Member("pca_mse", .number(evaluation.pcaMSE)),
      JSON.Member("unbeaten", .list(evaluation.unbeaten.map(JSON.text))),
    ]
  }
}

extension HeavySamples {
  /// `sample 17 carries 83 % of the error`
  var words: String {
    let some = names.prefix(3).joined(separator: ", ")
    let part = "\(Figures.fixed(100 * share, 0)) % of the error"
    if names.count == 1 { return "\(some) carries \(part)" }
    return "\(names.count) samples (\(some)\(names.count > 3 ? ", …" : "")) carry \(part)"
  }
}

extension Evaluation {
  /// Why nothing could be learned, where the samples say so; empty elsewhere.
  var reason: String {
    if areAlike { return ": these samples are all alike, there is nothing to learn" }
    if areLinear {
      return ": PCA reconstructs these samples exactly, nothing is left for a network to learn"
    }
    return ""
  }
}

extension Figures {
  /// `a, b and c`
  static func list(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
