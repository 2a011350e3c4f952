import HourglassTensor

/// What the best law that knows nothing of a row costs a value, in nats.
enum ConstantLaw {
  /// -Σ p ln p of the shares of some numbers of rows.
  static func entropy(_ counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    guard total > 0 else { return 0 }
    return Statistics.sum(
      counts.filter { $0 > 0 }.map { count in
        let share = Double(count) / total
        return -share * share.logarithm
      })
  }

  /// The mean of -ln p(x) of counts under the negative binomial law that is most likely:
  ///
  ///     p(x) = Γ(x + θ) / (Γ(θ) x!) (θ / (θ + μ))^θ (μ / (θ + μ))^x
  ///
  /// μ is the mean whatever θ is; θ is found on a ladder of powers of 2^¼ from 2⁻¹⁰ to 2²⁰, where the law
  /// is a Poisson law's as far as anyone could tell.
  ///
  /// - Parameters:
  ///   - counts: each value with the number of its rows.
  ///   - isCoarse: whether steps are powers of 2, for tables of very many columns.
  static func negativeBinomial(_ counts: [(value: Double, count: Int)], isCoarse: Bool = false) -> Double {
    let rows = Double(counts.reduce(0) { $0 + $1.count })
    let mean = Statistics.sum(counts.map { $0.value * Double($0.count) }) / max(rows, 1)
    guard rows > 0, mean > 0 else { return 0 }
    func cost(_ theta: Double) -> Double {
      let terms = counts.map { value, number in
        let likelihood =
          (value + theta).logGamma - theta.logGamma - (value + 1).logGamma
          - theta * (mean / theta).logarithmOfOnePlus + value * (mean / (theta + mean)).logarithm
        return -likelihood * Double(number)
      }
      return Statistics.sum(terms) / rows
    }
    return stride(from: -40, through: 80, by: isCoarse ? 4 : 1).map { cost(2.0.raised(to: Double($0) / 4)) }
      .min() ?? 0
  }
}
