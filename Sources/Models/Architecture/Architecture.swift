import HourglassTensor

/// A whole autoencoder as a plain value: five choices that can be printed, saved, compared and edited as
/// JSON.
///
/// ```json
/// {"format": 1, "input": [784], "encoder": [{"dense": {"units": 32}}, {"relu": {}}], "code": {"vector": {}},
///  "decoder": [{"dense": {"units": 784}}], "reconstruction": {"bernoulli": {}}}
/// ```
public struct Architecture: Hashable, Sendable {
  /// The version of the JSON form that this program writes.
  public static let format = 1
  /// The version of the JSON form of architectures for records.
  public static let formatOfRecords = 2

  /// Shape of a sample.
  public var input: Shape
  public var encoder: [Layer]
  public var code: Code
  public var decoder: [Layer]
  public var reconstruction: Reconstruction
  public var penalties: [Penalty]
  /// What is done to the samples that the encoder reads while training, one after the other.
  public var corruption: [Corruption]
  /// What encoder, decoder and critic are told of a sample besides its values; nil: nothing.
  public var condition: Condition?
  /// A second network that is trained against the autoencoder; nil: none.
  public var critic: Critic?
  /// What the encoder reads of values far out, on the model's own scale: c = min(max(x, -limit), limit); nil:
  /// x itself. The loss is held against x.
  public var inputLimit: Float?
  /// What it tells of a sample besides itself.
  public var heads: [Head] = []
  /// What the answers of the heads must stand; nil: nothing.
  public var consistency: Consistency?
  /// What the reconstruction term counts in the objective beside the heads; 0: the decoder learns nothing.
  public var reconstructionWeight: Float = 1

  public init(
    input: Shape, encoder: [Layer], code: Code = .vector, decoder: [Layer],
    reconstruction: Reconstruction = .gaussian, penalties: [Penalty] = [], corruption: [Corruption] = [],
    condition: Condition? = nil, critic: Critic? = nil
  ) {
    self.input = input
    self.encoder = encoder
    self.code = code
    self.decoder = decoder
    self.reconstruction = reconstruction
    self.penalties = penalties
    self.corruption = corruption
    self.condition = condition
    self.critic = critic
  }

  /// The entries of the embedding that the samples go into first, where the encoder begins with one, or of
  /// the reconstruction term, if that has some, whichever are fewer: then samples are whole numbers from 0 to
  /// entries - 1.
  public var entriesRead: Int? {
    var found: [Int] = []
    if case .embedding(let entries, _)? = encoder.first(where: { !$0.isIdentityOnUse }) {
      found.append(entries)
    }
    if case .tokens(let entries) = reconstruction { found.append(entries) }
    return found.min()
  }

  /// What looks at the samples of a batch together while training, so that what a sample comes to depends on
  /// the others of its batch, in words: a batch normalisation, or a penalty that compares samples. Nil where
  /// nothing does.
  public var comparingSamples: String? {
    if (encoder + decoder + heads.flatMap(\.layers)).contains(where: \.normalisesBatches) {
      return "batch normalisation"
    }
    return penalties.first(where: \.comparesSamples).map { "the penalty \($0.name)" }
  }

  /// Whether a step of a training looks at every sample twice.
  public var looksTwice: Bool { consistency?.view == .noise }

  /// The number of values of a code, once the shapes fit.
  ///
  /// - Throws: ``ModelError`` naming the layer that does not.
  public func codeShape() throws(ModelError) -> Shape { try outline().code }
}

extension Architecture: Codable {
  private enum Keys: String, CodingKey, CaseIterable {
    case format, input, encoder, code, decoder, reconstruction, penalties, corruption, condition, critic
    case inputLimit, fields, library, heads, consistency
    case reconstructionWeight = "reconstruction_weight"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let any = try decoder.container(keyedBy: Tagged.Key.self)
    for key in any.allKeys where Keys(rawValue: key.stringValue) == nil {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "an architecture has no \"\(key.stringValue)\"; it has "
            + Keys.allCases.map(\.rawValue).joined(separator: ", ")))
    }
    try Architecture.checkFormat(in: container)
    let record = try Architecture.record(in: container)
    let term = try container.decodeIfPresent(Reconstruction.self, forKey: .reconstruction)
    if record != nil, term != nil {
      throw DecodingError.dataCorruptedError(
        forKey: .reconstruction, in: container,
        debugDescription: "\"fields\" have laws of their own; leave out \"reconstruction\"")
    }
    self.init(
      input: try container.decodeIfPresent(Shape.self, forKey: .input)
        ?? record.map { [$0.count] } ?? container.decode(Shape.self, forKey: .input),
      encoder: try container.decode([Layer].self, forKey: .encoder),
      code: try container.decodeIfPresent(Code.self, forKey: .code) ?? .vector,
      decoder: try container.decode([Layer].self, forKey: .decoder),
      reconstruction: record.map { .fields($0) } ?? term ?? .gaussian,
      penalties: try container.decodeIfPresent([Penalty].self, forKey: .penalties) ?? [],
      corruption: try container.decodeIfPresent([Corruption].self, forKey: .corruption) ?? [],
      condition: try container.decodeIfPresent(Condition.self, forKey: .condition),
      critic: try container.decodeIfPresent(Critic.self, forKey: .critic))
    inputLimit = try container.decodeIfPresent(Float.self, forKey: .inputLimit)
    heads = try container.decodeIfPresent([Head].self, forKey: .heads) ?? []
    consistency = try container.decodeIfPresent(Consistency.self, forKey: .consistency)
    reconstructionWeight = try container.decodeIfPresent(Float.self, forKey: .reconstructionWeight) ?? 1
  }

  private static func checkFormat(in container: KeyedDecodingContainer<Keys>) throws {
    let format = try container.decodeIfPresent(Int.self, forKey: .format) ?? Architecture.format
    guard format == Architecture.format || format == Architecture.formatOfRecords else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container,
        debugDescription:
          "format \(format) is not known to this version, which reads \(Architecture.format) and "
          + "\(Architecture.formatOfRecords)")
    }
  }

  /// The fields of an architecture of records, and what its counts have in common.
  private static func record(in container: KeyedDecodingContainer<Keys>) throws -> Record? {
    let slots = try container.decodeIfPresent([Slot].self, forKey: .fields)
    let library = try container.decodeIfPresent(Library.self, forKey: .library)
    if library != nil, slots == nil {
      throw DecodingError.dataCorruptedError(
        forKey: .library, in: container, debugDescription: "a \"library\" is of \"fields\"; leave it out")
    }
    return slots.map { Record($0, library: library) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    let slots = reconstruction.record?.slots
    try container.encode(
      slots == nil ? Architecture.format : Architecture.formatOfRecords, forKey: .format)
    try container.encode(input, forKey: .input)
    try container.encode(self.encoder, forKey: .encoder)
    try container.encode(code, forKey: .code)
    try container.encode(decoder, forKey: .decoder)
    if let slots {
      try container.encode(slots, forKey: .fields)
      try container.encodeIfPresent(reconstruction.record?.library, forKey: .library)
    } else {
      try container.encode(reconstruction, forKey: .reconstruction)
    }
    if !penalties.isEmpty { try container.encode(penalties, forKey: .penalties) }
    if !corruption.isEmpty { try container.encode(corruption, forKey: .corruption) }
    try container.encodeIfPresent(condition, forKey: .condition)
    try container.encodeIfPresent(critic, forKey: .critic)
    try container.encodeIfPresent(inputLimit, forKey: .inputLimit)
    if !heads.isEmpty { try container.encode(heads, forKey: .heads) }
    try container.encodeIfPresent(consistency, forKey: .consistency)
    if reconstructionWeight != 1 { try container.encode(reconstructionWeight, forKey: .reconstructionWeight) }
  }
}
