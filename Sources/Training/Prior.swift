import HourglassFormats
import HourglassModels
import HourglassTensor

/// The law that codes for new samples are drawn from, where it is another than the standard normal: fitted to
/// the codes of the training samples once the model is trained, and kept in its file.
public enum Prior: Hashable, Sendable {
  /// Of the places of a discrete code, one after the other.
  case autoregressive(AutoregressivePrior)

  /// What stands in a model file.
  var tensors: [NamedTensor] {
    switch self {
    case .autoregressive(let law): law.tensors
    }
  }

  /// What stands in its header; nil for a law that is all in its tensors.
  var header: String? {
    get throws {
      switch self {
      case .autoregressive(let law): try law.header()
      }
    }
  }

  /// The prior of a model file; nil where it has none.
  ///
  /// - Throws: ``TrainingError`` for parts that do not fit together, or not to the code.
  init?(
    _ tensors: [String: Tensor], header: String?, for outline: Outline, _ name: String
  ) throws(TrainingError) {
    guard let header else { return nil }
    self = .autoregressive(try AutoregressivePrior(header, tensors, for: outline, name))
  }

  /// Codes for new samples, `[count, code…]`.
  ///
  /// - Parameter autoencoder: whose codes they are.
  public func draw(
    _ count: Int, _ random: Random, for autoencoder: Autoencoder
  ) throws(ModelError) -> Tensor {
    switch self {
    case .autoregressive(let law): try autoencoder.codes(at: law.draw(count, random))
    }
  }
}
