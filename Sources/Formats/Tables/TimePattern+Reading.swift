extension TimePattern {
  /// What a text says of a time.
  struct Found {
    /// Since 1970-01-01T00:00 on the clock as written.
    var seconds: Double
    var month = 1
    var day = 1
    /// Seconds that the clock is ahead of Greenwich, where the text has that.
    var offset: Int?
  }

  /// The parts of a time as they are come upon.
  private struct Reading {
    var (year, month, day) = (1970, 1, 1)
    var (hour, minute, second) = (0, 0, 0)
    var fraction = 0.0
    /// 12 in the afternoon.
    var half: Int?
    var offset: Int?
  }

  /// Reads a text that is written so from its first to its last byte; nil for anything else, and for a day or
  /// an hour that there is not.
  func read(_ text: UnsafeBufferPointer<UInt8>) -> Found? {
    guard let base = text.baseAddress else { return nil }
    var reading = Reading()
    var place = 0
    for part in parts {
      guard TimePattern.read(part, base, &place, text.count, &reading) else { return nil }
    }
    guard place == text.count,
      let day = CalendarDay(year: reading.year, month: reading.month, day: reading.day),
      reading.hour < 24, reading.minute < 60, reading.second < 61
    else { return nil }
    let hour = reading.half.map { reading.hour % 12 + $0 } ?? reading.hour
    let clock = hour * 3600 + reading.minute * 60 + reading.second
    return Found(
      seconds: Double(day.number * 86_400 + clock) + reading.fraction, month: reading.month,
      day: reading.day, offset: reading.offset)
  }

  @inline(__always)
  private static func read(
    _ part: Part, _ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int, _ reading: inout Reading
  ) -> Bool {
    switch part {
    case .literal(let byte):
      guard place < end, bytes[place] == byte else { return false }
      place &+= 1
      return true
    case .year: return digits(bytes, &place, end, 4...4, &reading.year)
    case .month(let padded): return digits(bytes, &place, end, padded ? 2...2 : 1...2, &reading.month)
    case .day(let padded): return digits(bytes, &place, end, padded ? 2...2 : 1...2, &reading.day)
    case .hour(let padded): return digits(bytes, &place, end, padded ? 2...2 : 1...2, &reading.hour)
    case .minute: return digits(bytes, &place, end, 2...2, &reading.minute)
    case .second: return digits(bytes, &place, end, 2...2, &reading.second)
    default: return readRare(part, bytes, &place, end, &reading)
    }
  }

  private static func readRare(
    _ part: Part, _ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int, _ reading: inout Reading
  ) -> Bool {
    switch part {
    case .shortYear:
      guard digits(bytes, &place, end, 2...2, &reading.year) else { return false }
      reading.year += reading.year < 69 ? 2000 : 1900
    case .halfHour(let padded):
      guard digits(bytes, &place, end, padded ? 2...2 : 1...2, &reading.hour) else { return false }
      return (1...12).contains(reading.hour)
    case .fraction:
      var (divisor, value) = (1.0, 0.0)
      let start = place
      while place < end, case let digit = bytes[place] &- 0x30, digit < 10 {
        if divisor < 1e15 { (divisor, value) = (divisor * 10, value * 10 + Double(digit)) }
        place += 1
      }
      reading.fraction = value / divisor
      return place > start
    case .half:
      guard place + 1 < end, bytes[place + 1] | 0x20 == 0x6D else { return false }
      let letter = bytes[place] | 0x20
      guard letter == 0x61 || letter == 0x70 else { return false }
      reading.half = letter == 0x70 ? 12 : 0
      place += 2
    case .monthName(let isLong):
      guard let index = word(bytes, &place, end, CalendarDay.months, isLong) else { return false }
      reading.month = index + 1
    case .weekday(let isLong): return word(bytes, &place, end, CalendarDay.weekdays, isLong) != nil
    case .zone: return zone(bytes, &place, end, &reading)
    default: return false
    }
    return true
  }

  @inline(__always)
  private static func digits(
    _ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int, _ count: ClosedRange<Int>,
    _ value: inout Int
  ) -> Bool {
    let start = place
    value = 0
    while place < end, place &- start < count.upperBound, case let digit = bytes[place] &- 0x30, digit < 10 {
      value = value &* 10 &+ Int(digit)
      place &+= 1
    }
    return place &- start >= count.lowerBound
  }

  /// The place of the name that the next letters are, in full or their first three.
  private static func word(
    _ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int, _ names: [String], _ isLong: Bool
  ) -> Int? {
    let start = place
    while place < end, (0x61...0x7A).contains(bytes[place] | 0x20) { place += 1 }
    let letters = UnsafeBufferPointer(start: bytes + start, count: place - start)
    return names.firstIndex { name in
      guard isLong || letters.count == 3 else { return false }
      let expected = isLong ? name.utf8.count : 3
      return letters.count == expected && zip(letters, name.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
  }

  private static func zone(
    _ bytes: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int, _ reading: inout Reading
  ) -> Bool {
    guard place < end else { return false }
    if bytes[place] == UInt8(ascii: "Z") || bytes[place] == UInt8(ascii: "z") {
      (reading.offset, place) = (0, place + 1)
      return true
    }
    let isWest = bytes[place] == 0x2D
    guard isWest || bytes[place] == 0x2B else { return false }
    place += 1
    var (hours, minutes) = (0, 0)
    guard digits(bytes, &place, end, 2...2, &hours), hours < 24 else { return false }
    if place < end, bytes[place] == 0x3A { place += 1 }
    if place < end { guard digits(bytes, &place, end, 2...2, &minutes), minutes < 60 else { return false } }
    reading.offset = (isWest ? -60 : 60) * (hours * 60 + minutes)
    return true
  }
}
