import HourglassData
import HourglassEngine
import HourglassFormats
import HourglassModels
import HourglassTensor

/// The law that codes for new samples are drawn from, where it is another than the standard normal: fitted to
/// the codes of the training samples once the model is trained, and kept in its file.
public enum Prior: Hashable, Sendable {
  case mixture(GaussianMixture)
  /// Of the places of a discrete code, one after the other.
  case autoregressive(AutoregressivePrior)

  private enum Key {
    static let shares = "prior.shares"
    static let means = "prior.means"
    static let factors = "prior.factors"
  }

  /// What stands in a model file.
  var tensors: [NamedTensor] {
    switch self {
    case .mixture(let mixture):
      let (count, width) = (mixture.shares.count, mixture.width)
      func tensor(_ shape: Shape, _ values: [Double]) -> Tensor { Tensor(shape, values.map { Float($0) }) }
      return [
        NamedTensor(name: Key.shares, tensor: tensor([count], mixture.shares)),
        NamedTensor(name: Key.means, tensor: tensor([count, width], mixture.means.flatMap { $0 })),
        NamedTensor(
          name: Key.factors, tensor: tensor([count, width, width], mixture.factors.flatMap { $0 })),
      ]
    case .autoregressive(let law): return law.tensors
    }
  }

  /// What stands in its header; nil for a law that is all in its tensors.
  var header: String? {
    get throws {
      switch self {
      case .mixture: nil
      case .autoregressive(let law): try law.header()
      }
    }
  }

  /// The prior of a model file; nil where it has none.
  ///
  /// - Parameters:
  ///   - header: what a file's metadata say of it.
  ///   - outline: of the autoencoder whose codes they are.
  /// - Throws: ``TrainingError`` for parts that do not fit together, or not to the code.
  init?(
    _ tensors: [String: Tensor], header: String?, for outline: Outline, _ name: String
  ) throws(TrainingError) {
    if let header {
      self = .autoregressive(try AutoregressivePrior(header, tensors, for: outline, name))
    } else if let mixture = try Prior.mixture(tensors, width: outline.code.count, name) {
      self = .mixture(mixture)
    } else {
      return nil
    }
  }

  /// The mixture among the tensors; nil where there is none.
  private static func mixture(
    _ tensors: [String: Tensor], width: Int, _ name: String
  ) throws(TrainingError) -> GaussianMixture? {
    let names = [Key.shares, Key.means, Key.factors]
    let found = names.compactMap { tensors[$0] }
    if found.isEmpty { return nil }
    guard found.count == names.count, found[0].shape.rank == 1, found[0].count > 0,
      found[1].shape == [found[0].count, width], found[2].shape == [found[0].count, width, width],
      found.allSatisfy({ $0.doubles.allSatisfy(\.isFinite) })
    else {
      throw TrainingError(
        place: "\(name) prior",
        expected:
          "\(Key.shares) [gaussians], \(Key.means) [gaussians, \(width)] and \(Key.factors) [gaussians, \(width), \(width)]",
        found: names.compactMap { name in tensors[name].map { "\(name) \($0.shape)" } }.joined(
          separator: ", "))
    }
    func rows(_ tensor: Tensor, _ size: Int) -> [[Double]] {
      let values = tensor.doubles
      return stride(from: 0, to: values.count, by: size).map { Array(values[$0..<($0 + size)]) }
    }
    return GaussianMixture(
      shares: found[0].doubles, means: rows(found[1], width), factors: rows(found[2], width * width))
  }

  /// Codes for new samples, `[count, code…]`.
  ///
  /// - Parameters:
  ///   - temperature: below 1 codes are the likelier and the more alike, above 1 the other way.
  ///   - autoencoder: whose codes they are.
  public func draw(
    _ count: Int, _ random: Random, temperature: Float = 1, for autoencoder: Autoencoder
  ) throws(ModelError) -> Tensor {
    switch self {
    case .mixture(let mixture):
      mixture.draw(count, random, temperature: temperature).reshaped(autoencoder.outline.code.batch(count))
    case .autoregressive(let law):
      try autoencoder.codes(at: law.draw(count, random, temperature: Double(temperature)))
    }
  }

  /// Bits that say the code of a sample under the law, in the mean; nil for a law of codes that are not
  /// discrete.
  public func bits(of model: Model, on dataset: Dataset, threads: Int = Team.processors) throws -> Double? {
    switch self {
    case .mixture: nil
    case .autoregressive(let law): try law.bits(of: model, on: dataset, threads: threads)
    }
  }
}
