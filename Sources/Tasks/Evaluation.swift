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

  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init(_ model: Model, on dataset: Dataset, threads: Int = Team.processors) throws {
    let width = model.autoencoder.architecture.input.count
    let shares = try dataset.shares()
    var own = ErrorSums(width: width, shares)
    var mean = ErrorSums(width: width, shares)
    var linear = ErrorSums(width: width, shares)
    var losses: [Double] = []
    var linearLosses: [Double] = []
    let control = model.control
    let reconstruction = model.autoencoder.architecture.reconstruction
    var projected = [Double](repeating: 0, count: width)
    func share(_ position: Int) -> Double { shares.map { Double($0[position]) } ?? 1 }
    try model.visit(dataset, threads: threads) { start, samples, outputs, batch in
      losses.append(Statistics.sum(batch.indices.map { share(start + $0) * Double(batch[$0]) }))
      for row in 0..<(samples.count / width) {
        let sample = UnsafeBufferPointer(rebasing: samples[(row * width)..<((row + 1) * width)])
        own.add(sample) { Double(outputs[row * width + $0]) }
        guard let control else { continue }
        mean.add(sample) { Double(control.mean[$0]) }
        control.reconstruct(sample, into: &projected)
        linear.add(sample) { projected[$0] }
        let loss = reconstruction.loss(of: projected, for: sample, lastAxis: model.preparation.lastAxis)
        linearLosses.append(share(start + row) * loss)
      }
    }
    self.samples = dataset.count
    loss = Statistics.sum(losses) / Double(dataset.count)
    mse = own.mse
    mae = own.mae
    bce = reconstruction == .bernoulli ? own.bce : nil
    meanMSE = control == nil ? nil : mean.mse
    pcaMSE = control == nil ? nil : linear.mse
    untrainedMSE = try Evaluation.untrainedError(model, dataset, threads)
    pcaLoss = control == nil ? nil : Statistics.mean(linearLosses).flatMap { $0.isNaN ? nil : $0 }
  }

  /// The mean squared error of a copy of the model with the weights it began with.
  private static func untrainedError(_ model: Model, _ dataset: Dataset, _ threads: Int) throws -> Double {
    let start = try Autoencoder(
      model.autoencoder.architecture, seed: model.provenance?.recipe.seed ?? 0)
    let width = start.architecture.input.count
    var errors = ErrorSums(width: width, try dataset.shares())
    try Model(start, model.preparation).visit(dataset, threads: threads) { _, samples, outputs, _ in
      for row in 0..<(samples.count / width) {
        let sample = UnsafeBufferPointer(rebasing: samples[(row * width)..<((row + 1) * width)])
        errors.add(sample) { Double(outputs[row * width + $0]) }
      }
    }
    return errors.mse
  }

  /// The controls that the model does not beat in mean squared error, in words.
  public var unbeaten: [String] {
    var names: [String] = []
    if let meanMSE, !(mse < meanMSE) { names.append("the mean") }
    if let pcaMSE, !(mse < pcaMSE) { names.append("PCA of the same width") }
    if !(mse < untrainedMSE) { names.append("an untrained copy") }
    return names
  }
}

/// Sums of errors over samples, row by row and then by a fixed tree. Each sample adds the mean over the
/// values that are there, times its share.
private struct ErrorSums {
  private let width: Int
  private let shares: [Float]?
  private var squares: [Double] = []
  private var distances: [Double] = []
  private var entropies: [Double] = []
  private var isUnit = true

  init(width: Int, _ shares: [Float]?) {
    self.width = width
    self.shares = shares
  }

  mutating func add(_ sample: UnsafeBufferPointer<Float>, _ output: (Int) -> Double) {
    var (square, distance, entropy) = (0.0, 0.0, 0.0)
    var count = 0
    for index in 0..<width where !sample[index].isNaN {
      count += 1
      let (x, y) = (Double(sample[index]), output(index))
      square += (y - x) * (y - x)
      distance += abs(y - x)
      if isUnit {
        isUnit = x >= 0 && x <= 1 && y >= 0 && y <= 1
        entropy += Reconstruction.crossEntropy(of: y, for: x)
      }
    }
    // 1 for a whole sample that counts as any other: then nothing is rounded.
    let part = Double(width) / Double(max(1, count)) * (shares.map { Double($0[squares.count]) } ?? 1)
    squares.append(part * square)
    distances.append(part * distance)
    entropies.append(part * entropy)
  }

  private func mean(_ sums: [Double]) -> Double { Statistics.sum(sums) / Double(max(1, sums.count * width)) }
  var mse: Double { mean(squares) }
  var mae: Double { mean(distances) }
  var bce: Double? { isUnit ? mean(entropies) : nil }
}
