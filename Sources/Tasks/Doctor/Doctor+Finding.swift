extension Doctor {
  /// One thing that is wrong, the number that says so, and what to try.
  public struct Finding: Hashable, Sendable {
    public let kind: Kind
    public let severity: Severity
    /// The layer at fault, `encoder[1] .relu`; nil where it is no matter of one layer.
    public let place: String?
    public let measure: Measure
    /// A sentence that says what is wrong.
    public let problem: String
    /// A sentence that says what to try, with the options of `hourglass train`.
    public let remedy: String

    init(
      _ kind: Kind, _ severity: Severity, at place: String? = nil, _ measure: Measure, problem: String,
      remedy: String
    ) {
      self.kind = kind
      self.severity = severity
      self.place = place
      self.measure = measure
      self.problem = problem
      self.remedy = remedy
    }
  }

  /// What can be wrong.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Samples that are all alike.
    case constantData = "constant-data"
    /// Samples to judge by that are all as the mean of the training samples, which differ.
    case samplesAtMean = "samples-at-mean"
    /// Samples that principal components reconstruct exactly.
    case linearData = "linear-data"
    /// A code of as many values as a sample has.
    case wideCode = "wide-code"
    /// Training samples so far out that they alone decide how large the variance is.
    case heavySamples = "heavy-samples"
    /// A code held to a prior that carries nothing: posterior collapse.
    case collapsedCode = "collapsed-code"
    /// Entries of a codebook, or classes of a categorical code, that are hardly used.
    case unusedEntries = "unused-entries"
    /// Reconstructions that are the same for every sample.
    case constantOutput = "constant-output"
    case noBetterThanUntrained = "no-better-than-untrained"
    case noBetterThanMean = "no-better-than-mean"
    case noBetterThanPCA = "no-better-than-pca"
    /// Rectified units that are 0 for every sample.
    case deadUnits = "dead-units"
    /// Units of sigmoid or tanh at an end of their range for nearly every sample.
    case saturatedUnits = "saturated-units"
    /// Values of the code that are the same for every sample.
    case constantCode = "constant-code"
    /// Samples with values that the output activation cannot give.
    case outOfRange = "out-of-range"
    case overfitting
    case undertraining
    case rateTooHigh = "rate-too-high"
    case rateTooLow = "rate-too-low"
    /// Samples that stand both in the training and in the validation part.
    case duplicates
  }

  public enum Severity: String, Hashable, Sendable, CaseIterable {
    /// The model is of no use as it is.
    case fault
    /// The model may be of use, but could be better, or is worse than it looks.
    case warning
  }

  /// The number that a finding rests on: it stands because the value is not below the threshold.
  public struct Measure: Hashable, Sendable {
    /// `dead_unit_share`
    public let name: String
    public let value: Double
    public let threshold: Double

    init(_ name: String, _ value: Double, threshold: Double) {
      self.name = name
      self.value = value
      self.threshold = threshold
    }

    /// Whether it makes a finding. A value that is no number does.
    var isBeyond: Bool { !(value < threshold) }
  }
}

extension Double {
  /// As a percentage with one decimal at most: `12.5 %`, `40 %`.
  var percent: String {
    guard isFinite else { return "\(self)" }
    let tenths = (self * 1000).rounded() / 10
    return (tenths == tenths.rounded() && magnitude < 1e9 ? "\(Int(tenths))" : "\(tenths)") + " %"
  }

  /// With four significant digits.
  var brief: String {
    guard isFinite else { return "\(self)" }
    if self == rounded(), magnitude < 1e6 { return "\(Int(self))" }
    var scale = 1.0
    while magnitude * scale < 1000 && scale < 1e30 { scale *= 10 }
    return "\(Float((self * scale).rounded() / scale))"
  }
}
