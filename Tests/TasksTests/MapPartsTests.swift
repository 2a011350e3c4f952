import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Nearest neighbours")
struct NearestNeighboursTests {
  @Test("are those of a slow search, across blocks", arguments: [(7, 3, 3), (300, 5, 10), (1500, 2, 20)])
  func slow(_ rows: Int, _ width: Int, _ neighbours: Int) {
    // Far from zero, where products of single precision alone would go wrong.
    let values = Draws.normal(rows * width, seed: 2).map { 1000 + $0 }
    let found = NearestNeighbours(values, width: width, neighbours: neighbours, team: Team(count: 2))
    for point in stride(from: 0, to: rows, by: max(1, rows / 40)) {
      let expected = (0..<rows).filter { $0 != point }.map { other in
        let square = (0..<width).reduce(0.0) { sum, index in
          let away = Double(values[point * width + index]) - Double(values[other * width + index])
          return sum + away * away
        }
        return (square, Int32(other))
      }.sorted { $0 < $1 }.prefix(neighbours)
      let range = (point * neighbours)..<((point + 1) * neighbours)
      #expect(Array(found.indices[range]) == expected.map(\.1))
      #expect(Array(found.squaredDistances[range]) == expected.map(\.0))
    }
  }

  @Test("are all others where there are fewer") func fewer() {
    let found = NearestNeighbours([1, 2, 4], width: 1, neighbours: 9, team: Team(count: 1))
    #expect(found.neighbours == 2 && found.indices == [1, 2, 0, 2, 1, 0])
    #expect(NearestNeighbours([1], width: 1, neighbours: 3, team: Team(count: 1)).indices.isEmpty)
  }
}

@Suite("Trees of points")
struct QuadTreeTests {
  @Test("every cell has the mean and number of its points") func cells() {
    let draws = Draws.normal(400, seed: 5)
    var points = (0..<200).map { SIMD2(Double(draws[2 * $0]), Double(draws[2 * $0 + 1])) }
    points += points[..<5]
    var tree = QuadTree()
    tree.build(points)
    #expect(tree.order.map { Int($0) }.sorted() == Array(points.indices))
    #expect(tree.cells.count < 2 * points.count && tree.cells[0].next == tree.cells.count)
    #expect(tree.cells[0].mass == 205)
    // Points of cells that hold no other cell, in their order, are those of the curve.
    var taken = 0
    for (place, cell) in tree.cells.enumerated() where cell.next == place + 1 {
      let own = tree.order[taken..<(taken + Int(cell.mass))].map { points[Int($0)] }
      let mean = own.reduce(.zero, +) / Double(own.count)
      #expect(abs(mean.x - cell.center.x) < 1e-12 && abs(mean.y - cell.center.y) < 1e-12)
      taken += own.count
    }
    #expect(taken == points.count)
  }
}
