import HourglassKernels

/// How parameters change once their gradient is known: a rule of the kernels, its numbers, and its own
/// blocks.
///
/// The engine knows neither what the rule is called nor why; it shares the parameters out over the team.
public struct Update {
  public var rule: hourglass_update_rule
  public var numbers: hourglass_update_numbers
  /// Up to three blocks as long as the parameters, or nil.
  public var first: UnsafeMutablePointer<Float>?
  public var second: UnsafeMutablePointer<Float>?
  public var third: UnsafeMutablePointer<Float>?
  /// The first parameter that is updated; a multiple of 16 shares the work out best.
  public var offset = 0
  /// Parameters that are updated from there on; nil: all.
  public var count: Int?
  public var clip: Clip?
  /// Parameters at the start of the block that change by numbers of their own.
  private var ownCount = 0
  private var ownNumbers: hourglass_update_numbers?

  /// What is done to a gradient before it is used. c is the limit.
  public enum Clip: Hashable, Sendable {
    /// Each value is cut at -c and c.
    case value(Float)
    /// The whole gradient is scaled by min(1, c / ‖g‖). Pascanu et al. 2013.
    case norm(Float)
  }

  public init(
    rule: @escaping hourglass_update_rule, numbers: hourglass_update_numbers,
    first: UnsafeMutablePointer<Float>? = nil, second: UnsafeMutablePointer<Float>? = nil,
    third: UnsafeMutablePointer<Float>? = nil
  ) {
    self.rule = rule
    self.numbers = numbers
    self.first = first
    self.second = second
    self.third = third
  }

  /// Lets the first parameters of the block change by other numbers: at a rate of their own.
  public mutating func first(_ count: Int, by numbers: hourglass_update_numbers?) {
    (ownCount, ownNumbers) = (count, numbers)
  }

  /// Applies the rule to `count` parameters from `offset` on.
  func apply(
    _ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, from offset: Int,
    count: Int
  ) {
    if let ownNumbers, offset < ownCount {
      let own = min(count, ownCount - offset)
      apply(ownNumbers, parameters, gradient, from: offset, count: own)
      if own < count { apply(numbers, parameters, gradient, from: offset + own, count: count - own) }
    } else {
      apply(numbers, parameters, gradient, from: offset, count: count)
    }
  }

  private func apply(
    _ numbers: hourglass_update_numbers, _ parameters: UnsafeMutablePointer<Float>,
    _ gradient: UnsafePointer<Float>, from offset: Int, count: Int
  ) {
    withUnsafePointer(to: numbers) { numbers in
      rule(
        numbers, parameters + offset, gradient + offset, first.map { $0 + offset },
        second.map { $0 + offset }, third.map { $0 + offset }, Int64(count))
    }
  }
}
