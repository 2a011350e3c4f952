import HourglassTensor

/// Who is better: the one rule that the closing line of a training, `evaluate`, `doctor`, `report`, `compare`
/// and `tune` go by.
///
/// It is the mean squared error on the model's own scale, whatever the model was trained for. The controls
/// are objects of that measure: of all constants the mean has the least squared error, of all linear maps the
/// principal components. In another loss they are no opponents: their cross-entropy is that of numbers that
/// nobody kept from 0 and 1, and of absolute distances the median would be better. A model that is worth its
/// weights beats them on their own ground; where its own loss says otherwise, that is said beside
/// (``ownLossDisagrees``).
///
/// Samples that alone decide how large the error is are left out for all: ``HeavySamples``.
extension Evaluation {
  /// The controls that the model does not beat, in words.
  public var unbeaten: [String] {
    var names: [String] = []
    if let mean = decisive.mean, !(decisive.model < mean) { names.append("the mean") }
    if let pca = decisive.pca, !(decisive.model < pca) { names.append("PCA of the same width") }
    if !(decisive.model < Evaluation.changed * decisive.untrained) { names.append("an untrained copy") }
    return names
  }

  /// Whether the model's own loss puts the model and the principal components in the other order.
  public var ownLossDisagrees: Bool {
    guard let pcaLoss, let pca = decisive.pca else { return false }
    return (loss < pcaLoss) != (decisive.model < pca)
  }

  /// Whether the samples are all as the mean of the training samples, so that nothing is left to learn.
  public var areAlike: Bool { decisive.mean.map { $0 <= Evaluation.nothing } ?? false }

  /// Whether the principal components reconstruct samples that are not all alike exactly, in single
  /// precision.
  public var areLinear: Bool {
    guard let mean = decisive.mean, let pca = decisive.pca, !areAlike else { return false }
    return pca <= Evaluation.rounding * mean
  }

  /// What must be left of an untrained copy's error at most: a training that takes less than a millionth off
  /// it changed nothing.
  static let changed = 0.999_999
  /// A squared error that single precision leaves of values about 1.
  static let nothing = 1e-13
  /// The square of a relative error of 10⁻⁵.
  static let rounding = 1e-10
}
