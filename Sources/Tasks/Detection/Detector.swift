import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Scores samples by a model and what is known of normal ones. Confined to one task.
///
/// ```swift
/// let detector = try Detector(model)
/// let readings = try detector.readings(of: dataset)
/// let p = readings.pValues   // conformal, of the calibration's own score
/// ```
public final class Detector {
  public let model: Model
  public let calibration: Calibration
  public let fields: [DetectionField]
  /// What is told of samples.
  public let score: Calibration.Score
  private let meter: ScoreMeter
  private let needsFields: Bool
  let threads: Int

  /// Values that are read at a time at most: of long data sets some rows after others.
  private static let valuesTogether = 1 << 22

  /// - Parameters:
  ///   - score: nil: the calibration's own.
  ///   - needsFields: whether surprises of fields are wanted, for blame.
  ///   - rows: that will come at a time at most, if known.
  /// - Throws: `TrainingError` for a model without calibration, and for a score that it does not know.
  public init(
    _ model: Model, score: Calibration.Score? = nil, needsFields: Bool = true,
    rows: Int = Inference.rowsTogether, threads: Int = Team.processors
  ) throws {
    guard let calibration = model.calibration else {
      throw TrainingError(
        place: "model", expected: "a calibration, against which scores are held", found: "none",
        remedy:
          "'hourglass calibrate MODEL CLEAN' makes one from normal rows that the model was not trained on, "
          + "as does 'train --calibrate 0.2'")
    }
    let score = score ?? calibration.chosen
    guard calibration.scores[score] != nil else {
      throw TrainingError(
        place: "score", expected: Detector.words(of: calibration), found: score.rawValue,
        remedy: "this model and its calibration have no other")
    }
    (self.model, self.calibration, self.score, self.needsFields) = (model, calibration, score, needsFields)
    self.threads = threads
    fields = model.detectionFields
    meter = ScoreMeter(
      model, calibration.baseline, scores: [score], rows: rows, threads: threads)
  }

  /// The scores that a calibration has: `error, fields or codes`.
  public static func words(of calibration: Calibration) -> String {
    let names = Calibration.Score.allCases.filter { calibration.scores[$0] != nil }.map(\.rawValue)
    return names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  /// What is told of many samples.
  public struct Readings: Sendable {
    /// One a sample, the higher the odder; NaN for a sample without any value.
    public internal(set) var scores: [Float] = []
    /// Conformal p-values; NaN where there is no score.
    public internal(set) var pValues: [Double] = []
    /// `[n, fields]`, where they were asked for; NaN where a value is missing.
    public internal(set) var surprises: [Float] = []
  }

  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func readings(of dataset: Dataset) throws -> Readings {
    try model.preparation.check(dataset)
    var readings = Readings()
    let width = max(1, model.autoencoder.architecture.input.count)
    let together = max(1, min(dataset.count, Detector.valuesTogether / width))
    for start in stride(from: 0, to: dataset.count, by: together) {
      let part =
        dataset.count <= together
        ? dataset : dataset.subset(start..<min(dataset.count, start + together))
      let measured = try meter.measure(part)
      readings.scores += measured.scores[score] ?? []
      if needsFields { readings.surprises += measured.surprises }
    }
    readings.pValues = readings.scores.map { calibration.pValue(of: $0, by: score) }
    return readings
  }

  /// The surprises of fields of samples that were made up: `[n, fields]`.
  func surprises(of dataset: Dataset) throws -> [Float] { try meter.measure(dataset).surprises }
}
