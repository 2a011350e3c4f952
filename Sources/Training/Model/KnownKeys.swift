extension Decoder {
  /// Makes sure that an object has no key but those known: a misspelt one would pass for one left out.
  ///
  /// - Parameter what: what the object is, with its article, for the message.
  /// - Throws: `DecodingError` naming the key and those known.
  func allow(_ known: [String], in what: String) throws {
    let container = try container(keyedBy: AnyKey.self)
    for key in container.allKeys where !known.contains(key.stringValue) {
      let list = known.isEmpty ? "nothing" : known.joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: codingPath, debugDescription: "\(what) has no \"\(key.stringValue)\"; it has \(list)"))
    }
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
