import HourglassData
import HourglassTensor

/// How well scores find the odd ones among samples, or among the steps of a series.
public struct DetectionMeasures: Hashable, Sendable {
  public let ranks: RankMeasures
  /// Of series.
  public let surfaces: SurfaceMeasures?
  /// Of flags, where there are some.
  public let flags: FlagMeasures?
  /// The same by stretches, where that was asked for.
  public let adjusted: FlagMeasures?

  /// What is measured.
  public struct Question: Sendable {
    public var scores: [Double]
    public var isOdd: [Bool]
    /// Nil: no flags.
    public var flags: [Bool]?
    /// The largest width that stretches are widened to; nil: no series.
    public var window: Int?
    public var adjustsPoints = false
    /// The data's name, for errors.
    public var place: String

    public init(scores: [Double], isOdd: [Bool], place: String) {
      (self.scores, self.isOdd, self.place) = (scores, isOdd, place)
    }

    /// The same of some of the samples.
    public func part(where isTaken: [Bool]) -> Question {
      var part = self
      let places = isTaken.indices.filter { isTaken[$0] }
      part.scores = places.map { scores[$0] }
      part.isOdd = places.map { isOdd[$0] }
      part.flags = flags.map { flags in places.map { flags[$0] } }
      return part
    }

    /// Whether samples with a score are of both kinds.
    public var hasBothKinds: Bool {
      let known = scores.indices.filter { !scores[$0].isNaN }
      return known.contains { isOdd[$0] } && known.contains { !isOdd[$0] }
    }
  }

  /// - Throws: `DataError` where all samples with a score are odd, or none is.
  public init(_ question: Question) throws {
    let (scores, isOdd) = (question.scores, question.isOdd)
    ranks = try RankMeasures(scores: scores, isOdd: isOdd, place: question.place)
    surfaces = try question.window.map {
      try SurfaceMeasures(scores: scores, isOdd: isOdd, window: $0, place: question.place)
    }
    flags = question.flags.map { FlagMeasures(flags: $0, isOdd: isOdd) }
    adjusted =
      question.adjustsPoints
      ? question.flags.map { FlagMeasures.pointAdjusted(flags: $0, isOdd: isOdd) } : nil
  }
}
