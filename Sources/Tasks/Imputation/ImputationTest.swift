import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How far off a model fills in values that are there and are hidden from it, beside others that fill in.
///
/// The values are hidden one by one, completely at random. Numbers are measured on the scale that the model
/// reads them on, in deviations of the training values (`positive` and counts after ln(1 + x)):
///
///     z-RMSE = √(Σ (filled - true)² / n) / deviation
///
/// flags and levels by the share that is filled in wrong. The other three see the same values as the model,
/// and have all samples that are given to learn from: the mean or the commonest level of each field, the
/// conditional mean of a normal distribution (``GaussianImputation``), and factor analysis
/// (``FactorAnalysis``). The last two read flags and ordered levels as numbers, and fill numbers alone.
public struct ImputationTest: Hashable, Sendable {
  /// What an error is.
  public enum Measure: String, Hashable, Sendable {
    /// Of numbers: z-RMSE.
    case distance = "z_rmse"
    /// Of flags and levels: the share that is wrong.
    case wrong
  }

  /// The errors of the four.
  public struct Errors: Hashable, Sendable {
    public let measure: Measure
    /// Values that were hidden.
    public let count: Int
    public let model: Double
    /// Of the mean, or of the commonest level.
    public let constant: Double
    /// Nil of levels, and where there was too little, or too much, to fit to.
    public let normal: Double?
    public let factors: Double?
  }

  /// One field.
  public struct Field: Hashable, Sendable {
    public let name: String
    public let errors: Errors
  }

  /// The share of the values that was hidden.
  public let rate: Double
  /// Those of which a value was hidden, in the order of the samples.
  public let fields: [Field]
  /// Of all hidden numbers together; nil where there were none.
  public let numbers: Errors?
  /// Of all hidden flags and levels together; nil where there were none.
  public let levels: Errors?
  /// Samples that the normal distribution and factor analysis were fitted to; 0: they were not.
  public let fitted: Int
  /// Factors of the analysis, the number with the lowest error on values that are left.
  public let factorCount: Int?

  /// - Parameters:
  ///   - given: what the others learn from; of records, or of samples of numbers.
  ///   - positions: the samples of it that values are hidden of; nil: all.
  ///   - rate: of the values that are there and that the model reads and gives, above 0 and below 1.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on, or the model takes no
  ///   samples with gaps, or nothing was hidden.
  public init(
    _ model: Model, on given: Dataset, positions: [UInt32]? = nil, rate: Double, seed: UInt64 = 0,
    threads: Int = Team.processors
  ) throws {
    guard model.preparation.allowsGaps else {
      throw DataError(
        place: "imputation", expected: "a model that takes samples with gaps", found: "one that takes none",
        remedy: "train one on data with gaps, or let them count as the model's 0 (--gaps)")
    }
    let columns = ImputationColumn.all(of: model, given)
    let positions = positions ?? [UInt32](0..<UInt32(given.count))
    let cells = HiddenCells(
      given, columns, model.autoencoder.outline.record, positions, rate: rate, seed: seed)
    guard !cells.places.isEmpty else {
      throw DataError(
        place: given.origin, expected: "values to hide", found: "none in \(positions.count) samples",
        remedy: "give more samples, or a higher rate")
    }
    let made = try model.reconstruct(cells.holed(given, positions), threads: threads).values
    let linear = LinearFills(cells, columns)
    let sums = ImputationTest.sums(of: made, cells, columns, linear)
    self.rate = rate
    fields = zip(columns, sums).compactMap { column, sum in
      sum.errors(column.measure, hasLinear: linear != nil).map { Field(name: column.name, errors: $0) }
    }
    func total(_ measure: Measure) -> Errors? {
      zip(columns, sums).filter { $0.0.measure == measure }.reduce(into: ErrorSum()) { $0.add($1.1) }
        .errors(measure, hasLinear: linear != nil)
    }
    (numbers, levels) = (total(.distance), total(.wrong))
    (fitted, factorCount) = (linear?.rows ?? 0, linear?.analysis.factors)
  }

  /// Of each column.
  ///
  /// - Parameter made: what the model makes of the judged samples.
  private static func sums(
    of made: [Float], _ cells: HiddenCells, _ columns: [ImputationColumn], _ linear: LinearFills?
  ) -> [ErrorSum] {
    var sums = columns.map { _ in ErrorSum() }
    for (place, index) in cells.places.enumerated() {
      let (row, column) = (index / cells.width, index % cells.width)
      let kind = columns[column]
      let truth = Double(cells.values[index])
      sums[column].count += 1
      sums[column].model += kind.error(Double(made[cells.judgedRows[place] * cells.width + column]), truth)
      sums[column].constant += kind.error(standing: cells.constants[column], truth)
      guard kind.isNumber, let linear else { continue }
      sums[column].normal += kind.error(standing: linear.normal(row, column), truth)
      sums[column].factors += kind.error(standing: linear.factors(row, column), truth)
    }
    return sums
  }
}

/// Sums over hidden values: of squares of numbers, of wrong levels.
private struct ErrorSum {
  var count = 0
  var model = 0.0
  var constant = 0.0
  var normal = 0.0
  var factors = 0.0

  mutating func add(_ other: ErrorSum) {
    count += other.count
    model += other.model
    constant += other.constant
    normal += other.normal
    factors += other.factors
  }

  func errors(_ measure: ImputationTest.Measure, hasLinear: Bool) -> ImputationTest.Errors? {
    guard count > 0 else { return nil }
    func mean(_ sum: Double) -> Double {
      let mean = sum / Double(count)
      return measure == .distance ? mean.squareRoot() : mean
    }
    let isLinear = hasLinear && measure == .distance
    return ImputationTest.Errors(
      measure: measure, count: count, model: mean(model), constant: mean(constant),
      normal: isLinear ? mean(normal) : nil, factors: isLinear ? mean(factors) : nil)
  }
}
