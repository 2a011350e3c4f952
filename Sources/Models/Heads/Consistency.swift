import HourglassTensor

/// What is asked of the heads of a model about samples whether they have a target or not: that they answer
/// alike about a sample and about the same sample changed a little.
///
///     weight · the mean over samples of D(p(x), p(x'))
///
/// D is the KL divergence of the probabilities, p(x) being held fixed, or with a threshold the cross-entropy
/// of the likeliest class where that is sure enough.
///
/// | view | threshold | known as |
/// |---|---|---|
/// | noise | – | Π-model: Laine and Aila 2017; Sajjadi et al. 2016 |
/// | noise | 0.95 | pseudo-labels: Lee 2013; with `--augment`, as in FixMatch: Sohn et al. 2020 |
/// | adversarial | – | virtual adversarial training: Miyato et al. 2018 |
/// | adversarial | 0.95 | both |
public struct Consistency: Hashable, Sendable {
  /// How the second look at a sample differs from the first.
  public enum View: Hashable, Sendable {
    /// Corruption, dropout and augmentation are drawn anew.
    case noise
    /// x + r, r being about the change of that length which changes the answer most: the direction of the
    /// gradient of the divergence at a small random change, one power iteration. In the units of samples as
    /// the network reads them.
    case adversarial(radius: Float)
  }

  public var view: View
  public var weight: Float
  public var threshold: Float?

  public init(_ view: View = .noise, weight: Float = 1, threshold: Float? = nil) {
    (self.view, self.weight, self.threshold) = (view, weight, threshold)
  }

  /// Length of the random change that the gradient is taken at: ξ of Miyato et al. 2018.
  static let probe: Float = 1e-3

  /// As it is called in words.
  public var words: String {
    let name = if case .noise = view { "consistency" } else { "adversarial consistency" }
    return threshold == nil ? name : "\(name) of sure answers"
  }

  /// - Throws: ``ModelError`` for numbers out of range, and where it would ask nothing.
  func check(_ architecture: Architecture) throws(ModelError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String) throws(ModelError) {
      if !isRight { throw ModelError(place: "consistency", expected: expected, found: found) }
    }
    try require(!architecture.heads.isEmpty, "a head whose answers it compares", "none")
    try require(weight > 0 && weight.isFinite, "a weight above 0", "\(weight)")
    if let threshold {
      try require(threshold >= 0 && threshold < 1, "a threshold from 0 to below 1", "\(threshold)")
    }
    if case .adversarial(let radius) = view {
      try require(radius > 0 && radius.isFinite, "a radius above 0", "\(radius)")
      try require(
        architecture.reconstruction.record == nil, "samples of numbers, which can be changed a little",
        "records")
      try require(architecture.entriesRead == nil, "samples of numbers", "whole numbers of an embedding")
    }
  }
}
