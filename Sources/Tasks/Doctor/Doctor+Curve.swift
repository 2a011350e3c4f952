import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// The losses of a training, epoch by epoch, and what is wrong with them.
struct Curve {
  private typealias Threshold = Doctor.Threshold
  private let history: [Provenance.Record]
  /// The state before the first step, where it counts as epoch 0.
  private let start: Provenance.Record?
  /// Of the training, if it is known.
  private let recipe: Recipe?
  private let training: [Double]
  /// Empty where some epoch has none.
  private let validation: [Double]
  /// The loss of the principal components: what changes little beside it matters little. Without it a model
  /// that is right to a thousandth would be called unfinished because it comes to be right to half of that.
  private let yardstick: Double

  /// Whether the rate is one that a search has found.
  private let isTuned: Bool
  /// What a loss is called: an objective, where it is more than the error.
  private let word: String

  /// - Parameter linearLoss: of principal components of the same width, if known.
  init(
    _ history: [Provenance.Record], _ recipe: Recipe?, start: Provenance.Record? = nil, linearLoss: Double?,
    isTuned: Bool = false, word: String = "loss"
  ) {
    self.start = start
    (self.isTuned, self.word) = (isTuned, word)
    self.history = history
    self.recipe = recipe
    yardstick = linearLoss.flatMap { $0.isFinite ? $0 : nil } ?? 0
    training = history.map(\.loss)
    let validation = history.compactMap(\.validationLoss)
    self.validation = validation.count == training.count ? validation : []
  }

  /// The losses that decide which epoch is kept.
  private var counted: [Double] { validation.isEmpty ? training : validation }
  private var count: Int { training.count }
  /// The highest, where no recipe tells of a schedule.
  private var rate: Float { recipe?.rate ?? history.map(\.rate).max() ?? 0 }
  /// A fifth of the epochs, from which the end of the curve is judged.
  private var fifth: Int { max(1, count / 5) }

  /// - Parameter share: of the samples' variance that the model misses, if known.
  func findings(share: Double?) -> [Doctor.Finding] {
    guard count >= Threshold.fewestEpochs, (training + validation).allSatisfy(\.isFinite) else { return [] }
    // What makes a curve wild or slow is its rate: one word for one cause.
    // A rate that won against others is no cause: its unrest is worth what it brought.
    let ofRate = isTuned ? nil : tooHigh ?? tooLow(share: share)
    return [ofRate ?? stillFalling, partingWays].compactMap { $0 }
  }

  /// What a change of a loss is held against.
  private func level(_ loss: Double) -> Double { max(loss, yardstick, .leastNormalMagnitude) }

  // MARK: - Rate

  private var tooHigh: Doctor.Finding? {
    // One jump makes the mean rise high too: what says most comes first.
    guard let worst = [halved, setback, unrest, peaks].first(where: \.isBeyond) else { return nil }
    let what =
      switch worst.name {
      case halvings: "The \(word) diverged, and the rate was halved \(Int(worst.value)) times on the way"
      case "setback":
        "The training \(word) jumped: one epoch lost \(worst.value.percent) of all that had been learned"
      case "validation_peaks":
        "The validation \(word) goes up and down, in the mean by \(worst.value.percent) an epoch"
      default:
        "The training \(word) goes up and down: it rises by \(worst.value.percent) an epoch in the mean"
      }
    return Doctor.Finding(
      .rateTooHigh, .warning, worst, problem: "\(what). The rate, \(Double(rate).brief), is too high.",
      remedy:
        "Train with --rate \((Double(rate) / 10).brief), or with --schedule cosine and --warmup 1; --clip "
        + "cuts what makes it jump.")
  }

  private let halvings = "rate_halvings"

  /// How often a divergence halved the rate.
  private var halved: Doctor.Measure {
    var times = 0.0
    if let recipe, let steady = steadyPart(recipe) {
      var rate = recipe.rate
      let warm = Int(min(recipe.warmup, 1e6).rounded(.up))
      for record in history.prefix(Int((steady * Double(recipe.epochs)).rounded(.down))).dropFirst(warm) {
        while record.rate > 0, record.rate < 0.75 * rate {
          rate /= 2
          times += 1
        }
      }
    }
    return Doctor.Measure(halvings, times, threshold: 1)
  }

  /// The part of all epochs over which the schedule leaves the rate as it is; nil where it never does.
  private func steadyPart(_ recipe: Recipe) -> Double? {
    switch recipe.schedule {
    case .constant: 1
    case .trapezoid(let fall, _): 1 - fall
    case .step, .exponential, .inverseTime, .cosine, .oneCycle, .plateau: nil
    }
  }

  /// Pairs of epochs of which the second had no higher rate: a rise that comes with the schedule's restart is
  /// meant.
  private var pairs: [Int] {
    (1..<count).filter { history[$0].rate <= history[$0 - 1].rate }
  }

  private var setback: Doctor.Measure {
    let learned = (training.first ?? 0) - (training.min() ?? 0)
    var lost = 0.0
    // Where little was learned, as after a training that was good already, noise is no setback.
    for epoch in pairs {
      lost = max(lost, (training[epoch] - training[epoch - 1]) / max(learned, level(training[epoch - 1])))
    }
    return Doctor.Measure("setback", lost, threshold: Threshold.setback)
  }

  private var unrest: Doctor.Measure {
    let rises = pairs.map { epoch in
      max(0, training[epoch] - training[epoch - 1]) / level(training[epoch - 1])
    }
    return Doctor.Measure("mean_rise", Statistics.mean(rises) ?? 0, threshold: Threshold.meanRise)
  }

  /// How far an epoch's validation loss stands above those before and after it: what a rate that is too high
  /// does where the mean over an epoch's steps hides it. A rise that stays is none of these.
  private var peaks: Doctor.Measure {
    let heights = validation.indices.dropFirst().dropLast().map { epoch in
      let above = validation[epoch] - max(validation[epoch - 1], validation[epoch + 1])
      return max(0, above) / level(min(validation[epoch - 1], validation[epoch + 1]))
    }
    return Doctor.Measure("validation_peaks", Statistics.mean(heights) ?? 0, threshold: Threshold.peaks)
  }

  private func tooLow(share: Double?) -> Doctor.Finding? {
    guard count >= Threshold.fewestSteadyEpochs, let first = training.first, let last = training.last,
      last > Threshold.farFromDone * first, (share ?? 1) > Threshold.farFromDone, last < first
    else { return nil }
    let falling = (1..<count).filter { training[$0] < training[$0 - 1] }.count
    guard Double(falling) >= 0.9 * Double(count - 1) else { return nil }
    let whole = (first - last) / Double(count - 1)
    let measure = Doctor.Measure(
      "steadiness", fall(of: training) / whole, threshold: Threshold.steadiness)
    guard measure.isBeyond else { return nil }
    return Doctor.Finding(
      .rateTooLow, .warning, measure,
      problem:
        "The training \(word) falls slowly and steadily from the first epoch to the last, from "
        + "\(first.brief) to \(last.brief), and is still far from done: its slope at the end is "
        + "\(measure.value.percent) of that in the mean. The rate, \(Double(rate).brief), is too low.",
      remedy: "Train with --rate \((Double(rate) * 10).brief), or with --optimizer adam at its usual rate.")
  }

  /// How much a loss falls an epoch over the last fifth, by least squares.
  private func fall(of losses: [Double]) -> Double {
    let window = losses.suffix(max(2, fifth) + 1).map { $0 }
    let middle = Double(window.count - 1) / 2
    let mean = Statistics.mean(window) ?? 0
    var (product, square) = (0.0, 0.0)
    for (place, loss) in window.enumerated() {
      product += (Double(place) - middle) * (loss - mean)
      square += (Double(place) - middle) * (Double(place) - middle)
    }
    return square > 0 ? -product / square : 0
  }

  // MARK: - Length

  private var stillFalling: Doctor.Finding? {
    // Of lowest losses, so that neither a jump nor the noise of a finished training counts as falling.
    guard let before = counted.dropLast(fifth).min(), let lowest = counted.min() else { return nil }
    let measure = Doctor.Measure(
      "late_fall", (before - lowest) / level(lowest), threshold: Threshold.lateFall)
    guard measure.isBeyond else { return nil }
    let end = fifth == 1 ? "the last epoch" : "the last \(fifth) epochs"
    return Doctor.Finding(
      .undertraining, .warning, measure,
      problem:
        "The \(word) was still falling when the training ended: \(end) brought it down from \(before.brief) to "
        + "\(lowest.brief), by \(measure.value.percent) of \(lowest < yardstick ? "the \(word) of PCA, \(yardstick.brief)" : "it").",
      remedy:
        "Train with --epochs \(3 * count) (now \(count)); with --patience 10 it stops by itself when there "
        + "is nothing more to gain.")
  }

  // MARK: - Over-fitting

  private func wasEndedByPatience(_ best: Int) -> Bool {
    guard let recipe, let patience = recipe.patience else { return false }
    let isStart = start?.validationLoss.map { $0 <= validation[best] } ?? false
    return count < recipe.epochs && count - (isStart ? 0 : best + 1) >= patience
  }

  private var partingWays: Doctor.Finding? {
    guard !validation.isEmpty, let best = validation.indices.min(by: { validation[$0] < validation[$1] }),
      validation[best] > 0, training[best] > 0
    else { return nil }
    let tail = max(1, count / 10)
    let end = Statistics.mean(validation.suffix(tail).map { $0 }) ?? 0
    let trainingEnd = Statistics.mean(training.suffix(tail).map { $0 }) ?? 0
    let level = level(validation[best])
    let rise = Doctor.Measure(
      "validation_rise", trainingEnd < training[best] ? (end - validation[best]) / level : 0,
      threshold: Threshold.validationRise)
    // What ended the training is no fault: the epoch before the rise is the one that was kept.
    if rise.isBeyond, !wasEndedByPatience(best) {
      let unit = validation[best] < yardstick ? " of that of PCA" : ""
      return Doctor.overfitting(
        rise,
        "Training and validation part ways: since epoch \(best + 1) the validation \(word) has risen by "
          + "\(rise.value.percent)\(unit) while the training \(word) fell from \(training[best].brief) to "
          + "\(trainingEnd.brief).", patience: true)
    }
    return Doctor.overfitting(
      training: training[best], held: validation[best], yardstick: yardstick, word: word)
  }
}

extension Doctor {
  static func overfitting(_ measure: Measure, _ problem: String, patience: Bool = false) -> Finding? {
    guard measure.isBeyond else { return nil }
    return Finding(
      .overfitting, .warning, measure, problem: problem,
      remedy: "Train on more samples, or with --dropout 0.2, --weight-decay 0.01, or fewer units (--layers)"
        + (patience ? "; --patience 10 ends it in time." : "."))
  }

  static func overfitting(
    training: Double, held: Double, yardstick: Double, word: String = "loss"
  ) -> Finding? {
    guard training > 0, held - training >= Threshold.validationRise * yardstick else { return nil }
    let gap = Measure("validation_gap", held / training, threshold: Threshold.validationGap)
    return overfitting(
      gap,
      "The model over-fits: held samples have \(word == "loss" ? "a" : "an") \(word) of \(held.brief), \(gap.value.brief) times the "
        + "\(training.brief) of those it was trained on.")
  }

  /// Over-fitting where no validation tells of it: the loss of other samples beside that of the training
  /// samples.
  static func gap(
    _ model: Model, _ training: Dataset, _ evaluation: Evaluation, threads: Int
  ) throws -> [Finding] {
    guard model.provenance?.validationLoss == nil else { return [] }
    let shares = try training.shares()
    var losses: [Double] = []
    try model.visit(training, threads: threads) { start, _, _, batch in
      losses += batch.enumerated().map { row, loss in
        Double(loss) * (shares.map { Double($0[start + row]) } ?? 1)
      }
    }
    guard let loss = Statistics.mean(losses) else { return [] }
    return [overfitting(training: loss, held: evaluation.loss, yardstick: evaluation.pcaLoss ?? 0)]
      .compactMap { $0 }
  }
}
