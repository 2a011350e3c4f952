/// How dates and times of day are written: `yyyy-MM-dd HH:mm:ss`.
///
/// | letters | for |
/// |---|---|
/// | `yyyy`, `yy` | the year; in two digits, from 1969 to 2068 |
/// | `MM`, `M`, `MMM`, `MMMM` | the month, as `05`, `5`, `May`, `May` |
/// | `dd`, `d` | the day of the month |
/// | `EEE`, `EEEE` | the day of the week, as `Mon`, `Monday` |
/// | `HH`, `H`, `hh`, `h` | the hour, from 0 to 23, from 1 to 12 |
/// | `mm`, `ss`, `SSS` | minutes, seconds, parts of a second in as many digits |
/// | `a` | `AM` or `PM` |
/// | `X`, `XX`, `XXX` | the distance from Greenwich, as `+02`, `+0200`, `+02:00`, or `Z` |
///
/// Other letters stand between apostrophes. Names of months and days are English.
///
/// - Source: the letters of Unicode Technical Standard 35, part 4.
public struct TimePattern: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case year, shortYear
    case month(padded: Bool)
    case monthName(isLong: Bool)
    case day(padded: Bool)
    case weekday(isLong: Bool)
    case hour(padded: Bool)
    case halfHour(padded: Bool)
    case minute, second
    case fraction(digits: Int)
    case half
    /// With minutes in one, without a colon, with one.
    case zone(style: Int)
    case literal(UInt8)
  }

  var parts: [Part]
  /// Seconds that the clock is ahead of Greenwich, where the pattern has that.
  public var offset = 0

  init(parts: [Part], offset: Int = 0) {
    self.parts = parts
    self.offset = offset
  }

  /// Which of day and month stands first, where both are numbers and the year does not come before them.
  package var dateOrder: CSV.DateOrder? {
    for part in parts {
      switch part {
      case .day: return parts.contains { if case .month = $0 { true } else { false } } ? .dayFirst : nil
      case .month: return .monthFirst
      case .year, .shortYear, .monthName: return nil
      default: continue
      }
    }
    return nil
  }

  static let date = TimePattern(parts: [
    .year, .literal(0x2D), .month(padded: true), .literal(0x2D), .day(padded: true),
  ])

  /// - Returns: nil for letters that mean nothing.
  public init?(_ description: String) {
    let bytes = Array(description.utf8)
    var place = 0
    parts = []
    while place < bytes.count {
      let byte = bytes[place]
      let isLetter = (0x61...0x7A).contains(byte | 0x20)
      if byte == UInt8(ascii: "'") {
        guard let end = bytes[(place + 1)...].firstIndex(of: byte) else { return nil }
        // Two apostrophes are one.
        parts += end == place + 1 ? [.literal(byte)] : bytes[(place + 1)..<end].map { .literal($0) }
        place = end + 1
        continue
      }
      guard isLetter else {
        parts.append(.literal(byte))
        place += 1
        continue
      }
      let end = bytes[place...].firstIndex { $0 != byte } ?? bytes.count
      guard let part = TimePattern.part(byte, end - place) else { return nil }
      parts.append(part)
      place = end
    }
  }

  private static func part(_ letter: UInt8, _ count: Int) -> Part? {
    switch (Character(Unicode.Scalar(letter)), count) {
    case ("y", 4): .year
    case ("y", 2): .shortYear
    case ("M", 1...2): .month(padded: count == 2)
    case ("M", 3...4): .monthName(isLong: count == 4)
    case ("d", 1...2): .day(padded: count == 2)
    case ("E", 3...4): .weekday(isLong: count == 4)
    case ("H", 1...2): .hour(padded: count == 2)
    case ("h", 1...2): .halfHour(padded: count == 2)
    case ("m", 2): .minute
    case ("s", 2): .second
    case ("S", 1...18): .fraction(digits: count)
    case ("a", 1): .half
    case ("X", 1...3): .zone(style: count)
    default: nil
    }
  }

  /// Whether a day and a month in digits stand where either may be the other: `dd/MM/yyyy`, `M-d-yyyy`.
  var isSwappable: Bool {
    guard parts.count > 4, case .literal(let mark) = parts[1], mark != UInt8(ascii: ".") else { return false }
    switch (parts[0], parts[2]) {
    case (.day, .month), (.month, .day): return true
    default: return false
    }
  }

  /// The pattern with day and month in each other's place.
  var swapped: TimePattern {
    var other = self
    for (place, part) in parts.enumerated() {
      switch part {
      case .day(let padded): other.parts[place] = .month(padded: padded)
      case .month(let padded): other.parts[place] = .day(padded: padded)
      default: break
      }
    }
    return other
  }

  /// One pattern that reads what either reads, where they differ in nothing but zeros in front, the length of
  /// names and the digits of a second's parts.
  func merged(with other: TimePattern) -> TimePattern? {
    guard parts.count == other.parts.count else { return nil }
    var merged = self
    for place in parts.indices {
      switch (parts[place], other.parts[place]) {
      case (.month(let first), .month(let second)): merged.parts[place] = .month(padded: first && second)
      case (.day(let first), .day(let second)): merged.parts[place] = .day(padded: first && second)
      case (.hour(let first), .hour(let second)): merged.parts[place] = .hour(padded: first && second)
      case (.halfHour(let first), .halfHour(let second)):
        merged.parts[place] = .halfHour(padded: first && second)
      case (.monthName(let first), .monthName(let second)):
        merged.parts[place] = .monthName(isLong: first || second)
      case (.fraction(let first), .fraction(let second)):
        merged.parts[place] = .fraction(digits: max(first, second))
      case (let first, let second): guard first == second else { return nil }
      }
    }
    return merged
  }
}

extension TimePattern: CustomStringConvertible {
  /// The pattern in letters.
  public var description: String {
    var text = ""
    for part in parts {
      switch part {
      case .year: text += "yyyy"
      case .shortYear: text += "yy"
      case .month(let padded): text += padded ? "MM" : "M"
      case .monthName(let isLong): text += isLong ? "MMMM" : "MMM"
      case .day(let padded): text += padded ? "dd" : "d"
      case .weekday(let isLong): text += isLong ? "EEEE" : "EEE"
      case .hour(let padded): text += padded ? "HH" : "H"
      case .halfHour(let padded): text += padded ? "hh" : "h"
      case .minute: text += "mm"
      case .second: text += "ss"
      case .fraction(let digits): text += String(repeating: "S", count: digits)
      case .half: text += "a"
      case .zone(let style): text += String(repeating: "X", count: style)
      case .literal(let byte):
        let character = String(Character(Unicode.Scalar(byte)))
        text += (0x61...0x7A).contains(byte | 0x20) ? "'\(character)'" : byte == 0x27 ? "''" : character
      }
    }
    return text
  }
}

extension TimePattern: Codable {
  /// The letters, and behind a bar the seconds ahead of Greenwich where there are some.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    let pieces = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    guard let pattern = TimePattern(String(pieces[0])),
      let offset = pieces.count > 1 ? Int(pieces[1]) : 0, abs(offset) < 86_400
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no pattern of times")
    }
    self = pattern
    self.offset = offset
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(offset == 0 ? description : "\(description)|\(offset)")
  }
}

// MARK: - Writing

extension TimePattern {
  /// A time as the pattern writes it.
  ///
  /// - Parameter seconds: since 1970-01-01T00:00; rounded to the smallest part that is written.
  public func text(_ seconds: Double) -> String {
    // Years of four digits.
    guard seconds.isFinite, abs(seconds) < 253_402_300_800 else { return "\(seconds)" }
    let units = parts.reduce(1.0) { if case .fraction(let digits) = $1 { pow10(min(digits, 9)) } else { $0 } }
    let hasSeconds = parts.contains(.second)
    let hasHours = parts.contains {
      if case .hour = $0 { true } else if case .halfHour = $0 { true } else { false }
    }
    let step = hasSeconds ? 1 : hasHours ? 60.0 : 86_400
    let rounded =
      hasSeconds
      ? (seconds * units).rounded() / units : ((seconds / step) + (hasHours ? 0.5 : 0)).rounded(.down) * step
    var day = Int((rounded / 86_400).rounded(.down))
    var rest = rounded - Double(day) * 86_400
    var ticks = Int((rest * units).rounded())
    if ticks >= 86_400 * Int(units) { (day, ticks) = (day + 1, 0) }
    rest = 0
    let calendar = CalendarDay(number: day)
    let clock = ticks / Int(units)
    let fraction = ticks % Int(units)
    var text = ""
    for part in parts {
      text += piece(part, calendar, day, clock, fraction, Int(units))
    }
    return text
  }

  private func pow10(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { value, _ in value * 10 } }

  private func padded(_ value: Int, _ count: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
  }

  private func piece(
    _ part: Part, _ day: CalendarDay, _ number: Int, _ clock: Int, _ fraction: Int, _ units: Int
  ) -> String {
    let hour = clock / 3600
    switch part {
    case .year: return padded(day.year, 4)
    case .shortYear: return padded(day.year % 100, 2)
    case .month(let isPadded): return padded(day.month, isPadded ? 2 : 1)
    case .monthName(let isLong): return name(CalendarDay.months[day.month - 1], isLong)
    case .day(let isPadded): return padded(day.day, isPadded ? 2 : 1)
    case .weekday(let isLong): return name(CalendarDay.weekdays[CalendarDay.weekday(number)], isLong)
    case .hour(let isPadded): return padded(hour, isPadded ? 2 : 1)
    case .halfHour(let isPadded): return padded((hour + 11) % 12 + 1, isPadded ? 2 : 1)
    case .minute: return padded(clock / 60 % 60, 2)
    case .second: return padded(clock % 60, 2)
    case .fraction(let digits):
      let shown = padded(fraction, String(units).utf8.count - 1)
      return shown + String(repeating: "0", count: max(0, digits - shown.utf8.count))
    case .half: return hour < 12 ? "AM" : "PM"
    case .zone(let style): return zone(style)
    case .literal(let byte): return String(Character(Unicode.Scalar(byte)))
    }
  }

  private func name(_ name: String, _ isLong: Bool) -> String { isLong ? name : String(name.prefix(3)) }

  private func zone(_ style: Int) -> String {
    if offset == 0 { return "Z" }
    let (hours, minutes) = (padded(abs(offset) / 3600, 2), padded(abs(offset) / 60 % 60, 2))
    return (offset < 0 ? "-" : "+") + hours
      + (style == 1 && minutes == "00" ? "" : (style == 3 ? ":" : "") + minutes)
  }
}
