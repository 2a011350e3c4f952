import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How far each factor of variation has a value of the code to itself.
///
///     MIG = mean over factors of (I(z₁; v) - I(z₂; v)) / H(v)
///     SAP = mean over factors of R²(z₁; v) - R²(z₂; v)
///
/// where z₁ and z₂ are the two values of the code that tell most of the factor v: mutual information I and
/// entropy H in nats, and the share R² of variance that the one explains in the other: the squared
/// correlation, for a factor of classes the correlation ratio (Fisher 1925) in place of a classifier's score.
/// 1 is one value a factor; 0 is a code in which every factor is spread over several.
///
/// - Source: Chen et al. 2018, "Isolating sources of disentanglement", and Kumar et al. 2018. Codes are cut
///   into 20 bins of equal width (Locatello et al. 2019), factors of many values into 20 of equal numbers.
public struct Disentanglement: Hashable, Sendable {
  public struct Row: Hashable, Sendable {
    public let factor: String
    /// H(v), in nats.
    public let entropy: Double
    /// I(z; v) for each value of the code, in nats.
    public let information: [Double]
    /// R² for each value of the code.
    public let explained: [Double]

    /// The gap of mutual information, divided by the entropy.
    public var informationGap: Double { entropy > 0 ? Disentanglement.gap(information) / entropy : 0 }
    public var explainedGap: Double { Disentanglement.gap(explained) }
  }

  /// One a factor that varies.
  public let rows: [Row]

  /// The mutual information gap.
  public var informationGap: Double { Statistics.mean(rows.map(\.informationGap)) ?? 0 }
  /// The separated attribute predictability.
  public var attributeGap: Double { Statistics.mean(rows.map(\.explainedGap)) ?? 0 }

  /// Bins of codes, and of factors that have more values than this.
  static let bins = 20

  /// Of a model with a code that has a prior, on samples whose factors are known: their class and their
  /// factors, except the style, which means another thing for every class. Nil for any other.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init?(_ model: Model, on dataset: Dataset, threads: Int = Team.processors) throws {
    guard model.autoencoder.architecture.code.hasPrior, let factors = dataset.orderedFactors else {
      return nil
    }
    let codes = try model.encode(dataset, threads: threads)
    var columns = factors.names.indices.filter { factors.names[$0] != "style" }.map {
      (name: factors.names[$0], values: factors.column($0), isClass: false)
    }
    if let labels = dataset.orderedLabels {
      columns.insert((name: "class", values: labels.map { Float($0) }, isClass: true), at: 0)
    }
    self.init(codes: codes, factors: columns)
  }

  /// Of codes and factors given.
  ///
  /// - Parameters:
  ///   - codes: `[n, width]`.
  ///   - factors: n values each; of classes the numbers mean nothing but which is which.
  /// - Precondition: every factor has n values.
  public init(codes: Tensor, factors: [(name: String, values: [Float], isClass: Bool)]) {
    let (values, width) = (codes.doubles, codes.rows == 0 ? 0 : codes.count / codes.rows)
    let columns = (0..<width).map { column in
      stride(from: column, to: values.count, by: width).map { values[$0] }
    }
    let binned = columns.map(Disentanglement.equalWidths)
    rows = factors.compactMap { factor in
      precondition(
        factor.values.count == codes.rows, "Disentanglement: \(factor.values.count) values of \(factor.name)")
      let truth = Disentanglement.equalNumbers(factor.values)
      guard truth.count > 1 else { return nil }
      let numbers = factor.values.map(Double.init)
      return Row(
        factor: factor.name, entropy: Disentanglement.entropy(truth.bins, count: truth.count),
        information: binned.map { Disentanglement.information($0, truth.bins, count: truth.count) },
        explained: columns.map {
          factor.isClass
            ? Disentanglement.correlationRatio($0, truth.bins, count: truth.count)
            : Disentanglement.squaredCorrelation($0, numbers)
        })
    }
  }

  /// The largest less the second largest, of one number that number.
  fileprivate static func gap(_ values: [Double]) -> Double {
    let sorted = values.sorted(by: >)
    return (sorted.first ?? 0) - (sorted.count > 1 ? sorted[1] : 0)
  }

  private static func equalWidths(_ values: [Double]) -> [Int] {
    guard let lowest = values.min(), let highest = values.max(), highest > lowest else {
      return values.map { _ in 0 }
    }
    return values.map { min(bins - 1, Int((($0 - lowest) / (highest - lowest)) * Double(bins))) }
  }

  /// Each value its bin, where there are few; else bins of nearly as many samples, equal ones together.
  private static func equalNumbers(_ values: [Float]) -> (bins: [Int], count: Int) {
    let distinct = Set(values).sorted()
    guard distinct.count > bins else {
      let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
      return (values.map { places[$0] ?? 0 }, distinct.count)
    }
    let sorted = values.sorted()
    let bounds = (1..<bins).map { sorted[$0 * sorted.count / bins] }
    return (values.map { value in bounds.firstIndex { value < $0 } ?? bounds.count }, bins)
  }

  private static func entropy(_ counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    return Statistics.sum(
      counts.filter { $0 > 0 }.map { -(Double($0) / total) * (Double($0) / total).logarithm })
  }

  private static func entropy(_ members: [Int], count: Int) -> Double {
    var counts = [Int](repeating: 0, count: count)
    for member in members { counts[member] += 1 }
    return entropy(counts)
  }

  /// I = H(z) + H(v) - H(z, v)
  private static func information(_ codes: [Int], _ truth: [Int], count: Int) -> Double {
    let pairs = zip(codes, truth).map { $0 * count + $1 }
    let joint = entropy(pairs, count: bins * count)
    return max(0, entropy(codes, count: bins) + entropy(truth, count: count) - joint)
  }

  private static func squaredCorrelation(_ left: [Double], _ right: [Double]) -> Double {
    guard let first = Statistics.mean(left), let second = Statistics.mean(right),
      let one = Statistics.variance(left), let other = Statistics.variance(right), one > 0, other > 0
    else { return 0 }
    let products = zip(left, right).map { ($0 - first) * ($1 - second) }
    let covariance = Statistics.sum(products) / Double(left.count)
    return covariance * covariance / (one * other)
  }

  /// The variance of the classes' means over the variance.
  private static func correlationRatio(_ values: [Double], _ classes: [Int], count: Int) -> Double {
    guard let mean = Statistics.mean(values), let variance = Statistics.variance(values), variance > 0
    else { return 0 }
    var (sums, counts) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (value, place) in zip(values, classes) {
      sums[place] += value - mean
      counts[place] += 1
    }
    let between = (0..<count).filter { counts[$0] > 0 }.map { sums[$0] * sums[$0] / counts[$0] }
    return Statistics.sum(between) / (variance * Double(values.count))
  }
}
