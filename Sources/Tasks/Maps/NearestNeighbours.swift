import HourglassEngine
import HourglassTensor

/// The nearest other points of each point, by Euclidean distance, exactly.
///
/// Candidates come from blocks of the matrix of all distances, ‖y‖² - 2 x·y, one product a block on the
/// engine, after the mean was taken off; a few more than asked for, since single precision may exchange two
/// that lie nearly as far. Their distances are then computed again from the differences in double precision.
///
/// Complexity: O(n² d) time, O(n k) memory.
struct NearestNeighbours {
  /// Points.
  let count: Int
  /// Neighbours of each: at most the points less one.
  let neighbours: Int
  /// `[count, neighbours]`, the nearest first, of points as far away the lower one first; never itself.
  private(set) var indices: [Int32]
  /// `[count, neighbours]`: ‖x - y‖².
  private(set) var squaredDistances: [Double]

  /// Points on either side of a block.
  private static let side = 1024
  /// Candidates beside those asked for.
  private static let spare = 16
  /// Points that one worker takes at a time.
  private static let together = 64

  /// - Parameter values: `[count, width]`, finite.
  init(_ values: [Float], width: Int, neighbours wanted: Int, team: Team) {
    let count = width == 0 ? 0 : values.count / width
    self.count = count
    neighbours = max(0, min(wanted, count - 1))
    indices = Array(repeating: 0, count: count * neighbours)
    squaredDistances = Array(repeating: 0, count: count * neighbours)
    guard neighbours > 0 else { return }
    let candidates = NearestNeighbours.candidates(
      values, width: width, count: min(neighbours + NearestNeighbours.spare, count - 1), team)
    refine(candidates, values, width, team)
  }

  /// Puts the candidates in their true order and keeps the first.
  private mutating func refine(_ candidates: [Int32], _ values: [Float], _ width: Int, _ team: Team) {
    let (count, neighbours) = (count, neighbours)
    let each = candidates.count / count
    indices.withUnsafeMutableBufferPointer { indices in
      squaredDistances.withUnsafeMutableBufferPointer { distances in
        values.withUnsafeBufferPointer { values in
          team.forEachPart(of: count, size: NearestNeighbours.together) { part in
            for point in part {
              let sorted = candidates[(point * each)..<((point + 1) * each)].map { other in
                (NearestNeighbours.squaredDistance(values, point, Int(other), width), other)
              }.sorted { $0 < $1 }
              for rank in 0..<neighbours {
                (distances[point * neighbours + rank], indices[point * neighbours + rank]) = sorted[rank]
              }
            }
          }
        }
      }
    }
  }

  private static func squaredDistance(
    _ values: UnsafeBufferPointer<Float>, _ point: Int, _ other: Int, _ width: Int
  ) -> Double {
    var sum = 0.0
    for index in 0..<width {
      let difference = Double(values[point * width + index]) - Double(values[other * width + index])
      sum += difference * difference
    }
    return sum
  }

  /// The points that seem nearest in single precision, in no order: `[n, count]`.
  private static func candidates(_ values: [Float], width: Int, count each: Int, _ team: Team) -> [Int32] {
    let blocks = DistanceBlocks(values, width: width, side: side, team)
    let count = blocks.count
    var indices = [Int32](repeating: -1, count: count * each)
    var distances = [Float](repeating: .infinity, count: count * each)
    indices.withUnsafeMutableBufferPointer { indices in
      distances.withUnsafeMutableBufferPointer { distances in
        blocks.visit { rows, columns, block in
          team.forEachPart(of: rows.count, size: together) { part in
            for row in part {
              let point = rows.lowerBound + row
              let heap = CandidateHeap(
                distances: UnsafeMutableBufferPointer(
                  rebasing: distances[(point * each)..<((point + 1) * each)]),
                indices: UnsafeMutableBufferPointer(rebasing: indices[(point * each)..<((point + 1) * each)]))
              heap.offer(block + row * side, columns, apartFrom: point)
            }
          }
        }
      }
    }
    return indices
  }
}

/// Blocks of ‖y‖² - 2 x·y: the squared distances of all points x and y, less ‖x‖², in single precision.
private final class DistanceBlocks {
  let count: Int
  private let side: Int
  private let width: Int
  /// `[count, width + 1]`: the centred points, and 1 behind each.
  private var points: [Float]
  private let session: Session

  init(_ values: [Float], width: Int, side: Int, _ team: Team) {
    (self.width, self.side) = (width, side)
    let count = values.count / width
    self.count = count
    let means = (0..<width).map { column in
      Statistics.sum((0..<count).map { Double(values[$0 * width + column]) }) / Double(count)
    }
    points = Array(repeating: 1, count: count * (width + 1))
    for row in 0..<count {
      for column in 0..<width {
        points[row * (width + 1) + column] = Float(Double(values[row * width + column]) - means[column])
      }
    }
    var graph = Graph()
    let result = graph.product(
      graph.input(0, [width + 1]), graph.parameter([width + 1, side], offset: 0))
    let plan = Plan(
      graph, Plan.Targets(results: [result]), capacity: min(side, count),
      parameterCount: (width + 1) * side)
    session = Session(plan, team: team)
  }

  /// Calls `visit` with each block, whose rows have `side` values.
  func visit(_ visit: (_ rows: Range<Int>, _ columns: Range<Int>, UnsafePointer<Float>) -> Void) {
    points.withUnsafeBufferPointer { points in
      guard let base = points.baseAddress else { return }
      for start in stride(from: 0, to: count, by: side) {
        let columns = start..<min(count, start + side)
        setColumns(columns, base)
        for start in stride(from: 0, to: count, by: side) {
          let rows = start..<min(count, start + side)
          session.setFeed(0, Feed(floats: base + start * (width + 1)))
          session.run(rows: rows.count)
          guard let block = session.rowsResult(0).baseAddress else { return }
          visit(rows, columns, block)
        }
      }
    }
  }

  private func setColumns(_ columns: Range<Int>, _ points: UnsafePointer<Float>) {
    session.parameters.update(repeating: 0)
    for (place, column) in columns.enumerated() {
      let point = points + column * (width + 1)
      var square = 0.0
      for index in 0..<width {
        session.parameters[index * side + place] = -2 * point[index]
        square += Double(point[index]) * Double(point[index])
      }
      session.parameters[width * side + place] = Float(square)
    }
    // Beside the last points nothing may seem near.
    for place in columns.count..<max(side, columns.count) {
      session.parameters[width * side + place] = .greatestFiniteMagnitude
    }
  }
}
