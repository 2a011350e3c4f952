/// Reading and writing of `{"name": {…}}`, the JSON form of every choice in an architecture.
///
/// Synthesised coding throws on a missing key even where there is a default, and ignores a misspelt one.
enum Tagged {
  struct Key: CodingKey, Hashable, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    init(stringLiteral value: String) { stringValue = value }
  }

  /// The object under the name.
  struct Values {
    let container: KeyedDecodingContainer<Key>
    let what: String
    let name: String

    func allow(_ known: String...) throws {
      for key in container.allKeys where !known.contains(key.stringValue) {
        let list = known.isEmpty ? "nothing" : known.joined(separator: ", ")
        throw error("\(what) \"\(name)\" has no \"\(key.stringValue)\"; it has \(list)")
      }
    }

    func has(_ key: String) -> Bool { container.contains(Key(stringValue: key)) }

    func required<Value: Decodable>(_ key: String) throws -> Value {
      guard container.contains(Key(stringValue: key)) else {
        throw error("\(what) \"\(name)\" needs \"\(key)\"")
      }
      return try container.decode(Value.self, forKey: Key(stringValue: key))
    }

    func optional<Value: Decodable>(_ key: String) throws -> Value? {
      try container.decodeIfPresent(Value.self, forKey: Key(stringValue: key))
    }

    /// For a choice without numbers.
    func none<Choice>(_ choice: Choice) throws -> Choice {
      try allow()
      return choice
    }

    func unknown(_ name: String, of names: [String]) -> any Error {
      error("\"\(name)\" is not \(what); known are \(names.joined(separator: ", "))")
    }

    private func error(_ text: String) -> any Error {
      DecodingError.dataCorrupted(.init(codingPath: container.codingPath, debugDescription: text))
    }
  }

  static func open(_ decoder: any Decoder, _ what: String) throws -> (String, Values) {
    let container = try decoder.container(keyedBy: Key.self)
    guard container.allKeys.count == 1, let key = container.allKeys.first else {
      let found = container.allKeys.map(\.stringValue).sorted().joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "\(what) is one name over an object, like {\"relu\": {}}; found {\(found)}"))
    }
    let inner = try container.nestedContainer(keyedBy: Key.self, forKey: key)
    return (key.stringValue, Values(container: inner, what: what, name: key.stringValue))
  }

  /// Refuses keys of a flat object that nobody knows.
  static func allow(_ known: [String], in decoder: any Decoder, _ what: String) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys where !known.contains(key.stringValue) {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "\(what) has no \"\(key.stringValue)\"; it has \(known.joined(separator: ", "))"))
    }
  }

  struct Writer {
    private var container: KeyedEncodingContainer<Key>

    init(_ encoder: any Encoder) { container = encoder.container(keyedBy: Key.self) }

    mutating func write(
      _ name: String, _ values: (inout KeyedEncodingContainer<Key>) throws -> Void = { _ in }
    ) throws {
      var inner = container.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: name))
      try values(&inner)
    }
  }
}
