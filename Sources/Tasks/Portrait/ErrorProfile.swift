import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How the errors of samples are spread, and where in a sample they lie.
public struct ErrorProfile: Hashable, Sendable {
  /// How odd each sample is, as `Model.scores` has it; NaN for one without any value.
  public let scores: [Float]
  /// Positions of the samples that have an error and a weight, the least first; of equal ones the earlier.
  public let order: [UInt32]
  /// The share of samples below each of ``values``.
  public static let fractions: [Double] = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
  /// The errors below which those shares of the samples lie.
  public let values: [Double]
  /// By the samples' weights.
  public let mean: Double
  /// Bins of equal width from the least to the largest error, but the highest hundredth shares the last where
  /// it lies far out.
  public let bins: [Bin]
  /// The mean of what each value of a sample contributes to the score, on the model's own scale; NaN for a
  /// value that is missing everywhere.
  public let perValue: [Double]
  /// √(Σ (reconstruction - sample)² / n) of each value, in the units of the data.
  public let deviations: [Double]

  public struct Bin: Hashable, Sendable {
    public let lowest: Double
    public let highest: Double
    public let count: Int
  }

  /// Bins of the histogram.
  static let binCount = 40

  init(_ model: Model, on dataset: Dataset, threads: Int) throws {
    let width = model.autoencoder.architecture.input.count
    var sums = ValueSums(width: width)
    let shares = try dataset.shares()
    func share(_ position: Int) -> Double { Double(shares?[position] ?? 1) }
    var scores: [Float] = []
    scores.reserveCapacity(dataset.count)
    var surprises = [Double](repeating: 0, count: width)
    try model.visitScored(dataset, threads: threads) { rows in
      for row in rows.scores.indices {
        let (sample, output) = rows.values(row)
        surprises.withUnsafeMutableBufferPointer { rows.writeSurprises(row, to: $0) }
        sums.add(sample, output, surprises, share(rows.start + row))
      }
      scores += rows.scores
    }
    self.scores = scores
    order = scores.indices.filter { !scores[$0].isNaN && share($0) > 0 }.sorted {
      (scores[$0], $0) < (scores[$1], $1)
    }
    .map { UInt32($0) }
    let sorted = order.map { Double(scores[Int($0)]) }
    values = ErrorProfile.fractions.map { Statistics.quantile($0, ofSorted: sorted) ?? .nan }
    let weights = order.map { share(Int($0)) }
    mean = Statistics.sum(zip(sorted, weights).map { $0 * $1 }) / Statistics.sum(weights)
    bins = ErrorProfile.bins(sorted)
    let scaling = model.preparation.scaling
    perValue = sums.terms.indices.map { sums.terms[$0] / sums.counts[$0] }
    deviations = sums.squares.indices.map { index in
      (sums.squares[index] / sums.counts[index]).squareRoot()
        / Double(scaling.scale[scaling.isPerFeature ? index : 0].magnitude)
    }
  }

  private static func bins(_ sorted: [Double]) -> [Bin] {
    guard let least = sorted.first, let largest = sorted.last, largest.isFinite, least.isFinite else {
      return []
    }
    guard largest > least else { return [Bin(lowest: least, highest: least, count: sorted.count)] }
    // A few samples far out would press all others into one bin.
    let high = Statistics.quantile(0.99, ofSorted: sorted) ?? largest
    let isFar = largest - least > 3 * (high - least) && high > least
    let end = isFar ? least + 1.5 * (high - least) : largest
    let step = (end - least) / Double(binCount)
    var counts = [Int](repeating: 0, count: binCount)
    for value in sorted { counts[min(binCount - 1, max(0, Int((value - least) / step)))] += 1 }
    return counts.indices.map { index in
      Bin(
        lowest: least + Double(index) * step,
        highest: index == binCount - 1 ? end : least + Double(index + 1) * step, count: counts[index])
    }
  }

  /// Samples whose error lies behind the last bin, which counts them.
  public var beyond: Int {
    guard let end = bins.last?.highest else { return 0 }
    return order.reversed().prefix { Double(scores[Int($0)]) > end }.count
  }
}

/// Sums over samples for each value of a sample.
private struct ValueSums {
  var terms: [Double]
  var squares: [Double]
  var counts: [Double]

  init(width: Int) {
    terms = [Double](repeating: 0, count: width)
    squares = terms
    counts = terms
  }

  mutating func add(
    _ sample: UnsafeBufferPointer<Float>, _ output: UnsafeBufferPointer<Float>, _ surprises: [Double],
    _ share: Double
  ) {
    for index in sample.indices where !sample[index].isNaN {
      let (x, y) = (Double(sample[index]), Double(output[index]))
      terms[index] += share * surprises[index]
      squares[index] += share * (y - x) * (y - x)
      counts[index] += share
    }
  }
}
