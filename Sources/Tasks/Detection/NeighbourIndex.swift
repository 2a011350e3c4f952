import HourglassEngine
import HourglassTensor

/// The nearest of some points to any point, by Euclidean distance, exactly.
///
/// Candidates come from ‖y‖² - 2 x·y for all y at once, one product on the engine, about their mean; a few
/// more than asked for, since single precision may exchange two that lie nearly as far. Their distances are
/// computed again from the differences in double precision.
///
/// Complexity: O(m d) a point for m points of d coordinates. Confined to one task.
final class NeighbourIndex {
  private let points: [Float]
  private let width: Int
  let count: Int
  private let means: [Float]
  private let session: Session
  private let capacity: Int
  private let team: Team

  /// Candidates beside those asked for.
  private static let spare = 8
  private static let rowsTogether = 256

  /// - Parameters:
  ///   - points: `[m, width]`, finite, at least one.
  ///   - rows: points that will be asked about at a time, if known.
  init(_ points: [Float], width: Int, rows: Int, threads: Int) {
    (self.points, self.width) = (points, width)
    let count = points.count / width
    self.count = count
    let means = (0..<width).map { column in
      Float(Statistics.sum((0..<count).map { Double(points[$0 * width + column]) }) / Double(count))
    }
    self.means = means
    capacity = max(1, min(rows, NeighbourIndex.rowsTogether))
    var graph = Graph()
    let product = graph.product(
      graph.input(0, [width + 1]), graph.parameter([width + 1, count], offset: 0))
    let plan = Plan(
      graph, Plan.Targets(results: [product]), capacity: capacity, parameterCount: (width + 1) * count)
    team = Team(count: plan.isSmall || rows == 1 ? 1 : max(1, threads))
    session = Session(plan, team: team)
    for point in 0..<count {
      var square = 0.0
      for column in 0..<width {
        let value = points[point * width + column] - means[column]
        session.parameters[column * count + point] = -2 * value
        square += Double(value) * Double(value)
      }
      session.parameters[width * count + point] = Float(square)
    }
  }

  /// Calls `visit` with each row and the nearest points to it, the nearest first.
  ///
  /// - Parameter rows: `[n, width]`, finite.
  func visit(
    _ rows: [Float], neighbours wanted: Int,
    _ visit: (_ row: Int, _ nearest: [(distance: Double, point: Int)]) -> Void
  ) {
    let total = rows.count / width
    let each = min(wanted, count)
    let candidates = min(wanted + NeighbourIndex.spare, count)
    var fed = [Float](repeating: 1, count: capacity * (width + 1))
    for start in stride(from: 0, to: total, by: capacity) {
      let here = min(capacity, total - start)
      for row in 0..<here {
        for column in 0..<width {
          fed[row * (width + 1) + column] = rows[(start + row) * width + column] - means[column]
        }
      }
      let nearest = run(fed, here, rows, start, candidates)
      for row in 0..<here { visit(start + row, Array(nearest[row].prefix(each))) }
    }
  }

  private func run(
    _ fed: [Float], _ here: Int, _ rows: [Float], _ start: Int, _ candidates: Int
  ) -> [[(distance: Double, point: Int)]] {
    var found = [[(distance: Double, point: Int)]](repeating: [], count: here)
    fed.withUnsafeBufferPointer { fed in
      if let base = fed.baseAddress { session.setFeed(0, Feed(floats: base)) }
      session.run(rows: here)
      guard let block = session.rowsResult(0).baseAddress else { return }
      found.withUnsafeMutableBufferPointer { found in
        rows.withUnsafeBufferPointer { rows in
          team.forEachPart(of: here, size: 8) { part in
            for row in part {
              found[row] = nearest(block + row * count, candidates).map { point in
                (squaredDistance(rows, start + row, point).squareRoot(), point)
              }.sorted { ($0.distance, $0.point) < ($1.distance, $1.point) }
            }
          }
        }
      }
    }
    return found
  }

  /// The points that seem nearest by a row of the product, in no order.
  private func nearest(_ values: UnsafePointer<Float>, _ candidates: Int) -> [Int] {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: candidates) { distances in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: candidates) { indices in
        distances.initialize(repeating: .infinity)
        indices.initialize(repeating: 0)
        CandidateHeap(distances: distances, indices: indices).offer(values, 0..<count)
        return indices.map { Int($0) }
      }
    }
  }

  private func squaredDistance(_ rows: UnsafeBufferPointer<Float>, _ row: Int, _ point: Int) -> Double {
    var sum = 0.0
    for column in 0..<width {
      let difference = Double(rows[row * width + column]) - Double(points[point * width + column])
      sum += difference * difference
    }
    return sum
  }
}
