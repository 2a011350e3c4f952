import HourglassData
import HourglassFormats
import HourglassModels
import HourglassTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One `.safetensors` file: the weights by name as tensors; architecture, preparation and provenance as JSON
/// in the header's metadata. Any tool that reads safetensors reads the weights, and nothing in the file is
/// ever executed.
extension Model {
  /// The version of the file that this program writes.
  public static let format = 1

  private enum Key {
    static let format = "hourglass.format"
    static let architecture = "hourglass.architecture"
    static let preparation = "hourglass.preparation"
    static let provenance = "hourglass.provenance"
    static let prior = AutoregressivePrior.metadata
    static let gaps = "hourglass.gaps"
    static let mean = "control.mean"
    static let components = "control.components"
    static let variances = "control.variances"
  }

  /// Writes the file whole or not at all: a file that was there before stays until the new one is complete on
  /// disk.
  ///
  /// - Throws: `FormatError` where the folder or the disk refuses.
  public func write(to path: String) throws {
    try safeTensors().write(to: path)
  }

  /// The contents of the file.
  public func safeTensors() throws -> SafeTensors {
    var metadata = [
      Key.format: String(Model.format),
      Key.architecture: try JSONText.line(autoencoder.architecture),
      Key.preparation: try JSONText.line(preparation),
    ]
    if let provenance { metadata[Key.provenance] = try JSONText.line(provenance) }
    var tensors = autoencoder.outline.weights.compactMap { placed in
      autoencoder.weight(placed.name).map { NamedTensor(name: placed.name, tensor: $0) }
    }
    if let control {
      tensors += [
        NamedTensor(name: Key.mean, tensor: Tensor(control.mean)),
        NamedTensor(
          name: Key.components, tensor: Tensor([control.count, control.mean.count], control.components)),
        NamedTensor(name: Key.variances, tensor: Tensor(control.variances)),
      ]
    }
    tensors += prior?.tensors ?? []
    tensors += memberTensors + (calibration?.tensors ?? [])
    if let header = try memberHeader { metadata[Model.membersKey] = header }
    if let header = try calibration?.header { metadata[Calibration.metadata] = header }
    if let header = try prior?.header { metadata[Key.prior] = header }
    if let gaps { metadata[Key.gaps] = try JSONText.line(gaps) }
    // Behind all numbers of four bytes, which then lie as they should.
    tensors += (known?.tensors ?? []) + (calibration?.digestTensors ?? [])
    if let header = try known?.header { metadata[KnownSamples.metadata] = header }
    return SafeTensors(tensors: tensors, metadata: metadata)
  }

  /// Reads a model file.
  ///
  /// - Throws: `FormatError` for a file that is no whole safetensors file, ``TrainingError`` for one that
  ///   holds no model of this version or whose parts do not fit together.
  public init(contentsOf path: String) throws {
    try self.init(try SafeTensors.read(path), name: path)
  }

  /// The model in the contents of a file called `name`.
  public init(_ file: SafeTensors, name: String) throws {
    guard let found = file.metadata[Key.format] else {
      throw TrainingError(
        place: name, expected: "a model written by hourglass", found: "safetensors without \(Key.format)",
        remedy: "give a file that `hourglass train` wrote")
    }
    guard found == String(Model.format) else {
      throw TrainingError(
        place: name, expected: "model format \(Model.format)", found: "format \(found)",
        remedy: "use the version of hourglass that wrote it, or a newer one")
    }
    let architecture: Architecture = try Model.part(Key.architecture, of: file, name)
    let preparation: Preparation = try Model.part(Key.preparation, of: file, name)
    var provenance: Provenance?
    if file.metadata[Key.provenance] != nil {
      let found: Provenance = try Model.part(Key.provenance, of: file, name)
      provenance = found
    }
    let byName = Dictionary(file.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    let autoencoder: Autoencoder
    do {
      autoencoder = try Autoencoder(architecture) { byName[$0] }
    } catch {
      throw TrainingError(
        place: "\(name) \(error.place)", expected: error.expected, found: error.found, remedy: error.remedy)
    }
    guard architecture.input.count == preparation.sampleShape.count else {
      throw TrainingError(
        place: name, expected: "samples of \(architecture.input)", found: "\(preparation.sampleShape)")
    }
    let control = try Model.control(byName, width: architecture.input.count, name)
    let prior = try Prior(byName, header: file.metadata[Key.prior], for: autoencoder.outline, name)
    let gaps = try Model.gaps(in: file, width: architecture.input.count, name)
    let known = try KnownSamples(byName, header: file.metadata[KnownSamples.metadata], name)
    self.init(autoencoder, preparation, provenance, control: control, prior: prior, gaps: gaps, known: known)
    members = try Model.members(byName, header: file.metadata[Model.membersKey], beside: architecture, name)
    calibration = try Calibration(byName, header: file.metadata[Calibration.metadata], name)
    try calibration?.check(fits: self, name)
  }

  private static func gaps(in file: SafeTensors, width: Int, _ name: String) throws -> GapPrior? {
    guard file.metadata[Key.gaps] != nil else { return nil }
    let gaps: GapPrior = try part(Key.gaps, of: file, name)
    guard gaps.fits(width) else {
      throw TrainingError(
        place: "\(name) \(Key.gaps)", expected: "finite weights for fields of \(width) values",
        found: "others", remedy: "the file is damaged: get it again, or train anew")
    }
    return gaps
  }

  private static func control(
    _ tensors: [String: Tensor], width: Int, _ name: String
  ) throws(TrainingError) -> PrincipalComponents? {
    let names = [Key.mean, Key.components, Key.variances]
    if names.allSatisfy({ tensors[$0] == nil }) { return nil }
    guard let mean = tensors[Key.mean], let components = tensors[Key.components],
      let variances = tensors[Key.variances]
    else {
      throw TrainingError(
        place: "\(name) control", expected: "\(Key.mean), \(Key.components) and \(Key.variances), or none",
        found: names.filter { tensors[$0] != nil }.joined(separator: " and "))
    }
    guard mean.shape == [width], components.shape == [variances.count, width] else {
      throw TrainingError(
        place: "\(name) \(Key.components)", expected: "[\(variances.count), \(width)]",
        found: "\(components.shape)")
    }
    return PrincipalComponents(
      mean: mean.values, components: components.values, variances: variances.doubles)
  }

  private static func words(ofPart key: String) -> String {
    switch key {
    case Key.architecture: "an architecture"
    case Key.preparation: "a preparation of samples"
    case Key.gaps: "what fields are missing by"
    default: "an account of the training"
    }
  }

  private static func part<Part: Decodable>(_ key: String, of file: SafeTensors, _ name: String) throws
    -> Part
  {
    guard let text = file.metadata[key] else {
      throw TrainingError(place: name, expected: "\(key) in its header", found: "none")
    }
    return try JSONText.decode(
      text, place: "\(name), \(key)", expecting: "\(words(ofPart: key)) as JSON",
      remedy: "the file is damaged: get it again, or train anew")
  }
}

/// JSON that a person may have edited: errors say what is wrong and where, in words.
public enum JSONText {
  /// - Throws: ``TrainingError`` naming the place in the text.
  /// - Parameters:
  ///   - expected: what the text describes, in words.
  ///   - remedy: what to do where it does not.
  public static func decode<Value: Decodable>(
    _ text: String, place: String, expecting expected: String = "JSON as hourglass writes it",
    remedy: String? = nil
  ) throws(TrainingError) -> Value {
    do {
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return try decoder.decode(Value.self, from: Data(text.utf8))
    } catch {
      throw TrainingError(place: place, expected: expected, found: reason(error), remedy: remedy)
    }
  }

  /// The same value as indented text with its keys in order.
  public static func encode(_ value: some Encodable) throws -> String {
    try text(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  /// The same value on one line with its keys in order: equal values give equal text.
  public static func line(_ value: some Encodable) throws -> String {
    try text(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  private static func text(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func path(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }
      return keys.isEmpty ? "" : " at " + keys.joined().drop { $0 == "." }
    }
    switch error {
    case .keyNotFound(let key, let context): return "no \"\(key.stringValue)\"" + path(context)
    case .typeMismatch(let type, let context): return "something other than \(words(type))" + path(context)
    case .valueNotFound(let type, let context): return "null instead of \(words(type))" + path(context)
    // Of text that is no JSON at all the decoder says so in its own words.
    case .dataCorrupted(let context) where context.debugDescription.hasSuffix("valid JSON."):
      return "text that is not JSON"
    case .dataCorrupted(let context): return context.debugDescription + path(context)
    @unknown default: return "\(error)"
    }
  }

  /// What JSON calls values of a type.
  private static func words(_ type: any Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is String.Type: "text"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    default: "\(type)".hasPrefix("Array") || "\(type)".hasPrefix("[Any") ? "a list" : "an object"
    }
  }
}
