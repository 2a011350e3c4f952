import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Clusters of codes")
struct ClusteringTests {
  static let methods: [ClusteringPlan.Method] = [
    .kMeans, .mixture(), .mixture(.diagonal),
    .map(UMAP(neighbours: 10, minimumDistance: 0, epochs: 60)),
  ]

  /// Five clouds in ten dimensions: the class of row i is i · 5 / n.
  static func classes(_ rows: Int) -> [Int32] { (0..<rows).map { Int32($0 * 5 / rows) } }

  @Test("clouds are found, and their number, on any number of threads", arguments: methods)
  func clouds(_ method: ClusteringPlan.Method) throws {
    let codes = CodeMapTests.clouds(300)
    let plan = ClusteringPlan(method, clusters: 5, runs: 2, seed: 3)
    let found = try Clustering(codes, plan, threads: 1)
    let agreement = ClusterAgreement(found.assignments, classes: Self.classes(300))
    #expect(agreement.accuracy > 0.99, "\(agreement.accuracy)")
    #expect((found.stability ?? 0) > 0.98 && (found.silhouette.mean ?? 0) > 0.4)
    #expect(found.sizes == found.sizes.sorted(by: >) && found.sizes.reduce(0, +) == 300)
    let again = try Clustering(codes, plan, threads: 3)
    #expect(again.probabilities == found.probabilities && again.distances == found.distances)
    for row in 0..<300 {
      let own = found.probabilities[(row * 5)..<((row + 1) * 5)]
      #expect(abs(own.reduce(0, +) - 1) < 1e-9 && own.max() == found.probability(of: row))
    }
    let typical = found.typical(of: 0, 3)
    #expect(typical.allSatisfy { found.assignments[$0] == 0 } && typical.count == 3)
    let automatic = try Clustering(
      CodeMapTests.clouds(600), ClusteringPlan(method, most: 8, seed: 2), threads: 2)
    #expect(automatic.clusters == 5, "\(automatic.trials)")
  }

  @Test("bounds spare distances and change nothing")
  func plain() throws {
    let points = ClusterPoints(CodeMapTests.clouds(200, seed: 9))
    let team = Team(count: 2)
    let start = KMeansStart(points, Random(seed: 4, stream: .clusters), 0, team).centres(7)
    var run = LloydRun(points, centres: start, count: 7)
    run.converge(rounds: 300, team)
    var (centres, groups) = ((0..<7).map { Array(start[($0 * 10)..<($0 * 10 + 10)]) }, [Int]())
    func square(_ row: Int, _ centre: [Double]) -> Double {
      zip(points[row], centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    while true {
      let next = (0..<200).map { row in
        (0..<7).min { square(row, centres[$0]) < square(row, centres[$1]) } ?? 0
      }
      if next == groups { break }
      groups = next
      for centre in 0..<7 {
        let own = (0..<200).filter { groups[$0] == centre }
        for axis in 0..<10 {
          centres[centre][axis] = own.reduce(0) { $0 + points.values[$1 * 10 + axis] } / Double(own.count)
        }
      }
    }
    #expect(run.assignments.map(Int.init) == groups)
  }

  @Test("few codes, and codes that are all alike, have clusters", arguments: methods)
  func odd(_ method: ClusteringPlan.Method) throws {
    for rows in [1, 2, 3, 6] {
      let codes = Tensor([rows, 3], Draws.normal(3 * rows, seed: 4))
      let found = try Clustering(codes, ClusteringPlan(method, clusters: 4))
      #expect(found.assignments.count == rows && found.clusters == min(4, rows))
      #expect(found.probabilities.allSatisfy { $0.isFinite } && found.distances.allSatisfy { $0.isFinite })
      #expect(try Clustering(codes, ClusteringPlan(method)).assignments.count == rows)
    }
    let alike = try Clustering(
      Tensor([30, 2], [Float](repeating: 3, count: 60)), ClusteringPlan(method, clusters: 3))
    #expect(alike.probabilities.allSatisfy { $0.isFinite })
    #expect(throws: TrainingError.self) {
      try Clustering(Tensor([2, 1], [1, .nan]), ClusteringPlan(method, clusters: 1))
    }
  }

  @Test("an assignment is the best of all permutations")
  func assignment() {
    for seed in UInt64(1)...5 {
      let draws = Draws.normal(20, seed: seed).map { Double($0) }
      let gains = (0..<4).map { Array(draws[($0 * 5)..<($0 * 5 + 5)]) }
      let found = BestAssignment(gains: gains).columns
      #expect(Set(found.compactMap { $0 }).count == 4)
      let sum = found.enumerated().reduce(0) { $0 + gains[$1.offset][$1.element ?? 0] }
      var best = -Double.infinity
      func search(_ row: Int, _ used: Set<Int>, _ sum: Double) {
        guard row < 4 else {
          best = max(best, sum)
          return
        }
        for column in 0..<5 where !used.contains(column) {
          search(row + 1, used.union([column]), sum + gains[row][column])
        }
      }
      search(0, [], 0)
      #expect(abs(sum - best) < 1e-12)
    }
  }
}
