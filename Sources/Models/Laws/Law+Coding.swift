import HourglassTensor

/// JSON `{"huber": {"delta": 1}}`, and the words of the command line, `huber` or `huber:0.5`.
extension Law {
  /// A number that a law is made of.
  enum Number: Hashable, Sendable {
    case whole(Int)
    case real(Float)
  }

  /// The numbers of a law, where they are read from.
  enum Numbers {
    case json(Tagged.Values)
    /// What stands behind the colon, and how many levels the field has.
    case words(Float?, levels: Int?)

    /// For a law without numbers.
    func none(_ law: Law) throws -> Law {
      switch self {
      case .json(let values): return try values.none(law)
      case .words(let number, _):
        if let number { throw Law.refusal("law \(law.name)", "no number behind the word", "\(number)") }
        return law
      }
    }

    func real(_ key: String) throws -> Float? {
      switch self {
      case .json(let values):
        try values.allow(key)
        return try values.optional(key)
      case .words(let number, _): return number
      }
    }

    func whole(_ key: String) throws -> Int? {
      switch self {
      case .json(let values):
        try values.allow(key)
        return try values.optional(key)
      case .words(let number, let levels):
        guard let number else { return key == "levels" ? levels : nil }
        guard let whole = Int(exactly: number) else {
          throw Law.refusal("a law's \(key)", "a whole number", "\(number)")
        }
        return whole
      }
    }

    func levels(_ word: String) throws -> Int {
      if case .json(let values) = self, !values.has("levels") { return try values.required("levels") }
      guard let levels = try whole("levels") else {
        throw Law.refusal("law \(word)", "how many levels there are, as \(word):4", "no number")
      }
      return levels
    }
  }

  /// The word of the command line.
  public var name: String { type(of: form).word }

  /// The word with its numbers, as the command line takes it: `huber:0.5`.
  public var words: String {
    guard let number = form.numbers.first?.value else { return name }
    switch number {
    case .whole(let whole): return "\(name):\(whole)"
    case .real(let real): return "\(name):\(real)"
    }
  }

  /// The words of the command line.
  public static let names = forms.map { $0.word }

  /// By the words of the command line: a name, and behind a colon its number where it has one.
  ///
  /// - Parameter levels: of the field, for the laws of levels.
  /// - Throws: ``ModelError`` that names what is known.
  public init(words: String, levels: Int? = nil) throws {
    let parts = words.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let form = Law.forms.first(where: { $0.word == parts[0] }) else {
      throw Law.refusal("law", "one of \(Law.names.joined(separator: ", "))", "'\(words)'")
    }
    var number: Float?
    if parts.count > 1 {
      guard let found = Float(parts[1]), found.isFinite else {
        throw Law.refusal("law \(parts[0])", "a number behind the colon", "'\(parts[1])'")
      }
      number = found
    }
    self = try form.law(.words(number, levels: levels))
    try check()
  }

  fileprivate static func refusal(_ place: String, _ expected: String, _ found: String) -> ModelError {
    ModelError(place: place, expected: expected, found: found)
  }
}

extension Law: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a law")
    guard let form = Law.forms.first(where: { $0.word == name }) else {
      throw values.unknown(name, of: Law.names)
    }
    self = try form.law(.json(values))
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    try tagged.write(name) { container in
      for (key, value) in form.numbers {
        switch value {
        case .whole(let number): try container.encode(number, forKey: Tagged.Key(stringValue: key))
        case .real(let number): try container.encode(number, forKey: Tagged.Key(stringValue: key))
        }
      }
    }
  }
}
