import HourglassFormats
import HourglassTensor

/// Looks for what is odd in a table, by rules that stay silent where chance would do as much.
struct OddityFinder {
  let table: TypedTable
  let columns: [TableDescription.Column]
  /// What there is of each of the columns.
  let traits: [ColumnTraits]

  /// In the order of their kinds, then of the columns.
  var oddities: [TableOddity] {
    let partitions = partitions
    let duplicates = duplicates(partitions)
    let ofPairs = duplicates + leaks(partitions, besides: duplicates)
    let found = alone + ofPairs + sentinels + slips + dates + duplicateRows
    let order = Dictionary(zip(TableOddity.Kind.allCases, 0...)) { first, _ in first }
    return found.enumerated().sorted {
      let (left, right) = (order[$0.element.kind] ?? 0, order[$1.element.kind] ?? 0)
      return left == right ? $0.offset < $1.offset : left < right
    }.map(\.element)
  }

  // MARK: - Of one column

  private var alone: [TableOddity] {
    zip(columns, traits).compactMap { column, traits in
      let name = traits.name
      func oddity(_ kind: TableOddity.Kind, _ problem: String, _ remedy: String = "") -> TableOddity {
        TableOddity(
          kind: kind, columns: [name], rows: nil, problem: "column '\(name)' \(problem)", remedy: remedy)
      }
      guard column.field.role == .aside else {
        guard column.guess.isCode, column.field.kind == .category else { return nil }
        return oddity(
          .codes,
          "holds numbers that look like codes; taken for a category of \(Self.counted(traits.distinct, "level"))",
          "if they measure something, give '\(name)=number'")
      }
      switch column.guess.aside {
      case .id: return oddity(.id, "tells rows apart; set aside")
      case .constant:
        return oddity(
          .constant,
          traits.distinct == 0 ? "has no value in any row; set aside" : "has one value only; set aside")
      case .text: return oddity(.freeText, "holds texts of which most come once; set aside")
      case nil: return nil
      }
    }
  }

  /// Numbers at either end that come again and lie far from the rest.
  private var sentinels: [TableOddity] {
    zip(columns, traits).flatMap { column, traits -> [TableOddity] in
      guard case .numbers = traits.values, column.guess.aside == nil else { return [] }
      return Sentinel.all(traits.numbers).map { sentinel in
        let form = { FieldCodec.text(of: $0) }
        return TableOddity(
          kind: .sentinel, columns: [traits.name], rows: sentinel.rows,
          problem: "column '\(traits.name)' is \(form(sentinel.value)) in "
            + "\(Self.counted(sentinel.rows, "row")), far from the rest, \(form(sentinel.rest.lowerBound)) to "
            + "\(form(sentinel.rest.upperBound)): most likely a missing value",
          remedy: "write an empty cell in its place")
      }
    }
  }

  private var slips: [TableOddity] {
    table.slips.filter { !$0.areCodes }.map { slip in
      TableOddity(
        kind: .slip, columns: [slip.column], rows: slip.cells,
        problem:
          "column '\(slip.column)' holds numbers but in \(Self.counted(slip.cells, "row")), '\(slip.text)' in "
          + "row \(slip.row) first, and was read as text",
        remedy: "mend the cells, or leave them empty for missing values")
    }
  }

  private var dates: [TableOddity] {
    traits.compactMap { traits in
      guard traits.texts.count >= 3 else { return nil }
      let like = traits.texts.count { DateLook.isDate($0.value) }
      guard 10 * like >= 6 * traits.texts.count else { return nil }
      let other = traits.texts.first { !DateLook.isDate($0.value) }?.value
      return TableOddity(
        kind: .dateAsText, columns: [traits.name], rows: nil,
        problem: "column '\(traits.name)' holds dates that are not written in one way, and was read as text"
          + (other.map { ": '\($0)' is none" } ?? ""),
        remedy: "write all of them in one way, as 2024-01-31")
    }
  }

  // MARK: - Of rows

  private var duplicateRows: [TableOddity] {
    let kept = columns.indices.filter { !(columns[$0].guess.aside == .id && isNumbers($0)) }
    guard !kept.isEmpty, table.rowCount > 1 else { return [] }
    let repeated = Partition.repetitions(kept.map { traits[$0].values }, rows: table.rowCount)
    guard repeated > 0 else { return [] }
    return [
      TableOddity(
        kind: .duplicateRows, columns: [], rows: repeated,
        problem: repeated == 1
          ? "1 row is equal to one before it" : "\(Self.grouped(repeated)) rows are equal to one before them",
        remedy: "keep each once, unless they are different cases that happen to be alike")
    ]
  }

  func isNumbers(_ index: Int) -> Bool {
    if case .numbers = traits[index].values { return true }
    return false
  }

  static func grouped(_ number: Int) -> String {
    var text = "\(number)"
    var end = text.count - 3
    while end > 0 {
      text.insert(" ", at: text.index(text.startIndex, offsetBy: end))
      end -= 3
    }
    return text
  }

  static func counted(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }
}

/// A number that stands for a missing one.
struct Sentinel {
  let value: Double
  let rows: Int
  /// Where the other numbers lie.
  let rest: ClosedRange<Double>

  /// The lowest or highest number is one if it comes twice or more and its distance from the next is more
  /// than 3 times the range of the rest; half the range is enough for what people write in place of a
  /// missing value: nines (-999, 9999), a negative number where no other is, the limits of a type. Up to
  /// three are found.
  ///
  /// - Parameter numbers: each that differs, sorted, with its rows.
  static func all(_ numbers: [(value: Double, rows: Int)]) -> [Sentinel] {
    var rest = numbers[...]
    var found: [Sentinel] = []
    while found.count < 3, rest.count > 5 {
      guard let sentinel = atStart(rest) ?? atEnd(rest) else { break }
      rest = sentinel.value == rest.first?.value ? rest.dropFirst() : rest.dropLast()
      found.append(sentinel)
    }
    return found
  }

  private static func atStart(_ numbers: ArraySlice<(value: Double, rows: Int)>) -> Sentinel? {
    guard let end = numbers.first, let rest = range(numbers.dropFirst()) else { return nil }
    let isAlone = end.value < 0 && rest.lowerBound >= 0
    return far(end, rest.lowerBound - end.value, rest, isUsual: isAlone || isUsual(end.value))
  }

  private static func atEnd(_ numbers: ArraySlice<(value: Double, rows: Int)>) -> Sentinel? {
    guard let end = numbers.last, let rest = range(numbers.dropLast()) else { return nil }
    return far(end, end.value - rest.upperBound, rest, isUsual: isUsual(end.value))
  }

  private static func range(_ numbers: ArraySlice<(value: Double, rows: Int)>) -> ClosedRange<Double>? {
    guard let first = numbers.first, let last = numbers.last else { return nil }
    return first.value...last.value
  }

  private static func far(
    _ end: (value: Double, rows: Int), _ distance: Double, _ rest: ClosedRange<Double>, isUsual: Bool
  ) -> Sentinel? {
    let factor = isUsual ? 0.5 : 3
    guard end.rows > 1, distance > factor * (rest.upperBound - rest.lowerBound) else { return nil }
    return Sentinel(value: end.value, rows: end.rows, rest: rest)
  }

  private static func isUsual(_ value: Double) -> Bool {
    let text = FieldCodec.text(of: value.magnitude)
    if text.count > 1, text.allSatisfy({ $0 == "9" }) { return true }
    return ["32767", "32768", "65535", "2147483647", "2147483648", "4294967295"].contains(text)
      || value.magnitude >= 1e20
  }
}

/// Whether a text looks like a date, however it is written.
enum DateLook {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "okt", "dez",
    "mär",
  ]

  static func isDate(_ text: String) -> Bool {
    let parts = text.split { "-/., T:".contains($0) }.prefix(3)
    guard parts.count == 3 else { return false }
    let numbers = parts.map { Int($0) }
    let named = parts.filter { part in
      part.count <= 9 && months.contains(String(part.lowercased().prefix(3))) && part.allSatisfy(\.isLetter)
    }.count
    let days = numbers.compactMap(\.self).count { (1...31).contains($0) }
    let years = zip(parts, numbers).count { part, number in
      part.count == 4 && number.map { (1800...2200).contains($0) } ?? false
    }
    return named == 1 ? days >= 1 && days + years == 2 : years == 1 && days == 2
  }
}
