import HourglassTensor

/// How odd normal samples look to a model: what turns a score into a chance, and says which values are to
/// blame.
///
/// A sample whose score is s, held against n samples that nothing was fitted to, has the conformal p-value
///
///     p = (1 + #{calibration score ≥ s}) / (n + 1)
///
/// which is at most t with a probability of at most t for a sample that is like those, whatever the model and
/// the score are: Vovk et al. 2005. Equal scores count in full.
public struct Calibration: Hashable, Sendable {
  /// What samples are scored by; the higher, the odder.
  public enum Score: String, CaseIterable, Sendable {
    /// The model's own loss above the least it can be.
    case error
    /// The surprise of each value in units of its own spread, in the mean.
    case fields
    /// Minus the evidence lower bound, of variational models.
    case bound
    /// The squared Mahalanobis distance of the code from the mean of normal codes.
    case codes
    /// The distance to the nearest normal samples, held against the distances among these.
    case neighbours
    /// ``fields`` and ``neighbours`` by the mean of their ranks.
    case combined
  }

  /// What a file of data a calibration was made from.
  public let source: String
  /// The score that is used where none is asked for.
  public var chosen: Score
  /// How well each score told rows from such whose fields were mixed up: ROC-AUC; empty where none was tried.
  public let contrasts: [Score: Double]
  /// The scores of calibrating samples, ascending; each of as many.
  public let scores: [Score: [Float]]
  /// What values are measured by.
  public let baseline: Baseline
  /// Digests of the calibrating samples, ascending.
  public let digests: [UInt64]

  /// Calibrating samples.
  public var count: Int { scores[chosen]?.count ?? scores.values.first?.count ?? 0 }

  /// - Parameter digests: in any order.
  public init(
    source: String, chosen: Score, contrasts: [Score: Double] = [:], scores: [Score: [Float]],
    baseline: Baseline, digests: [UInt64] = []
  ) {
    self.source = source
    self.chosen = chosen
    self.contrasts = contrasts
    self.scores = scores.mapValues { $0.sorted() }
    self.baseline = baseline
    self.digests = digests.sorted()
  }

  /// (1 + #{calibration ≥ s}) / (n + 1); NaN for a score that is none.
  public func pValue(of score: Float, by kind: Score) -> Double {
    guard let known = scores[kind], !score.isNaN else { return .nan }
    return Double(1 + known.count - known.countBelow(score)) / Double(known.count + 1)
  }

  /// The p-value of one field's surprise, among calibrating samples.
  public func pValue(of surprise: Float, ofField field: Int) -> Double {
    guard !surprise.isNaN else { return .nan }
    let known = baseline.surprises(ofField: field)
    return Double(1 + known.count - known.countBelow(surprise)) / Double(known.count + 1)
  }

  /// What scores are measured by: found from samples that no p-value is held against.
  public struct Baseline: Hashable, Sendable {
    /// Of each field's surprise what is taken off and what it is divided by.
    public var centres: [Float] = []
    public var spreads: [Float] = []
    /// `[fields, n]`: the surprises of calibrating samples, ascending within a field, NaN behind where values
    /// were missing.
    public var surprises: [Float] = []
    /// Of the codes of each member: their mean, and `[k, k]` the inverse of their covariance.
    public var codeMeans: [[Float]] = []
    public var codeInverses: [[Float]] = []
    public var neighbours: Neighbours?
    /// Ascending scores of samples that are neither references nor calibrating: what ``Score/combined`` ranks
    /// by.
    public var ranks: [Score: [Float]] = [:]

    public init() {}

    /// (t - c) / d: a field's surprise above its usual, in units of its usual.
    package func strength(of surprise: Float, ofField field: Int) -> Float {
      (surprise - centres[field]) / spreads[field]
    }

    /// Ascending; none where nothing is known of fields.
    public func surprises(ofField field: Int) -> ArraySlice<Float> {
      guard !centres.isEmpty else { return [] }
      let each = surprises.count / centres.count
      let own = surprises[(field * each)..<((field + 1) * each)]
      // What was missing stands behind.
      var (low, high) = (own.startIndex, own.endIndex)
      while low < high {
        let middle = low + (high - low) / 2
        if own[middle].isNaN { high = middle } else { low = middle + 1 }
      }
      return own[..<low]
    }
  }

  /// Normal samples to be near to, each as a point: see `NeighbourSpace` of the tasks.
  public struct Neighbours: Hashable, Sendable {
    /// What coordinates are made of.
    public enum Space: String, Sendable {
      /// Values on the model's scale and what the reconstruction leaves of them.
      case values
      /// Codes, and the surprises of fields.
      case codes
    }

    public var space: Space
    /// `[coordinates]`: taken off raw coordinates, and what they are divided by.
    public var shifts: [Float]
    public var scales: [Float]
    /// `[coordinates]`: what their logarithms are multiplied by.
    public var gains: [Float]
    /// `[n, coordinates]`
    public var points: [Float]
    /// Of each point the mean distance to its own nearest.
    public var reaches: [Float]
    /// How many nearest count.
    public var count: Int
    /// How far the density around a sample counts: 0 not at all.
    public var power: Float

    public init(
      space: Space, shifts: [Float], scales: [Float], gains: [Float], points: [Float], reaches: [Float],
      count: Int, power: Float
    ) {
      (self.space, self.shifts, self.scales, self.gains) = (space, shifts, scales, gains)
      (self.points, self.reaches, self.count, self.power) = (points, reaches, count, power)
    }

    public var width: Int { shifts.count }
  }
}

extension RandomAccessCollection where Element == Float, Index == Int {
  /// How many of ascending values lie below one.
  package func countBelow(_ value: Float) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low - startIndex
  }
}
