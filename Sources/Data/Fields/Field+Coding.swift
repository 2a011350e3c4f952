import HourglassFormats

/// A field is one flat object, so that it can be edited: `{"name": "age", "kind": "number", "role": "both",
/// …}`.
extension Field: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case name, kind, role, gaps, raw, form, shift, scale, levels, cycles, step
    case logMean = "log_mean"
    case logDeviation = "log_deviation"
    case marginal
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    try container.encode(role, forKey: .role)
    try container.encode(hasGaps, forKey: .gaps)
    try container.encode(codec.raw, forKey: .raw)
    try container.encodeIfPresent(codec.form, forKey: .form)
    guard role != .aside else { return }
    try container.encode(codec.marginal, forKey: .marginal)
    switch kind {
    case .number, .positive, .time:
      try container.encode(codec.shift, forKey: .shift)
      try container.encode(codec.scale, forKey: .scale)
      guard kind == .time else { return }
      try container.encode(codec.cycles, forKey: .cycles)
      try container.encode(codec.step, forKey: .step)
    case .count:
      try container.encode(codec.logMean, forKey: .logMean)
      try container.encode(codec.logDeviation, forKey: .logDeviation)
    case .flag, .category, .ordinal: try container.encode(codec.levels, forKey: .levels)
    }
  }

  /// Every key but the name and the kind may be left out.
  ///
  /// - Throws: `DecodingError` for a key, a kind or a role this version does not know, and for numbers no
  ///   field can have.
  public init(from decoder: any Decoder) throws {
    try refuseUnknownKeys(of: decoder, known: Key.allCases.map(\.rawValue), "a field")
    let container = try decoder.container(keyedBy: Key.self)
    func value<Value: Decodable>(_ key: Key, _ fallback: Value) throws -> Value {
      try container.decodeIfPresent(Value.self, forKey: key) ?? fallback
    }
    func word<Value: RawRepresentable & CaseIterable>(
      _ key: Key, _ text: String, _ type: Value.Type
    ) throws -> Value where Value.RawValue == String {
      if let value = Value(rawValue: text) { return value }
      throw DecodingError.dataCorruptedError(
        forKey: key, in: container,
        debugDescription: "\(key.rawValue) '\(text)': expects one of "
          + type.allCases.map(\.rawValue).joined(separator: ", ") + "; a newer version may know it")
    }
    let kind = try word(.kind, container.decode(String.self, forKey: .kind), FieldKind.self)
    let raw: FieldCodec.Raw = kind == .time ? .times : kind.hasLevels ? .texts : .numbers
    var codec = FieldCodec(
      raw: try word(.raw, value(.raw, raw.rawValue), FieldCodec.Raw.self),
      form: try container.decodeIfPresent(CellForm.self, forKey: .form))
    codec.shift = try value(.shift, codec.shift)
    codec.scale = try value(.scale, codec.scale)
    codec.levels = try value(.levels, codec.levels)
    codec.cycles = try value(.cycles, [String]()).map { try word(.cycles, $0, TimeCycle.self) }
    codec.step = try value(.step, codec.step)
    codec.logMean = try value(.logMean, codec.logMean)
    codec.logDeviation = try value(.logDeviation, codec.logDeviation)
    codec.marginal = try value(.marginal, codec.marginal)
    guard codec.shift.isFinite, codec.scale.isFinite, codec.scale > 0,
      Set(codec.levels).count == codec.levels.count
    else {
      throw DecodingError.dataCorruptedError(
        forKey: codec.scale > 0 ? .levels : .scale, in: container,
        debugDescription: "expects a scale above 0 and levels that differ")
    }
    self.init(
      name: try container.decode(String.self, forKey: .name), kind: kind,
      role: try word(.role, value(.role, FieldRole.both.rawValue), FieldRole.self),
      hasGaps: try value(.gaps, false), codec: codec)
  }
}

/// Throws `DecodingError` that names the first key, in the order of their texts, that is none of those known.
func refuseUnknownKeys(of decoder: any Decoder, known: [String], _ what: String) throws {
  let container = try decoder.container(keyedBy: AnyKey.self)
  let unknown = container.allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted()
  guard let key = unknown.first else { return }
  let nearest = Nearest.word(to: key, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
  throw DecodingError.dataCorrupted(
    .init(
      codingPath: decoder.codingPath, debugDescription: "\(what) has no key \"\(key)\"\(nearest)"))
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
