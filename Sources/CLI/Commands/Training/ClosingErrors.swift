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
  /// How well what else it tells is told.
  private let heads: HeadLines?
  /// What was trained on decides all.
  private let heavy: HeavySamples.Record?

  /// - Parameter held: samples that were held out; nil: none.
  init(_ evaluation: Evaluation, of model: Model, held: Int?, heads: HeadLines? = nil) {
    self.heads = heads
    self.evaluation = evaluation
    architecture = model.autoencoder.architecture
    isErrorGiven = held == evaluation.samples && evaluation.typical == nil
    self.held = held ?? 0
    copies = held == nil ? 0 : model.known?.copies ?? 0
    heavy = model.provenance?.heavy
  }

  /// `bce 0.0912`, `mse 0.0096`, `PCA of the same width 0.0168`; of which samples, where they are not those
  /// of the figures before.
  var parts: [String] {
    if let fields = evaluation.fields { return FieldLines(fields).summary }
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
    if let subject, !parts.isEmpty { parts[0] = subject + " " + parts[0] }
    return (heads?.parts ?? []) + parts
  }

  /// Whose errors the figures are, where others were said before.
  private var subject: String? {
    let samples = Figures.grouped(evaluation.samples)
    if held == 0 { return architecture.isObjectiveError ? "in the end" : nil }
    if evaluation.samples < held { return "of the \(samples) held out that are no copies" }
    return evaluation.typical == nil ? nil : "of all \(samples) held out"
  }

  /// What figures of the training are without, where it trims: ` without the worst 10 %`.
  var trimWords: String {
    evaluation.typical.map { " without the worst \($0.percent)" } ?? ""
  }

  /// Who has won, where that is not seen from the errors: behind the figures of the line.
  var verdict: String {
    var text = ""
    if Double(copies) >= Doctor.Threshold.duplicates * Double(max(1, held)) {
      text +=
        "; \(Figures.grouped(copies)) of the \(Figures.grouped(held)) held out stand among those trained on too"
    }
    if let heavy { text += "; of those trained on \(heavy.words) of the variance" }
    if let heavy = evaluation.heavy {
      text += "; \(heavy.words); without: mse \(Figures.significant(evaluation.decisive.model))"
      if let error = evaluation.decisive.pca { text += ", PCA \(Figures.significant(error))" }
    }
    if let errors = evaluation.typical?.errors {
      text += ";\(trimWords) of each: mse \(Figures.significant(errors.model))"
      if let error = errors.pca { text += ", PCA \(Figures.significant(error))" }
    }
    let unbeaten = architecture.reconstructionWeight > 0 ? evaluation.unbeaten : []
    if !unbeaten.isEmpty { text += "; does not beat \(Figures.list(unbeaten))" + evaluation.reason }
    return text
  }

  var members: [JSON.Member] {
    if evaluation.fields != nil {
      return [
        JSON.Member("error", .number(evaluation.loss)),
        JSON.Member("unbeaten", .list(evaluation.unbeaten.map(JSON.text))),
      ] + FieldLines(evaluation.fields ?? []).members
    }
    return [
      JSON.Member("error", .number(evaluation.loss)), JSON.Member("mse", .number(evaluation.mse)),
      JSON.Member("pca_mse", .number(evaluation.pcaMSE)),
      JSON.Member("unbeaten", .list(evaluation.unbeaten.map(JSON.text))),
    ] + (heads?.members ?? [])
  }
}

extension HeavySamples {
  /// `sample 17 carries 83 % of the variance`
  var words: String { Record(self).words + " of the variance" }

  /// `sample 17`, `the 3 heavy samples`
  var subject: String { names.count == 1 ? names[0] : "the \(names.count) heavy samples" }
}

extension Evaluation {
  /// Why no model can be better here; empty where nothing stands in the way.
  var reason: String {
    switch obstacle {
    case nil: return ""
    case .alike: return ": these samples are all alike, there is nothing to learn"
    case .tooClose:
      return ": these samples differ by less than single precision tells on the model's scale"
    case .atMean:
      return samples == 1
        ? ": the sample it is judged by is the mean of the others, which tells nothing"
        : ": the samples it is judged by are all as the mean of the others, which tells nothing"
    case .wideCode(let values, let sample):
      return
        ": the code has \(values) values and a sample \(sample), so that PCA keeps everything; give a smaller "
        + "--latent"
    case .flat:
      return ": PCA reconstructs these samples exactly, nothing is left for a network to learn"
    }
  }
}

extension Figures {
  /// `a, b and c`
  static func list(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
