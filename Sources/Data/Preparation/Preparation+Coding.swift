import HourglassFormats
import HourglassTensor

extension Preparation: Codable {
  private enum Key: String, CodingKey {
    case format, element, scaling, form, fields
    case allowsGaps = "gaps"
    case sampleShape = "sample_shape"
    case featureNames = "feature_names"
    case takenColumns = "taken_columns"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Preparation.format, forKey: .format)
    try container.encode(sampleShape, forKey: .sampleShape)
    try container.encode(element.name, forKey: .element)
    try container.encode(scaling, forKey: .scaling)
    try container.encodeIfPresent(featureNames, forKey: .featureNames)
    // Models without gaps keep the form that versions before gaps wrote and read.
    if allowsGaps { try container.encode(true, forKey: .allowsGaps) }
    try container.encodeIfPresent(form, forKey: .form)
    if !takenColumns.isEmpty { try container.encode(takenColumns, forKey: .takenColumns) }
    try container.encodeIfPresent(fields, forKey: .fields)
  }

  /// - Throws: `DecodingError` for a format number or type of values this version does not know, and for
  ///   parts that do not fit together.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let format = try container.decode(Int.self, forKey: .format)
    guard format == Preparation.format else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container,
        debugDescription: "preparation: expects format \(Preparation.format), found \(format); "
          + "use the version of the program that wrote it")
    }
    let name = try container.decode(String.self, forKey: .element)
    guard let element = Element(named: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .element, in: container, debugDescription: "preparation: knows no values of type \"\(name)\"")
    }
    let sampleShape = try container.decode(Shape.self, forKey: .sampleShape)
    let scaling = try container.decode(Scaling.self, forKey: .scaling)
    let featureNames = try container.decodeIfPresent([String].self, forKey: .featureNames)
    guard Preparation.fits(sampleShape, scaling, featureNames) else {
      throw DecodingError.dataCorruptedError(
        forKey: .scaling, in: container,
        debugDescription: "preparation: samples \(sampleShape) do not go with \(scaling.shift.count) shifts "
          + "and \(featureNames?.count ?? 0) column names")
    }
    let form = try container.decodeIfPresent(SampleForm.self, forKey: .form)
    guard form == nil || form?.sampleShape == sampleShape else {
      throw DecodingError.dataCorruptedError(
        forKey: .form, in: container,
        debugDescription: "preparation: its form does not make samples of \(sampleShape)")
    }
    self.init(
      sampleShape: sampleShape, element: element, scaling: scaling, featureNames: featureNames,
      allowsGaps: try container.decodeIfPresent(Bool.self, forKey: .allowsGaps) ?? false, form: form,
      takenColumns: try container.decodeIfPresent([TakenColumn].self, forKey: .takenColumns) ?? [],
      fields: try container.decodeIfPresent(FieldSchema.self, forKey: .fields))
  }
}

extension Element {
  /// The name in files: `uint8`, `float32` …
  var name: String { "\(self)" }

  init?(named name: String) {
    guard let element = Element.allCases.first(where: { $0.name == name }) else { return nil }
    self = element
  }
}
