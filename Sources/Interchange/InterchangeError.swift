import HourglassFormats

/// What cannot be exchanged with another program: where, what was expected there, what was found, and what to
/// do about it.
public struct InterchangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder.
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

  init(_ error: FormatError) {
    self.init(place: error.place, expected: error.expected, found: error.found, remedy: error.remedy)
  }

  public var description: String {
    "\(place): expected \(expected), found \(found)" + (remedy.map { "; " + $0 } ?? "")
  }
}
