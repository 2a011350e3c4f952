import Hourglass

/// The options of `tune`. Those it shares with `train` mean the same and describe the default, which is trial
/// 0.
enum TuneOption {
  static let minutes = Option.optional(
    "minutes", .number(above: 0, atMost: 100_000),
    "time to search, the last training and the controls included")
  static let trials = Option.optional(
    "budget-trials", .integer(1...10_000),
    "trials to search; then nothing depends on the clock, and the same seed gives the same files")
  static let epochs = Option.optional(
    "epochs", .integer(1...1_000_000), shown: "as train's, with --minutes fitted to the time",
    "passes over the training samples of a trial that is trained to the end")
  static let searchLatent = Option.optional(
    "search-latent", .span(1...(1 << 24)),
    "search the width of the code too, between LOW and HIGH; excludes --latent")
  static let price = Option.optional(
    "latent-price", .number(above: 0, orEqual: true, atMost: 1), shown: "0.01",
    "of --search-latent: the part by which one more value of the code must lower the loss")
  static let record = Option.optional(
    "trials", .file(), shown: "MODEL's name with .tune.json", "the file of all trials")
  static let resume = Option.optional(
    "resume", .file(), "go on with the search in FILE, and keep it there; where there is none yet, begin one")

  /// Under their headings, in the order in which the help shows these.
  static let all: [Declaration] =
    [
      minutes.declaration, trials.declaration, epochs.declaration, ShapeOption.latent.declaration,
      searchLatent.declaration, price.declaration, ShapeOption.loss.declaration,
    ].under(.search) + LawOption.all
    + (DataOption.ofTraining + [
      TrainOption.validation.declaration, TrainOption.heldOut.declaration, TrainOption.scaling.declaration,
    ])
    .under(.data)
    + [TrainOption.output.declaration, record.declaration, resume.declaration].under(.files)
    + [
      SharedOption.seed.declaration, SharedOption.threads.declaration, SharedOption.json.declaration,
      SharedOption.quiet.declaration,
    ].under(.running)

  /// What most people want to know of, by heading.
  static let common: [Declaration] = [
    minutes.declaration, trials.declaration, ShapeOption.latent.declaration, searchLatent.declaration,
    DataOption.label.declaration, DataOption.gaps.declaration, TrainOption.validation.declaration,
    TrainOption.output.declaration, resume.declaration, SharedOption.seed.declaration,
  ]
}

extension ValueKind where Value == ClosedRange<Int> {
  /// Two whole numbers, the first no more than the second: `2..64`.
  static func span(_ range: ClosedRange<Int>) -> ValueKind {
    ValueKind(
      placeholder: "LOW..HIGH",
      expectation: "two whole numbers from \(range.lowerBound) to \(range.upperBound), such as 2..64",
      read: { text in
        let ends = text.split(separator: ".", omittingEmptySubsequences: true).map { Int($0) }
        guard text.contains(".."), ends.count == 2, let low = ends[0], let high = ends[1], low <= high,
          range.contains(low), range.contains(high)
        else { return nil }
        return low...high
      },
      show: { "\($0.lowerBound)..\($0.upperBound)" })
  }
}
