import HourglassData
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// Draws of labels, choices by them, and what a probe makes of spaces of which it is known what they hold.
@Suite("Probes")
struct ProbeTests {
  /// Three classes, 40 of each to draw from and 20 to test: the first value tells the class, the others are
  /// noise.
  private func points(noise: Int, spread: Float = 0.3) -> (ProbePoints, ProbeLabels) {
    func part(_ count: Int, seed: UInt64) -> ([Float], [Int]) {
      let draws = Draws.normal(count * (noise + 1), seed: seed)
      var values: [Float] = []
      for row in 0..<count {
        values.append(Float(row % 3) + spread * Float(draws[row * (noise + 1)]))
        values += (0..<noise).map { Float(draws[row * (noise + 1) + 1 + $0]) }
      }
      return (values, (0..<count).map { $0 % 3 })
    }
    let ((training, own), (test, others)) = (part(120, seed: 3), part(60, seed: 4))
    return (
      ProbePoints(training, test, width: noise + 1, scale: .common),
      ProbeLabels(.classes(training: own, test: others, names: ["a", "b", "c"]))
    )
  }

  @Test("draws have as many of each class, are nested, and differ from one to the next")
  func draws() {
    let groups = (0..<60).map { $0 % 4 == 0 ? 0 : $0 % 4 == 1 ? 1 : 2 }
    let drawn = LabelDraws(groups: groups, count: 3, draws: 4, seed: 7)
    let (five, two) = (drawn.rows(1, each: 5, most: 99), drawn.rows(1, each: 2, most: 99))
    #expect((0..<3).allSatisfy { group in five.count { groups[$0] == group } == 5 })
    #expect(Set(five).isSuperset(of: two) && two.count == 6)
    #expect(drawn.rows(0, each: 5, most: 99) != five)
    // The two small classes have 15 rows each.
    #expect(drawn.rows(0, each: 20, most: 99).count == 15 + 15 + 20)
    #expect(drawn.rows(0, each: nil, most: 99).sorted() == Array(0..<60))
    #expect(drawn.rows(0, each: nil, most: 20).count == 5 + 5 + 10)
    #expect(
      LabelDraws(groups: groups, count: 3, draws: 4, seed: 8).rows(1, each: 5, most: 99) != five)
  }

  @Test("folds hold out every row but a class's only one, and never all rows of a class")
  func folds() {
    let groups = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2]
    let folds = Folds(groups: groups)
    #expect(folds.count == 5)
    let held = (0..<5).flatMap(folds.held)
    #expect(held.sorted() == Array(0..<9))
    for fold in 0..<5 {
      #expect(Set(folds.fitted(fold).map { groups[$0] }) == [0, 1, 2])
      #expect(Set(folds.fitted(fold)).isDisjoint(with: folds.held(fold)))
    }
    #expect(Folds(groups: [0, 1, 2]).count == 0)
  }

  @Test("of classes with as many neighbours the one with the nearest wins")
  func ties() {
    #expect(NeighbourVote.winner([2, 1, 1, 2], 4, classes: 3) == 2)
    #expect(NeighbourVote.winner([1, 2, 2, 1], 4, classes: 3) == 1)
    #expect(NeighbourVote.winner([0, 2, 2, 1], 3, classes: 3) == 2)
    #expect(NeighbourVote.winner([0, 2, 2, 1], 1, classes: 3) == 0)
  }

  @Test("more labels tell more, and what is noise is found to be none by a strong penalty")
  func curve() throws {
    let (points, labels) = points(noise: 8, spread: 0.2)
    let probe = Probe([.code: points], labels, counts: [1, 20], draws: 3, seed: 1, threads: 2)
    #expect(probe.steps.map(\.each) == [1, 20, nil])
    #expect(probe.steps.map(\.labels) == [3, 60, 120] && probe.steps.map(\.draws) == [3, 3, 1])
    let linear = try #require(probe.curve(.code, .linear))
    #expect(linear.mean(0) < linear.mean(1) && linear.mean(1) > 0.75 && linear.mean(2) > 0.85)
    #expect(linear.deviation(0) ?? 0 > 0 && linear.deviation(2) == nil)
    // One value among eight of noise is more to a linear model than to distances.
    let near = try #require(probe.curve(.code, .neighbours))
    #expect(near.mean(1) < linear.mean(1))
  }

  @Test("the bytes do not depend on the threads")
  func threads() {
    let (points, labels) = points(noise: 2)
    func scores(_ threads: Int) -> [[[Probe.Score]]] {
      Probe([.code: points], labels, counts: [4], draws: 3, seed: 5, threads: threads).curves.map(
        \.scores)
    }
    let one = scores(1)
    #expect(scores(2) == one && scores(3) == one)
  }

  @Test("values that a code hardly uses are not made as large as the others")
  func unused() {
    // Deviations 10, 5 and 0.01 of values at ±1 times these.
    let rows: [Float] = (0..<8).flatMap { row -> [Float] in
      let sign: Float = row % 2 == 0 ? 1 : -1
      return [10 * sign, 5 * (row < 4 ? 1 : -1), 0.01 * sign, 7]
    }
    let points = ProbePoints(rows, rows, width: 4, scale: .each)
    #expect(points.training[0] == 1 && points.training[1] == 1)
    #expect(abs(points.training[2] - 0.01) < 1e-6 && points.training[3] == 0)
    let common = ProbePoints(rows, [.nan, 0, 0, 7], width: 4, scale: .common)
    #expect(common.test[0] == 0)
    // The mean variance is (100 + 25 + 0.0001) / 4.
    #expect(abs(Double(common.training[0]) - 10 / (31.250025).squareRoot()) < 1e-6)
  }

  @Test("numbers are told by ridge regression: R² and the root of the squared error, worked out")
  func numbers() throws {
    let x: [Float] = (0..<40).map { Float($0) / 10 }
    let points = ProbePoints(x, [0, 1, 2, 3], width: 1, scale: .common)
    let labels = ProbeLabels(
      .numbers(training: x.map { 3 * Double($0) + 1 }, test: [1, 4, 7, 10]))
    let probe = Probe([.code: points], labels, counts: [10], draws: 2, seed: 1, threads: 1)
    let linear = try #require(probe.curve(.code, .linear))
    #expect(probe.areNumbers && probe.steps.map(\.labels) == [10, 40])
    #expect(linear.mean(1) > 0.9999 && linear.error(1) ?? 1 < 0.02)
    let score = labels.score(numbers: [1, 4, 7, 14])
    // Squares 16 of a total of 20.25 + 2.25 + 2.25 + 20.25.
    #expect(abs(score.value - (1 - 16 / 45)) < 1e-12 && score.error == 2)
  }

  @Test("labels are numbers where there are many, or such as are not whole")
  func forms() {
    #expect(!ProbeLabels.areNumbers(["0", "1", "2"]) && !ProbeLabels.areNumbers(["cat", "1.5"]))
    #expect(ProbeLabels.areNumbers(["0", "1.5"]) && ProbeLabels.areNumbers((0..<31).map { "\($0)" }))
  }

  @Test("classes of the test are found by their names, and one that is not drawn from is wrong")
  func classes() throws {
    func data(_ labels: [Int32], _ names: [String]) throws -> Dataset {
      try Dataset(
        Tensor([labels.count, 1], labels.map { Float($0) }), labels: labels, classNames: names, origin: "x")
    }
    let labels = try ProbeLabels(data([0, 1, 0], ["b", "a"]), data([0, 1, 2], ["a", "c", "b"]))
    #expect(labels.classNames == ["a", "b"] && labels.unknown == 1 && labels.classSizes == [1, 2])
    #expect(labels.score(classes: [0, 0, 1]).value == 2.0 / 3)
    #expect(throws: DataError.self) { try ProbeLabels(data([0, 0], ["b"]), data([0], ["b"])) }
  }
}
