extension Slot: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case name, kind, role, law, weight, marginal, source
    case hasGaps = "gaps"
  }

  public init(from decoder: any Decoder) throws {
    let any = try decoder.container(keyedBy: Tagged.Key.self)
    for key in any.allKeys where Key(rawValue: key.stringValue) == nil {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a field has no \"\(key.stringValue)\"; it has "
            + Key.allCases.map(\.rawValue).joined(separator: ", ")))
    }
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      try container.decode(String.self, forKey: .name), try container.decode(Kind.self, forKey: .kind),
      role: try container.decodeIfPresent(Role.self, forKey: .role) ?? .both,
      law: try container.decodeIfPresent(Law.self, forKey: .law),
      weight: try container.decodeIfPresent(Float.self, forKey: .weight) ?? 1,
      marginal: try container.decodeIfPresent(Float.self, forKey: .marginal) ?? 1,
      hasGaps: try container.decodeIfPresent(Bool.self, forKey: .hasGaps) ?? false,
      source: try container.decodeIfPresent(String.self, forKey: .source))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    if role != .both { try container.encode(role, forKey: .role) }
    if law != kind.usualLaw { try container.encode(law, forKey: .law) }
    if weight != 1 { try container.encode(weight, forKey: .weight) }
    if marginal != 1 { try container.encode(marginal, forKey: .marginal) }
    if hasGaps { try container.encode(true, forKey: .hasGaps) }
    try container.encodeIfPresent(source, forKey: .source)
  }
}

extension Slot.Kind: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a kind of field")
    switch name {
    case "number": self = try values.none(.number)
    case "flag": self = try values.none(.flag)
    case "count":
      try values.allow("mean", "deviation")
      self = .count(
        mean: try values.optional("mean") ?? 0, deviation: try values.optional("deviation") ?? 1)
    case "category", "ordinal":
      try values.allow("levels")
      let levels: Int = try values.required("levels")
      self = name == "category" ? .category(levels: levels) : .ordinal(levels: levels)
    default: throw values.unknown(name, of: ["number", "count", "flag", "category", "ordinal"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .number: try tagged.write("number")
    case .flag: try tagged.write("flag")
    case .count(let mean, let deviation):
      try tagged.write("count") {
        try $0.encode(mean, forKey: "mean")
        try $0.encode(deviation, forKey: "deviation")
      }
    case .category(let levels): try tagged.write("category") { try $0.encode(levels, forKey: "levels") }
    case .ordinal(let levels): try tagged.write("ordinal") { try $0.encode(levels, forKey: "levels") }
    }
  }
}
