import HourglassModels
import HourglassTensor
import HourglassTraining

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
  public var unbeaten: [String] { unbeaten(decisive) }

  /// The same by the means over all samples, heavy ones too.
  public var unbeatenByAll: [String] { unbeaten(whole) }

  private func unbeaten(_ errors: Errors) -> [String] {
    var names: [String] = []
    if let mean = errors.mean, !(errors.model < mean) {
      names.append(fields == nil ? "the mean" : "the best constants")
    }
    if let pca = errors.pca, !(errors.model < Evaluation.told * pca) { names.append("PCA of the same width") }
    if !(errors.model < Evaluation.changed * errors.untrained) { names.append("an untrained copy") }
    return names
  }

  /// Whether the model's own loss puts the model and the principal components in the other order.
  public var ownLossDisagrees: Bool {
    guard let ownLosses, let pca = decisive.pca else { return false }
    return (ownLosses.model < Evaluation.told * ownLosses.pca) != (decisive.model < Evaluation.told * pca)
  }

  /// What stands in the way of a model, or of a verdict about it.
  public enum Obstacle: Hashable, Sendable {
    /// All samples are alike, so that nothing is left to learn.
    case alike
    /// They differ, but by less than single precision tells on the model's scale.
    case tooClose
    /// Those that the model is judged by are as the mean of its training samples, which differ.
    case atMean
    /// The code has as many values as a sample: so many principal components keep everything.
    case wideCode(values: Int, sample: Int)
    /// The principal components reconstruct every value of the samples exactly, in single precision.
    case flat(values: Int)
  }

  /// Whether the samples are all as the mean of the training samples.
  public var areAlike: Bool {
    switch obstacle {
    case .alike, .tooClose, .atMean: true
    case .wideCode, .flat, nil: false
    }
  }

  static func obstacle(_ model: Model, _ errors: Errors, _ values: ValueErrors) -> Obstacle? {
    guard let control = model.control, let mean = errors.mean, let pca = errors.pca else { return nil }
    guard mean > nothing else {
      if let variance = control.variances.first, variance > nothing { return .atMean }
      return (model.known?.distinct ?? 1) > 1 ? .tooClose : .alike
    }
    guard pca <= rounding * mean else { return nil }
    let (code, width) = (model.autoencoder.outline.codeNumbers, control.mean.count)
    if code >= width { return .wideCode(values: code, sample: width) }
    // Beside one value of a large unit, those of small ones would pass for exact.
    let negligible = rounding * rounding * (Statistics.mean(values.mean) ?? 0)
    let isFlat = zip(values.mean, values.linear).allSatisfy { mean, rest in
      rest <= max(rounding * mean, negligible)
    }
    return isFlat ? .flat(values: code) : nil
  }

  /// What must be left of the error of principal components at most: a training may begin at them, and what
  /// takes less than a thousandth off their error is theirs.
  static let told = 0.999
  /// What must be left of an untrained copy's error at most: a training that takes less than a millionth off
  /// it changed nothing.
  static let changed = 0.999_999
  /// A squared error that single precision leaves of values about 1.
  static let nothing = 1e-13
  /// The square of a relative error of 10⁻⁵.
  static let rounding = 1e-10
}
