import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What lies beneath errors and curves: samples that leave nothing to learn, codes that carry nothing.
extension Doctor {
  /// Samples that no network can do better on.
  static func data(_ evaluation: Evaluation, _ model: Model) -> [Finding] {
    switch evaluation.obstacle {
    case nil: return []
    case .alike:
      return [
        alike(
          "These samples are all alike: the mean of the training samples reconstructs each of them.",
          "There is nothing to learn: look at the data ('hourglass inspect' says how they are scaled), at what "
            + "was taken from them by --label or --weight, and give samples that differ.")
      ]
    case .tooClose:
      let kind = model.preparation.scaling.kind
      return [
        alike(
          "These samples differ by less than single precision tells on the model's scale (--scaling "
            + "\(kind.rawValue)): to it they are all alike.",
          kind == .standard
            ? "Multiply the values, so that they lie about 1." : "Train with --scaling standard.")
      ]
    case .atMean: return [atMean(evaluation.samples)]
    case .wideCode(let values, let width): return [wide(values, width)]
    case .flat(let values): return [flat(evaluation, values)]
    }
  }

  private static func atMean(_ samples: Int) -> Finding {
    let some = samples == 1 ? "sample that it is judged by is" : "samples that it is judged by are all"
    return Finding(
      .samplesAtMean, .warning, Measure("at_mean_share", 1, threshold: 1),
      problem:
        "The \(some) as the mean of the training samples, which differ: this says nothing of the model.",
      remedy: "Judge it by other samples, or by more of them (--validation), or hold out others (--seed).")
  }

  private static func wide(_ values: Int, _ width: Int) -> Finding {
    Finding(
      .wideCode, .warning, Measure("code_share", Double(values) / Double(width), threshold: 1),
      problem:
        "The code has \(values) values and a sample \(width): PCA with so many keeps everything, and no model "
        + "can be closer.",
      remedy: width > 1
        ? "Use a code of fewer values than \(width) (--latent, of categorical codes --classes too), which has to "
          + "choose what to keep." : "Give samples of more than one value; --latent cannot be below 1.")
  }

  private static func alike(_ problem: String, _ remedy: String) -> Finding {
    Finding(
      .constantData, .fault, Measure("alike_share", 1, threshold: 1), problem: problem, remedy: remedy)
  }

  private static func flat(_ evaluation: Evaluation, _ width: Int) -> Finding {
    let share = evaluation.decisive.pca.flatMap { pca in evaluation.decisive.mean.map { pca / $0 } } ?? 0
    return Finding(
      .linearData, .fault, Measure("linear_share", 1 - share, threshold: 1 - Evaluation.rounding),
      problem:
        "PCA with the same \(width) \(width == 1 ? "value" : "values") reconstructs these samples exactly: "
        + "they lie in a flat space of no more dimensions, and no network can do better.",
      remedy:
        width > 1
        ? "Use PCA, or a --latent below \(width), where something is left for a network to find."
        : "Use PCA: there is nothing besides that line.")
  }

  /// Training samples that others do not count beside.
  static func heavy(_ model: Model) -> [Finding] {
    guard let heavy = model.provenance?.heavy else { return [] }
    return [
      Finding(
        .heavySamples, .warning,
        Measure("heavy_share", heavy.share, threshold: HeavySamples.carried),
        problem:
          "Of the training samples \(heavy.words) of the variance: scaling, PCA and the network follow "
          + "\(heavy.count == 1 ? "it" : "them"), and all others are close together beside "
          + "\(heavy.count == 1 ? "it" : "them").",
        remedy:
          "Look at \(heavy.count == 1 ? "it" : "them"): if a mistake, leave \(heavy.count == 1 ? "it" : "them") out and train "
          + "again; if right, take logarithms of such columns first, or train with --trim.")
    ]
  }

  /// Codes that carry nothing, though the network has room for them.
  static func collapse(_ model: Model, _ dataset: Dataset, threads: Int) throws -> [Finding] {
    if let bound = try EvidenceBound(model, on: dataset, threads: threads) {
      let measure = Measure("nats_short", Trainer.collapsed - bound.divergence, threshold: 0)
      if measure.isBeyond { return [posterior(bound, model, measure)] }
    }
    guard let use = try CodeUse(model, on: dataset, threads: threads) else { return [] }
    guard let perplexity = use.perplexities.min() else { return [] }
    let isAll = perplexity < Threshold.lonelyEntry
    // Of a small book one entry may be more than the least share, and is a fault all the same.
    let lonely = 1 - Threshold.lonelyEntry / Double(use.entries)
    let measure = Measure(
      "idle_entry_share", 1 - perplexity / Double(use.entries),
      threshold: isAll ? min(lonely, 1 - BookUse.least) : 1 - BookUse.least)
    // Fewer samples than entries cannot use them all.
    guard measure.isBeyond, use.entries > 1, dataset.count >= use.entries else { return [] }
    return [
      Finding(
        .unusedEntries, isAll ? .fault : .warning, measure,
        problem:
          "The code has \(use.entries) entries and is used as if it had \(perplexity.brief) (its perplexity): "
          + "\(isAll ? "all samples look alike to the decoder" : "most of it is dead").",
        remedy: isAll
          ? "Train with a lower --rate or another --seed, and with --scaling standard, so that vectors and entries are of "
            + "one size."
          : "Use fewer --entries, which keep as much, or train with a lower --rate.")
    ]
  }

  private static func posterior(_ bound: EvidenceBound, _ model: Model, _ measure: Measure)
    -> Finding
  {
    let width = model.autoencoder.outline.code.count
    return Finding(
      .collapsedCode, .fault, measure,
      problem:
        "The code carries \(bound.divergence.brief) nats a sample, \(bound.activeUnits) of its \(width) values "
        + "\(bound.activeUnits == 1 ? "is" : "are") in use: the posterior has collapsed onto the prior, and all samples "
        + "look alike to the decoder.",
      remedy: "Train with a lower --beta, let it grow (--beta-warmup), or give --free-bits.")
  }

  /// Outputs that do not follow the samples.
  static func output(_ model: Model, _ dataset: Dataset, threads: Int) throws -> [Finding] {
    guard dataset.count >= Threshold.fewestSamples else { return [] }
    let width = model.autoencoder.architecture.input.count
    var (given, made) = (Spread(width: width), Spread(width: width))
    var areNumbers = true
    try model.visit(dataset, threads: threads) { _, samples, outputs, _ in
      areNumbers = areNumbers && outputs.allSatisfy(\.isFinite)
      given.add(samples)
      made.add(outputs)
    }
    let measure = Measure(
      "constant_output_share", 1 - made.sum / max(given.sum, .leastNormalMagnitude),
      threshold: 1 - Threshold.outputVariance)
    guard areNumbers, measure.isBeyond, given.sum > 0 else { return [] }
    return [
      Finding(
        .constantOutput, .fault, measure,
        problem:
          "The reconstructions are the same for every sample: they have \((made.sum / given.sum).percent) of the "
          + "samples' variance.",
        remedy:
          "The decoder does not read the code: train again with another --seed, a lower --rate, --activation elu "
          + "or --normalization batch, and less of --l2 and --weight-decay.")
    ]
  }
}

/// The variance of each value over samples, summed. By the recurrence of Welford 1962; values that are
/// missing are passed over.
private struct Spread {
  private var counts: [Double]
  private var means: [Double]
  private var squares: [Double]

  init(width: Int) {
    counts = Array(repeating: 0, count: width)
    (means, squares) = (counts, counts)
  }

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    for index in values.indices where !values[index].isNaN {
      let place = index % counts.count
      counts[place] += 1
      let distance = Double(values[index]) - means[place]
      means[place] += distance / counts[place]
      squares[place] += distance * (Double(values[index]) - means[place])
    }
  }

  var sum: Double { Statistics.sum(squares.indices.map { squares[$0] / max(1, counts[$0]) }) }
}
