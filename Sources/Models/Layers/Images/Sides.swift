import HourglassTensor

/// One number for each axis of an image or a series; a single one counts for all.
///
/// In JSON a number, or a list of them.
public struct Sides: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  public var numbers: [Int]

  public init(_ numbers: [Int]) { self.numbers = numbers }
  public init(integerLiteral number: Int) { numbers = [number] }
  public init(arrayLiteral numbers: Int...) { self.numbers = numbers }

  /// The number for one of `rank` axes, or nil where there are not as many.
  func at(_ axis: Int, of rank: Int) -> Int? {
    numbers.count == 1 ? numbers[0] : (numbers.count == rank ? numbers[axis] : nil)
  }
}

extension Sides: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    numbers = try (try? container.decode(Int.self)).map { [$0] } ?? container.decode([Int].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if numbers.count == 1 { try container.encode(numbers[0]) } else { try container.encode(numbers) }
  }
}

extension Sides: CustomStringConvertible {
  /// `3`, or `3x5`.
  public var description: String { numbers.map { "\($0)" }.joined(separator: "x") }
}

/// What stands around an image for the windows at its borders. In JSON `"same"`, `"valid"`, a number or a
/// list of them.
public enum Padding: Hashable, Sendable {
  /// As much as gives one window for every `stride` positions; the odd position stands behind.
  case same
  /// None.
  case valid
  /// As many positions on both sides of each axis.
  case explicit(Sides)
}

extension Padding: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let word = try? container.decode(String.self) else {
      self = .explicit(try container.decode(Sides.self))
      return
    }
    switch word {
    case "same": self = .same
    case "valid": self = .valid
    default:
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "padding is \"same\", \"valid\", a number or a list of numbers, found \"\(word)\"")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .same: try container.encode("same")
    case .valid: try container.encode("valid")
    case .explicit(let sides): try container.encode(sides)
    }
  }
}

extension Padding: CustomStringConvertible {
  public var description: String {
    switch self {
    case .same: "same"
    case .valid: "valid"
    case .explicit(let sides): "\(sides)"
    }
  }
}
