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
    /// Mean squared error of each sample on one scale, which models of different scales share: see
    /// ``ModelComparison/isInDeviations``. NaN for a sample without any value.
    public let errors: [Double]
    /// The root of its mean over all samples, by their weights.
    public let deviation: Double
    /// The same over the samples that models are ranked by: without those that alone decide how large it is.
    public let decisive: Double
    /// The errors, as roots, below which the shares ``ErrorProfile/fractions`` of the samples lie.
    public let quantiles: [Double]
  }

  public let entries: [Entry]
  /// Whether errors are in standard deviations of the samples, each column or channel by its own: a column of
  /// large numbers would count for all of them otherwise. Where all values of a sample share one unit, as
  /// pixels do, errors are in that.
  public let isInDeviations: Bool
  /// Samples that alone decide how large errors are, if there are such.
  public let heavy: HeavySamples?
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
    let (judged, isHeldOut) = try ModelComparison.judged(models, dataset)
    self.isHeldOut = isHeldOut
    let unit = ModelComparison.unit(of: judged)
    isInDeviations = unit.isPerFeature
    let errors = try models.map { try ModelComparison.errors(of: $0, judged, in: unit, threads: threads) }
    let heavy = try HeavySamples(judged, unit)
    let entries = try zip(models, errors).map {
      try Entry($0, judged, errors: $1, without: heavy?.positions ?? [], threads: threads)
    }
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
    (self.entries, self.judged, self.heavy) = (entries, judged, heavy)
  }

  /// The samples that none of the models was trained on, as far as is known; all, where there are none. And
  /// whether it is known of every model.
  private static func judged(_ models: [Model], _ dataset: Dataset) throws -> (Dataset, isHeldOut: Bool) {
    for model in models { try model.preparation.check(dataset) }
    let found = try models.compactMap { try $0.familiarity(with: dataset) }
    let common = found.dropFirst().reduce(Set(found.first?.positions ?? [])) { $0.intersection($1.positions) }
    let isTest = !common.isEmpty && found.allSatisfy(\.isTest)
    let isHeldOut = isTest && found.count == models.count
    guard isTest, common.count < dataset.count else { return (dataset, isHeldOut) }
    return (dataset.subset(common.sorted()), isHeldOut)
  }

  /// The largest error of a sample over the least.
  private static func spread(_ errors: [Double]) -> Double {
    guard let least = errors.min(), let largest = errors.max(), errors.allSatisfy(\.isFinite) else {
      return .nan
    }
    return largest / max(least, .leastNormalMagnitude)
  }
}

extension ModelComparison {
  /// The scale that all errors are measured on: by the samples alone, so that it is that of no model.
  private static func unit(of judged: Dataset) -> Scaling {
    let standard = try? Scaling.fitted(.standard, to: judged)
    guard let standard, standard.isPerFeature, Set(standard.scale).count > 1 else {
      return .none(isUnitInterval: false)
    }
    return standard
  }

  /// Mean squared error of each sample in the units of the data, or in those of a scale.
  private static func errors(
    of model: Model, _ dataset: Dataset, in unit: Scaling, threads: Int
  ) throws -> [Double] {
    let width = model.autoencoder.architecture.input.count
    let scaling = model.preparation.scaling
    let factors = (0..<width).map { index -> Double in
      let own = Double(scaling.scale[scaling.isPerFeature ? index : 0])
      let shared = unit.isPerFeature ? Double(unit.scale[index]) : 1
      return (shared / own) * (shared / own)
    }
    var errors: [Double] = []
    errors.reserveCapacity(dataset.count)
    try model.visit(dataset, threads: threads) { _, samples, outputs, losses in
      for row in losses.indices {
        var (sum, count) = (0.0, 0.0)
        for index in 0..<width where !samples[row * width + index].isNaN {
          let difference = Double(outputs[row * width + index]) - Double(samples[row * width + index])
          sum += difference * difference * factors[index]
          count += 1
        }
        errors.append(sum / count)
      }
    }
    return errors
  }
}

extension ModelComparison.Entry {
  fileprivate init(
    _ model: Model, _ dataset: Dataset, errors: [Double], without heavy: [Int], threads: Int
  ) throws {
    let roots = errors.filter(\.isFinite).map { $0.squareRoot() }.sorted()
    let shares = try dataset.shares()
    func deviation(without left: Set<Int>) -> Double {
      let kept = errors.indices.filter { errors[$0].isFinite && !left.contains($0) }
      let weights = kept.map { Double(shares?[$0] ?? 1) }
      let sum = Statistics.sum(zip(kept, weights).map { errors[$0] * $1 })
      return (sum / Statistics.sum(weights)).squareRoot()
    }
    self.model = model
    self.errors = errors
    evaluation = try Evaluation(model, on: dataset, threads: threads)
    self.deviation = deviation(without: [])
    decisive = deviation(without: Set(heavy))
    quantiles = ErrorProfile.fractions.map { Statistics.quantile($0, ofSorted: roots) ?? .nan }
  }
}
