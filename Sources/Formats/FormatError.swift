/// A file that cannot be read or written, in words a person can act on.
///
///     train.csv row 3 column 'age': expected a number, found 'abc'; leave out columns of text
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, and the place in it: a row, a column, an entry.
  public let place: String
  public let expected: String
  public let found: String
  /// What to do about it, where there is something to do.
  public let remedy: String?

  public init(place: String, expected: String, found: String, remedy: String? = nil) {
    self.place = place
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  public var description: String {
    let sentence = "\(place): expected \(expected), found \(found)"
    guard let remedy else { return sentence }
    return sentence + "; " + remedy
  }

  /// Bytes of a file as they may be shown on a terminal: in quotes, at most 40, controls replaced;
  /// bytes that are no UTF-8 as ISO 8859-1, as names are read.
  package static func excerpt(_ bytes: some Collection<UInt8>) -> String {
    let limit = 40
    let text = CSVText.string(Array(bytes), upTo: limit)
    let shown = String(
      text.unicodeScalars.map { scalar in
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        return Character(isControl ? "\u{FFFD}" : scalar)
      })
    return "'\(shown)'" + (bytes.count > limit ? "…" : "")
  }
}
