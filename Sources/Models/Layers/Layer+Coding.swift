import HourglassTensor

/// One key, the layer's name, over an object of its numbers: `{"dense": {"units": 128}}`. Numbers that have a
/// default may be left out; a name or number that is not known is an error.
extension Layer: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a layer")
    switch name {
    case "dense":
      try values.allow("units", "initializer", "bias")
      self = .dense(
        units: try values.required("units"), initializer: try values.optional("initializer"),
        bias: try values.optional("bias") ?? true)
    case "relu": self = try values.none(.relu)
    case "leakyRelu":
      try values.allow("slope")
      self = .leakyRelu(slope: try values.optional("slope") ?? 0.01)
    case "prelu": self = try values.none(.prelu)
    case "elu":
      try values.allow("alpha")
      self = .elu(alpha: try values.optional("alpha") ?? 1)
    case "gelu": self = try values.none(.gelu)
    case "sigmoid": self = try values.none(.sigmoid)
    case "tanh": self = try values.none(.tanh)
    case "softplus": self = try values.none(.softplus)
    case "dropout":
      try values.allow("rate")
      self = .dropout(rate: try values.required("rate"))
    case "gaussianDropout":
      try values.allow("rate")
      self = .gaussianDropout(rate: try values.required("rate"))
    case "batchNorm":
      try values.allow("momentum", "epsilon")
      self = .batchNorm(
        momentum: try values.optional("momentum") ?? 0.1, epsilon: try values.optional("epsilon") ?? 1e-5)
    case "layerNorm":
      try values.allow("epsilon")
      self = .layerNorm(epsilon: try values.optional("epsilon") ?? 1e-5)
    default: self = try Layer(shaping: name, values)
    }
  }

  private init(shaping name: String, _ values: Tagged.Values) throws {
    switch name {
    case "flatten": self = try values.none(.flatten)
    case "reshape":
      try values.allow("shape")
      self = .reshape(try values.required("shape"))
    case "tied":
      try values.allow("to", "bias")
      self = .tied(to: try values.required("to"), bias: try values.optional("bias") ?? true)
    case "topK":
      try values.allow("count")
      self = .topK(count: try values.required("count"))
    case "lstm": self = .lstm(try Recurrent(values))
    case "gru": self = .gru(try Recurrent(values))
    default:
      guard let layer = try Layer(image: name, values) ?? Layer(sequence: name, values) else {
        throw values.unknown(name, of: Layer.names)
      }
      self = layer
    }
  }

  /// The names that the JSON form knows.
  public static let names = [
    "dense", "relu", "leakyRelu", "prelu", "elu", "gelu", "sigmoid", "tanh", "softplus", "dropout",
    "gaussianDropout", "batchNorm", "layerNorm", "flatten", "reshape", "conv", "deconv", "maxPool",
    "averagePool", "upsample", "globalAveragePool", "globalMaxPool", "residual", "lstm", "gru", "attention",
    "positionalEncoding", "positionEmbedding", "embedding", "densePerStep", "repeatSteps", "delay",
    "transpose", "tied", "topK",
  ]

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .dense(let units, let initializer, let bias):
      try tagged.write("dense") {
        try $0.encode(units, forKey: "units")
        try $0.encodeIfPresent(initializer, forKey: "initializer")
        if !bias { try $0.encode(false, forKey: "bias") }
      }
    case .relu: try tagged.write("relu")
    case .leakyRelu(let slope): try tagged.write("leakyRelu") { try $0.encode(slope, forKey: "slope") }
    case .prelu: try tagged.write("prelu")
    case .elu(let alpha): try tagged.write("elu") { try $0.encode(alpha, forKey: "alpha") }
    case .gelu: try tagged.write("gelu")
    case .sigmoid: try tagged.write("sigmoid")
    case .tanh: try tagged.write("tanh")
    case .softplus: try tagged.write("softplus")
    case .dropout(let rate): try tagged.write("dropout") { try $0.encode(rate, forKey: "rate") }
    case .gaussianDropout(let rate):
      try tagged.write("gaussianDropout") { try $0.encode(rate, forKey: "rate") }
    case .batchNorm(let momentum, let epsilon):
      try tagged.write("batchNorm") {
        try $0.encode(momentum, forKey: "momentum")
        try $0.encode(epsilon, forKey: "epsilon")
      }
    case .layerNorm(let epsilon): try tagged.write("layerNorm") { try $0.encode(epsilon, forKey: "epsilon") }
    case .flatten: try tagged.write("flatten")
    case .reshape(let shape): try tagged.write("reshape") { try $0.encode(shape, forKey: "shape") }
    case .conv, .deconv, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool, .residual:
      try encodeImage(&tagged)
    case .tied, .topK: try encodeCoded(&tagged)
    case .lstm(let numbers): try tagged.write("lstm") { try numbers.encode(to: &$0) }
    case .gru(let numbers): try tagged.write("gru") { try numbers.encode(to: &$0) }
    case .attention, .positionalEncoding, .positionEmbedding, .embedding, .densePerStep, .repeatSteps,
      .delay, .transpose:
      try encodeSequence(&tagged)
    }
  }
}
