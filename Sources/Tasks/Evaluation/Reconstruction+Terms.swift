import HourglassModels
import HourglassTensor

/// The reconstruction terms on numbers at rest, in double precision: y is what a person sees, a probability
/// where the decoder gives logits.
extension Reconstruction {
  /// Probabilities nearer to 0 or 1 than this are taken for this, as Keras does: a logarithm of 0 tells
  /// nothing.
  static let smallestProbability = 1e-7

  /// -(x log y + (1 - x) log(1 - y))
  static func crossEntropy(of y: Double, for x: Double) -> Double {
    let p = min(max(y, smallestProbability), 1 - smallestProbability)
    return -(x * p.logarithm + (1 - x) * (1 - p).logarithm)
  }

  /// What one value contributes; outside the ``domain`` as that has it. Tokens have no term: what a person
  /// sees of them has no probability.
  func term(of y: Double, for value: Double) -> Double {
    let x = domain.nearest(to: value)
    let distance = value - x
    let term = inner(of: y, for: x)
    return distance == 0 ? term : term + Double(Reconstruction.outlyingWeight) * distance * distance
  }

  /// The term of a value in the domain.
  private func inner(of y: Double, for x: Double) -> Double {
    switch self {
    case .gaussian: return (y - x) * (y - x)
    case .laplace: return abs(y - x)
    case .huber(let delta):
      let (d, limit) = (abs(y - x), Double(delta))
      return d <= limit ? d * d / 2 : limit * (d - limit / 2)
    case .bernoulli: return Reconstruction.crossEntropy(of: y, for: x)
    case .categorical: return -x * max(y, Reconstruction.smallestProbability).logarithm
    case .tokens, .fields: return .nan
    }
  }

  /// The loss of one sample: the mean of its terms; for categories over the axes before the last. Values that
  /// are missing (NaN) are passed over; the loss of a sample without any value is 0.
  func loss(of output: [Double], for sample: UnsafeBufferPointer<Float>, lastAxis: Int) -> Double {
    var sum = 0.0
    var count = 0
    for index in output.indices where !sample[index].isNaN {
      sum += term(of: output[index], for: Double(sample[index]))
      count += 1
    }
    return sum / (Double(max(1, count)) / Double(self == .categorical ? max(1, lastAxis) : 1))
  }
}
