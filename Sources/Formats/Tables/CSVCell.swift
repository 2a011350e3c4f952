/// What the text of a cell is.
enum CSVCell {
  case number
  /// Nothing, or a word that stands for a missing value.
  case gap
  /// Infinity, or not a number in an unusual spelling.
  case notFinite
  case text

  private static let gaps = Set(
    [
      "", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "Null", "None", "none",
      "nil",
      "NaT", "k.A.", "k. A.", "?", "-", "--", "–", "—", ".",
    ].map { [UInt8]($0.utf8) })
  private static let longestGap = 5

  static func kind(_ text: [UInt8]) -> CSVCell {
    if isGap(text) { return .gap }
    if single(text) != nil { return .number }
    return isNotFinite(text) ? .notFinite : .text
  }

  static func isGap(_ text: [UInt8]) -> Bool {
    text.count <= longestGap && gaps.contains(text)
  }

  /// Whether a text stands for a missing value where others are words: `none` is one.
  static func isTextGap(_ text: [UInt8]) -> Bool { isGap(text) && text != Array("none".utf8) }

  static func isNotFinite(_ text: [UInt8]) -> Bool {
    let unsigned = text.first.map { $0 == 0x2B || $0 == 0x2D } ?? false ? text.dropFirst() : text[...]
    let word = String(decoding: unsigned.prefix(10), as: UTF8.self).lowercased()
    return ["nan", "inf", "infinity"].contains(word)
  }

  static func single(_ text: [UInt8]) -> Float? {
    text.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress, let (value, end) = Decimal.read(start, from: 0, to: bytes.count),
        end == bytes.count
      else { return nil }
      return value
    }
  }

  static func double(_ text: [UInt8]) -> Double? {
    text.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress,
        let (value, end, _) = Decimal.readDouble(start, from: 0, to: bytes.count), end == bytes.count
      else { return nil }
      return value
    }
  }

  /// The whole number that the text is, with nothing but zeros behind a point.
  static func wholeNumber(_ text: [UInt8]) -> Int? {
    let parts = text.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, !parts[1].allSatisfy({ $0 == 0x30 }) { return nil }
    return parts.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
  }
}

/// Classes by name, counted as they come.
struct CSVClasses {
  /// More than this are taken for measurements.
  static let most = 1 << 16

  private var codes: [[UInt8]: Int32] = [:]
  private var names: [[UInt8]] = []
  private var labels: [Int32] = []

  /// - Returns: false if that is a class too many.
  mutating func append(_ name: [UInt8]) -> Bool {
    if let code = codes[name] {
      labels.append(code)
      return true
    }
    guard names.count < CSVClasses.most else { return false }
    let code = Int32(names.count)
    codes[name] = code
    names.append(name)
    labels.append(code)
    return true
  }

  /// The class of each row, and the names: whole numbers in their order (1 and 1.0 are the same), otherwise
  /// the texts in the order of first appearance.
  func finished() -> (labels: [Int32], names: [String]) {
    let numbers = names.compactMap(CSVCell.wholeNumber)
    guard numbers.count == names.count else {
      return (labels, names.map(CSVText.string))
    }
    let sorted = Set(numbers).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(sorted, Int32(0)...))
    let renamed = numbers.map { places[$0] ?? 0 }
    return (labels.map { renamed[Int($0)] }, sorted.map(String.init))
  }
}

extension CSVCell {
  /// Whether a cell may be a time, written with the year first.
  static func beginsWithYear(_ text: [UInt8]) -> Bool {
    text.count > 5 && text.prefix(4).allSatisfy { (0x30...0x39).contains($0) } && text[4] == 0x2D
  }
}
