import HourglassTensor

/// What comes round again in times: a time has a sine and a cosine of its place in it.
///
/// The angle is 2π times the share of the cycle that is over.
public enum TimeCycle: String, Hashable, Sendable, Codable, CaseIterable {
  /// The time of day, a round of 86 400 seconds.
  case day
  /// The day of the week, a round of 7 days, from Monday on.
  case week
  /// The day of the year, a round of 365.2425 days (the Gregorian calendar's mean) from 1 January 1970 on.
  case year

  /// In words, for names of slots.
  public var words: String {
    switch self {
    case .day: "time of day"
    case .week: "weekday"
    case .year: "day of year"
    }
  }

  static let secondsOfDay = 86_400.0
  private static let daysOfYear = 365.2425

  /// The share of the cycle, from 0 to below 1, that is over at some seconds since 1970.
  public func phase(_ seconds: Double) -> Double {
    let days = seconds / TimeCycle.secondsOfDay
    func share(_ value: Double) -> Double { value - value.rounded(.down) }
    switch self {
    case .day: return share(days)
    // 1 January 1970 was a Thursday, three days after a Monday.
    case .week: return share((days.rounded(.down) + 3) / 7)
    case .year: return share(days / TimeCycle.daysOfYear)
    }
  }
}
