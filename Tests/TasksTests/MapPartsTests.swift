import Foundation
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

@Suite("Steps of UMAP")
struct UMAPLayoutTests {
  @Test("are those of the formulas, written out slowly", arguments: [(0, 10), (3, 10), (9, 10)])
  func slow(_ epoch: Int, _ epochs: Int) {
    let team = Team(count: 2)
    let neighbours = NearestNeighbours(Draws.normal(90, seed: 3), width: 3, neighbours: 5, team: team)
    let graph = FuzzySet(neighbours, team: team).graph
    let draws = Draws.normal(60, seed: 4).map { Double($0) }
    let start = (0..<30).map { SIMD2(draws[2 * $0], draws[2 * $0 + 1]) }
    let curve = ProximityCurve(minimumDistance: 0.1)
    let random = Random(seed: 5, stream: .map)
    var layout = UMAPLayout(
      start.flatMap { [Float($0.x), Float($0.y)] }, dimensions: 2, graph: graph, curve: curve, epochs: epochs,
      random: random)
    layout.run(epoch, team)
    let heaviest = graph.weights.max() ?? 0
    let rate = 1 - Double(epoch) / Double(epochs)
    func force(_ own: SIMD2<Double>, _ other: SIMD2<Double>, _ strength: (Double) -> Double) -> SIMD2<Double>
    {
      let (x, y) = (own.x - other.x, own.y - other.y)
      let square = x * x + y * y
      guard square > 0 else { return .zero }
      return SIMD2(min(4, max(-4, strength(square) * x)), min(4, max(-4, strength(square) * y)))
    }
    for point in 0..<30 {
      var own = start[point]
      var drawn = 0
      for edge in graph.starts[point]..<graph.starts[point + 1] {
        let share = graph.weights[edge] / heaviest
        guard Int(Double(epoch + 1) * share) > Int(Double(epoch) * share) else { continue }
        var sum =
          2
          * force(own, start[Int(graph.columns[edge])]) { square in
            -2 * curve.a * curve.b * pow(square, curve.b - 1) / (1 + curve.a * pow(square, curve.b))
          }
        for _ in 0..<5 {
          let words = random.bits(step: UInt32(epoch), position: UInt64(point) << 32 + UInt64(drawn / 4))
          let other = Int(Double(words[drawn % 4]) / 4_294_967_296 * 30)
          drawn += 1
          guard other != point else { continue }
          sum += force(own, start[other]) { square in
            2 * curve.b / ((0.001 + square) * (1 + curve.a * pow(square, curve.b)))
          }
        }
        own += rate * sum
      }
      let away = SIMD2(Double(layout.points[2 * point]), Double(layout.points[2 * point + 1])) - own
      #expect((away * away).sum().squareRoot() < 1e-4, "\(point): \(layout.points), \(own)")
    }
  }
}
