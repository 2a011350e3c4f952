import HourglassEngine
import HourglassTensor

/// t-distributed stochastic neighbour embedding: points that are likely neighbours come to lie together.
///
///     p(i, j) = (p(j | i) + p(i | j)) / 2n        q(i, j) = (1 + ‖yᵢ - yⱼ‖²)⁻¹ / Z
///     minimises  KL(P ‖ Q) = Σ p(i, j) log (p(i, j) / q(i, j))
///
/// Distances within a cluster and which clusters touch can be read from such a map; sizes of clusters and
/// distances between far ones cannot.
///
/// - Source: van der Maaten and Hinton 2008; above ``exactBelow`` points with the Barnes-Hut approximation of
///   van der Maaten 2014, where P has the 3 · perplexity nearest neighbours of each point. It begins with the
///   principal components, and the rate is n / 48, at least 50: Kobak and Berens 2019, Belkina et al. 2019.
public struct TSNE: Hashable, Sendable {
  /// About how many neighbours each point has; at most (n - 1) / 3 of them are used.
  public var perplexity: Double
  /// Steps of gradient descent: a quarter of them with `exaggeration`.
  public var iterations: Int
  /// What P is multiplied by at first, so that clusters form.
  public var exaggeration: Double
  /// How wide a cell of points may look, in radians, to be taken for one: 0 is exact.
  public var angle: Double
  /// Fewer points than this are laid out with all pairs of points.
  public var exactBelow: Int

  public init(
    perplexity: Double = 30, iterations: Int = 1000, exaggeration: Double = 12, angle: Double = 0.5,
    exactBelow: Int = 2000
  ) {
    precondition(
      perplexity >= 1 && iterations >= 0 && exaggeration > 0 && angle >= 0,
      "TSNE: perplexity \(perplexity), \(iterations) iterations, exaggeration \(exaggeration), angle \(angle)"
    )
    self.perplexity = perplexity
    self.iterations = iterations
    self.exaggeration = exaggeration
    self.angle = angle
    self.exactBelow = exactBelow
  }

  /// Deviation of the first coordinate at the start.
  static let startDeviation = 1e-4

  /// What is left of ``perplexity`` for so many points: at most a third of the others.
  public func perplexity(ofPoints count: Int) -> Double { max(1, min(perplexity, Double(count - 1) / 3)) }

  /// The joint probabilities P of points: `[n, width]`.
  func affinities(_ values: [Float], width: Int, team: Team) -> NeighbourGraph {
    let count = values.count / width
    let perplexity = perplexity(ofPoints: count)
    let each = count < exactBelow ? count - 1 : min(count - 1, Int(3 * perplexity + 1))
    let neighbours = NearestNeighbours(values, width: width, neighbours: each, team: team)
    var conditional = [Double](repeating: 0, count: count * each)
    conditional.withUnsafeMutableBufferPointer { conditional in
      team.forEachPart(of: count, size: 64) { part in
        for point in part {
          let range = (point * each)..<((point + 1) * each)
          let row = Perplexity.probabilities(neighbours.squaredDistances[range], perplexity: perplexity)
          for rank in 0..<each { conditional[range.lowerBound + rank] = row[rank] }
        }
      }
    }
    let sums = NeighbourGraph(neighbours, weights: conditional, combine: +)
    return sums.scaled(by: 1 / Statistics.sum(sums.weights))
  }

  /// Lays points out, beginning with those of `start`.
  ///
  /// - Returns: the points, and KL(P ‖ Q).
  func embed(
    _ values: [Float], width: Int, start: [SIMD2<Double>], team: Team
  ) -> (points: [SIMD2<Double>], divergence: Double) {
    let affinities = affinities(values, width: width, team: team)
    let forces: any TSNEForces =
      start.count < exactBelow
      ? ExactForces(affinities, team: team) : TreeForces(affinities, angle: angle, team: team)
    var descent = Descent(points: start, rate: max(Double(start.count) / exaggeration / 4, 50))
    let early = iterations / 4
    descent.run(early, forces, exaggeration: exaggeration, momentum: 0.5)
    descent.run(iterations - early, forces, exaggeration: 1, momentum: 0.8)
    return (descent.points, forces.divergence(at: descent.points))
  }
}

/// The gradient of KL(P ‖ Q) by the points.
protocol TSNEForces {
  /// Writes 4 Σⱼ (e p(i, j) - q(i, j)) (yᵢ - yⱼ) / (1 + ‖yᵢ - yⱼ‖²), where e is the exaggeration.
  func gradient(at points: [SIMD2<Double>], exaggeration: Double, into gradient: inout [SIMD2<Double>])
  func divergence(at points: [SIMD2<Double>]) -> Double
}

/// Gradient descent with momentum and a gain for each coordinate: Jacobs 1988, with the constants of van der
/// Maaten's program.
private struct Descent {
  var points: [SIMD2<Double>]
  let rate: Double

  mutating func run(_ steps: Int, _ forces: any TSNEForces, exaggeration: Double, momentum: Double) {
    var update = [SIMD2<Double>](repeating: .zero, count: points.count)
    var gains = [SIMD2<Double>](repeating: .one, count: points.count)
    var gradient = update
    for _ in 0..<steps {
      forces.gradient(at: points, exaggeration: exaggeration, into: &gradient)
      for index in points.indices {
        let agrees = (gradient[index] * update[index]) .>= 0
        let gain = (gains[index] + 0.2).replacing(with: 0.8 * gains[index], where: agrees)
        gains[index] = pointwiseMax(gain, SIMD2(repeating: 0.01))
        update[index] = momentum * update[index] - rate * gains[index] * gradient[index]
        points[index] += update[index]
      }
    }
  }
}
