import HourglassEngine
import HourglassTensor

/// Points on their way to a map, one `LayoutPass` an epoch: an edge pulls as often as its weight says, and
/// with each pull five points that are drawn push.
///
/// Every pull counts twice, once for the edge's head and once for its tail: the other end has the edge too. A
/// pull and its pushes act on the point where it is then, the next ones where these have brought it.
struct UMAPLayout {
  let dimensions: Int
  let graph: NeighbourGraph
  let curve: ProximityCurve
  let epochs: Int
  let random: Random
  /// Values from one point to the next: whole vectors, the last ones 0.
  private let stride: Int
  private var places: [Float]
  private var before: [Float]
  /// Edges that have a turn in some epoch, row by row: where rows begin, other ends, and turns an epoch in
  /// units of 2⁻³¹.
  private var starts: [Int64] = [0]
  private var ends: [Int32] = []
  private var shares: [UInt32] = []

  /// Points that a worker takes at a time.
  private static let together = 128

  /// - Parameter points: `[n, dimensions]`.
  init(
    _ points: [Float], dimensions: Int, graph: NeighbourGraph, curve: ProximityCurve, epochs: Int,
    random: Random
  ) {
    (self.dimensions, self.graph, self.curve) = (dimensions, graph, curve)
    (self.epochs, self.random) = (epochs, random)
    let stride = (dimensions + LayoutPass.lanes - 1) / LayoutPass.lanes * LayoutPass.lanes
    self.stride = stride
    var places = [Float](repeating: 0, count: graph.count * stride)
    for point in 0..<graph.count {
      for axis in 0..<dimensions { places[point * stride + axis] = points[point * dimensions + axis] }
    }
    (self.places, before) = (places, places)
    let heaviest = graph.weights.max() ?? 1
    for point in 0..<graph.count {
      for edge in graph.starts[point]..<graph.starts[point + 1] {
        let share = graph.weights[edge] / heaviest
        guard share * Double(epochs) >= 1 else { continue }
        ends.append(graph.columns[edge])
        shares.append(UInt32(share * 0x1p31))
      }
      starts.append(Int64(ends.count))
    }
  }

  /// `[n, dimensions]`.
  var points: [Float] {
    (0..<graph.count).flatMap { places[($0 * stride)..<($0 * stride + dimensions)] }
  }

  mutating func run(_ epoch: Int, _ team: Team) {
    guard !ends.isEmpty else { return }
    swap(&places, &before)
    let (count, stride) = (graph.count, stride)
    places.withUnsafeMutableBufferPointer { places in
      before.withUnsafeBufferPointer { before in
        starts.withUnsafeBufferPointer { starts in
          ends.withUnsafeBufferPointer { ends in
            shares.withUnsafeBufferPointer { shares in
              guard let places = places.baseAddress, let before = before.baseAddress,
                let starts = starts.baseAddress, let ends = ends.baseAddress, let shares = shares.baseAddress
              else { return }
              let pass = LayoutPass(
                before: before, count: count, stride: stride, starts: starts, ends: ends, shares: shares,
                epoch: epoch, rate: Float(1 - Double(epoch) / Double(epochs)), a: Float(curve.a),
                b: Float(curve.b), seed: random.seed, stream: random.stream)
              team.forEachPart(of: count, size: UMAPLayout.together) { pass.move($0, to: places) }
            }
          }
        }
      }
    }
  }
}
