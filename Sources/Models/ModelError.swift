/// An architecture that cannot be: names the place, what it expects, what it found, and what would work.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `encoder[3] .dense(256)`
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
