import HourglassTensor

extension Law {
  /// What values a law can hold, on the field's own scale.
  public enum Domain: Hashable, Sendable {
    /// Any number.
    case any
    /// Numbers above 0.
    case positive
    /// Whole numbers from 0 on, up to the largest that single precision tells from its neighbours.
    case counts
    /// [0, 1]: flags, shares.
    case unitInterval
    /// Whole numbers from 0 to below the number given.
    case levels(Int)

    /// The largest count: 2²⁴.
    public static let largestCount = Double(1 << 24)

    /// Whether a value lies inside; one that is missing (NaN) does.
    public func contains(_ value: Double) -> Bool {
      if value.isNaN { return true }
      switch self {
      case .any: return value.isFinite
      case .positive: return value > 0 && value.isFinite
      case .counts: return value >= 0 && value <= Domain.largestCount && value == value.rounded()
      case .unitInterval: return value >= 0 && value <= 1
      case .levels(let count): return value >= 0 && value < Double(count) && value == value.rounded()
      }
    }

    /// As a message has it.
    public var words: String {
      switch self {
      case .any: "numbers"
      case .positive: "numbers above 0"
      case .counts: "whole numbers from 0 to 16777216"
      case .unitInterval: "values in [0, 1]"
      case .levels(let count): "whole numbers from 0 to \(count - 1)"
      }
    }
  }

  /// Refuses a value that the law cannot hold.
  ///
  /// - Parameter place: where it stands, as `column "visits", row 17`.
  public func check(_ value: Double, at place: String) throws(ModelError) {
    guard !domain.contains(value) else { return }
    throw ModelError(
      place: place, expected: "\(domain.words), as the law \(name) has them", found: "\(value)",
      remedy: "correct the value, or give the field another law")
  }
}
