import HourglassTensor

/// A flat object; what is left out has its default.
extension Head: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case name, shape, law, layers, weight, smoothing, classes, shift, scale, temperature, residuals
    case classWeights = "class_weights"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    try Tagged.allow(Key.allCases.map(\.rawValue), in: decoder, "a head")
    self.init(
      try values.decode(String.self, forKey: .name),
      shape: try values.decodeIfPresent(Shape.self, forKey: .shape) ?? [1],
      law: try values.decode(Law.self, forKey: .law),
      layers: try values.decode([Layer].self, forKey: .layers),
      weight: try values.decodeIfPresent(Float.self, forKey: .weight) ?? 1,
      smoothing: try values.decodeIfPresent(Float.self, forKey: .smoothing) ?? 0,
      classes: try values.decodeIfPresent([String].self, forKey: .classes) ?? [],
      classWeights: try values.decodeIfPresent([Float].self, forKey: .classWeights) ?? [],
      shift: try values.decodeIfPresent(Double.self, forKey: .shift) ?? 0,
      scale: try values.decodeIfPresent(Double.self, forKey: .scale) ?? 1,
      temperature: try values.decodeIfPresent(Float.self, forKey: .temperature) ?? 1)
    residuals = try values.decodeIfPresent([Float].self, forKey: .residuals) ?? []
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(name, forKey: .name)
    if shape != [1] { try values.encode(shape, forKey: .shape) }
    try values.encode(law, forKey: .law)
    try values.encode(layers, forKey: .layers)
    if weight != 1 { try values.encode(weight, forKey: .weight) }
    if smoothing != 0 { try values.encode(smoothing, forKey: .smoothing) }
    if !classes.isEmpty { try values.encode(classes, forKey: .classes) }
    if !classWeights.isEmpty { try values.encode(classWeights, forKey: .classWeights) }
    if shift != 0 { try values.encode(shift, forKey: .shift) }
    if scale != 1 { try values.encode(scale, forKey: .scale) }
    if !residuals.isEmpty { try values.encode(residuals, forKey: .residuals) }
    if temperature != 1 { try values.encode(temperature, forKey: .temperature) }
  }
}

/// `{"view": "adversarial", "radius": 2, "weight": 1}`
extension Consistency: Codable {
  private enum Key: String, CodingKey, CaseIterable { case view, radius, weight, threshold }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    try Tagged.allow(Key.allCases.map(\.rawValue), in: decoder, "a consistency")
    let name = try values.decode(String.self, forKey: .view)
    let view: View
    switch name {
    case "noise": view = .noise
    case "adversarial": view = .adversarial(radius: try values.decode(Float.self, forKey: .radius))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .view, in: values,
        debugDescription: "\"\(name)\" is not a view; known are noise, adversarial")
    }
    self.init(
      view, weight: try values.decodeIfPresent(Float.self, forKey: .weight) ?? 1,
      threshold: try values.decodeIfPresent(Float.self, forKey: .threshold))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    switch view {
    case .noise: try values.encode("noise", forKey: .view)
    case .adversarial(let radius):
      try values.encode("adversarial", forKey: .view)
      try values.encode(radius, forKey: .radius)
    }
    if weight != 1 { try values.encode(weight, forKey: .weight) }
    try values.encodeIfPresent(threshold, forKey: .threshold)
  }
}
