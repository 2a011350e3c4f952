import Hourglass

/// The page of several models: what was measured, in words and sections.
struct ComparisonPage {
  let comparison: ModelComparison
  let names: [String]
  let seed: UInt64

  private var judged: Dataset { comparison.judged }

  func page() throws -> Page {
    let held = comparison.isHeldOut ? " that were held out of the training of all of them" : ""
    let lead: Markup =
      "\(names.count) models on \(Figures.count(judged.count, "sample")) of "
      + .name(PortraitPage.title(of: judged.origin)) + .text(held) + "."
    return Page(
      title: names.joined(separator: ", "), kicker: "Models side by side", lead: lead,
      sections: [verdict, try examples()] + [errors],
      footer: "Made by hourglass \(hourglassVersion). The page is complete: it asks nothing of any network.")
  }

  private var verdict: VerdictSection {
    let entries = comparison.entries
    let order = entries.indices.sorted { (entries[$0].decisive, $0) < (entries[$1].decisive, $1) }
    let best = order[0]
    let sentence =
      entries.count == 1
      ? "There is one model to compare."
      : "\(Markup.shortened(names[best])) has the least error: \(Figures.significant(entries[best].decisive)), "
        + "beside \(Figures.significant(entries[order[1]].decisive)) of \(Markup.shortened(names[order[1]]))."
        + (comparison.heavy.map { " Left out here: \($0.words)." } ?? "")
    let bars = entries.indices.map { BarTable.Bar(names[$0], entries[$0].decisive, isFirst: $0 == best) }
    let others = comparison.heavy.map { ", without \($0.subject)" } ?? ""
    return VerdictSection(
      isGood: entries[best].evaluation.unbeaten.isEmpty, sentence: sentence,
      bars: BarTable(
        .text(
          "How far off reconstructions are \(unit)\(others), as the root of the mean square; less is better."),
        bars),
      table: table)
  }

  /// What errors that models share are measured in.
  private var unit: String {
    comparison.isInDeviations
      ? "in standard deviations of each \(judged.sampleShape.rank == 1 ? "column" : "channel")"
      : "in the units of the data"
  }

  private var table: PageTable {
    let isTrimmed = comparison.entries.contains { $0.evaluation.heavy != nil }
    let rows = zip(names, comparison.entries).map { name, entry -> [PageTable.Cell] in
      let outline = entry.model.autoencoder.outline
      let evaluation = entry.evaluation
      let loss = entry.model.autoencoder.architecture.reconstruction.name
      return [
        .words(.name(name)), .words(.text(outline.widths)), .number(Figures.count(outline.parameterCount)),
        .number(Figures.count(outline.code.count)),
        .number("\(loss) \(Figures.significant(evaluation.loss))"),
        .number(Figures.significant(evaluation.mse)),
        .number(evaluation.pcaMSE.map { Figures.significant($0) } ?? "–"),
      ] + (isTrimmed ? [.words(.text(decisive(evaluation)))] : []) + [
        .words(
          .text(
            evaluation.unbeaten.isEmpty
              ? "beats its controls" : "does not beat " + evaluation.unbeaten.joined(separator: ", ")))
      ]
    }
    return PageTable(
      "Each on its own scale, beside PCA of the same width.",
      head: ["model", "layers", "parameters", "code", "loss", "mean squared error", "of PCA"]
        + (isTrimmed ? ["the verdict is by"] : []) + ["verdict"], rows
    )
  }

  /// The figures that a verdict goes by.
  private func decisive(_ evaluation: Evaluation) -> String {
    let pca = evaluation.decisive.pca.map { ", of PCA \(Figures.significant($0))" } ?? ""
    return Figures.significant(evaluation.decisive.model) + pca
      + (evaluation.heavy.map { ", without \($0.subject)" } ?? "")
  }

  private func examples() throws -> ExamplesSection {
    let drawing = ExampleDrawing(
      comparison.entries[0].model, [comparison.random.originals, comparison.disputed.originals])
    func group(_ title: String, _ caption: String, _ shown: ModelComparison.Shown) throws -> ExampleGroup {
      ExampleGroup(
        title: title, caption: caption,
        try shown.positions.indices.map { index in
          let position = shown.positions[index]
          let kind = judged.className(position).map { ["class \(Markup.shortened($0, to: 30))"] } ?? []
          let errors = zip(names, comparison.entries).map { name, entry in
            "\(Markup.shortened(name, to: 24)) \(Figures.significant(entry.errors[position].squareRoot(), 3))"
          }
          var example = Example(name: judged.sampleName(position), notes: kind + errors)
          let row = index..<(index + 1)
          try drawing.fill(
            &example, shown.originals[row].values, shown.reconstructions.map { $0[row].values }, named: names)
          return example
        }, heads: drawing.kind == .row ? ["", "given"] + names.map { Markup.shortened($0, to: 24) } : [],
        side: drawing.side)
    }
    return ExamplesSection(
      title: "The same samples", introduction: drawing.introduction(of: names),
      legend: drawing.legend(withDifferences: false),
      [
        try group("At random", "Drawn by the seed \(seed).", comparison.random),
        try group("Where they differ most", "The largest ratio of errors first.", comparison.disputed),
      ])
  }

  private var errors: TableSection {
    let rows = ErrorProfile.fractions.enumerated().map { index, fraction -> [PageTable.Cell] in
      [.words(.text(PortraitPage.quantile(fraction)))]
        + comparison.entries.map { .number(Figures.significant($0.quantiles[index])) }
    }
    return TableSection(
      title: "Errors", identifier: "errors",
      PageTable(
        .text("Roots of the mean square of a sample, \(unit)."),
        head: ["samples"] + names.map { Markup.shortened($0, to: 30) }, rows))
  }
}
