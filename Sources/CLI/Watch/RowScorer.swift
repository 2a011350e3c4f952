import Hourglass

/// Scores rows as they come: a plan for one alone and one for many, both made at the start.
final class RowScorer {
  /// Rows that are scored together at most.
  static let most = 1024

  let model: Model
  private let single: Detector
  private let several: Detector
  private let alarm: Double

  var calibration: Calibration { single.calibration }
  var fields: [String] { single.fields.map(\.name) }
  /// The scores of the calibration, ascending.
  var known: [Float] { single.calibration.scores[single.score] ?? [] }
  /// What tells this calibration from another.
  var mark: String {
    "\(single.score.rawValue) \(calibration.source) \(known.count) \(known.first ?? 0) \(known.last ?? 0)"
  }

  struct Verdict {
    let score: Float
    let pValue: Double
    let isOdd: Bool
    let because: Int?
  }

  init(_ model: Model, _ single: Detector, _ several: Detector, alarm: Double) {
    (self.model, self.single, self.several, self.alarm) = (model, single, several, alarm)
  }

  /// Calls `visit` with what is told of each sample.
  func visit(_ dataset: Dataset, _ visit: (Verdict) -> Void) throws {
    let readings = try (dataset.count == 1 ? single : several).readings(of: dataset)
    for (row, score) in readings.scores.enumerated() {
      let pValue = readings.pValues[row]
      visit(
        Verdict(
          score: score, pValue: pValue, isOdd: pValue <= alarm,
          because: FieldShare.first(of: readings, row: row, calibration)?.field))
    }
  }
}
