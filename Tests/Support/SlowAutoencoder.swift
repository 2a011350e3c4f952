import Foundation
import HourglassModels
import HourglassTensor

/// An autoencoder in double precision, layer by layer and value by value, as the formulas are written in the papers: the
/// oracle of the fast one. Nothing of the engine is in it.
public struct SlowAutoencoder {
  public let architecture: Architecture
  public let outline: Outline
  /// The flat block, as in `Autoencoder`.
  public var block: [Double]

  public init(_ autoencoder: Autoencoder) {
    architecture = autoencoder.architecture
    outline = autoencoder.outline
    block = autoencoder.block.map(Double.init)
  }

  public func encode(_ sample: [Double]) -> [Double] { through(outline.encoder, sample) }

  /// The decoder's last output: logits where the term reads logits.
  public func output(of sample: [Double]) -> [Double] { through(outline.decoder, encode(sample)) }

  /// What a person sees of a code.
  public func decode(_ code: [Double]) -> [Double] { readable(through(outline.decoder, code)) }

  /// What a person sees of a sample that went through the code.
  public func reconstruct(_ sample: [Double]) -> [Double] { decode(encode(sample)) }

  public func loss(_ sample: [Double]) -> Double {
    let y = output(of: sample)
    let terms = zip(y, sample).map { y, x in
      switch architecture.reconstruction {
      case .gaussian: return (y - x) * (y - x)
      case .laplace: return abs(y - x)
      case .huber(let delta):
        let (distance, limit) = (abs(y - x), Double(delta))
        return distance <= limit ? distance * distance / 2 : limit * (distance - limit / 2)
      case .bernoulli: return max(y, 0) + log1p(exp(-abs(y))) - x * y
      case .categorical: return 0
      }
    }
    guard architecture.reconstruction == .categorical else { return terms.reduce(0, +) / Double(y.count) }
    let probabilities = readable(y)
    let sum = zip(probabilities, sample).reduce(0) { $0 - $1.1 * log($1.0) }
    return sum / Double(y.count / lastAxis)
  }

  /// The mean loss of some samples.
  public func loss(_ samples: [[Double]]) -> Double {
    samples.map { loss($0) }.reduce(0, +) / Double(samples.count)
  }

  /// The derivative of the mean loss with respect to every value of the block, by central differences of step 1e-5: good
  /// to about 1e-9 away from kinks. The gaps of the block are 0.
  public func gradient(_ samples: [[Double]]) -> [Double] {
    var gradient = [Double](repeating: 0, count: block.count)
    var moved = self
    for placed in outline.weights {
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        moved.block[index] = block[index] + 1e-5
        let above = moved.loss(samples)
        moved.block[index] = block[index] - 1e-5
        let below = moved.loss(samples)
        moved.block[index] = block[index]
        gradient[index] = (above - below) / 2e-5
      }
    }
    return gradient
  }

  private var lastAxis: Int { architecture.input.dimensions.last ?? 1 }

  private func readable(_ y: [Double]) -> [Double] {
    switch architecture.reconstruction {
    case .gaussian, .laplace, .huber: return y
    case .bernoulli: return y.map { 1 / (1 + exp(-$0)) }
    case .categorical:
      return stride(from: 0, to: y.count, by: lastAxis).flatMap { start in
        let row = y[start..<(start + lastAxis)]
        let highest = row.max() ?? 0
        let powers = row.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
      }
    }
  }

  private func through(_ entries: [Outline.Entry], _ sample: [Double]) -> [Double] {
    entries.reduce(sample) { value, entry in
      precondition(value.count == entry.input.count, "\(entry.place): \(value.count) values")
      return apply(entry, value)
    }
  }

  private func weight(_ entry: Outline.Entry, _ name: String) -> ArraySlice<Double>? {
    entry.weights.first { $0.weight.name == name }.map {
      block[$0.offset..<($0.offset + $0.weight.shape.count)]
    }
  }

  private func apply(_ entry: Outline.Entry, _ x: [Double]) -> [Double] {
    switch entry.layer {
    case .dense(let units, _, _):
      let matrix = Array(weight(entry, "weight") ?? [])
      let bias = weight(entry, "bias").map { Array($0) } ?? Array(repeating: 0, count: units)
      return (0..<units).map { unit in
        x.indices.reduce(bias[unit]) { $0 + x[$1] * matrix[$1 * units + unit] }
      }
    case .relu: return x.map { $0 > 0 ? $0 : 0 }
    case .leakyRelu(let slope): return x.map { $0 > 0 ? $0 : Double(slope) * $0 }
    case .prelu:
      let slopes = Array(weight(entry, "slope") ?? [])
      return zip(x, slopes).map { $0 > 0 ? $0 : $1 * $0 }
    case .elu(let alpha): return x.map { $0 > 0 ? $0 : Double(alpha) * expm1($0) }
    case .gelu: return x.map { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }
    case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
    case .tanh: return x.map { Foundation.tanh($0) }
    case .softplus: return x.map { max($0, 0) + log1p(exp(-abs($0))) }
    case .flatten, .reshape: return x
    }
  }
}
