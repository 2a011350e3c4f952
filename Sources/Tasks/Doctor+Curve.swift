import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// The losses of a training, epoch by epoch, and what is wrong with them.
struct Curve {
  private typealias Threshold = Doctor.Threshold
  private let provenance: Provenance
  let training: [Double]
  /// Empty where some epoch has none.
  private let validation: [Double]

  init(_ provenance: Provenance) {
    self.provenance = provenance
    training = provenance.history.map(\.loss)
    let validation = provenance.history.compactMap(\.validationLoss)
    self.validation = validation.count == training.count ? validation : []
  }

  /// The losses that decide which epoch is kept.
  var counted: [Double] { validation.isEmpty ? training : validation }
  var count: Int { training.count }
  /// A fifth of the epochs, from which the end of the curve is judged.
  var fifth: Int { max(1, count / 5) }

  /// - Parameter share: of the samples' variance that the model misses, if known.
  func findings(share: Double?) -> [Doctor.Finding] {
    guard count >= Threshold.fewestEpochs, (training + validation).allSatisfy(\.isFinite) else { return [] }
    // What makes a curve wild or slow is its rate: one word for one cause.
    let ofRate = tooHigh ?? tooLow(share: share)
    return [ofRate ?? stillFalling, partingWays].compactMap { $0 }
  }

  // MARK: - Rate

  private var tooHigh: Doctor.Finding? {
    let candidates = [halved, setback, unrest].filter(\.isBeyond)
    // The halvings speak for themselves; of the others the one farther beyond.
    let worst = candidates.first { $0.name == halvings } ?? candidates.max { ratio($0) < ratio($1) }
    guard let worst else { return nil }
    let rate = provenance.recipe.rate
    let what =
      switch worst.name {
      case halvings: "The loss diverged, and the rate was halved \(Int(worst.value)) times on the way"
      case "setback":
        "The training loss jumped: one epoch lost \(worst.value.percent) of all that had been learned"
      default: "The training loss goes up and down: it rises by \(worst.value.percent) an epoch in the mean"
      }
    return Doctor.Finding(
      .rateTooHigh, .warning, worst, problem: "\(what). The rate, \(rate), is too high.",
      remedy:
        "Train with --rate \(rate / 10), or with --schedule cosine and --warmup 1; --clip cuts what makes "
        + "it jump.")
  }

  private let halvings = "rate_halvings"

  private func ratio(_ measure: Doctor.Measure) -> Double { measure.value / measure.threshold }

  /// How often a divergence halved the rate.
  var halved: Doctor.Measure {
    var times = 0.0
    if provenance.recipe.schedule == .constant, provenance.recipe.warmup == 0 {
      var rate = provenance.recipe.rate
      for record in provenance.history {
        while record.rate > 0, record.rate < 0.75 * rate {
          rate /= 2
          times += 1
        }
      }
    }
    return Doctor.Measure(halvings, times, threshold: 1)
  }

  /// Pairs of epochs of which the second had no higher rate: a rise that comes with the schedule's restart is meant.
  private var pairs: [Int] {
    (1..<count).filter { provenance.history[$0].rate <= provenance.history[$0 - 1].rate }
  }

  var setback: Doctor.Measure {
    let learned = (training.first ?? 0) - (training.min() ?? 0)
    var lost = 0.0
    for epoch in pairs { lost = max(lost, training[epoch] - training[epoch - 1]) }
    return Doctor.Measure("setback", learned > 0 ? lost / learned : 0, threshold: Threshold.setback)
  }

  var unrest: Doctor.Measure {
    let rises = pairs.map { epoch in
      training[epoch - 1] > 0 ? max(0, training[epoch] / training[epoch - 1] - 1) : 0
    }
    return Doctor.Measure("mean_rise", Statistics.mean(rises) ?? 0, threshold: Threshold.meanRise)
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
    let rate = provenance.recipe.rate
    return Doctor.Finding(
      .rateTooLow, .warning, measure,
      problem:
        "The training loss falls slowly and steadily from the first epoch to the last, from \(first.brief) to "
        + "\(last.brief), and is still far from done: its slope at the end is \(measure.value.percent) of that in "
        + "the mean. The rate, \(rate), is too low.",
      remedy: "Train with --rate \(rate * 10), or with --optimizer adam at its usual rate.")
  }

  /// How much a loss falls an epoch over the last fifth, by least squares.
  func fall(of losses: [Double]) -> Double {
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
    let window = max(2, fifth) + 1
    guard let lowest = counted.min(), counted.suffix(window).contains(lowest),
      let mean = Statistics.mean(counted.suffix(window).map { $0 }), mean > 0
    else { return nil }
    let perEpoch = fall(of: counted) / mean
    let measure = Doctor.Measure(
      "fall_to_come", perEpoch * Double(fifth), threshold: Threshold.fallToCome)
    guard measure.isBeyond else { return nil }
    return Doctor.Finding(
      .undertraining, .warning, measure,
      problem:
        "The loss was still falling when the training ended, by \(perEpoch.percent) an epoch: a fifth more "
        + "epochs would bring it down by about \(measure.value.percent).",
      remedy:
        "Train with --epochs \(3 * count) (now \(count)); with --patience 10 it stops by itself when there is "
        + "nothing more to gain.")
  }

  // MARK: - Over-fitting

  private var partingWays: Doctor.Finding? {
    guard !validation.isEmpty, let best = validation.indices.min(by: { validation[$0] < validation[$1] }),
      validation[best] > 0, training[best] > 0
    else { return nil }
    let tail = max(1, count / 10)
    let end = Statistics.mean(validation.suffix(tail).map { $0 }) ?? 0
    let trainingEnd = Statistics.mean(training.suffix(tail).map { $0 }) ?? 0
    let rise = Doctor.Measure(
      "validation_rise", trainingEnd < training[best] ? end / validation[best] - 1 : 0,
      threshold: Threshold.validationRise)
    let gap = Doctor.Measure(
      "validation_gap", validation[best] / training[best], threshold: Threshold.validationGap)
    if rise.isBeyond {
      return Doctor.overfitting(
        rise,
        "Training and validation part ways: since epoch \(best + 1) the validation loss has risen by "
          + "\(rise.value.percent) while the training loss fell from \(training[best].brief) to "
          + "\(trainingEnd.brief).", patience: true)
    }
    return Doctor.overfitting(gap, training: training[best], held: validation[best])
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

  static func overfitting(_ gap: Measure, training: Double, held: Double) -> Finding? {
    overfitting(
      gap,
      "The model over-fits: held samples have a loss of \(held.brief), \(gap.value.brief) times the "
        + "\(training.brief) of those it was trained on.")
  }

  /// Over-fitting where no validation tells of it: the loss of other samples beside that of the training samples.
  static func gap(
    _ model: Model, _ training: Dataset, _ evaluation: Evaluation, threads: Int
  ) throws -> [Finding] {
    guard model.provenance?.validationLoss == nil else { return [] }
    let losses = try model.scores(training, threads: threads).values.map(Double.init)
    guard let loss = Statistics.mean(losses), loss > 0 else { return [] }
    let gap = Measure("validation_gap", evaluation.loss / loss, threshold: Threshold.validationGap)
    return [overfitting(gap, training: loss, held: evaluation.loss)].compactMap { $0 }
  }
}
extension Curve {
  var figures: String {
    let w = fall(of: training) / (((training.first ?? 0) - (training.last ?? 0)) / Double(count - 1))
    let m = Statistics.mean(counted.suffix(max(2, fifth) + 1).map { $0 }) ?? 0
    return "halved \(halved.value) setback \(setback.value.percent) unrest \(unrest.value.percent) steady \(w) toCome \((fall(of: counted) / m * Double(fifth)).percent)"
  }
}
