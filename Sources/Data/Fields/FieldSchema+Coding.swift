extension FieldSchema: Codable {
  /// The form of the JSON that this version writes; it reads this one and those before.
  public static let version = 2

  private enum Key: String, CodingKey, CaseIterable { case version, fields }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(version, forKey: .version)
    try container.encode(fields, forKey: .fields)
  }

  /// - Throws: `DecodingError` for a newer version, a key that is not known, and two fields of one name.
  public init(from decoder: any Decoder) throws {
    let known = Key.allCases.map(\.rawValue)
    let container = try decoder.container(keyedBy: Key.self)
    let version = try container.decodeIfPresent(Int.self, forKey: .version) ?? 1
    guard version <= FieldSchema.version else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: container,
        debugDescription:
          "fields of version \(version): this program knows those up to \(FieldSchema.version)")
    }
    try refuseUnknownKeys(of: decoder, known: known, "a file of fields")
    let fields = try container.decode([Field].self, forKey: .fields)
    var names: Set<String> = []
    if let twice = fields.first(where: { !names.insert($0.name).inserted }) {
      throw DecodingError.dataCorruptedError(
        forKey: .fields, in: container, debugDescription: "two fields are called '\(twice.name)'")
    }
    self.init(fields: fields, version: version)
  }
}
