/// What a trial chose for one parameter: a number or a word.
public enum Choice: Hashable, Sendable, Codable, CustomStringConvertible {
  case number(Double)
  case word(String)

  public var number: Double? { if case .number(let number) = self { number } else { nil } }

  public var word: String? { if case .word(let word) = self { word } else { nil } }

  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .word(let word): word
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .word(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .word(let word): try container.encode(word)
    }
  }
}

/// A choice for every parameter that is active, by the parameter's name.
public typealias Point = [String: Choice]
