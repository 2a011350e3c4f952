/// A flat object: `{"name": "adam", "beta1": 0.9, …}`. What is left out has its default.
extension Optimizer: Codable {
  private enum Key: String, CodingKey { case name, momentum, beta1, beta2, epsilon }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    func number(_ key: Key, _ usual: Float) throws -> Float {
      try values.decodeIfPresent(Float.self, forKey: key) ?? usual
    }
    let name = try values.decode(String.self, forKey: .name)
    switch name {
    case "sgd": self = .sgd(momentum: try number(.momentum, 0))
    case "adam":
      self = .adam(
        beta1: try number(.beta1, 0.9), beta2: try number(.beta2, 0.999), epsilon: try number(.epsilon, 1e-8))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values,
        debugDescription:
          "\"\(name)\" is not an optimizer; known are \(Optimizer.names.joined(separator: ", "))")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(name, forKey: .name)
    switch self {
    case .sgd(let momentum): try values.encode(momentum, forKey: .momentum)
    case .adam(let beta1, let beta2, let epsilon):
      try values.encode(beta1, forKey: .beta1)
      try values.encode(beta2, forKey: .beta2)
      try values.encode(epsilon, forKey: .epsilon)
    }
  }
}
