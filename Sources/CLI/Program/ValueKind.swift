/// A kind of value that an option takes: how it is called, read, and shown.
struct ValueKind<Value: Sendable>: Sendable {
  /// How the help names it: `N`, `FILE`; nil where there is no value to give.
  let placeholder: String?
  /// How an error names it: "a whole number from 1".
  let expectation: String
  var choices: [String] = []
  let read: @Sendable (String) -> Value?
  var show: @Sendable (Value) -> String = { "\($0)" }
}

extension ValueKind where Value == Bool {
  /// No value: being there is what counts.
  static let flag = ValueKind(placeholder: nil, expectation: "no value", read: { _ in true })
}

extension ValueKind where Value == Int {
  /// A whole number within bounds.
  static func integer(_ range: ClosedRange<Int>) -> ValueKind {
    ValueKind(
      placeholder: "N", expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      read: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } })
  }
}

extension ValueKind where Value == UInt64 {
  /// A seed: any number of 64 bits.
  static let seed = ValueKind(
    placeholder: "N", expectation: "a whole number from 0 to \(UInt64.max)", read: { UInt64($0) })
}

extension ValueKind where Value == Double {
  /// A finite number that is more than `lower`, or equal to it where `orEqual`, and at most `upper`.
  static func number(
    above lower: Double, orEqual: Bool = false, atMost upper: Double = .greatestFiniteMagnitude
  ) -> ValueKind {
    let start = orEqual ? "a number from \(short(lower))" : "a number above \(short(lower))"
    return ValueKind(
      placeholder: "X",
      expectation: upper == .greatestFiniteMagnitude ? start : start + " to \(short(upper))",
      read: { text in
        // Swift also reads "nan" and hexadecimal; only the first is harmful.
        guard let value = Double(text), value.isFinite, value <= upper else { return nil }
        return value > lower || (orEqual && value == lower) ? value : nil
      },
      show: short)
  }

  @Sendable private static func short(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e6 ? "\(Int(value))" : "\(value)"
  }
}

extension ValueKind where Value == String {
  /// A path, not looked at here.
  static func file(_ placeholder: String = "FILE") -> ValueKind {
    ValueKind(placeholder: placeholder, expectation: "a file's name", read: { $0.isEmpty ? nil : $0 })
  }

  /// Any text.
  static func text(_ placeholder: String, _ expectation: String) -> ValueKind {
    ValueKind(placeholder: placeholder, expectation: expectation, read: { $0.isEmpty ? nil : $0 })
  }

  /// One word of a closed list.
  static func choice(_ words: [String]) -> ValueKind {
    ValueKind(
      placeholder: "NAME", expectation: "one of " + words.joined(separator: ", "), choices: words,
      read: { words.contains($0) ? $0 : nil })
  }
}

extension ValueKind where Value == [String] {
  /// Names with commas between them.
  static let names = ValueKind(
    placeholder: "COLUMN,…", expectation: "names of columns with commas between",
    read: { text in
      let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return names.contains("") ? nil : names
    },
    show: { $0.joined(separator: ",") })
}

extension ValueKind where Value == [Int] {
  /// Whole numbers between commas; the empty text is the empty list.
  static func integers(_ range: ClosedRange<Int>) -> ValueKind {
    ValueKind(
      placeholder: "N,N",
      expectation: "whole numbers from \(range.lowerBound) to \(range.upperBound) between commas, or \"\"",
      read: { text in
        if text.isEmpty { return [] }
        return numbers(text, between: ",", range)
      },
      show: { $0.map(String.init).joined(separator: ",") })
  }

  /// The shape of one sample: `784` or `1x28x28`.
  static let shape = ValueKind(
    placeholder: "SHAPE", expectation: "whole numbers from 1 with x between them, such as 784 or 1x28x28",
    read: { numbers($0, between: "x", 1...(1 << 32)) },
    show: { $0.map(String.init).joined(separator: "x") })

  private static func numbers(
    _ text: String, between separator: Character, _ range: ClosedRange<Int>
  ) -> [Int]? {
    var values: [Int] = []
    for part in text.split(separator: separator, omittingEmptySubsequences: false) {
      guard let value = Int(part), range.contains(value) else { return nil }
      values.append(value)
    }
    return values
  }
}
