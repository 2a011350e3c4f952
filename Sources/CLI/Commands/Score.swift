import Hourglass

extension Command {
  static let score = Command(
    name: "score", abstract: "tells how badly each sample is reconstructed: the worst are the odd ones",
    operands: [.model, .source],
    options: [OutputFile.option.declaration, ScoreOption.perFeature.declaration] + DataOption.ofUse
      + SharedOption.ofUse,
    discussion: """
      A score is the model's own loss of one sample above the least that it could be: 0 for a sample that is reconstructed \
      without a fault. For bce, whose least is the entropy of the sample, that is its divergence from the reconstruction, \
      x log(x/y) + (1-x) log((1-x)/(1-y)), and for ce x log(x/y) with y as shares of what x sums to; the other losses \
      can be 0, and the score is the loss. A value x outside what the loss is made for (bce: below 0 or above 1, after \
      scaling; ce: below 0) counts as the nearest inside, c, and its distance on top, 2 (x-c)^2. With --per-feature \
      every value of a sample has a score; their mean is the sample's. A value that is missing has none ("nan") and does \
      not count; nor has a sample without any value.
      """,
    examples: [
      "hourglass score model.safetensors data.csv -o errors.csv",
      "hourglass score model.safetensors data.csv --per-feature -o errors.npy",
    ],
    run: { session in
      let output = try session.outputFile()
      let (model, dataset) = try session.modelAndData()
      let scores = try model.scores(dataset, threads: session.threads)
      let summary = ScoreSummary(scores.doubles)
      try session.sayTrained(of: dataset, model)
      if try session.arguments[ScoreOption.perFeature] {
        let terms = try model.scoresPerFeature(dataset, threads: session.threads)
        try output.write(terms, name: "scores", columns: model.preparation.featureNames)
        try session.report(output, terms, summary.words, summary.members)
      } else {
        try output.write(scores, name: "scores", columns: ["score"])
        try session.report(output, scores, summary.words, summary.members)
      }
    })
}

private enum ScoreOption {
  static let perFeature = Option.flag("per-feature", "one error a value of each sample, not one a sample")
}

extension Session {
  /// Says how many of the samples the model has learned: their scores are no matter of how odd they are.
  fileprivate func sayTrained(of dataset: Dataset, _ model: Model) throws {
    guard let familiarity = try model.familiarity(with: dataset), familiarity.trained > 0 else {
      return
    }
    say(
      "\(Figures.grouped(familiarity.trained)) of the \(Figures.grouped(dataset.count)) samples were trained on: "
        + "their scores are lower than those of samples that the model has not seen")
  }
}

/// What a person wants to know of many scores at first.
struct ScoreSummary {
  private let count: Int
  private let mean: Double
  private let median: Double
  /// The rows with the highest scores, the highest first.
  private let highest: [(row: Int, score: Double)]

  /// - Parameter scores: NaN for a sample without any value, which is passed over.
  init(_ scores: [Double], rows: Int = 3) {
    let known = scores.filter { !$0.isNaN }
    count = scores.count
    mean = Statistics.mean(known) ?? .nan
    median = Statistics.quantile(0.5, ofSorted: known.sorted()) ?? .nan
    let order = scores.indices.filter { !scores[$0].isNaN }
      .sorted { (scores[$0], $1) > (scores[$1], $0) }
    highest = order.prefix(rows).map { ($0, scores[$0]) }
  }

  var words: String {
    let top = highest.map { "\($0.row) (\(Figures.significant($0.score)))" }.joined(separator: ", ")
    return "\(Figures.grouped(count)) scores, median \(Figures.significant(median)); "
      + "highest in rows, counted from 0: \(top)"
  }

  var members: [JSON.Member] {
    [
      JSON.Member("mean", .number(mean)), JSON.Member("median", .number(median)),
      JSON.Member("highest", .number(highest.first?.score)),
      JSON.Member("highest_row", highest.first.map { .integer($0.row) } ?? .null),
    ]
  }
}
