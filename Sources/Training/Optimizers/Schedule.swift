import HourglassTensor

/// The learning rate as a pure function of the step: rate(t) = η · warm-up(t) · shape(t).
///
/// t counts steps from 0, T is the number of all steps, E the steps of an epoch. Resuming needs no memory of
/// it.
public enum Schedule: Hashable, Sendable {
  case constant
  /// factor^⌊epoch / every⌋
  case step(every: Int = 30, factor: Double = 0.1)
  /// factor^epoch, epoch = t / E with its fraction
  case exponential(factor: Double = 0.95)
  /// 1 / (1 + decay · epoch)
  case inverseTime(decay: Double = 0.1)
  /// (1 + cos(π u)) / 2 from 1 down to `floor`, with u the place within the cycle. `cycles` equal parts, each
  /// starting anew at 1. Loshchilov and Hutter 2017.
  case cosine(cycles: Int = 1, floor: Double = 0)
  /// Up from 1 / divisor to 1 over the first `rise` of all steps, down to 1 / (divisor · 10⁴) over the rest,
  /// both along a cosine. Smith and Topin 2018, with their 25 and 0.3.
  case oneCycle(divisor: Double = 25, rise: Double = 0.3)
  /// 1, and over the last `fall` of all steps along half a cosine down to `floor`: with a warm-up the
  /// trapezoid of Xing et al. 2018. As good as a cosine over all of them (Hägele et al. 2024), and the steps
  /// before the fall do not depend on how many there will be.
  case trapezoid(fall: Double = 0.2, floor: Double = 0)
  /// factor^n after n times `patience` epochs without a lower validation loss. A function of the losses so
  /// far.
  case plateau(factor: Double = 0.5, patience: Int = 5)

  /// The words of the command line.
  public static let names = [
    "constant", "step", "exponential", "inverse-time", "cosine", "one-cycle", "trapezoid", "plateau",
  ]

  /// By the word of the command line, with its usual numbers.
  public init?(name: String) {
    switch name {
    case "constant": self = .constant
    case "step": self = .step()
    case "exponential": self = .exponential()
    case "inverse-time": self = .inverseTime()
    case "cosine": self = .cosine()
    case "one-cycle": self = .oneCycle()
    case "trapezoid": self = .trapezoid()
    case "plateau": self = .plateau()
    default: return nil
    }
  }

  /// The word of the command line.
  public var name: String {
    switch self {
    case .constant: "constant"
    case .step: "step"
    case .exponential: "exponential"
    case .inverseTime: "inverse-time"
    case .cosine: "cosine"
    case .oneCycle: "one-cycle"
    case .trapezoid: "trapezoid"
    case .plateau: "plateau"
    }
  }

  /// The factor on the rate.
  ///
  /// - Parameters:
  ///   - progress: epochs done, with the fraction of the one under way.
  ///   - epochs: all epochs of the recipe.
  ///   - warmup: epochs over which the rate rises linearly from 0, before which the shape stands at its
  ///     start.
  ///   - losses: the losses that count, of the epochs done.
  public func factor(at progress: Double, of epochs: Double, warmup: Double = 0, losses: [Double] = [])
    -> Double
  {
    if progress < warmup {
      return max(progress, 0) / warmup * shape(at: 0, of: max(epochs - warmup, 0), losses)
    }
    return shape(at: progress - warmup, of: max(epochs - warmup, 0), losses)
  }

  private func shape(at progress: Double, of epochs: Double, _ losses: [Double]) -> Double {
    let part = epochs > 0 ? min(max(progress / epochs, 0), 1) : 0
    switch self {
    case .constant: return 1
    case .step(let every, let factor): return factor.raised(to: (progress / Double(every)).rounded(.down))
    case .exponential(let factor): return factor.raised(to: progress)
    case .inverseTime(let decay): return 1 / (1 + decay * progress)
    case .cosine(let cycles, let floor):
      let place = part * Double(cycles)
      let within = part >= 1 ? 1 : place - place.rounded(.down)
      return Schedule.glide(from: 1, to: floor, within)
    case .oneCycle(let divisor, let rise):
      let low = 1 / divisor
      if part < rise { return Schedule.glide(from: low, to: 1, part / rise) }
      return Schedule.glide(from: 1, to: low / 10_000, (part - rise) / (1 - rise))
    case .trapezoid(let fall, let floor):
      return Schedule.glide(from: 1, to: floor, max(0, part - (1 - fall)) / fall)
    case .plateau(let factor, let patience):
      return factor.raised(to: Double(Schedule.plateaus(losses, patience)))
    }
  }

  /// Half a cosine from one value to another.
  private static func glide(from start: Double, to end: Double, _ part: Double) -> Double {
    end + (start - end) * (1 + (Double.pi * part).cosine) / 2
  }

  /// How many times `patience` epochs passed without a loss below the lowest before; the count begins anew
  /// each time.
  private static func plateaus(_ losses: [Double], _ patience: Int) -> Int {
    var (lowest, waited, count) = (Double.infinity, 0, 0)
    for loss in losses {
      waited = loss < lowest ? 0 : waited + 1
      lowest = min(lowest, loss)
      if waited == patience {
        count += 1
        waited = 0
      }
    }
    return count
  }

  func check() throws(TrainingError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String) throws(TrainingError) {
      if !isRight { throw TrainingError(place: "schedule \(name)", expected: expected, found: found) }
    }
    switch self {
    case .constant: break
    case .step(let every, let factor):
      try require(every > 0, "an interval of at least 1 epoch", "\(every)")
      try require(factor > 0 && factor <= 1, "a factor above 0, at most 1", "\(factor)")
    case .exponential(let factor):
      try require(factor > 0 && factor <= 1, "a factor above 0, at most 1", "\(factor)")
    case .inverseTime(let decay):
      try require(decay >= 0 && decay.isFinite, "a decay of at least 0", "\(decay)")
    case .cosine(let cycles, let floor):
      try require(cycles > 0, "at least 1 cycle", "\(cycles)")
      try require((0...1).contains(floor), "a floor in [0, 1]", "\(floor)")
    case .oneCycle(let divisor, let rise):
      try require(divisor >= 1 && divisor.isFinite, "a divisor of at least 1", "\(divisor)")
      try require(rise > 0 && rise < 1, "a rise between 0 and 1", "\(rise)")
    case .trapezoid(let fall, let floor):
      try require(fall > 0 && fall <= 1, "a fall above 0, at most 1", "\(fall)")
      try require((0...1).contains(floor), "a floor in [0, 1]", "\(floor)")
    case .plateau(let factor, let patience):
      try require(factor > 0 && factor < 1, "a factor between 0 and 1", "\(factor)")
      try require(patience > 0, "a patience of at least 1 epoch", "\(patience)")
    }
  }
}

/// Samples a step, as a pure function of the epoch. Smith et al. 2018: growing the batch does what lowering
/// the rate does.
public enum BatchSchedule: Hashable, Sendable {
  case constant
  /// batch · factor^⌊epoch / every⌋
  case step(every: Int = 10, factor: Double = 2)
  /// batch · factor^epoch
  case exponential(factor: Double = 1.1)

  /// The words of the command line.
  public static let names = ["constant", "step", "exponential"]

  public init?(name: String) {
    switch name {
    case "constant": self = .constant
    case "step": self = .step()
    case "exponential": self = .exponential()
    default: return nil
    }
  }

  public var name: String {
    switch self {
    case .constant: "constant"
    case .step: "step"
    case .exponential: "exponential"
    }
  }

  /// Samples a step in an epoch counted from 0, at most `most`.
  public func batch(_ batch: Int, epoch: Int, most: Int) -> Int {
    let factor: Double =
      switch self {
      case .constant: 1
      case .step(let every, let factor): factor.raised(to: Double(epoch / max(1, every)))
      case .exponential(let factor): factor.raised(to: Double(epoch))
      }
    return max(1, Int(min((Double(batch) * factor).rounded(), Double(most))))
  }

  func check() throws(TrainingError) {
    switch self {
    case .constant: return
    case .step(let every, let factor):
      guard every > 0, factor >= 1, factor.isFinite else {
        throw TrainingError(
          place: "batch schedule step",
          expected: "an interval of at least 1 epoch and a factor of at least 1",
          found: "\(every) and \(factor)")
      }
    case .exponential(let factor):
      guard factor >= 1, factor.isFinite else {
        throw TrainingError(
          place: "batch schedule exponential", expected: "a factor of at least 1", found: "\(factor)")
      }
    }
  }
}
