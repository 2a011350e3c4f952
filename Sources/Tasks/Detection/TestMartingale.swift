import HourglassTensor

/// Watches p-values that come one after the other, and cries when they are no longer uniform: when what is
/// scored has drifted.
///
/// It plays against them with a capital that no strategy can be expected to raise while they are uniform and
/// independent: then the chance that it ever reaches 1 / rate is at most the rate (Ville's inequality),
/// however long one watches. Before each step n a part w[n] = 1 / (n (n + 1)) of the first capital is put on
/// every bet b; what lies there is multiplied by what the bet pays:
///
///     S_b ← (S_b + w[n]) · b(p),    M = mean over b of S_b + 1 / (n + 1)
///
/// So a change after n steps is found as soon as a game that begins there has won about n² / rate, and a
/// long time without one costs no more than that. The bets: ε p^(ε - 1) for four ε win where p-values are
/// small, 1 ± 1.6 (p - 1/2) where they crowd at either end.
///
/// - Source: Ville 1939; bets from Vovk, Nouretdinov and Gammerman 2003, "Testing exchangeability on-line", starts
///   spread over time as in Shin, Ramdas and Rinaldo 2023, "E-detectors".
public struct TestMartingale: Hashable, Sendable {
  /// The chance of ever crying where nothing changes.
  public let rate: Double
  /// Steps since the start, or since the last cry.
  public private(set) var steps = 0
  /// log S of each bet; -∞ for none yet.
  public private(set) var logCapitals: [Double]

  private static let powers = [0.15, 0.35, 0.6, 0.8]
  private static let slopes = [-1.6, 1.6]
  static let bets = powers.count + slopes.count

  /// - Precondition: the rate is above 0 and below 1.
  public init(rate: Double) {
    precondition(rate > 0 && rate < 1, "TestMartingale: a rate of \(rate)")
    self.rate = rate
    logCapitals = [Double](repeating: -.infinity, count: TestMartingale.bets)
  }

  /// One that goes on where another was.
  ///
  /// - Returns: nil where these cannot have been its numbers.
  public init?(rate: Double, steps: Int, logCapitals: [Double]) {
    guard steps >= 0, logCapitals.count == TestMartingale.bets, logCapitals.allSatisfy({ !$0.isNaN })
    else { return nil }
    self.init(rate: rate)
    (self.steps, self.logCapitals) = (steps, logCapitals)
  }

  /// log M.
  public var logCapital: Double {
    let share = Double(TestMartingale.bets).logarithm
    var sum = -Double(steps + 1).logarithm
    for capital in logCapitals { sum = TestMartingale.logSum(sum, capital - share) }
    return sum
  }

  /// Takes a p-value.
  ///
  /// - Parameter pValue: in (0, 1]; NaN is passed over.
  /// - Returns: log M where it has reached 1 / rate; it starts anew then. Else nil.
  public mutating func take(_ pValue: Double) -> Double? {
    guard !pValue.isNaN else { return nil }
    let p = min(1, max(pValue, 1e-12))
    steps += 1
    let logShare = -(Double(steps) * Double(steps + 1)).logarithm
    let logP = p.logarithm
    for (bet, power) in TestMartingale.powers.enumerated() {
      raise(bet, logShare, power.logarithm + (power - 1) * logP)
    }
    for (bet, slope) in TestMartingale.slopes.enumerated() {
      raise(TestMartingale.powers.count + bet, logShare, (1 + slope * (p - 0.5)).logarithm)
    }
    let capital = logCapital
    guard capital >= -rate.logarithm else { return nil }
    self = TestMartingale(rate: rate)
    return capital
  }

  private mutating func raise(_ bet: Int, _ logShare: Double, _ logPayment: Double) {
    logCapitals[bet] = TestMartingale.logSum(logCapitals[bet], logShare) + logPayment
  }

  private static func logSum(_ first: Double, _ second: Double) -> Double {
    let (low, high) = (Swift.min(first, second), Swift.max(first, second))
    return low == -.infinity ? high : high + (low - high).exponential.logarithmOfOnePlus
  }
}
