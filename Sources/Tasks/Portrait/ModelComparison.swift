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
    /// The same over the samples that models are ranked by: without those that alone decide how large it is.
    public let decisive: Double
    /// The errors, as roots, below which the shares ``ErrorProfile/fractions`` of the samples lie.
    public let quantiles: [Double]
  }

  public let entries: [Entry]
  /// Samples that alone decide how large some model's error is, if there are such.
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
    let errors = try models.map { try ModelComparison.errors(of: $0, judged, threads: threads) }
    let heavy = HeavySamples(errors.map { $0.map { $0.isNaN ? 0 : $0 } }) { judged.sampleName($0) }
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
  /// Mean squared error of each sample in the units of the data.
  private static func errors(of model: Model, _ dataset: Dataset, threads: Int) throws -> [Double] {
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
    return errors
  }
}

extension ModelComparison.Entry {
  fileprivate init(
    _ model: Model, _ dataset: Dataset, errors: [Double], without heavy: [Int], threads: Int
  ) throws {
    let finite = errors.filter(\.isFinite)
    let roots = finite.map { $0.squareRoot() }.sorted()
    let left = Set(heavy)
    let others = errors.indices.filter { errors[$0].isFinite && !left.contains($0) }.map { errors[$0] }
    self.model = model
    self.errors = errors
    evaluation = try Evaluation(model, on: dataset, threads: threads)
    deviation = (Statistics.mean(finite) ?? .nan).squareRoot()
    decisive = (Statistics.mean(others) ?? .nan).squareRoot()
    quantiles = ErrorProfile.fractions.map { Statistics.quantile($0, ofSorted: roots) ?? .nan }
  }
}
