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

  /// Shape of a sample.
  public var input: Shape
  public var encoder: [Layer]
  public var code: Code
  public var decoder: [Layer]
  public var reconstruction: Reconstruction
  public var penalties: [Penalty]

  public init(
    input: Shape, encoder: [Layer], code: Code = .vector, decoder: [Layer],
    reconstruction: Reconstruction = .gaussian, penalties: [Penalty] = []
  ) {
    self.input = input
    self.encoder = encoder
    self.code = code
    self.decoder = decoder
    self.reconstruction = reconstruction
    self.penalties = penalties
  }

  /// Dense layers that narrow to the code and widen again in mirror image.
  ///
  /// - Parameters:
  ///   - layers: widths of the hidden layers of the encoder, from the input to the code.
  ///   - latent: width of the code.
  ///   - activation: after every hidden layer; nil is linear.
  ///   - codeActivation: after the code; nil is linear.
  ///   - outputActivation: after the last layer; nil is linear. With a term that reads logits leave it nil.
  ///   - initializer: of every matrix; nil chooses by the activation behind it.
  ///   - normalisation: between every hidden matrix and its activation.
  ///   - dropout: after every hidden activation of the encoder, and of the decoder.
  public static func dense(
    input: Shape, layers: [Int], latent: Int, activation: Layer? = .relu, codeActivation: Layer? = nil,
    outputActivation: Layer? = nil, reconstruction: Reconstruction = .gaussian,
    initializer: Initializer? = nil, normalisation: Layer? = nil, dropout: Layer? = nil,
    penalties: [Penalty] = []
  ) -> Architecture {
    func block(_ units: Int, _ activation: Layer?) -> [Layer] {
      [.dense(units: units, initializer: initializer)] + (activation.map { [$0] } ?? [])
    }
    func hidden(_ units: Int) -> [Layer] {
      [.dense(units: units, initializer: initializer)]
        + [normalisation, activation, dropout].compactMap { $0 }
    }
    var encoder: [Layer] = input.rank == 1 ? [] : [.flatten]
    for width in layers { encoder += hidden(width) }
    encoder += block(latent, codeActivation)
    var decoder: [Layer] = []
    for width in layers.reversed() { decoder += hidden(width) }
    decoder += block(input.count, outputActivation)
    if input.rank != 1 { decoder.append(.reshape(input)) }
    return Architecture(
      input: input, encoder: encoder, decoder: decoder, reconstruction: reconstruction, penalties: penalties)
  }

  /// The number of values of a code, once the shapes fit.
  ///
  /// - Throws: ``ModelError`` naming the layer that does not.
  public func codeShape() throws(ModelError) -> Shape { try outline().code }
}

extension Architecture: Codable {
  private enum Keys: String, CodingKey, CaseIterable {
    case format, input, encoder, code, decoder, reconstruction, penalties
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
    let format = try container.decodeIfPresent(Int.self, forKey: .format) ?? Architecture.format
    guard format == Architecture.format else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container,
        debugDescription:
          "format \(format) is not known to this version, which reads format \(Architecture.format)")
    }
    self.init(
      input: try container.decode(Shape.self, forKey: .input),
      encoder: try container.decode([Layer].self, forKey: .encoder),
      code: try container.decodeIfPresent(Code.self, forKey: .code) ?? .vector,
      decoder: try container.decode([Layer].self, forKey: .decoder),
      reconstruction: try container.decodeIfPresent(Reconstruction.self, forKey: .reconstruction)
        ?? .gaussian,
      penalties: try container.decodeIfPresent([Penalty].self, forKey: .penalties) ?? [])
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(Architecture.format, forKey: .format)
    try container.encode(input, forKey: .input)
    try container.encode(self.encoder, forKey: .encoder)
    try container.encode(code, forKey: .code)
    try container.encode(decoder, forKey: .decoder)
    try container.encode(reconstruction, forKey: .reconstruction)
    if !penalties.isEmpty { try container.encode(penalties, forKey: .penalties) }
  }
}
