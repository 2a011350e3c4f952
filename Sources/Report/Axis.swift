import HourglassTensor

/// Where numbers lie along one side of a chart, from 0 to 1, and the round ones that are written there.
struct Axis: Hashable, Sendable {
  let lowest: Double
  let highest: Double
  let isLogarithmic: Bool
  let ticks: [Double]

  /// An axis that holds all the numbers that are finite.
  ///
  /// - Parameters:
  ///   - count: of ticks, about.
  ///   - includesZero: whether 0 is on it, as for lengths of bars.
  ///   - isCounted: whether ticks are whole numbers alone.
  init(
    _ values: some Sequence<Double>, count: Int = 5, logarithmic: Bool = false, includesZero: Bool = false,
    isCounted: Bool = false
  ) {
    let finite = values.filter { $0.isFinite && (!logarithmic || $0 > 0) }
    var lowest = finite.min() ?? 0
    var highest = finite.max() ?? 1
    if includesZero { (lowest, highest) = (min(0, lowest), max(0, highest)) }
    if !(highest > lowest) {
      let room = abs(lowest) < .leastNormalMagnitude ? 1 : abs(lowest) / 2
      (lowest, highest) = (lowest - (includesZero ? 0 : room), highest + room)
    }
    isLogarithmic = logarithmic && lowest > 0
    guard !isLogarithmic else {
      ticks = Axis.powers(lowest, highest)
      (self.lowest, self.highest) = (lowest, highest)
      return
    }
    let step = max(isCounted ? 1 : 0, Axis.step((highest - lowest) / Double(count)))
    let first = Int((lowest / step - 1e-9).rounded(.up))
    let last = Int((highest / step + 1e-9).rounded(.down))
    ticks = first <= last && last - first < 100 ? (first...last).map { Double($0) * step } : []
    (self.lowest, self.highest) = (lowest, highest)
  }

  /// From 0 for the lowest number to 1 for the highest.
  func place(_ value: Double) -> Double {
    let place =
      isLogarithmic
      ? (max(value, lowest).logarithm - lowest.logarithm) / (highest.logarithm - lowest.logarithm)
      : (value - lowest) / (highest - lowest)
    return place.isFinite ? max(0, min(1, place)) : 0
  }

  /// A tick in as few figures as tell it from the others.
  func label(_ tick: Double) -> String {
    guard !isLogarithmic, ticks.count > 1 else { return Axis.plain(tick) }
    let step = ticks[1] - ticks[0]
    let largest = max(abs(lowest), abs(highest))
    guard largest < 1e6, step >= 1e-5 else { return Axis.plain(tick) }
    var decimals = 0
    var size = step
    while size < 0.999_999, decimals < 6 {
      size *= 10
      decimals += 1
    }
    return Figures.fixed(tick, decimals).replacing("-", with: "−")
  }

  /// A round number without zeros at its end.
  private static func plain(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e6 { return Figures.count(Int(value)) }
    var text = Figures.significant(value, 3)
    if text.contains("."), !text.contains("e") {
      while text.hasSuffix("0") { text.removeLast() }
    }
    return text.replacing("-", with: "−")
  }

  /// 1, 2 or 5 times a power of ten, at least as large.
  private static func step(_ least: Double) -> Double {
    guard least.isFinite, least > 0 else { return 1 }
    var power = 1.0
    while power * 10 <= least { power *= 10 }
    while power > least { power /= 10 }
    for factor in [1.0, 2, 5] where power * factor >= least * 0.999_999 { return power * factor }
    return power * 10
  }

  /// 1, 2 and 5 times powers of ten; of many powers the powers alone.
  private static func powers(_ lowest: Double, _ highest: Double) -> [Double] {
    var power = 1.0
    while power * 10 <= lowest { power *= 10 }
    while power > lowest { power /= 10 }
    let span = highest / lowest
    let factors: [Double] = span > 1000 ? [1] : span > 30 ? [1, 3] : [1, 2, 5]
    var ticks: [Double] = []
    // Below the smallest normal number powers of ten end at 0.
    while power > 0, power <= highest, ticks.count < 40 {
      ticks += factors.map { $0 * power }.filter { $0 >= lowest && $0 <= highest }
      power *= 10
    }
    return ticks
  }
}
