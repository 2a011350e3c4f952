/// When the steps of a series came: as they are written, and as whole numbers to compare and subtract.
///
/// Times are dates as ISO 8601 writes them (see ``Moment``) or numbers. Where all dates fall on the same day
/// and time of a month, their numbers count months, else milliseconds; numbers are counted in units of their
/// last digit behind the point.
struct Times {
  enum Unit: Hashable {
    case months, milliseconds
    /// Numbers with so many digits behind the point.
    case digits(Int)
    /// Texts that are in order where their letters are: nothing is known of what lies between.
    case order
  }

  let texts: [String]
  let numbers: [Int]
  let unit: Unit

  /// - Returns: nil where the texts are not understood.
  init?(_ texts: [String]) {
    guard let (numbers, unit) = Times.moments(texts) ?? Times.decimals(texts) ?? Times.order(texts) else {
      return nil
    }
    (self.texts, self.numbers, self.unit) = (texts, numbers, unit)
  }

  private init(_ texts: [String], _ numbers: [Int], _ unit: Unit) {
    (self.texts, self.numbers, self.unit) = (texts, numbers, unit)
  }

  /// The times at some places, in this order.
  func at(_ places: some Sequence<Int>) -> Times {
    let places = Array(places)
    return Times(places.map { texts[$0] }, places.map { numbers[$0] }, unit)
  }

  /// The place of the first time that lies before the one in front of it, and how many such there are.
  var stepsBack: (first: Int, count: Int)? { places { $1 < $0 } }

  /// The place of the first time that is the same as the one in front of it, and how many such there are.
  var doubled: (first: Int, count: Int)? { places { $1 == $0 } }

  private func places(where isMeant: (Int, Int) -> Bool) -> (first: Int, count: Int)? {
    let found = numbers.indices.dropFirst().filter { isMeant(numbers[$0 - 1], numbers[$0]) }
    return found.first.map { ($0, found.count) }
  }

  /// The places in order of time; those of one time in the order they have.
  var sorted: [Int] {
    numbers.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
  }

  private static func moments(_ texts: [String]) -> ([Int], Unit)? {
    var moments: [Moment] = []
    moments.reserveCapacity(texts.count)
    for text in texts {
      guard let moment = Moment(text) else { return nil }
      moments.append(moment)
    }
    let isMonthly = moments.allSatisfy { $0.withinMonth == moments[0].withinMonth }
    return (
      moments.map { isMonthly ? $0.month : $0.milliseconds }, isMonthly ? .months : .milliseconds
    )
  }

  /// Digits behind the point beyond which numbers are rounded.
  private static let mostDigits = 9

  private static func decimals(_ texts: [String]) -> ([Int], Unit)? {
    var values: [Double] = []
    values.reserveCapacity(texts.count)
    var digits = 0
    for text in texts {
      guard let value = Double(text), value.isFinite else { return nil }
      values.append(value)
      // 1.50 and 1.5e0 are the same time.
      let parts = "\(value)".split(separator: "e")
      let fraction = parts[0].split(separator: ".").dropFirst().first.map { $0 == "0" ? 0 : $0.count } ?? 0
      let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
      digits = max(digits, fraction - exponent)
    }
    digits = min(digits, mostDigits)
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    var numbers: [Int] = []
    numbers.reserveCapacity(values.count)
    for value in values {
      // So far that two may be subtracted.
      guard abs(value * scale) < 0x1p61 else { return nil }
      numbers.append(Int((value * scale).rounded()))
    }
    return (numbers, .digits(digits))
  }

  /// Texts that begin with a year and are all of one length.
  private static func order(_ texts: [String]) -> ([Int], Unit)? {
    func isYearFirst(_ text: String) -> Bool {
      let start = text.utf8.prefix(5)
      return start.count == 5 && start.prefix(4).allSatisfy { (0x30...0x39).contains($0) }
        && start.last == 0x2D
    }
    guard texts.allSatisfy(isYearFirst), Set(texts.map(\.utf8.count)).count == 1 else { return nil }
    let different = Set(texts).sorted()
    let ranks = Dictionary(uniqueKeysWithValues: zip(different, different.indices))
    return (texts.compactMap { ranks[$0] }, .order)
  }
}

extension Times.Unit {
  /// A step in words: `5 min`.
  func words(_ step: Int) -> String {
    switch self {
    case .months: return step == 1 ? "month" : "\(step) months"
    case .milliseconds:
      let units = [(86_400_000, "day"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms")]
      let unit = units.first { step % $0.0 == 0 } ?? (1, "ms")
      let count = step / unit.0
      return unit.1 == "day" ? (count == 1 ? "day" : "\(count) days") : "\(count) \(unit.1)"
    case .digits(let digits):
      let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
      guard digits > 0, step % scale != 0 else { return "\(step / scale)" }
      var fraction = "\(step % scale)"
      fraction = String(repeating: "0", count: digits - fraction.count) + fraction
      while fraction.last == "0" { fraction.removeLast() }
      return "\(step / scale).\(fraction)"
    case .order: return "\(step)"
    }
  }
}
