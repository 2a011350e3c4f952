import HourglassData
import HourglassModels
import HourglassTensor

/// Counts that are parts of one whole: whether they are, and what the best law costs that knows each record's
/// library size and nothing else.
struct LibraryFit {
  /// Columns of counts in a table of all its values from which on they are taken for parts of one whole; of
  /// a sparse table two are enough.
  private static let many = 100
  /// Rows that constant laws are found on, at most, times columns.
  private static let effort = 1 << 25

  let library: Library
  /// By slot; nil of slots that have no part in it.
  let costs: [Double?]

  /// Nil where counts stand each by itself.
  ///
  /// - Parameters:
  ///   - laws: of each slot.
  ///   - asked: what a person says; nil: the counts tell. Their sums differ between records, and there are
  ///     many.
  init?(
    _ slots: [FieldSlot], _ laws: [Law], of training: Dataset, asked: Bool?, isMultinomial: Bool
  ) {
    let places = slots.indices.filter { slots[$0].kind == .count && slots[$0].role == .both }
    let given = slots.count(where: \.isGiven)
    let isWhole = !places.contains { slots[$0].hasGaps }
    let isWide = training.sparse != nil ? places.count >= 2 : places.count >= LibraryFit.many
    guard asked ?? (isMultinomial || (isWide && isWhole && 10 * places.count >= 9 * given)) else {
      return nil
    }
    let rows = min(training.count, max(256, LibraryFit.effort / max(1, places.count)))
    let columns = LibraryColumns(training, places, rows: rows)
    let sizes = columns.totals.sorted()
    guard let typical = Statistics.quantile(0.5, ofSorted: sizes), let mean = Statistics.mean(sizes),
      let variance = Statistics.variance(sizes)
    else { return nil }
    // Parts of the same sum say nothing of a size.
    guard asked == true || isMultinomial || variance > 1e-4 * mean * mean else { return nil }
    library = Library(typical: Float(max(1, typical)), isMultinomial: isMultinomial)
    var costs = [Double?](repeating: nil, count: slots.count)
    for (number, place) in places.enumerated() { costs[place] = columns.cost(of: number, laws[place]) }
    self.costs = costs
  }
}

/// Some columns of counts on the first rows, and what each row has of all.
private struct LibraryColumns {
  let totals: [Double]
  /// Of each column the rows that have some, and how many.
  private let entries: [[(row: Int32, value: Float)]]
  private let whole: Double

  init(_ training: Dataset, _ places: [Int], rows: Int) {
    var numbers = [Int](repeating: -1, count: training.sampleShape.count)
    for (number, place) in places.enumerated() { numbers[place] = number }
    var totals = [Double](repeating: 0, count: rows)
    var entries = [[(row: Int32, value: Float)]](repeating: [], count: places.count)
    func add(_ row: Int, _ place: Int, _ value: Float) {
      guard numbers[place] >= 0, value > 0 else { return }
      totals[row] += Double(value)
      entries[numbers[place]].append((Int32(row), value))
    }
    for row in 0..<rows {
      if let sparse = training.sparse {
        sparse.visit(training.row(row)) { add(row, $0, $1) }
      } else {
        for (place, value) in training.tensor(row..<(row + 1)).values.enumerated() { add(row, place, value) }
      }
    }
    self.totals = totals.map { max(1, $0) }
    self.entries = entries
    whole = Statistics.sum(self.totals)
  }

  /// The mean of -log p(xᵢ | lᵢ π, θ) in nats: π the share of the column in all, θ by the method of moments,
  ///
  ///     1 / θ = Σ ((xᵢ - μᵢ)² - μᵢ) / Σ μᵢ²,   μᵢ = lᵢ π
  func cost(of number: Int, _ law: Law) -> Double {
    let own = entries[number]
    let share = max(own.reduce(0) { $0 + Double($1.value) }, 0.5) / whole
    var counts = [Double](repeating: 0, count: totals.count)
    for entry in own { counts[Int(entry.row)] = Double(entry.value) }
    let means = totals.map { $0 * share }
    let excess = zip(counts, means).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) - $1.1 }
    let squares = means.reduce(0) { $0 + $1 * $1 }
    let dispersion = excess > 1e-6 * squares ? squares / excess : 1e6
    let logDispersion = law == .poisson ? 0 : dispersion.logarithm
    let likelihood = zip(counts, means).map { count, mean in
      law == .poisson
        ? count * mean.logarithm - mean - (count > 0 ? (count + 1).logGamma : 0)
        : LibraryColumns.negativeBinomial(count, mean, dispersion, logDispersion)
    }
    return -Statistics.sum(likelihood) / Double(max(1, counts.count))
  }

  private static func negativeBinomial(
    _ count: Double, _ mean: Double, _ dispersion: Double, _ logDispersion: Double
  ) -> Double {
    let zero = -dispersion * (mean / dispersion).logarithmOfOnePlus
    guard count > 0 else { return zero }
    return zero + (count + dispersion).logGamma - dispersion.logGamma - (count + 1).logGamma
      + count * (mean.logarithm - (mean + dispersion).logarithm)
  }
}
