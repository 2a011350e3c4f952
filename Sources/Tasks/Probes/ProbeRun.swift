import HourglassEngine
import HourglassTensor

/// One space probed on draws of labelled rows.
struct ProbeRun {
  let points: ProbePoints
  let labels: ProbeLabels
  let team: Team
  let threads: Int

  /// Test rows that are turned into double precision at a time.
  private static let together = 256

  /// The score of a linear model of each draw.
  func linear(_ draws: [[Int]]) -> [Probe.Score] {
    let width = points.width
    // One draw is shared out by its folds, several by draws.
    let isOne = draws.count == 1
    var scores = [Probe.Score](repeating: Probe.Score(value: .nan, error: nil), count: draws.count)
    let inner = LinearProbe.Loop(team: isOne ? team : nil)
    scores.withUnsafeMutableBufferPointer { scores in
      func run(_ draw: Int) {
        let chosen = draws[draw]
        let rows = ProbePoints.rows(chosen, of: points.training, width: width)
        switch labels.kind {
        case .classes(let training, _, let names):
          let model = LinearProbe.classifier(
            rows, width: width, labels: chosen.map { training[$0] }, classes: names.count, loop: inner)
          scores[draw] = labels.score(classes: inTest(model.predictions))
        case .numbers(let training, _):
          let model = LinearProbe.regression(
            rows, width: width, targets: chosen.map { training[$0] }, loop: inner)
          scores[draw] = labels.score(numbers: inTest(model.predictions))
        }
      }
      if isOne { run(0) } else { team.forEach(draws.count, run) }
    }
    return scores
  }

  private func inTest<Value>(_ predictions: ([Double]) -> [Value]) -> [Value] {
    let count = points.test.count / points.width
    return stride(from: 0, to: count, by: ProbeRun.together).flatMap { start in
      predictions(
        ProbePoints.rows(
          start..<min(start + ProbeRun.together, count), of: points.test, width: points.width))
    }
  }

  /// The score of the nearest labelled rows of each draw.
  func neighbours(_ draws: [[Int]]) -> [Probe.Score] { draws.map(neighbours) }

  private func neighbours(_ chosen: [Int]) -> Probe.Score {
    let width = points.width
    let own = chosen.flatMap { points.training[($0 * width)..<(($0 + 1) * width)] }
    let testCount = points.test.count / width
    let index = NeighbourIndex(
      own, width: width, rows: max(testCount, chosen.count), threads: threads)
    switch labels.kind {
    case .classes(let training, _, let names):
      let answers = chosen.map { training[$0] }
      let k = choice(index, own) { row, near, k in
        NeighbourVote.winner(near.lazy.map { answers[$0] }, k, classes: names.count) == answers[row] ? 0 : 1
      }
      var found = [Int](repeating: 0, count: testCount)
      index.visit(points.test, neighbours: k) { row, nearest in
        found[row] = NeighbourVote.winner(nearest.lazy.map { answers[$0.point] }, k, classes: names.count)
      }
      return labels.score(classes: found)
    case .numbers(let training, _):
      let answers = chosen.map { training[$0] }
      let k = choice(index, own) { row, near, k in
        let distance = NeighbourVote.mean(near.lazy.map { answers[$0] }, k) - answers[row]
        return distance * distance
      }
      var found = [Double](repeating: 0, count: testCount)
      index.visit(points.test, neighbours: k) { row, nearest in
        found[row] = NeighbourVote.mean(nearest.lazy.map { answers[$0.point] }, k)
      }
      return labels.score(numbers: found)
    }
  }

  /// The number of neighbours by which labelled rows are told best from the others; the fewest of equals.
  private func choice(
    _ index: NeighbourIndex, _ rows: [Float], _ loss: (_ row: Int, _ near: [Int], _ k: Int) -> Double
  ) -> Int {
    let choices = NeighbourVote.choices.filter { $0 < index.count }
    guard let most = choices.last, choices.count > 1 else { return 1 }
    var losses = [Double](repeating: 0, count: choices.count)
    index.visit(rows, neighbours: most + 1) { row, nearest in
      let others = Array(nearest.lazy.map(\.point).filter { $0 != row }.prefix(most))
      for (place, k) in choices.enumerated() { losses[place] += loss(row, others, k) }
    }
    let best = losses.indices.min { (losses[$0], $0) < (losses[$1], $1) } ?? 0
    return choices[best]
  }
}
