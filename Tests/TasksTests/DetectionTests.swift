import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Detection")
struct DetectionTests {
  @Test("finds the nearest points as a search through all does")
  func neighbours() {
    let (points, rows) = (Draws.normal(500 * 6, seed: 4), Draws.normal(40 * 6, seed: 5))
    let index = NeighbourIndex(points, width: 6, rows: 16, threads: 2)
    var seen = 0
    index.visit(rows, neighbours: 7) { row, nearest in
      let all = (0..<500).map { point -> (Double, Int) in
        let square = (0..<6).reduce(0.0) { sum, column in
          let away = Double(rows[row * 6 + column]) - Double(points[point * 6 + column])
          return sum + away * away
        }
        return (square.squareRoot(), point)
      }.sorted { $0 < $1 }
      #expect(nearest.map(\.point) == all.prefix(7).map(\.1))
      #expect(zip(nearest, all).allSatisfy { abs($0.distance - $1.0) < 1e-12 })
      seen += 1
    }
    #expect(seen == 40)
  }

  @Test("has p-values that count equal scores in full")
  func ties() throws {
    let calibration = Calibration(
      source: "", chosen: .error, scores: [.error: [1, 2, 2, 2, 5]], baseline: .init())
    #expect(calibration.pValue(of: 2, by: .error) == 5.0 / 6)
    #expect(calibration.pValue(of: 2.5, by: .error) == 2.0 / 6)
    #expect(calibration.pValue(of: 6, by: .error) == 1.0 / 6)
    #expect(calibration.pValue(of: 0, by: .error) == 1)
    #expect(calibration.pValue(of: .nan, by: .error).isNaN)
  }

  /// A row alone, many at once, and on any number of threads.
  @Test("gives the same scores however rows come", arguments: [1, 3])
  func independence(members: Int) throws {
    let example = try DetectionExample(120, epochs: 3, members: members)
    let model = try example.calibrated(200, seed: 7)
    let rows = try DetectionExample.rows(30, seed: 8)
    for score in [Calibration.Score.error, .fields, .codes, .neighbours, .combined] {
      let together = try Detector(model, score: score, threads: 1).readings(of: rows)
      let threaded = try Detector(model, score: score, threads: 3).readings(of: rows)
      let alone = try Detector(model, score: score, rows: 1, threads: 1)
      #expect(together.scores == threaded.scores)
      #expect(together.surprises == threaded.surprises)
      let single = try (0..<30).flatMap { try alone.readings(of: rows.subset($0..<($0 + 1))).scores }
      #expect(together.scores == single, "\(score)")
    }
  }

  @Test("keeps its calibration and its members in the file")
  func file() throws {
    let model = try DetectionExample(120, epochs: 2, members: 2).calibrated(200, seed: 7)
    let bytes = try model.safeTensors()
    let read = try Model(bytes, name: "file")
    #expect(read.calibration == model.calibration)
    #expect(read.members.map(\.block) == model.members.map(\.block))
    let again = try read.safeTensors()
    #expect(again.tensors == bytes.tensors && again.metadata == bytes.metadata)
    let rows = try DetectionExample.rows(20, seed: 9)
    let (one, other) = (try Detector(model).readings(of: rows), try Detector(read).readings(of: rows))
    #expect(one.pValues == other.pValues)
    for name in ["neighbours.points", "fields.surprises", "fields.spreads", "codes.1.mean", "scores.error"] {
      var damaged = bytes
      damaged.tensors.removeAll { $0.name == "calibration.\(name)" }
      let model = try? Model(damaged, name: "file")
      #expect(model == nil || name == "scores.error", "\(name)")
    }
    #expect(throws: TrainingError.self) { try Detector(DetectionExample(60, epochs: 1).model) }
  }

  /// In each row one value is another's of its column, two deviations away at least.
  @Test("blames the value that does not belong, first in nine rows of ten")
  func blame() throws {
    let model = try DetectionExample(1_000, epochs: 150).calibrated(600, seed: 7)
    let (count, width) = (100, DetectionExample.width)
    var values = DetectionExample.values(count, seed: 10)
    var altered: [Int] = []
    for row in 0..<count {
      let column = row % width
      let own = values[row * width + column]
      values[row * width + column] = own > 0 ? own - 4 : own + 4
      altered.append(column)
    }
    let detector = try Detector(model, threads: 1)
    let rows = try Dataset(Tensor([count, width], values), origin: "altered")
    let detection = try detector.detection(of: rows, .alarm(0.01), oddest: count)
    let first = (0..<count).compactMap { detection.causes[$0]?.first?.field }
    let right = zip(first, altered).count { $0 == $1 }
    #expect(first.count == count)
    #expect(right >= 90, "\(right) of 100")
    #expect(detection.flags.count { $0 } >= 80)
    // What it would have to be is nearer to what it was than what stands there.
    let was = DetectionExample.values(count, seed: 10)
    let nearer = (0..<count).count { row in
      guard let cause = detection.causes[row]?.first, cause.field == altered[row] else { return false }
      return abs(cause.rather - was[row * width + altered[row]]) < 2
    }
    #expect(nearer >= 80, "\(nearer)")
  }
}

extension DetectionTests {
  @Test("calls values by their columns, and by where they lie in pictures and series")
  func names() throws {
    func names(_ shape: Shape, _ columns: [String]? = nil) throws -> [String] {
      let architecture = Architecture(
        input: shape, encoder: [.flatten, .dense(units: 2)],
        decoder: [.dense(units: shape.count), .reshape(shape)])
      let model = Model(
        try Autoencoder(architecture, seed: 0),
        Preparation(
          sampleShape: shape, element: .float32, scaling: .none(isUnitInterval: false), featureNames: columns)
      )
      return model.detectionFields.map(\.name)
    }
    #expect(try names([2], ["age", "fare"]) == ["age", "fare"])
    #expect(try names([3]) == ["value_0", "value_1", "value_2"])
    #expect(try names([28, 28])[29] == "row 1, column 1")
    #expect(try names([3, 8, 8])[64 + 17] == "row 2, column 1, channel 1")
    #expect(try names([1, 9])[4] == "step 4")
    #expect(try names([2, 9])[9 + 4] == "step 4, channel 1")
  }
}
