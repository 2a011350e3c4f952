/// A training or a model file at fault: where, what was expected there, what was found, and what to do about
/// it.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  public let place: String
  public let expected: String
  public let found: String
  public let remedy: String?

  public init(place: String, expected: String, found: String, remedy: String? = nil) {
    self.place = place
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  public var description: String {
    "\(place): expects \(expected), found \(found)" + (remedy.map { "; \($0)" } ?? "")
  }
}
