import Hourglass

extension Command {
  static let score = Command(
    name: "score", abstract: "tells how badly each sample is reconstructed: the worst are the odd ones",
    operands: [.model, .source],
    options: [
      OutputFile.option.declaration, ScoreOption.perFeature.declaration, ScoreOption.perField.declaration,
      ScoreOption.perStep.declaration,
      ScoreOption.layout,
    ] + DataOption.ofOutput + SharedOption.ofUse,
    discussion: """
      A score is the model's own loss of one sample above the least that it could be: 0 for a sample that is reconstructed \
      without a fault. For bce, whose least is the entropy of the sample, that is its divergence from the reconstruction, \
      x log(x/y) + (1-x) log((1-x)/(1-y)), and for ce x log(x/y) with y as shares of what x sums to; the other losses \
      can be 0, and the score is the loss. A value x outside what the loss is made for (bce: below 0 or above 1, after \
      scaling; ce: below 0) counts as the nearest inside, c, and its distance on top, 2 (x-c)^2. With --per-feature \
      every value of a sample has a score; their mean is the sample's. A value that is missing has none ("nan") and does \
      not count; nor has a sample without any value. With --per-step every step of a series has one: the mean over its channels and over the \
      windows that hold it. \(SampleLines.words)
      """,
    examples: [
      "hourglass score model.safetensors data.csv -o errors.csv",
      "hourglass score model.safetensors data.csv --per-feature -o errors.npy",
    ],
    run: { session in
      let output = try session.outputFile()
      let (model, dataset) = try session.modelAndData()
      try session.sayTrained(of: dataset, model)
      if try session.arePerStep {
        return try session.writeScoresPerStep(of: model, dataset, to: output)
      }
      let scores = try model.scores(dataset, threads: session.threads)
      let summary = ScoreSummary(scores.doubles, of: dataset)
      var lines = SampleLines(scores, of: dataset, columns: ["score"])
      if try session.arePerFeature {
        let terms = try model.scoresPerFeature(dataset, threads: session.threads)
        lines =
          try model.preparation.fields.map { SampleLines(terms, byFieldOf: $0, of: dataset) }
          ?? session.lines(terms, of: dataset, model, for: output, isNumbered: true)
      }
      try output.write(lines, name: "scores")
      try session.report(
        output, lines.values,
        (lines.isSeries
          ? "\(Figures.grouped(lines.values.rows, "row")), from \(Figures.grouped(scores.rows, "window")): "
          : "")
          + summary.words, summary.members)
    })
}

extension Session {
  fileprivate var arePerFeature: Bool {
    get throws { try arguments[ScoreOption.perFeature] || arguments[ScoreOption.perField] }
  }

  /// Whether scores are of steps: --per-step, or a line a step and one score in it.
  ///
  /// - Throws: ``Failure`` where options contradict each other.
  fileprivate var arePerStep: Bool {
    get throws {
      let layout = try arguments[SampleLines.layout]
      guard try !arguments[ScoreOption.perStep] else {
        if layout == "windows" {
          throw Failure.commandLine("--per-step and --as windows contradict each other; give one of them")
        }
        return true
      }
      return try layout == "series" && !arePerFeature
    }
  }

  /// Writes one score a step of series.
  fileprivate func writeScoresPerStep(of model: Model, _ dataset: Dataset, to output: OutputFile) throws {
    if try arePerFeature {
      throw Failure.commandLine("--per-step and --per-feature contradict each other; give one of them")
    }
    guard let steps = SeriesSteps(dataset) else {
      let option = try arguments[ScoreOption.perStep] ? "--per-step" : "--as"
      throw Failure.commandLine(
        "\(option) is for models of series; the samples of \(operand(1)) are none; leave it out")
    }
    let scores = try model.scoresPerStep(dataset, steps, threads: threads)
    sayUncovered(steps, dataset)
    let summary = ScoreSummary(scores.doubles, isOfCases: steps.areOfCases, steps.place(ofRow:))
    try output.write(
      SampleLines(values: scores, columns: ["score"], texts: steps.identity(isNumbered: true)), name: "scores"
    )
    try report(output, scores, summary.words, summary.members)
  }
}

extension SampleLines {
  /// A column a field: what is read only, as the weekday of a time, has no error.
  fileprivate init(_ terms: Tensor, byFieldOf schema: FieldSchema, of dataset: Dataset) {
    let cells = FieldCells(schema)
    let (values, width) = (terms.values, terms.shape.sample.count)
    let places = cells.places
    let kept = (0..<terms.rows).flatMap { row in places.map { values[row * width + $0] } }
    self.init(Tensor([terms.rows, places.count], kept), of: dataset, columns: places.map(cells.name))
  }
}

private enum ScoreOption {
  static let perField = Option.flag(
    "per-field", "the same as --per-feature, as columns of records are called")
  static let perFeature = Option.flag("per-feature", "one error a value of each sample, not one a sample")
  static let layout = {
    var layout = SampleLines.layout.declaration
    layout.fallback = "windows; with --per-feature series in a table"
    return layout
  }()
  static let perStep = Option.flag("per-step", "of series: one error a step, not one a window")
}

extension Session {
  /// Says how many of the samples the model has learned: their scores are no matter of how odd they are.
  fileprivate func sayTrained(of dataset: Dataset, _ model: Model) throws {
    guard let familiarity = try model.familiarity(with: dataset), familiarity.trained > 0 else {
      return
    }
    let (trained, all) = (familiarity.trained, dataset.count)
    let whose =
      all == 1 ? "the sample" : "\(Figures.grouped(trained)) of the \(Figures.grouped(all, "sample"))"
    say(
      whose + (trained == 1 ? " was trained on: its score is" : " were trained on: their scores are")
        + " lower than those of samples that the model has not seen")
  }
}

/// What a person wants to know of many scores at first.
struct ScoreSummary {
  private let count: Int
  private let mean: Double
  private let median: Double
  /// The rows with the highest scores, the highest first.
  private let highest: [(row: Int, score: Double)]
  private let dataset: Dataset?
  /// What a row is called, where it is none of a dataset.
  private let rowName: (Int) -> String
  /// Whether names say more than the row.
  private let areNamed: Bool

  /// - Parameters:
  ///   - scores: NaN for a sample without any value, which is passed over.
  ///   - dataset: whose samples they are of; nil: of rows.
  ///   - isOfCases: whether rows are those of several series.
  ///   - rowName: what a row is called that is none of a dataset.
  init(
    _ scores: [Double], of dataset: Dataset? = nil, rows: Int = 3, isOfCases: Bool = false,
    _ rowName: @escaping (Int) -> String = { "\($0)" }
  ) {
    self.dataset = dataset
    self.rowName = rowName
    areNamed = isOfCases || dataset?.sampleNames != nil
    let known = scores.filter { !$0.isNaN }
    count = scores.count
    mean = Statistics.mean(known) ?? .nan
    median = Statistics.quantile(0.5, ofSorted: known.sorted()) ?? .nan
    let order = scores.indices.filter { !scores[$0].isNaN }
      .sorted { (scores[$0], $1) > (scores[$1], $0) }
    highest = order.prefix(rows).map { ($0, scores[$0]) }
  }

  var words: String {
    let names = highest.map { dataset?.place(ofSample: $0.row) ?? rowName($0.row) }
    let top = zip(names, highest).map { "\($0) (\(Figures.significant($1.score)))" }.joined(separator: ", ")
    let places = areNamed ? "" : " in rows, counted from 0"
    return
      "\(Figures.grouped(count, "score")), median \(Figures.significant(median)); highest\(places): \(top)"
  }

  var members: [JSON.Member] {
    [
      JSON.Member("mean", .number(mean)), JSON.Member("median", .number(median)),
      JSON.Member("highest", .number(highest.first?.score)),
      JSON.Member("highest_row", highest.first.map { .integer($0.row) } ?? .null),
    ]
      + (highest.first.flatMap { best in
        dataset.flatMap { $0.sampleNames == nil && !$0.areWindows ? nil : $0.place(ofSample: best.row) }
      }.map { [JSON.Member("highest_place", .text($0))] } ?? [])
  }
}
