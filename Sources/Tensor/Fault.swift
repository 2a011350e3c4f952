/// Something at fault: where, what was expected there, what was found, and what to do about it.
///
///     train.csv row 3 column 'age': expected a number, found 'abc'; leave out columns of text
///
/// Every room throws it under a name of its own, so that a caller can tell a file that cannot be read from an
/// architecture that cannot be: `typealias FormatError = Fault<FormatRoom>`.
public struct Fault<Room: FaultRoom>: Error, Hashable, Sendable, CustomStringConvertible {
  /// What leads a person to it: the file and the row, the layer, the option.
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

  /// What another room threw, as this one throws it.
  package init(_ other: Fault<some FaultRoom>) {
    self.init(place: other.place, expected: other.expected, found: other.found, remedy: other.remedy)
  }

  /// The same with another place, or another remedy.
  package func told(place: String? = nil, remedy: String? = nil) -> Fault {
    Fault(place: place ?? self.place, expected: expected, found: found, remedy: remedy ?? self.remedy)
  }

  public var description: String {
    "\(place): \(Room.verb) \(expected), found \(found)" + (remedy.map { "; \($0)" } ?? "")
  }
}

/// Where a ``Fault`` comes from.
public protocol FaultRoom: Sendable {
  /// How its sentences begin: `expected` of what is given, `expects` of what is to be made.
  static var verb: String { get }
}
