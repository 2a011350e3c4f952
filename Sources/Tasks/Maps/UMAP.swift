import HourglassEngine
import HourglassTensor

/// Uniform manifold approximation and projection: a graph of near points, laid out so that its edges are
/// short and other pairs of points lie apart.
///
/// The layout begins with the principal components, not with the graph's eigenvectors: as good a beginning
/// (Kobak and Linderman 2021), and one that any graph has, connected or not. Clusters keep more of their
/// places than under ``TSNE``; distances between far ones still say little.
///
/// In an epoch every point moves by itself, against where the others were when the epoch began: the result
/// does not depend on the number of threads. In the authors' program the point and its partner move together,
/// one pair after the other.
///
/// - Source: McInnes, Healy and Melville 2018, with their defaults.
public struct UMAP: Hashable, Sendable {
  /// Points of a neighbourhood, the point in its middle among them: at most all points.
  public var neighbours: Int
  /// How near each other points may come on the map.
  public var minimumDistance: Double
  /// Passes over the graph; nil: 500 for up to 10 000 points, else 200.
  public var epochs: Int?

  public init(neighbours: Int = 15, minimumDistance: Double = 0.1, epochs: Int? = nil) {
    precondition(
      neighbours >= 2 && minimumDistance >= 0 && epochs ?? 0 >= 0,
      "UMAP: \(neighbours) neighbours, minimum distance \(minimumDistance), \(epochs ?? 0) epochs")
    self.neighbours = neighbours
    self.minimumDistance = minimumDistance
    self.epochs = epochs
  }

  /// Lays points out, beginning with those of `start`.
  func embed(
    _ values: [Float], width: Int, start: [SIMD2<Double>], random: Random, team: Team
  ) -> [SIMD2<Double>] {
    let found = NearestNeighbours(values, width: width, neighbours: neighbours - 1, team: team)
    let set = FuzzySet(found, team: team)
    var layout = UMAPLayout(
      points: UMAP.inSquare(start), graph: set.graph,
      curve: ProximityCurve(minimumDistance: minimumDistance), random: random)
    let epochs = epochs ?? (start.count <= 10_000 ? 500 : 200)
    for epoch in 0..<epochs { layout.run(epoch, of: epochs, team) }
    return layout.points
  }

  /// Each coordinate stretched to 0...10.
  private static func inSquare(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let lowest = points.reduce(points[0]) { pointwiseMin($0, $1) }
    let highest = points.reduce(points[0]) { pointwiseMax($0, $1) }
    let width = pointwiseMax(highest - lowest, SIMD2(repeating: .leastNormalMagnitude))
    return points.map { 10 * ($0 - lowest) / width }
  }
}

/// Points on their way to a map.
///
///     pull    -2ab d²⁽ᵇ⁻¹⁾ / (1 + a d²ᵇ) · (yᵢ - yⱼ)               for an edge, as often as its weight says
///     push    2b / ((0.001 + d²) (1 + a d²ᵇ)) · (yᵢ - yⱼ)           for five points drawn for each pull
struct UMAPLayout {
  private(set) var points: [SIMD2<Double>]
  let graph: NeighbourGraph
  let curve: ProximityCurve
  let random: Random
  private let heaviest: Double

  private static let draws = 5
  /// The furthest a point moves along an axis at once, for a rate of 1.
  private static let limit = SIMD2(repeating: 4.0)

  init(points: [SIMD2<Double>], graph: NeighbourGraph, curve: ProximityCurve, random: Random) {
    (self.points, self.graph, self.curve, self.random) = (points, graph, curve, random)
    heaviest = graph.weights.max() ?? 1
  }

  mutating func run(_ epoch: Int, of epochs: Int, _ team: Team) {
    let rate = 1 - Double(epoch) / Double(epochs)
    var moved = points
    moved.withUnsafeMutableBufferPointer { moved in
      points.withUnsafeBufferPointer { before in
        team.forEachPart(of: before.count, size: 128) { part in
          for point in part { moved[point] = place(of: point, before, epoch, rate) }
        }
      }
    }
    points = moved
  }

  /// Where a point comes to lie in an epoch.
  private func place(
    of point: Int, _ before: UnsafeBufferPointer<SIMD2<Double>>, _ epoch: Int, _ rate: Double
  ) -> SIMD2<Double> {
    var own = before[point]
    var drawn = Draws(random: random, epoch: epoch, point: point)
    for edge in graph.starts[point]..<graph.starts[point + 1] {
      let share = graph.weights[edge] / heaviest
      // The edge's turn comes whenever another whole is full.
      guard (Double(epoch + 1) * share).rounded(.down) > (Double(epoch) * share).rounded(.down) else {
        continue
      }
      let other = before[Int(graph.columns[edge])]
      // Once as the edge's head and once as its tail: the other end has the edge too.
      own += rate * pull(own - other)
      own += rate * pull(own - other)
      for _ in 0..<UMAPLayout.draws {
        let other = drawn.integer(below: before.count)
        if other != point { own += rate * push(own - before[other]) }
      }
    }
    return own
  }

  private func pull(_ away: SIMD2<Double>) -> SIMD2<Double> {
    let square = (away * away).sum()
    guard square > 0 else { return .zero }
    let power = square.raised(to: curve.b)
    let strength = -2 * curve.a * curve.b * power / (square * (1 + curve.a * power))
    return (strength * away).clamped(lowerBound: -UMAPLayout.limit, upperBound: UMAPLayout.limit)
  }

  private func push(_ away: SIMD2<Double>) -> SIMD2<Double> {
    let square = (away * away).sum()
    guard square > 0 else { return .zero }
    let strength = 2 * curve.b / ((0.001 + square) * (1 + curve.a * square.raised(to: curve.b)))
    return (strength * away).clamped(lowerBound: -UMAPLayout.limit, upperBound: UMAPLayout.limit)
  }

  /// Numbers drawn for one point in one epoch, one after the other.
  private struct Draws {
    let random: Random
    let epoch: UInt32
    var position: UInt64
    var words = SIMD4<UInt32>.zero
    var used = 4

    init(random: Random, epoch: Int, point: Int) {
      (self.random, self.epoch) = (random, UInt32(epoch))
      position = UInt64(point) << 32
    }

    mutating func integer(below bound: Int) -> Int {
      if used == 4 {
        words = random.bits(step: epoch, position: position)
        position += 1
        used = 0
      }
      defer { used += 1 }
      return Int((UInt64(words[used]) &* UInt64(bound)) >> 32)
    }
  }
}
