import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How well a model reconstructs samples, beside three controls that it must beat to be worth anything: the
/// mean of its training samples, their principal components in the same number, and an untrained copy of
/// itself.
///
/// All errors are on the model's own scale. A measure that does not apply is nil. Samples count by their
/// weights, values that are missing not at all: an error is the mean over samples of the mean over the values
/// that are there. PCA takes a value that is missing for the mean.
///
/// Which of them is the best is a matter of squared errors alone, by one rule: see ``unbeaten``.
public struct Evaluation: Hashable, Sendable {
  public let samples: Int
  /// The mean of the model's own loss.
  public let loss: Double
  /// Σ (reconstruction - sample)² / values
  public let mse: Double
  /// Σ |reconstruction - sample| / values
  public let mae: Double
  /// The binary cross-entropy, where all values lie in [0, 1] and the model's reconstructions are
  /// probabilities.
  public let bce: Double?
  public let meanMSE: Double?
  public let pcaMSE: Double?
  public let untrainedMSE: Double
  /// The model's own loss for the reconstructions of the principal components.
  public let pcaLoss: Double?
  /// Both in the model's own loss, of the samples that ``decisive`` is of; nil where that loss is the squared
  /// error, or there is no control.
  public let ownLosses: OwnLosses?

  /// The mean squared errors over all samples.
  public var whole: Errors {
    Errors(model: mse, mean: meanMSE, pca: pcaMSE, untrained: untrainedMSE)
  }

  /// The medians over samples of squared errors, each of them the mean over a sample's values.
  public let medians: Errors
  /// Samples that alone decide how large the means are, if there are such.
  public let heavy: HeavySamples?
  /// What a verdict goes by: the mean squared errors, of all samples or, where some are heavy, of the others.
  public let decisive: Errors
  /// The errors without the worst, of a model whose training left the worst out (`Recipe.trim`).
  public let typical: Typical?
  /// Why no model can do better on these samples, or why they tell nothing of it; nil where nothing stands in
  /// the way.
  public let obstacle: Obstacle?
  /// Of records, what each field costs beside the best constant law; nil of other samples.
  public let fields: [FieldError]?

  /// The model's own loss, of its reconstructions and of those of the principal components.
  public struct OwnLosses: Hashable, Sendable {
    public let model: Double
    public let pca: Double
  }

  /// The means over all but the worst samples, of the model and of each control without those that it does
  /// worst on itself.
  public struct Typical: Hashable, Sendable {
    /// The part of the samples that is left out.
    public let share: Double
    public let errors: Errors
  }

  /// A squared error of the model and of each control.
  public struct Errors: Hashable, Sendable {
    public let model: Double
    public let mean: Double?
    public let pca: Double?
    public let untrained: Double
  }

  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init(_ model: Model, on dataset: Dataset, threads: Int = Team.processors) throws {
    let shares = try dataset.shares()
    let sums = try Sums(model, dataset, shares, threads)
    let untrained = try Evaluation.untrained(model, dataset, shares, threads)
    samples = dataset.count
    loss = Statistics.sum(sums.losses) / Double(dataset.count)
    mse = sums.own.mse
    mae = sums.own.mae
    bce = model.autoencoder.architecture.reconstruction == .bernoulli ? sums.own.bce : nil
    meanMSE = sums.mean?.mse
    pcaMSE = sums.linear?.mse
    untrainedMSE = untrained.mse
    pcaLoss = Statistics.mean(sums.linearLosses).flatMap { $0.isNaN ? nil : $0 }
    let heavy = HeavySamples((sums.mean ?? sums.own).samples) { dataset.sampleName($0) }
    self.heavy = heavy
    let without = Set(heavy?.positions ?? [])
    func errors(_ error: (ErrorSums) -> Double) -> Errors {
      Errors(
        model: error(sums.own), mean: sums.mean.map(error), pca: sums.linear.map(error),
        untrained: error(untrained))
    }
    medians = errors(\.medianSquare)
    decisive = errors { without.isEmpty ? $0.mse : $0.mse(without: without) }
    typical = (model.provenance?.recipe.trim).map { share in
      Typical(share: Double(share), errors: errors { $0.mse(withoutWorst: Double(share)) })
    }
    ownLosses = sums.ownLosses(without: without)
    obstacle = Evaluation.obstacle(model, decisive, sums.values)
    fields = try FieldError.of(model, on: dataset, threads: threads)
  }

  /// The errors of a copy of the model with the weights it began with.
  private static func untrained(
    _ model: Model, _ dataset: Dataset, _ shares: [Float]?, _ threads: Int
  ) throws -> ErrorSums {
    let start = try Autoencoder(
      model.autoencoder.architecture, seed: model.provenance?.recipe.seed ?? 0)
    let width = start.architecture.input.count
    var errors = ErrorSums(width: width, shares)
    try Model(start, model.preparation).visit(dataset, threads: threads) { _, samples, outputs, losses in
      guard start.outline.record == nil else {
        for loss in losses { errors.add(Double(loss)) }
        return
      }
      for row in 0..<(samples.count / width) {
        let sample = UnsafeBufferPointer(rebasing: samples[(row * width)..<((row + 1) * width)])
        errors.add(sample) { Double(outputs[row * width + $0]) }
      }
    }
    return errors
  }
}

/// What the model and the controls that it keeps make of samples.
private struct Sums {
  var own: ErrorSums
  /// Nil without a control.
  var mean: ErrorSums?
  var linear: ErrorSums?
  /// Of chunks of samples the sums, of single ones the losses.
  var losses: [Double] = []
  var linearLosses: [Double] = []
  /// Of single samples, where the loss is not the squared error.
  private var ownLosses: [Double] = []
  /// Of each value of a sample.
  var values: ValueErrors
  private let shares: [Float]?

  init(_ model: Model, _ dataset: Dataset, _ shares: [Float]?, _ threads: Int) throws {
    let width = model.autoencoder.architecture.input.count
    own = ErrorSums(width: width, shares)
    let isRecord = model.autoencoder.outline.record != nil
    mean = model.control != nil || isRecord ? ErrorSums(width: width, shares) : nil
    linear = isRecord ? nil : mean
    values = ValueErrors(width: width)
    self.shares = shares
    let reconstruction = model.autoencoder.architecture.reconstruction
    var projected = [Double](repeating: 0, count: width)
    func share(_ position: Int) -> Double { shares.map { Double($0[position]) } ?? 1 }
    try model.visit(dataset, threads: threads) { start, samples, outputs, batch in
      let weighted = batch.indices.map { share(start + $0) * Double(batch[$0]) }
      losses.append(Statistics.sum(weighted))
      if let record = reconstruction.record {
        for loss in batch { own.add(Double(loss)) }
        for row in batch.indices {
          mean?.add(
            record.constantLoss(UnsafeBufferPointer(rebasing: samples[(row * width)..<((row + 1) * width)])))
        }
        return
      }
      if reconstruction != .gaussian { ownLosses += weighted }
      for row in 0..<(samples.count / width) {
        let sample = UnsafeBufferPointer(rebasing: samples[(row * width)..<((row + 1) * width)])
        own.add(sample) { Double(outputs[row * width + $0]) }
        guard let control = model.control else { continue }
        mean?.add(sample) { Double(control.mean[$0]) }
        control.reconstruct(sample, into: &projected)
        linear?.add(sample) { projected[$0] }
        values.add(sample, control.mean, projected)
        let loss = reconstruction.loss(of: projected, for: sample, lastAxis: model.preparation.lastAxis)
        linearLosses.append(share(start + row) * loss)
      }
    }
  }

  /// The means of the own losses over all samples but some.
  func ownLosses(without positions: Set<Int>) -> Evaluation.OwnLosses? {
    guard !ownLosses.isEmpty, ownLosses.count == linearLosses.count,
      linearLosses.allSatisfy({ !$0.isNaN })
    else { return nil }
    let kept = ownLosses.indices.filter { !positions.contains($0) }
    let weight = shares.map { shares in Statistics.sum(kept.map { Double(shares[$0]) }) }
    let count = max(weight ?? Double(kept.count), .leastNormalMagnitude)
    return Evaluation.OwnLosses(
      model: Statistics.sum(kept.map { ownLosses[$0] }) / count,
      pca: Statistics.sum(kept.map { linearLosses[$0] }) / count)
  }
}

/// The squared errors of the controls in each value of a sample, summed over samples.
struct ValueErrors {
  private(set) var mean: [Double]
  private(set) var linear: [Double]

  init(width: Int) {
    mean = [Double](repeating: 0, count: width)
    linear = mean
  }

  mutating func add(_ sample: UnsafeBufferPointer<Float>, _ mean: [Float], _ projected: [Double]) {
    for index in sample.indices where !sample[index].isNaN {
      let value = Double(sample[index])
      let (distance, rest) = (value - Double(mean[index]), value - projected[index])
      self.mean[index] += distance * distance
      linear[index] += rest * rest
    }
  }
}
