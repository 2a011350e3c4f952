import HourglassEngine
import HourglassModels
import HourglassTensor

extension Law {
  /// -log p(x | θ) in nats by the definition, in the plainest words: the oracle of ``Law`` on a graph.
  ///
  /// Parameters are those of the law, none of them held.
  public func slowSurprise(of x: Double, _ y: [Double]) -> Double {
    switch self {
    case .gaussian: return -(normal(x, y[0], 1)).logarithm
    case .normal: return -(normal(x, y[0], (y[1] / 2).exponential)).logarithm
    case .laplace: return -((-abs(x - y[0])).exponential / 2).logarithm
    case .huber(let delta):
      let (d, width) = (abs(x - y[0]), Double(delta))
      return (d <= width ? d * d / 2 : width * (d - width / 2)) + constant
    case .studentT(let degrees):
      let (n, z) = (Double(degrees), (x - y[0]) / y[1].exponential)
      return (n + 1) / 2 * (1 + z * z / n).logarithm + y[1] + Density.logGamma(n / 2)
        - Density.logGamma((n + 1) / 2)
        + (Double.pi * n).logarithm / 2
    case .mixture(let components):
      let shares = softmax(Array(y[..<components]))
      let densities = (0..<components).map {
        shares[$0] * normal(x, y[components + $0], (y[2 * components + $0] / 2).exponential)
      }
      return -densities.reduce(0, +).logarithm
    case .gamma: return Density.gamma.value(x, y[0], y[1])
    case .poisson: return Density.poisson.value(x, y[0], 0)
    case .negativeBinomial: return Density.negativeBinomial.value(x, y[0], y[1])
    case .zeroInflatedNegativeBinomial:
      let (within, zero) = (
        (-Density.negativeBinomial.value(x, y[0], y[1])).exponential, 1 / (1 + (-y[2]).exponential)
      )
      return -((x == 0 ? zero : 0) + (1 - zero) * within).logarithm
    case .bernoulli:
      let p = 1 / (1 + (-y[0]).exponential)
      return -(x * p.logarithm + (1 - x) * (1 - p).logarithm)
    case .categorical: return -softmax(y)[Int(x)].logarithm
    case .cumulative(let levels):
      var (cut, below) = (y[0], [1 / (1 + (-y[0]).exponential)])
      for step in y.dropFirst() {
        cut += (1 + step.exponential).logarithm
        below.append(1 / (1 + (-cut).exponential))
      }
      let upper = Int(x) == levels - 1 ? 1 : below[Int(x)]
      return -(upper - (x == 0 ? 0 : below[Int(x) - 1])).logarithm
    }
  }

  private func normal(_ x: Double, _ mean: Double, _ deviation: Double) -> Double {
    let z = (x - mean) / deviation
    return (-z * z / 2).exponential / (deviation * (2 * Double.pi).squareRoot())
  }

  private func softmax(_ logits: [Double]) -> [Double] {
    let powers = logits.map { $0.exponential }
    return powers.map { $0 / powers.reduce(0, +) }
  }
}
