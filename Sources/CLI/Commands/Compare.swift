import Hourglass

extension Command {
  private static let on = Option.required("on", .file("SOURCE"), "the samples that all are held against")

  static let compare = Command(
    name: "compare", abstract: "writes one page that shows several models on the same samples",
    operands: [
      .model,
      Operand(name: "MODEL", meaning: "more of them, for samples of the same shape", isRepeated: true),
    ],
    options: [on.declaration, ReportOption.output.declaration, SharedOption.seed.declaration]
      + DataOption.ofUse
      + SharedOption.ofUse,
    discussion: """
      The page holds the models against each other on one scale, whatever theirs are: of tables and series in standard \
      deviations of each column or channel, so that none counts for all, of others in the units of the data. It shows their errors, the same samples through each of them, and the samples that they disagree on most. Samples \
      of SOURCE that one of them was trained on are told apart, and the others are shown. Of the files that samples are \
      made of, the first model says how.
      """,
    examples: ["hourglass compare plain.safetensors deep.safetensors --on test.npy -o models.html"],
    run: { session in
      let names = session.arguments.operands
      let path = try session.arguments[ReportOption.output]
      let source = try session.arguments[on]
      try ReportFile.check(path, apartFrom: names + [source])
      var models = try names.map { try session.model(in: $0) }
      if session.arguments.has(DataOption.gaps) { models = models.map { $0.allowingGaps() } }
      let dataset = try session.open(source, for: models[0])
      let seed = try session.arguments[SharedOption.seed]
      let comparison = try ModelComparison(models, on: dataset, seed: seed, threads: session.threads)
      let page = try ComparisonPage(
        comparison: comparison, names: names.map(PortraitPage.title(of:)), seed: seed
      ).page()
      try ReportFile(page).write(to: path, session)
    })
}
