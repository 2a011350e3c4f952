extension TimePattern {
  /// How a text is written that is a date, a time or both; nil for any other text. Where day and month may be
  /// either, the day is taken to stand first, unless the month would be above 12.
  init?(writing text: UnsafeBufferPointer<UInt8>) {
    guard let first = text.first, text.count >= 4, text.count <= 48,
      first &- 0x30 < 10 || (0x61...0x7A).contains(first | 0x20)
    else { return nil }
    var finder = TimeFinder(bytes: text)
    guard finder.find() else { return nil }
    let pattern = TimePattern(parts: finder.parts)
    for pattern in pattern.isSwappable ? [pattern, pattern.swapped] : [pattern] {
      if let found = pattern.read(text) {
        self.init(parts: pattern.parts, offset: found.offset ?? 0)
        return
      }
    }
    return nil
  }
}

/// Finds the parts of a time in a text by what its digits and letters look like.
private struct TimeFinder {
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0
  var parts: [TimePattern.Part] = []

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func find() -> Bool {
    if findClock() { return findZone() && place == bytes.count }
    (place, parts) = (0, [])
    guard findDate() else { return false }
    if place == bytes.count { return true }
    guard take("T") || take(" ") || (take(",") && (take(" ") || true)) else { return false }
    return findClock() && findZone() && place == bytes.count
  }

  // MARK: - Bytes

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ letter: Character) -> Bool {
    guard let byte = next, byte == letter.asciiValue else { return false }
    parts.append(.literal(byte))
    place += 1
    return true
  }

  /// How many digits come next.
  private var digits: Int { bytes[place...].prefix { $0 &- 0x30 < 10 }.count }

  private var letters: Int { bytes[place...].prefix { (0x61...0x7A).contains($0 | 0x20) }.count }

  private mutating func add(_ part: TimePattern.Part, _ count: Int) {
    parts.append(part)
    place += count
  }

  private mutating func takeMark(_ marks: String) -> UInt8? {
    guard let byte = next, marks.utf8.contains(byte) else { return nil }
    add(.literal(byte), 1)
    return byte
  }

  // MARK: - Dates

  private mutating func findDate() -> Bool {
    if letters >= 3, isName(CalendarDay.weekdays) {
      add(.weekday(isLong: letters > 3), letters)
      _ = take(",")
      guard take(" ") else { return false }
    }
    if letters >= 3 { return findMonthFirst() }
    switch digits {
    case 4: return findYearFirst()
    case 8:
      guard place + 8 < bytes.count, bytes[place + 8] == UInt8(ascii: "T") else { return false }
      parts += [.year, .month(padded: true), .day(padded: true)]
      place += 8
      return true
    case 1...2: return findDayFirst()
    default: return false
    }
  }

  private func isName(_ names: [String]) -> Bool {
    let word = String(decoding: bytes[place..<(place + letters)], as: UTF8.self).lowercased()
    return names.contains { $0.lowercased() == word || $0.lowercased().prefix(3) == word }
  }

  private mutating func addMonthName() -> Bool {
    let count = letters
    guard count >= 3, isName(CalendarDay.months) else { return false }
    add(.monthName(isLong: count > 3), count)
    return true
  }

  private mutating func addDay() -> Bool {
    let count = digits
    guard (1...2).contains(count) else { return false }
    add(.day(padded: count == 2), count)
    return true
  }

  private mutating func addYear(short: Bool = true) -> Bool {
    let count = digits
    guard count == 4 || (count == 2 && short) else { return false }
    add(count == 4 ? .year : .shortYear, count)
    return true
  }

  /// `Apr 13, 2023`, `Apr 2023`.
  private mutating func findMonthFirst() -> Bool {
    guard addMonthName(), takeMark(" -/") != nil else { return false }
    if digits == 4 { return addYear() }
    guard addDay() else { return false }
    _ = take(",")
    guard takeMark(" -/") != nil else { return false }
    return addYear(short: false)
  }

  /// `2023-04-13`, `2023/4/3`, `2023-Apr-13`, `2023-04`.
  private mutating func findYearFirst() -> Bool {
    guard addYear(), let mark = takeMark("-/. ") else { return false }
    if letters >= 3 {
      guard addMonthName() else { return false }
    } else {
      let count = digits
      guard (1...2).contains(count), mark != 0x20 else { return false }
      add(.month(padded: count == 2), count)
      if place == bytes.count { return count == 2 && mark == UInt8(ascii: "-") }
    }
    guard takeMark("-/. ") == mark else { return false }
    return addDay()
  }

  /// `13.04.2023`, `13/4/23`, `13 Apr 2023`, `13. April 2023`, `13Apr2023`.
  private mutating func findDayFirst() -> Bool {
    guard addDay() else { return false }
    if letters >= 3 { return addMonthName() && addYear() }
    guard let mark = takeMark("-/. ") else { return false }
    if mark == UInt8(ascii: ".") { _ = take(" ") }
    if letters >= 3 {
      guard addMonthName() else { return false }
      _ = take(",")
      _ = takeMark("-/. ")
      return addYear()
    }
    let count = digits
    guard mark != 0x20, (1...2).contains(count) else { return false }
    add(.month(padded: count == 2), count)
    guard takeMark("-/.") == mark else { return false }
    if mark == UInt8(ascii: ".") { _ = take(" ") }
    // Two digits behind hyphens may be codes as well.
    return addYear(short: mark != UInt8(ascii: "-"))
  }

  // MARK: - Times of day

  private mutating func findClock() -> Bool {
    let count = digits
    if count == 6, parts.last == .literal(UInt8(ascii: "T")) {
      parts += [.hour(padded: true), .minute, .second]
      place += 6
      return true
    }
    guard (1...2).contains(count) else { return false }
    let hour = parts.count
    add(.hour(padded: count == 2), count)
    guard take(":"), digits == 2 else { return false }
    add(.minute, 2)
    if next == UInt8(ascii: ":") {
      guard take(":"), digits == 2 else { return false }
      add(.second, 2)
      if let mark = next, mark == 0x2E || mark == 0x2C {
        add(.literal(mark), 1)
        guard (1...18).contains(digits) else { return false }
        add(.fraction(digits: digits), digits)
      }
    }
    let before = (place, parts)
    _ = take(" ")
    let half = place + 1 < bytes.count ? bytes[place] | 0x20 : 0
    if half == UInt8(ascii: "a") || half == UInt8(ascii: "p"), bytes[place + 1] | 0x20 == UInt8(ascii: "m") {
      add(.half, 2)
      parts[hour] = .halfHour(padded: count == 2)
    } else {
      (place, parts) = before
    }
    return true
  }

  /// A distance from Greenwich, or nothing.
  private mutating func findZone() -> Bool {
    if place == bytes.count { return true }
    _ = take(" ")
    guard let first = next else { return false }
    if first | 0x20 == UInt8(ascii: "z") {
      add(.zone(style: 3), 1)
      return true
    }
    if bytes[place...].elementsEqual("UTC".utf8) || bytes[place...].elementsEqual("GMT".utf8) {
      for byte in bytes[place...] { parts.append(.literal(byte)) }
      place = bytes.count
      return true
    }
    guard first == 0x2B || first == 0x2D else { return false }
    let rest = bytes.count - place
    guard [3, 5, 6].contains(rest) else { return false }
    add(.zone(style: rest == 3 ? 1 : rest == 5 ? 2 : 3), rest)
    return true
  }
}
