import HourglassTensor

/// Which of many samples are called odd, by their p-values.
public enum FlagRule: Hashable, Sendable {
  /// p ≤ rate: of samples that are normal at most this share is flagged, in the mean over calibrations.
  case alarm(Double)
  /// h(p) ≤ rate, so that with a chance of 1 - δ this calibration flags at most this share of normal samples:
  /// Bates et al. 2023, the Simes adjustment. See ``ConditionalBound``.
  case certain(Double, risk: Double)
  /// Of the flagged samples at most this share is normal, in the mean: Benjamini and Hochberg 1995, which
  /// holds for conformal p-values of one calibration (Bates et al. 2023, theorem 2).
  case discoveries(Double)
  /// The same where the share of normal samples is estimated from the p-values: Storey 2002, with λ = 1/2.
  case storey(Double)

  /// Whether each is flagged; one without p-value is not.
  ///
  /// - Parameter calibrating: samples that p-values are held against.
  public func flags(_ pValues: [Double], calibrating: Int) -> [Bool] {
    switch self {
    case .alarm(let rate): return pValues.map { $0 <= rate }
    case .certain(let rate, let risk):
      let bound = ConditionalBound(samples: calibrating, risk: risk)
      return pValues.map { !$0.isNaN && bound.adjusted($0) <= rate }
    case .discoveries(let rate):
      return FlagRule.stepUp(pValues, rate, normal: Double(pValues.count { !$0.isNaN }))
    case .storey(let rate):
      let known = pValues.filter { !$0.isNaN }
      let normal = min(Double(known.count), Double(1 + known.count { $0 > 0.5 }) / 0.5)
      return FlagRule.stepUp(pValues, rate, normal: normal)
    }
  }

  /// All samples up to the largest k with p₍ₖ₎ ≤ k rate / normal.
  private static func stepUp(_ pValues: [Double], _ rate: Double, normal: Double) -> [Bool] {
    let sorted = pValues.filter { !$0.isNaN }.sorted()
    var limit = -1.0
    for (place, value) in sorted.enumerated() where value <= Double(place + 1) * rate / max(1, normal) {
      limit = value
    }
    return pValues.map { $0 <= limit }
  }

  /// The least number of calibrating samples with which anything can be flagged; of a rate of false flags
  /// that a single odd one among `samples` is.
  public func needed(samples: Int) -> Int {
    switch self {
    case .alarm(let rate): return FlagRule.least(for: rate)
    case .certain(let rate, let risk):
      var (low, high) = (1, 1)
      while ConditionalBound(samples: high, risk: risk).smallest > rate, high < 1 << 40 {
        (low, high) = (high, high * 2)
      }
      while low < high {
        let middle = (low + high) / 2
        if ConditionalBound(samples: middle, risk: risk).smallest > rate {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return low
    case .discoveries(let rate), .storey(let rate): return FlagRule.least(for: rate / Double(max(1, samples)))
    }
  }

  /// n with 1 / (n + 1) ≤ rate.
  private static func least(for rate: Double) -> Int {
    // 1 / 0.01 is 100, whatever 0.01 is in binary.
    Int((1 / rate - 1e-9 * (1 / rate)).rounded(.up)) - 1
  }

  /// How many samples must be as odd as can be before one is flagged, of rules that look at all together.
  public func leastTogether(samples: Int, calibrating: Int) -> Int {
    switch self {
    case .alarm, .certain: return 1
    case .discoveries(let rate), .storey(let rate):
      return max(1, Int((Double(samples) / (rate * Double(calibrating + 1)) - 1e-9).rounded(.up)))
    }
  }
}

/// P-values that hold for the calibration at hand with a chance of 1 - δ, not only in the mean over
/// calibrations.
///
///     h(p) = b_⌈(n + 1) p⌉
///     b_{n + 1 - i} = 1 - (δ i (i - 1) … (i - k + 1) / (n (n - 1) … (n - k + 1)))^{1/k}
///
/// with k = n / 2 and b_{n + 1} = 1.
///
/// - Source: Bates, Candès, Lei, Romano and Sesia 2023, "Testing for outliers with conformal p-values",
///   equation 11.
public struct ConditionalBound: Hashable, Sendable {
  private let samples: Int
  private let bounds: [Double]

  /// - Parameter risk: δ, above 0 and below 1.
  public init(samples: Int, risk: Double) {
    self.samples = samples
    let k = max(1, samples / 2)
    // Σ log(i - j) - log(n - j) over j < k, for i from n down: each step takes one factor off and one on.
    var sum = 0.0
    var bounds: [Double] = []
    for i in stride(from: samples, through: 1, by: -1) {
      guard i >= k else {
        bounds.append(1)
        continue
      }
      bounds.append(1 - ((risk.logarithm + sum) / Double(k)).exponential)
      if i - k >= 1 { sum += Double(i - k).logarithm - Double(i).logarithm }
    }
    self.bounds = bounds
  }

  /// The least that an adjusted p-value can be.
  public var smallest: Double { bounds.first ?? 1 }

  /// h(p)
  public func adjusted(_ p: Double) -> Double {
    let place = Int((p * Double(samples + 1) - 1e-9).rounded(.up))
    return place < 1 ? smallest : place > bounds.count ? 1 : bounds[place - 1]
  }
}
