import Hourglass

extension PortraitPage {
  /// Originals, reconstructions and differences.
  func examples() throws -> ExamplesSection {
    let drawing = ExampleDrawing(portrait)
    func group(_ title: String, _ caption: String, _ examples: Examples) throws -> ExampleGroup {
      ExampleGroup(
        title: title, caption: caption,
        try (0..<examples.count).map { index in
          var example = Example(
            name: judged.sampleName(examples.positions[index]),
            notes: notes(examples.positions[index], error: examples.scores[index]))
          let values = examples.values(index)
          let blame = drawing.kind == .row ? examples.blamed[index] : nil
          if let blame { example.notes.append(share(of: blame)) }
          try drawing.fill(
            &example,
            .init(
              original: values.original, reconstruction: values.reconstruction, linear: values.linear,
              blamed: blame?.index))
          return example
        }, heads: drawing.heads, side: drawing.side)
    }
    // So few that every choice shows them all.
    if judged.count <= portrait.worst.count {
      return ExamplesSection(
        introduction: drawing.introduction, legend: drawing.legend,
        [try group("All of them", "The largest error first.", portrait.worst)])
    }
    return ExamplesSection(
      introduction: drawing.introduction, legend: drawing.legend,
      [
        try group("At random", "Drawn by the seed \(seed).", portrait.random),
        try group("The best", "The least error first.", portrait.best),
        try group(
          "The worst", "The largest error first: odd ones, or what the model has not learned.", portrait.worst
        ),
      ])
  }

  /// Where most of a row's error comes from.
  private func share(of blame: Blame) -> String {
    let name = model.preparation.featureNames?[blame.index] ?? "column \(blame.index)"
    return "\(Figures.fixed(100 * blame.share, 0)) % of it from \(Markup.shortened(name, to: 30))"
  }
}
