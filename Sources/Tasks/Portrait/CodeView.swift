import HourglassData
import HourglassTensor
import HourglassTraining

/// The codes of some samples in the plane.
public struct CodeView: Sendable {
  /// What the two axes are.
  public enum Axes: Hashable, Sendable {
    /// The first two principal components of the codes, with the shares of the variance that they hold.
    case components(Double, Double)
    /// The two values of the code themselves.
    case values
    /// The one value of the code, and the error of the sample.
    case valueAndError
  }

  public let axes: Axes
  /// Where in the data set the samples stand.
  public let positions: [Int]
  /// The samples as a data set of their own.
  public let dataset: Dataset
  /// `[n, values]`
  public let codes: Tensor
  /// `[n, 2]`, one after the other.
  public let places: [(x: Double, y: Double)]
  /// The model's own loss of each.
  public let scores: [Double]

  init(
    _ model: Model, _ whole: Dataset, _ positions: [UInt32], _ errors: ErrorProfile, threads: Int
  ) throws {
    self.positions = positions.map(Int.init)
    dataset = whole.subset(positions)
    let raw = try model.encode(dataset, threads: threads)
    codes = raw.reshaped([positions.count, raw.shape.sample.count])
    scores = positions.map { Double(errors.scores[Int($0)]) }
    (axes, places) = try CodeView.places(codes, scores, threads: threads)
  }

  private static func places(
    _ codes: Tensor, _ scores: [Double], threads: Int
  ) throws -> (Axes, [(x: Double, y: Double)]) {
    let (values, width) = (codes.doubles, codes.shape[1])
    if width == 1 { return (.valueAndError, zip(values, scores).map { ($0, $1) }) }
    let isPlane = width == 2 || codes.rows < 3 || values.contains { !$0.isFinite }
    if isPlane { return (.values, (0..<codes.rows).map { (values[$0 * width], values[$0 * width + 1]) }) }
    let analysis = try PrincipalComponents(
      2, of: Dataset(codes, hasGaps: false, origin: "codes"), .none(isUnitInterval: false), threads: threads)
    let places = (0..<codes.rows).map { row in
      (0..<2).map { component -> Double in
        guard component < analysis.count else { return 0 }
        return Statistics.sum(
          (0..<width).map { index in
            Double(analysis.components[component * width + index])
              * (values[row * width + index] - Double(analysis.mean[index]))
          })
      }
    }
    let variances = (0..<width).map { index in
      Statistics.variance((0..<codes.rows).map { values[$0 * width + index] }) ?? 0
    }
    let total = Statistics.sum(variances)
    let shares = analysis.variances.map { total > 0 ? $0 / total : 0 } + [0, 0]
    return (.components(shares[0], shares[1]), places.map { ($0[0], $0[1]) })
  }

  /// Where an error lies among those of the map, from 0 for the least to 1 for the largest: its rank, so that
  /// one far out does not take all the colours.
  public var levels: [Double] {
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var levels = [Double](repeating: 0, count: scores.count)
    for (rank, index) in order.enumerated() {
      levels[index] = scores.count > 1 ? Double(rank) / Double(scores.count - 1) : 0
    }
    return levels
  }
}
