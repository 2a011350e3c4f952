import Hourglass

/// The page of a portrait: what was measured, in words and sections. Nothing is computed here.
struct PortraitPage {
  let portrait: Portrait
  /// What the file of the model is called.
  let name: String
  /// Its checksum; nil where there is no file.
  let checksum: String?
  let seed: UInt64
  let threads: Int
  /// What is odd among the samples; nil of a model without calibration.
  let oddities: DetectionLines?

  var model: Model { portrait.model }
  var judged: Dataset { portrait.judged }
  var lossName: String { model.autoencoder.architecture.reconstruction.name }

  func page() throws -> Page {
    var sections: [any Section] = [verdict, curves, try examples(), try errors()]
    if let odd { sections.append(odd) }
    if let overTime { sections.append(overTime) }
    sections += [try map(), code]
    if let walks = walks() { sections.append(walks) }
    if let filters = filters() { sections.append(filters) }
    sections += [architecture, try provenance()]
    return Page(
      title: PortraitPage.title(of: name), kicker: "What an autoencoder learned", lead: lead,
      sections: sections,
      footer: "Made by hourglass \(hourglassVersion). The page is complete: it asks nothing of any network.")
  }

  /// The last part of a path, without its ending.
  static func title(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".safetensors") ? String(name.dropLast(".safetensors".count)) : name
  }

  /// What was trained on what, in a sentence, and what the page looks at.
  private var lead: Markup {
    let outline = model.autoencoder.outline
    var text: Markup =
      "\(model.family), \(outline.widths), with \(Figures.count(outline.parameterCount, "parameter"))"
    if let provenance = model.provenance {
      let epochs = provenance.epochs == 1 ? "one epoch" : "\(Figures.count(provenance.epochs, "epoch"))"
      text =
        text + ", trained for \(epochs) on \(Figures.count(provenance.samples)) "
        + .text(PortraitPage.samples(model.preparation, areWindows: judged.areWindows)) + " from "
        + .name(PortraitPage.title(of: provenance.source))
    }
    let isTrained = portrait.doctor.familiarity.map { !$0.isTest } ?? false
    let held =
      portrait.doctor.isJudgedByHeldSamples
      ? " that were held out of its training"
      : isTrained ? ", all of them trained on: this is not a test" : ""
    return text + ". It is looked at here on \(Figures.count(judged.count, "sample")) of "
      + .name(PortraitPage.title(of: judged.origin)) + .text(held) + "."
  }

  private static func samples(_ preparation: Preparation, areWindows: Bool) -> String {
    let shape = preparation.sampleShape.dimensions.map(String.init).joined(separator: " × ")
    let noun =
      switch SampleKind(preparation) {
      case .image: "images"
      case .series: areWindows ? "windows of series," : "series"
      case .sound: "sounds"
      case .spectrogram: "spectrograms"
      case .row: "rows"
      }
    return preparation.fields.map { "records of \(Figures.count(FieldCells($0).places.count, "field"))" }
      ?? "\(noun) \(areWindows ? "each" : "of") \(shape) values"
  }

  private var verdict: VerdictSection {
    let evaluation = portrait.doctor.evaluation
    let others = evaluation.heavy.map { ", without \($0.subject)" } ?? ""
    let areRecords = evaluation.fields != nil
    var facts = [
      (name: "loss", text: (areRecords ? "" : "\(lossName) ") + Figures.significant(evaluation.loss))
    ]
    if !areRecords {
      facts += [
        (name: "mean absolute error", text: Figures.significant(evaluation.mae)),
        (name: "median sample", text: medians(evaluation)),
      ]
    }
    if let heavy = evaluation.heavy {
      let whole = bars(evaluation.whole).map { "\($0.name) \(Figures.significant($0.value))" }
      facts.append(
        (name: "squared error with \(heavy.subject)", text: whole.joined(separator: ", ")))
    }
    if let typical = evaluation.typical {
      let errors = bars(typical.errors).map { "\($0.name) \(Figures.significant($0.value))" }
      facts.append(
        (
          name: "squared error without the worst \(typical.percent) of each",
          text: errors.joined(separator: ", ") + ". " + typical.words
        ))
    }
    if let words = evaluation.ownLossWords(named: lossName) {
      facts.append((name: "by its own loss", text: words))
    }
    if let words = portrait.doctor.familiarity?.words { facts.append((name: "samples", text: words)) }
    if let bound = portrait.bound {
      facts.append(
        (
          name: "evidence bound",
          text: "−\(Figures.significant(bound.total)) nats a sample: "
            + "\(Figures.significant(bound.reconstruction)) reconstruction and "
            + "\(Figures.significant(bound.divergence)) KL"
        ))
    }
    return VerdictSection(
      isGood: !portrait.doctor.isBeaten,
      sentence: areRecords ? evaluation.verdictOfRecords : evaluation.verdict,
      bars: BarTable(
        .text(
          (areRecords
            ? "What the fields cost, each by its own distribution and beside its best constant"
            : "Mean squared error on the model’s own scale")
            + "\(others), and how many times the model’s it is; less is better."
        ), bars(evaluation.decisive)), facts: facts,
      findings: portrait.doctor.findings.map {
        .init(severity: $0.severity.rawValue, problem: $0.problem, remedy: $0.remedy)
      })
  }

  /// The errors of the model and its controls, each by name.
  private func bars(_ errors: Evaluation.Errors) -> [BarTable.Bar] {
    let evaluation = portrait.doctor.evaluation
    let width = model.autoencoder.outline.codeNumbers
    var bars = [BarTable.Bar("this model", errors.model, isFirst: true)]
    if let error = errors.pca { bars.append(.init("PCA, \(Figures.values(width))", error)) }
    if let error = errors.mean {
      bars.append(.init(evaluation.fields == nil ? "the mean" : "the best constants", error))
    }
    bars.append(.init("an untrained copy", errors.untrained))
    return bars
  }

  private func medians(_ evaluation: Evaluation) -> String {
    let pca = evaluation.medians.pca.map { ", of PCA \(Figures.significant($0))" } ?? ""
    return "squared error \(Figures.significant(evaluation.medians.model))\(pca)"
  }

  private var curves: CurvesSection {
    let history = model.provenance?.history ?? []
    return CurvesSection(
      training: history.map(\.loss),
      validation: history.contains { $0.validationLoss != nil }
        ? history.map { $0.validationLoss ?? .nan } : [],
      rates: history.map { Double($0.rate) }, best: model.provenance?.bestEpoch ?? 0,
      lossName: portrait.doctor.evaluation.fields == nil
        ? model.autoencoder.architecture.objectiveName : "all fields",
      isObjective: !model.autoencoder.architecture.isObjectiveError)
  }

  /// What a sample is called, its class and its error.
  func notes(_ position: Int, error: Double) -> [String] {
    let kind = judged.className(position).map { ["class \(Markup.shortened($0, to: 30))"] } ?? []
    return kind + ["error \(Figures.significant(error, 3))"]
  }
}

extension Model {
  /// What kind of autoencoder it is, in words.
  var family: String {
    let kind =
      switch layerKind {
      case "conv", "conv1d": "convolutional"
      case "lstm": "recurrent"
      case "attention": "attention"
      default: "dense"
      }
    let architecture = autoencoder.architecture
    let isSparse = architecture.penalties.contains { if case .activity = $0 { true } else { false } }
    let family: String? =
      switch architecture.code {
      case .gaussian: "variational"
      case .codebook: "vector-quantised"
      case .categorical: "categorical variational"
      case .vector where architecture.critic != nil: "adversarial"
      case .vector where !architecture.corruption.isEmpty: "denoising"
      case .vector where isSparse: "sparse"
      case .vector: nil
      }
    if let family { return (family.hasPrefix("a") ? "An " : "A ") + "\(family) \(kind) autoencoder" }
    return (kind == "attention" ? "An " : "A ") + kind + " autoencoder"
  }
}
