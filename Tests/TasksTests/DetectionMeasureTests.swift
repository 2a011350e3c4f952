import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// Numbers that scikit-learn, TSB-AD and SciPy computed.
struct DetectionGolden: Decodable {
  let rankings: [Ranking]
  let surfaces: [Surface]
  let distances: [Distance]
  let tables: [Table]
  /// a, x and Q(a, x).
  let upperGamma: [[Double]]

  struct Ranking: Decodable {
    let scores: [Double]
    let odd: [Int]
    let rocAuc, averagePrecision: Double
  }

  struct Surface: Decodable {
    let scores: [Double]
    let odd: [Int]
    let window: Int
    let roc, pr: Double
  }

  struct Distance: Decodable {
    let first, second: [Double]
    let distance, exact, asymptotic: Double
  }

  struct Table: Decodable {
    let table: [[Int]]
    let statistic, p: Double
    let degrees: Int
    let fisher: Double?
  }

  static func read() throws -> DetectionGolden {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      DetectionGolden.self, from: Data(contentsOf: folder.appendingPathComponent("Golden/detection.json")))
  }
}

@Suite("Measures of detection")
struct DetectionMeasureTests {
  @Test("rankings are scikit-learn's, ties and all") func rankings() throws {
    for golden in try DetectionGolden.read().rankings {
      let found = try RankMeasures(scores: golden.scores, isOdd: golden.odd.map { $0 == 1 }, place: "here")
      #expect(abs(found.rocAUC - golden.rocAuc) < 1e-12)
      #expect(abs(found.averagePrecision - golden.averagePrecision) < 1e-12)
      #expect(found.odd == golden.odd.reduce(0, +) && found.samples == golden.odd.count)
    }
  }

  @Test("surfaces are TSB-AD's") func surfaces() throws {
    for golden in try DetectionGolden.read().surfaces {
      let found = try SurfaceMeasures(
        scores: golden.scores, isOdd: golden.odd.map { $0 == 1 }, window: golden.window, place: "here")
      #expect(abs(found.roc - golden.roc) < 1e-9, "\(found.roc), \(golden.roc)")
      #expect(abs(found.precisionRecall - golden.pr) < 1e-9, "\(found.precisionRecall), \(golden.pr)")
    }
  }

  /// Two of the three highest are certain, and of the two tied for the third place one is odd.
  @Test("precision at n takes its share of a tie") func tie() throws {
    let found = try RankMeasures(
      scores: [9, 8, 7, 7, 1, .nan], isOdd: [true, false, true, false, true, true], place: "here")
    #expect(abs(found.precisionAtN - (1 + 0.5) / 3) < 1e-12)
    #expect(found.samples == 5 && found.odd == 3)
  }

  @Test("labels of one kind are refused, and it is said which", arguments: [true, false])
  func oneKind(isOdd: Bool) throws {
    let error = #expect(throws: DataError.self) {
      try RankMeasures(scores: [1, 2, 3], isOdd: [isOdd, isOdd, isOdd], place: "labels.csv")
    }
    #expect(
      "\(try #require(error))".contains(isOdd ? "3 samples, all of them odd" : "none that is odd among 3"))
  }

  @Test("flags are counted one by one, and by stretches where that is asked for") func flags() {
    let odd = [false, true, true, true, false, false, true]
    let flags = [true, false, true, false, false, false, false]
    let plain = FlagMeasures(flags: flags, isOdd: odd)
    #expect(plain.precision == 0.5 && plain.recall == 0.25 && plain.falseAlarms == 1.0 / 3)
    #expect(abs(plain.f1 - 1.0 / 3) < 1e-12)
    let adjusted = FlagMeasures.pointAdjusted(flags: flags, isOdd: odd)
    #expect(adjusted.precision == 0.75 && adjusted.recall == 0.75 && adjusted.f1 == 0.75)
    #expect(FlagMeasures(flags: [false, false], isOdd: [true, false]).precision == nil)
  }
}
