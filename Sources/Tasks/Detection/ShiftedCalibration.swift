import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Normal samples held against others among which some values are spread otherwise: weighted conformal
/// p-values.
///
///     p(x) = (Σ wᵢ 1{sᵢ ≥ s(x)} + w(x)) / (Σ wᵢ + w(x)),   w = density of the new data / density of the old
///
/// Where the two differ in the spread of the stated fields alone, and are alike given these, p ≤ t has a
/// probability of at most t again.
///
/// - Source: Tibshirani, Barber, Candès and Ramdas 2019, "Conformal prediction under covariate shift".
public struct ShiftedCalibration: Sendable {
  /// Score and weight of each normal sample, by ascending score, and the sums of weights from there on.
  private let scores: [Float]
  private let sums: [Double]
  private let cells: [ShiftCells]
  /// Normal samples that would tell as much with equal weights: (Σ w)² / Σ w².
  public let effectiveCount: Double

  /// Bins of numbers, with as many normal samples each.
  static let bins = 10

  /// - Parameters:
  ///   - clean: normal samples that the model was not trained on.
  ///   - slots: the values of a sample whose spread has changed; where there are several, each by itself:
  ///     their ratios are multiplied.
  /// - Throws: `DataError` if samples are not of the kind the model was trained on.
  public init(
    _ detector: Detector, clean: Dataset, shifted dataset: Dataset, slots: [Int]
  ) throws {
    cells = slots.map { ShiftCells(slot: $0, old: clean, new: dataset, detector.model.preparation.fields) }
    let readings = try detector.readings(of: clean)
    let known = readings.scores.indices.filter { !readings.scores[$0].isNaN }
      .sorted { (readings.scores[$0], $0) < (readings.scores[$1], $1) }
    let all = ShiftCells.weights(of: clean, cells)
    let weights = known.map { all[$0] }
    scores = known.map { readings.scores[$0] }
    var sums = [Double](repeating: 0, count: known.count + 1)
    for place in known.indices.reversed() { sums[place] = sums[place + 1] + weights[place] }
    self.sums = sums
    let squares = Statistics.sum(weights.map { $0 * $0 })
    effectiveCount = squares > 0 ? sums[0] * sums[0] / squares : 0
  }

  /// The p-values of samples with these scores.
  public func pValues(of dataset: Dataset, _ scores: [Float]) -> [Double] {
    zip(ShiftCells.weights(of: dataset, cells), scores).map { weight, score in
      guard !score.isNaN else { return .nan }
      let above = sums[self.scores.countBelow(score)]
      return (above + weight) / (sums[0] + weight)
    }
  }
}

/// How much more often the values of a field fall into each of some cells than they did.
private struct ShiftCells {
  private let slot: Int
  /// Upper bounds of the cells of numbers; empty for levels, which are their own.
  private let bounds: [Float]
  private let ratios: [Int: Double]

  init(slot: Int, old: Dataset, new: Dataset, _ schema: FieldSchema?) {
    self.slot = slot
    let (before, after) = (ShiftCells.column(slot, of: old), ShiftCells.column(slot, of: new))
    let hasLevels =
      schema.map { $0.slots[slot].kind.hasLevels } ?? (Set(before).count <= 2 * ShiftedCalibration.bins)
    let sorted = before.filter { !$0.isNaN }.sorted()
    bounds =
      hasLevels || sorted.isEmpty
      ? []
      : (1..<ShiftedCalibration.bins).map { sorted[$0 * (sorted.count - 1) / ShiftedCalibration.bins] }
    func shares(_ values: [Float], _ cell: (Float) -> Int) -> [Int: Double] {
      values.reduce(into: [:]) { $0[cell($1), default: 0] += 1 / Double(values.count) }
    }
    let place = ShiftCells.cell(bounds)
    let (old, new) = (shares(before, place), shares(after, place))
    ratios = old.reduce(into: [:]) { $0[$1.key] = (new[$1.key] ?? 0) / $1.value }
  }

  private static func column(_ slot: Int, of dataset: Dataset) -> [Float] {
    let width = dataset.sampleShape.count
    return (0..<dataset.count).map { dataset.tensor($0..<($0 + 1)).values[slot % width] }
  }

  /// The cell of a value: of numbers the bin, of levels the bits; a gap is one of its own.
  private static func cell(_ bounds: [Float]) -> (Float) -> Int {
    { value in
      if value.isNaN { return -1 }
      return bounds.isEmpty ? Int(value.bitPattern) : bounds.firstIndex { value <= $0 } ?? bounds.count
    }
  }

  /// The product of all ratios of each sample; a value that the old data never had has the largest.
  static func weights(of dataset: Dataset, _ cells: [ShiftCells]) -> [Double] {
    var weights = [Double](repeating: 1, count: dataset.count)
    for cell in cells {
      let place = ShiftCells.cell(cell.bounds)
      let largest = cell.ratios.values.max() ?? 1
      for (position, value) in column(cell.slot, of: dataset).enumerated() {
        weights[position] *= cell.ratios[place(value)] ?? largest
      }
    }
    return weights
  }
}
