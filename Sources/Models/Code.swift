import HourglassTensor

/// What stands between encoder and decoder.
public enum Code: Hashable, Sendable {
  /// The encoder's output itself.
  case vector
}

extension Code: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a code")
    switch name {
    case "vector": self = try values.none(.vector)
    default: throw values.unknown(name, of: ["vector"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .vector: try tagged.write("vector")
    }
  }
}

extension Code: CustomStringConvertible {
  public var description: String {
    switch self {
    case .vector: ".vector"
    }
  }
}
