import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What each value of the code does over samples.
public struct CodeActivity: Hashable, Sendable {
  public let samples: Int
  public let means: [Double]
  public let variances: [Double]
  /// The mean of the KL divergence of each value from its prior, in nats, of a gaussian code:
  ///
  ///     k = (μ² + exp(l) - l - 1) / 2
  public let divergences: [Double]?

  /// Values whose variance is at most this share of the largest do not tell samples apart.
  public static let idleShare = 0.01

  /// How many values vary.
  public var active: Int {
    let largest = variances.max() ?? 0
    return variances.count { $0 > CodeActivity.idleShare * largest }
  }

  init(_ model: Model, _ dataset: Dataset, threads: Int) throws {
    let codes = try model.encode(dataset, threads: threads)
    let (width, values) = (codes.shape.sample.count, codes.doubles)
    let columns = (0..<width).map { unit in stride(from: unit, to: values.count, by: width).map { values[$0] }
    }
    samples = dataset.count
    means = columns.map { Statistics.mean($0) ?? .nan }
    variances = columns.map { Statistics.variance($0) ?? .nan }
    guard case .gaussian = model.autoencoder.architecture.code else {
      divergences = nil
      return
    }
    divergences = try CodeActivity.divergences(model, dataset, width, threads)
  }

  private static func divergences(
    _ model: Model, _ dataset: Dataset, _ width: Int, _ threads: Int
  ) throws -> [Double]? {
    let activations = Activations(
      model.autoencoder, rows: dataset.count, gaps: dataset.hasGaps, threads: threads)
    guard let last = activations.entries.lastIndex(where: { $0.place.hasPrefix("encoder") }),
      activations.entries[last].output.count == 2 * width
    else { return nil }
    var sums = [Double](repeating: 0, count: width)
    try model.visit(activations, dataset) { _, outputs in
      let values = outputs[last]
      for start in stride(from: 0, to: values.count, by: 2 * width) {
        for unit in 0..<width {
          let (mean, variance) = (Double(values[start + unit]), Double(values[start + width + unit]))
          sums[unit] += (mean * mean + variance.exponential - variance - 1) / 2
        }
      }
    }
    return sums.map { $0 / Double(dataset.count) }
  }
}
