import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// The samples that a calibration is made from; no sample may be in two parts.
public struct CalibrationParts: Sendable {
  /// Normal samples that others are near to or not; the model may have been trained on them.
  public var references: Dataset
  /// Samples that scores are tried and ranked on; nil: there are none, and the references stand in.
  public var choosing: Dataset?
  /// Samples that p-values are held against: nothing may have been fitted to them.
  public var calibrating: Dataset

  public init(references: Dataset, choosing: Dataset? = nil, calibrating: Dataset) {
    (self.references, self.choosing, self.calibrating) = (references, choosing, calibrating)
  }

  /// The parts of clean samples: a third of them, at most 10 000, to be near to, a sixth, at most 2 000, to
  /// choose by, the others to be held against. The same samples give the same parts.
  public init(of clean: Dataset, seed: UInt64 = 0) {
    let order = Random(seed: seed, stream: .split).permutation(clean.count, step: 1)
    let references = min(clean.count / 3, 10_000)
    let choosing = min(clean.count / 6, 2_000)
    func part(_ range: Range<Int>) -> Dataset { clean.subset(order[range].sorted()) }
    self.init(
      references: part(0..<references),
      choosing: choosing > 0 ? part(references..<(references + choosing)) : nil,
      calibrating: part((references + choosing)..<clean.count))
  }
}

extension Calibration {
  /// Samples that scores of fields are kept of, for the p-values of fields; of as many values at most.
  static let fieldSamples = 2_000
  static let fieldValues = 1 << 21
  /// Points to be near to, and their coordinates, at most.
  static let points = 10_000
  static let pointValues = 1 << 22
  /// Nearest points that count.
  static let nearest = 10
  /// How far the density around a sample counts.
  static let power: Float = 0.5
  /// What another score must tell mixed samples apart better by than the nearest neighbours to be chosen.
  static let margin = 0.1

  /// What a model makes of normal samples.
  ///
  /// Where the model was trained with samples left out as odd (`Recipe.trim`), the references hold odd ones:
  /// the nearest are then a tenth of all points, so that a few odd ones that are alike do not vouch for each
  /// other.
  ///
  /// - Parameter score: what is used where none is asked for; nil: what tells the samples from such whose
  ///   fields were exchanged among them.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init(
    _ model: Model, _ parts: CalibrationParts, source: String, score: Score? = nil,
    threads: Int = Team.processors
  ) throws {
    for part in [parts.references, parts.calibrating] { try model.preparation.check(part) }
    let fitting = CalibrationFitting(model, parts, threads: threads)
    let (baseline, ranked) = try fitting.baseline()
    let kinds = fitting.kinds(of: baseline)
    let contrasts = try fitting.contrasts(baseline, kinds, ranked)
    let measured = try fitting.measured(baseline, kinds)
    var full = baseline
    full.surprises = measured.surprises
    self.init(
      source: source, chosen: score ?? Calibration.choice(contrasts, among: kinds), contrasts: contrasts,
      scores: measured.scores.mapValues { $0.filter { !$0.isNaN } }, baseline: full,
      digests: parts.calibrating.digests())
  }

  /// The neighbours, unless another score tells far better; where there are none the fields, else the error.
  static func choice(_ contrasts: [Score: Double], among kinds: Set<Score>) -> Score {
    let usual: Score = kinds.contains(.neighbours) ? .neighbours : kinds.contains(.fields) ? .fields : .error
    guard let own = contrasts[usual] else { return usual }
    let better = Score.allCases.filter { (contrasts[$0] ?? 0) > own + margin }
    return better.max { (contrasts[$0] ?? 0) < (contrasts[$1] ?? 0) } ?? usual
  }
}
