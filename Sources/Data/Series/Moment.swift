/// A time as ISO 8601 writes it, as numbers: `2014-04-01 00:05:00` or `1949-01`, with or without `T`,
/// fractions of seconds and a zone.
struct Moment {
  /// Months from the year 0 on.
  let month: Int
  /// Milliseconds from the month's start.
  let withinMonth: Int
  /// From 1970 on.
  let milliseconds: Int

  init?(_ text: String) {
    var text = Substring(text)
    guard let year = Moment.number(&text, digits: 4), let separator = text.first, "-/".contains(separator),
      let month = Moment.number(&text, after: separator), (1...12).contains(month)
    else { return nil }
    var day = 1
    var time = 0
    if !text.isEmpty {
      guard let number = Moment.number(&text, after: separator), (1...31).contains(number),
        let rest = Moment.time(&text)
      else { return nil }
      (day, time) = (number, rest)
    }
    self.month = year * 12 + month - 1
    withinMonth = (day - 1) * 86_400_000 + time
    milliseconds = Moment.days(year, month, day) * 86_400_000 + time
  }

  /// `T00:05:00.5+02:00`, as milliseconds in UTC; 0 where nothing is left.
  private static func time(_ text: inout Substring) -> Int? {
    if text.isEmpty { return 0 }
    guard let mark = text.first, "T ".contains(mark), let hour = number(&text, after: mark),
      let minute = number(&text, after: ":"), hour <= 24, minute < 60
    else { return nil }
    var milliseconds = (hour * 60 + minute) * 60_000
    if text.first == ":" {
      guard let second = number(&text, after: ":"), second <= 60 else { return nil }
      milliseconds += second * 1000
    }
    if text.first == "." {
      let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
      guard let fraction = Double("0." + digits) else { return nil }
      milliseconds += Int(fraction * 1000)
      text = text.dropFirst(1 + digits.count)
    }
    if text.isEmpty || text == "Z" { return milliseconds }
    guard let sign = text.first, "+-".contains(sign), let hours = number(&text, after: sign) else {
      return nil
    }
    if text.first == ":" { text = text.dropFirst() }
    guard let minutes = text.isEmpty ? 0 : number(&text, digits: 2), text.isEmpty else { return nil }
    return milliseconds - (sign == "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000
  }

  private static func number(_ text: inout Substring, after mark: Character) -> Int? {
    guard text.first == mark else { return nil }
    text = text.dropFirst()
    return number(&text, digits: 2)
  }

  private static func number(_ text: inout Substring, digits: Int) -> Int? {
    let part = text.prefix(digits)
    guard part.count == digits, part.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    text = text.dropFirst(digits)
    return Int(part)
  }

  /// Days from 1970 on, by the Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    // Years that begin in March have the leap day at their end.
    let shifted = month > 2 ? year : year - 1
    let fromMarch = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + fromMarch - 719_468
  }
}
