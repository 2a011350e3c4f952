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

  /// Lays points out in the plane, beginning with those of `start`.
  func embed(
    _ values: [Float], width: Int, start: [SIMD2<Double>], random: Random, team: Team
  ) -> [SIMD2<Double>] {
    let flat = start.flatMap { [$0.x, $0.y] }
    let points = embed(values, width: width, start: flat, dimensions: 2, random: random, team: team)
    return start.indices.map { SIMD2(Double(points[2 * $0]), Double(points[2 * $0 + 1])) }
  }

  /// Lays points out in as many dimensions as are asked for.
  ///
  /// - Parameters:
  ///   - values: `[n, width]`, finite.
  ///   - start: `[n, dimensions]`.
  /// - Returns: `[n, dimensions]`.
  func embed(
    _ values: [Float], width: Int, start: [Double], dimensions: Int, random: Random, team: Team
  ) -> [Float] {
    let found = NearestNeighbours(values, width: width, neighbours: neighbours - 1, team: team)
    let set = FuzzySet(found, team: team)
    let epochs = epochs ?? (start.count / dimensions <= 10_000 ? 500 : 200)
    var layout = UMAPLayout(
      UMAP.inCube(start, dimensions), dimensions: dimensions, graph: set.graph,
      curve: ProximityCurve(minimumDistance: minimumDistance), epochs: epochs, random: random)
    for epoch in 0..<epochs { layout.run(epoch, team) }
    return layout.points
  }

  /// Each coordinate stretched to 0...10.
  private static func inCube(_ points: [Double], _ dimensions: Int) -> [Float] {
    var cube = [Float](repeating: 0, count: points.count)
    for axis in 0..<dimensions {
      let places = stride(from: axis, to: points.count, by: dimensions)
      let (lowest, highest) = places.reduce((Double.infinity, -Double.infinity)) {
        (min($0.0, points[$1]), max($0.1, points[$1]))
      }
      let width = max(highest - lowest, .leastNormalMagnitude)
      for place in places { cube[place] = Float(10 * (points[place] - lowest) / width) }
    }
    return cube
  }
}
