public import HourglassTensor

/// A file that cannot be read or written; its place is the file, and the row, column or entry in it.
public typealias FormatError = Fault<FormatRoom>

/// What throws ``FormatError``.
public enum FormatRoom: FaultRoom {
  public static var verb: String { "expected" }
}

extension FormatError {
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
