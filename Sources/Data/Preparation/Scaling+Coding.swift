extension Scaling: Codable {
  private enum Key: String, CodingKey {
    case kind, shift, scale
    case shiftRemainder = "shift_remainder"
    case isUnitInterval = "unit_interval"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind.rawValue, forKey: .kind)
    try container.encode(shift, forKey: .shift)
    // Most scalings keep the form that versions before far ones wrote and read.
    if isFar { try container.encode(shiftRemainder, forKey: .shiftRemainder) }
    try container.encode(scale, forKey: .scale)
    try container.encode(isUnitInterval, forKey: .isUnitInterval)
  }

  /// - Throws: `DecodingError` for a kind this version does not know, and for numbers no scaling can have.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decode(String.self, forKey: .kind)
    guard let kind = Kind(rawValue: name) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "scaling \"\(name)\": expects one of \(known); a newer version may know it")
    }
    let shift = try container.decode([Float].self, forKey: .shift)
    let scale = try container.decode([Float].self, forKey: .scale)
    let remainder = try container.decodeIfPresent([Float].self, forKey: .shiftRemainder) ?? []
    guard Scaling.areValid(shift: shift, remainder, scale: scale) else {
      throw DecodingError.dataCorruptedError(
        forKey: .scale, in: container,
        debugDescription: "scaling: expects as many shifts as scales, finite, no scale 0; "
          + "found \(shift.count) and \(scale.count)")
    }
    self.init(
      kind, shift: shift, shiftRemainder: remainder, scale: scale,
      isUnitInterval: try container.decode(Bool.self, forKey: .isUnitInterval))
  }
}
