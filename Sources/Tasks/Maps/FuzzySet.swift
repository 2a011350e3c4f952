import HourglassEngine
import HourglassTensor

/// How surely each point belongs to the neighbourhood of another one.
///
///     ρᵢ = distance to the nearest neighbour that lies elsewhere
///     σᵢ such that Σⱼ exp(-max(0, dᵢⱼ - ρᵢ) / σᵢ) = log₂ k
///     w(i, j) = exp(-max(0, dᵢⱼ - ρᵢ) / σᵢ)
///     graph(i, j) = w(i, j) + w(j, i) - w(i, j) w(j, i)
///
/// k counts the point itself, the sum does not.
///
/// - Source: McInnes, Healy and Melville 2018, algorithms 2 and 3; the lower bound of σ, a thousandth of the
///   mean distance, from the authors' program.
struct FuzzySet {
  /// One a point.
  private(set) var nearest: [Double]
  private(set) var scales: [Double]
  let graph: NeighbourGraph

  private static let steps = 64
  private static let tolerance = 1e-5
  private static let smallestScale = 1e-3

  init(_ neighbours: NearestNeighbours, team: Team) {
    let (count, each) = (neighbours.count, neighbours.neighbours)
    let distances = neighbours.squaredDistances.map { $0.squareRoot() }
    // The point itself is among its neighbours, with the distance 0.
    let overall = Statistics.sum(distances) / Double(max(1, count * (each + 1)))
    var (nearest, scales) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    var weights = distances
    nearest.withUnsafeMutableBufferPointer { nearest in
      scales.withUnsafeMutableBufferPointer { scales in
        weights.withUnsafeMutableBufferPointer { weights in
          team.forEachPart(of: count, size: 64) { part in
            for point in part {
              let row = distances[(point * each)..<((point + 1) * each)]
              let rho = row.first { $0 > 0 } ?? 0
              let mean = rho > 0 ? row.reduce(0, +) / Double(each + 1) : overall
              let sigma = max(FuzzySet.scale(row, rho), FuzzySet.smallestScale * mean)
              (nearest[point], scales[point]) = (rho, sigma)
              for place in row.indices {
                let beyond = row[place] - rho
                weights[place] = beyond <= 0 || sigma == 0 ? 1 : (-beyond / sigma).exponential
              }
            }
          }
        }
      }
    }
    (self.nearest, self.scales) = (nearest, scales)
    graph = NeighbourGraph(neighbours, weights: weights) { $0 + $1 - $0 * $1 }
  }

  /// σ by bisection.
  private static func scale(_ distances: ArraySlice<Double>, _ rho: Double) -> Double {
    let wanted = Double(distances.count + 1).logarithm / 2.0.logarithm
    var (scale, lower, upper) = (1.0, 0.0, Double.infinity)
    for _ in 0..<steps {
      let sum = distances.reduce(0) { $0 + ($1 > rho ? (-($1 - rho) / scale).exponential : 1) }
      if abs(sum - wanted) < tolerance { break }
      if sum > wanted {
        upper = scale
        scale = (lower + upper) / 2
      } else {
        lower = scale
        scale = upper == .infinity ? 2 * scale : (lower + upper) / 2
      }
    }
    return scale
  }
}
