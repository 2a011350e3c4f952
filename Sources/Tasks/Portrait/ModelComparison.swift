import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Several models on the same samples.
public struct ModelComparison: Sendable {
  /// One of the models with what it comes to.
  public struct Entry: Sendable {
    public let model: Model
    public let evaluation: Evaluation
    /// Mean squared error of each sample in the units of the data, which models of different scales share;
    /// NaN for a sample without any value.
    public let errors: [Double]
    /// Its root over all samples.
    public let deviation: Double
    /// The errors, as roots, below which the shares ``ErrorProfile/fractions`` of the samples lie.
    public let quantiles: [Double]
  }

  public let entries: [Entry]
  /// The samples that all are held against.
  public let judged: Dataset
  /// Whether none of the models was trained on any of them, as far as is known.
  public let isHeldOut: Bool
  /// Drawn by the seed, with the reconstructions of each model.
  public let random: Shown
  /// Where the errors of the models lie furthest apart, as a ratio.
  public let disputed: Shown

  /// Some samples with what every model makes of them.
  public struct Shown: Sendable {
    public let positions: [Int]
    public let originals: Tensor
    /// One a model.
    public let reconstructions: [Tensor]
  }

  /// - Parameter count: of the samples that are shown of either kind.
  /// - Throws: `DataError` if the samples are not of the kind one of the models was trained on.
  public init(
    _ models: [Model], on dataset: Dataset, seed: UInt64 = 1, count: Int? = nil,
    threads: Int = Team.processors
  ) throws {
    precondition(!models.isEmpty, "ModelComparison: no models")
    let held = try ModelComparison.held(models, dataset)
    let judged = held ?? dataset
    isHeldOut = held != nil
    let entries = try models.map { try Entry($0, judged, threads: threads) }
    let count = count ?? Portrait.Counts(SampleKind(models[0].preparation)).best
    let order = Random(seed: seed, stream: .analysis).permutation(judged.count)
    func shown(_ positions: some Sequence<UInt32>) throws -> Shown {
      let positions = Array(positions)
      let some = judged.subset(positions)
      return Shown(
        positions: positions.map(Int.init), originals: some.tensor.asFloat32,
        reconstructions: try models.map { try $0.reconstruct(some, threads: threads) })
    }
    random = try shown(order.prefix(count))
    let spread = (0..<judged.count).map { position in
      ModelComparison.spread(entries.map { $0.errors[position] })
    }
    let ranked = spread.indices.filter { spread[$0].isFinite }.sorted { (spread[$1], $0) < (spread[$0], $1) }
    disputed = try shown(ranked.prefix(count).map { UInt32($0) })
    (self.entries, self.judged) = (entries, judged)
  }

  /// The part that was held out of the training of every model; nil where that is not one and the same.
  private static func held(_ models: [Model], _ dataset: Dataset) throws -> Dataset? {
    let parts = try models.map { try $0.parts(of: dataset)?.held }
    guard let first = parts.first ?? nil else { return nil }
    return parts.allSatisfy { $0?.rows == first.rows } ? first : nil
  }

  /// The largest error of a sample over the least.
  private static func spread(_ errors: [Double]) -> Double {
    guard let least = errors.min(), let largest = errors.max(), errors.allSatisfy(\.isFinite) else {
      return .nan
    }
    return largest / max(least, .leastNormalMagnitude)
  }
}

extension ModelComparison.Entry {
  fileprivate init(_ model: Model, _ dataset: Dataset, threads: Int) throws {
    let width = model.autoencoder.architecture.input.count
    let scaling = model.preparation.scaling
    let factors = scaling.scale.map { 1 / (Double($0) * Double($0)) }
    var errors: [Double] = []
    errors.reserveCapacity(dataset.count)
    try model.visit(dataset, threads: threads) { _, samples, outputs, losses in
      for row in losses.indices {
        var (sum, count) = (0.0, 0.0)
        for index in 0..<width where !samples[row * width + index].isNaN {
          let difference = Double(outputs[row * width + index]) - Double(samples[row * width + index])
          sum += difference * difference * factors[scaling.isPerFeature ? index : 0]
          count += 1
        }
        errors.append(sum / count)
      }
    }
    let finite = errors.filter(\.isFinite)
    let roots = finite.map { $0.squareRoot() }.sorted()
    self.model = model
    self.errors = errors
    evaluation = try Evaluation(model, on: dataset, threads: threads)
    deviation = (Statistics.mean(finite) ?? .nan).squareRoot()
    quantiles = ErrorProfile.fractions.map { Statistics.quantile($0, ofSorted: roots) ?? .nan }
  }
}
