import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// What a model tells of samples besides themselves.
extension Model {
  /// What the heads' layers give for each sample, one head behind the other: `[n, numbers]`.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; ``TrainingError`` of
  ///   a model without heads.
  public func headOutputs(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    let heads = autoencoder.architecture.heads
    guard !heads.isEmpty else {
      throw TrainingError(
        place: "heads", expected: "a model that tells something of samples", found: "one without a target",
        remedy: "train one with --target")
    }
    try preparation.check(dataset)
    let part = PreparedPart(
      self, autoencoder, .heads, rows: dataset.count, gaps: dataset.hasGaps, threads: threads)
    let (values, _) = try part.outputs(dataset)
    return Tensor([dataset.count, values.count / max(1, dataset.count)], values)
  }

  /// What samples should be told to be by a head, on its own scale: `count` values a sample in the data set's
  /// order, NaN where nobody knows.
  ///
  /// - Throws: ``TrainingError`` for samples without the target.
  public func targets(of head: Head, in dataset: Dataset) throws -> [Float] {
    let values = try head.targets(in: dataset)
    guard let rows = dataset.rows else { return values }
    return rows.flatMap { values[(Int($0) * head.count)..<((Int($0) + 1) * head.count)] }
  }

  /// The same model with heads that know how sure they are: the logits of classes  are divided by the
  /// temperature at which minus the mean log-probability of samples is lowest that it was not trained on, and
  /// of numbers it is kept how far off they are on these.
  ///
  /// - Source: Guo et al. 2017, section 4.2; Vovk et al. 2005 (split conformal prediction).
  public func calibratingHeads(on dataset: Dataset, threads: Int = Team.processors) throws -> Model {
    var architecture = autoencoder.architecture
    let outputs = try headOutputs(dataset, threads: threads).values
    let width = outputs.count / max(1, dataset.count)
    var start = 0
    for number in architecture.heads.indices {
      let head = architecture.heads[number]
      let size = head.output.count
      defer { start += size }
      let targets = try targets(of: head, in: dataset)
      guard head.tellsClasses else {
        let own = start
        architecture.heads[number].residuals = Head.residuals(
          targets.enumerated().compactMap { index, target in
            let (sample, place) = index.quotientAndRemainder(dividingBy: head.count)
            let at = sample * width + own + place * head.law.parameters
            return target.isNaN ? nil : (target - outputs[at]).magnitude
          })
        continue
      }
      architecture.heads[number].temperature =
        Temperature(
          outputs, stride: width, from: start, levels: head.law.parameters, places: head.count,
          isPicture: head.isPicture, targets: targets)?.value ?? 1
    }
    var model = self
    model.autoencoder = try Autoencoder(architecture, block: autoencoder.block)
    return model
  }
}

extension Head {
  /// Errors kept at most.
  private static let mostResiduals = 999

  /// Errors in order, of very many every so-manieth.
  fileprivate static func residuals(_ errors: [Float]) -> [Float] {
    let sorted = errors.sorted()
    guard sorted.count > mostResiduals else { return sorted }
    return (1...mostResiduals).map { sorted[$0 * (sorted.count + 1) / (mostResiduals + 1) - 1] }
  }

  /// Half the width of the interval about a number that holds the true one with this probability, on the
  /// head's own scale: the ⌈(n + 1) level⌉-th of n errors. Nil where too few are known for the level.
  public func margin(_ level: Double) -> Double? {
    let place = Int((Double(residuals.count + 1) * level - 1e-9).rounded(.up))
    guard place >= 1, place <= residuals.count else { return nil }
    return Double(residuals[place - 1])
  }
}

/// The divisor of logits that makes them fit.
struct Temperature {
  let value: Float

  /// Labelled values below which none is fitted, and values looked at.
  static let fewest = 50
  static let most = 20_000

  /// - Parameters:
  ///   - outputs: `stride` numbers a sample, of which the logits begin at `from`: `[places, levels]`, of a
  ///     picture `[levels, places]`.
  ///   - targets: `places` a sample, NaN where none is known. Nil where too few are.
  init?(
    _ outputs: [Float], stride: Int, from: Int, levels: Int, places: Int, isPicture: Bool, targets: [Float]
  ) {
    var logits: [[Double]] = []
    var classes: [Int] = []
    let known = targets.indices.filter { !targets[$0].isNaN }
    let step = max(1, known.count / Temperature.most)
    for index in Swift.stride(from: 0, to: known.count, by: step) {
      let (sample, place) = known[index].quotientAndRemainder(dividingBy: places)
      let start = sample * stride + from
      logits.append(
        (0..<levels).map { level in
          Double(outputs[start + (isPicture ? level * places + place : place * levels + level)])
        })
      classes.append(Int(targets[known[index]]))
    }
    guard classes.count >= Temperature.fewest else { return nil }
    // Golden section over the logarithm: the loss has one valley in 1 / T.
    var (low, high) = (-2.3, 2.3)
    let ratio = (5.0.squareRoot() - 1) / 2
    var (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
    var (lossA, lossB) = (
      Temperature.loss(logits, classes, a.exponential), Temperature.loss(logits, classes, b.exponential)
    )
    for _ in 0..<40 {
      if lossA <= lossB {
        (high, b, lossB) = (b, a, lossA)
        a = high - ratio * (high - low)
        lossA = Temperature.loss(logits, classes, a.exponential)
      } else {
        (low, a, lossA) = (a, b, lossB)
        b = low + ratio * (high - low)
        lossB = Temperature.loss(logits, classes, b.exponential)
      }
    }
    value = Float(((low + high) / 2).exponential)
  }

  /// Minus the mean log-probability.
  static func loss(_ logits: [[Double]], _ classes: [Int], _ temperature: Double) -> Double {
    var sum = 0.0
    for (row, own) in zip(logits, classes) {
      let greatest = row.max() ?? 0
      let whole = row.reduce(0) { $0 + (($1 - greatest) / temperature).exponential }
      sum += whole.logarithm - (row[own] - greatest) / temperature
    }
    return sum / Double(max(1, classes.count))
  }
}
