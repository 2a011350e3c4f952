import Foundation
import HourglassEngine
import Testing

@testable import HourglassTasks

/// Linear and nearest-neighbour probes against scikit-learn.
@Suite("Probes against scikit-learn")
struct ProbeGoldenTests {
  struct Golden: Decodable {
    let cases: [Case]

    struct Case: Decodable {
      let rows, columns, classes: Int
      let penalty: Double
      let samples, targets, test, logProbabilities: [Double]
      let labels: [Int]
      let ridge: Ridge
      let neighbours: [String: Near]

      private enum CodingKeys: String, CodingKey {
        case rows, columns, classes, penalty, samples, targets, test, labels, ridge, neighbours
        case logProbabilities = "log_probabilities"
      }
    }

    struct Ridge: Decodable {
      let weights, predictions: [Double]
      let intercept: Double
    }

    struct Near: Decodable {
      let labels: [Int]
      let isTied: [Bool]
      let means: [Double]

      private enum CodingKeys: String, CodingKey {
        case labels, means
        case isTied = "is_tied"
      }
    }
  }

  static let golden: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/probes.json")))
      .flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()

  static let places = 0..<(golden?.cases.count ?? 0)

  private func example(_ place: Int) throws -> Golden.Case {
    try #require(ProbeGoldenTests.golden).cases[place]
  }

  private func far(_ left: [Double], _ right: [Double]) -> Double {
    left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  @Test("there are cases") func some() { #expect(ProbeGoldenTests.places.count == 5) }

  @Test("logistic regression has the probabilities of scikit-learn at the same penalty", arguments: places)
  func logistic(place: Int) throws {
    let example = try example(place)
    let model = LogisticRegression(
      example.samples, width: example.columns, labels: example.labels, classes: example.classes,
      penalty: example.penalty, tolerance: 1e-9)
    #expect(model.steps > 3)
    #expect(far(model.logProbabilities(example.test), example.logProbabilities) < 2e-5)
  }

  @Test("rows in as few coordinates as there are rows give the same models", arguments: [3, 4])
  func short(place: Int) throws {
    let example = try example(place)
    let space = RowSpace(example.samples, width: example.columns)
    #expect(space.count == example.rows)
    let model = LogisticRegression(
      space.coordinates, width: space.count, labels: example.labels, classes: example.classes,
      penalty: example.penalty, tolerance: 1e-9)
    let parameters = (0..<example.classes).flatMap { k in
      let own = Array(model.parameters[(k * (space.count + 1))..<((k + 1) * (space.count + 1))])
      return space.weights(Array(own.dropLast()), rows: example.samples, width: example.columns)
        + [own[space.count]]
    }
    let restored = LogisticRegression(
      parameters: parameters, classes: example.classes, width: example.columns)
    #expect(far(restored.logProbabilities(example.test), example.logProbabilities) < 2e-5)
  }

  @Test("ridge regression has the weights of scikit-learn", arguments: places)
  func ridge(place: Int) throws {
    let example = try example(place)
    let model = RidgeRegression(
      example.samples, width: example.columns, targets: example.targets, penalty: example.penalty)
    #expect(far(model.weights, example.ridge.weights) < 1e-9)
    #expect(abs(model.intercept - example.ridge.intercept) < 1e-9)
    #expect(far(model.predictions(example.test), example.ridge.predictions) < 1e-9)
  }

  @Test("nearest neighbours vote as those of scikit-learn, where no vote is tied", arguments: places)
  func neighbours(place: Int) throws {
    let example = try example(place)
    let index = NeighbourIndex(
      example.samples.map { Float($0) }, width: example.columns, rows: example.rows, threads: 1)
    for (key, near) in example.neighbours {
      let k = try #require(Int(key))
      var (wrong, furthest) = (0, 0.0)
      index.visit(example.test.map { Float($0) }, neighbours: k) { row, nearest in
        let found = NeighbourVote.winner(
          nearest.map { example.labels[$0.point] }, k, classes: example.classes)
        if !near.isTied[row], found != near.labels[row] { wrong += 1 }
        let mean = NeighbourVote.mean(nearest.map { example.targets[$0.point] }, k)
        furthest = max(furthest, abs(mean - near.means[row]))
      }
      #expect(wrong == 0 && furthest < 1e-9, "k \(k)")
    }
  }
}
