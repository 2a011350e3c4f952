import HourglassTensor

/// A flat object: `{"name": "adam", "beta1": 0.9, …}`. What is left out has its default.
extension Optimizer: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case name, momentum, nesterov, rho, beta1, beta2, epsilon, every, side, memory
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let name = try values.decode(String.self, forKey: .name)
    guard let usual = Optimizer(name: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values,
        debugDescription:
          "\"\(name)\" is not an optimizer; known are \(Optimizer.names.joined(separator: ", "))")
    }
    try decoder.allow(Key.allCases.map(\.rawValue), in: "an optimizer")
    self = try usual.changed(
      momentum: values.decodeIfPresent(Float.self, forKey: .momentum),
      nesterov: values.decodeIfPresent(Bool.self, forKey: .nesterov),
      rho: values.decodeIfPresent(Float.self, forKey: .rho),
      beta1: values.decodeIfPresent(Float.self, forKey: .beta1),
      beta2: values.decodeIfPresent(Float.self, forKey: .beta2),
      epsilon: values.decodeIfPresent(Float.self, forKey: .epsilon),
      every: values.decodeIfPresent(Int.self, forKey: .every),
      side: values.decodeIfPresent(Int.self, forKey: .side),
      memory: values.decodeIfPresent(Int.self, forKey: .memory))
  }

  /// The same rule with some of its numbers changed.
  ///
  /// - Throws: ``TrainingError`` for a number that the rule does not have.
  public func changed(
    momentum: Float? = nil, nesterov: Bool? = nil, rho: Float? = nil, beta1: Float? = nil,
    beta2: Float? = nil, epsilon: Float? = nil, every: Int? = nil, side: Int? = nil, memory: Int? = nil
  ) throws(TrainingError) -> Optimizer {
    let given: [(String, Bool)] = [
      ("momentum", momentum != nil), ("nesterov", nesterov != nil), ("rho", rho != nil),
      ("beta1", beta1 != nil), ("beta2", beta2 != nil), ("epsilon", epsilon != nil),
      ("every", every != nil), ("side", side != nil), ("memory", memory != nil),
    ]
    for (name, isGiven) in given where isGiven && !numbers.contains(name) {
      throw TrainingError(
        place: "optimizer \(self.name)", expected: numbers.joined(separator: ", "), found: name)
    }
    switch self {
    case .sgd(let m, let n): return .sgd(momentum: momentum ?? m, nesterov: nesterov ?? n)
    case .adagrad(let e): return .adagrad(epsilon: epsilon ?? e)
    case .adadelta(let r, let e): return .adadelta(rho: rho ?? r, epsilon: epsilon ?? e)
    case .rmsprop(let r, let m, let e):
      return .rmsprop(rho: rho ?? r, momentum: momentum ?? m, epsilon: epsilon ?? e)
    case .adam(let a, let b, let e):
      return .adam(beta1: beta1 ?? a, beta2: beta2 ?? b, epsilon: epsilon ?? e)
    case .adamw(let a, let b, let e):
      return .adamw(beta1: beta1 ?? a, beta2: beta2 ?? b, epsilon: epsilon ?? e)
    case .nadam(let a, let b, let e):
      return .nadam(beta1: beta1 ?? a, beta2: beta2 ?? b, epsilon: epsilon ?? e)
    case .lion(let a, let b): return .lion(beta1: beta1 ?? a, beta2: beta2 ?? b)
    case .scheduleFree(let a, let b, let e):
      return .scheduleFree(beta1: beta1 ?? a, beta2: beta2 ?? b, epsilon: epsilon ?? e)
    case .muon(let m, let a, let b, let e):
      return .muon(momentum: momentum ?? m, beta1: beta1 ?? a, beta2: beta2 ?? b, epsilon: epsilon ?? e)
    case .soap(let a, let b, let e, let f, let s):
      return .soap(
        beta1: beta1 ?? a, beta2: beta2 ?? b, epsilon: epsilon ?? e, every: every ?? f, side: side ?? s)
    case .lbfgs(let m): return .lbfgs(memory: memory ?? m)
    }
  }

  /// The names of its numbers.
  public var numbers: [String] {
    switch self {
    case .sgd: ["momentum", "nesterov"]
    case .adagrad: ["epsilon"]
    case .adadelta: ["rho", "epsilon"]
    case .rmsprop: ["rho", "momentum", "epsilon"]
    case .adam, .adamw, .nadam, .scheduleFree: ["beta1", "beta2", "epsilon"]
    case .lion: ["beta1", "beta2"]
    case .muon: ["momentum", "beta1", "beta2", "epsilon"]
    case .soap: ["beta1", "beta2", "epsilon", "every", "side"]
    case .lbfgs: ["memory"]
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(name, forKey: .name)
    switch self {
    case .sgd(let momentum, let nesterov):
      try values.encode(momentum, forKey: .momentum)
      try values.encode(nesterov, forKey: .nesterov)
    case .adagrad(let epsilon):
      try values.encode(epsilon, forKey: .epsilon)
    case .adadelta(let rho, let epsilon):
      try values.encode(rho, forKey: .rho)
      try values.encode(epsilon, forKey: .epsilon)
    case .rmsprop(let rho, let momentum, let epsilon):
      try values.encode(rho, forKey: .rho)
      try values.encode(momentum, forKey: .momentum)
      try values.encode(epsilon, forKey: .epsilon)
    case .adam(let beta1, let beta2, let epsilon), .adamw(let beta1, let beta2, let epsilon),
      .nadam(let beta1, let beta2, let epsilon), .scheduleFree(let beta1, let beta2, let epsilon):
      try values.encode(beta1, forKey: .beta1)
      try values.encode(beta2, forKey: .beta2)
      try values.encode(epsilon, forKey: .epsilon)
    case .lion(let beta1, let beta2):
      try values.encode(beta1, forKey: .beta1)
      try values.encode(beta2, forKey: .beta2)
    case .muon(let momentum, let beta1, let beta2, let epsilon):
      try values.encode(momentum, forKey: .momentum)
      try values.encode(beta1, forKey: .beta1)
      try values.encode(beta2, forKey: .beta2)
      try values.encode(epsilon, forKey: .epsilon)
    case .soap(let beta1, let beta2, let epsilon, let every, let side):
      try values.encode(beta1, forKey: .beta1)
      try values.encode(beta2, forKey: .beta2)
      try values.encode(epsilon, forKey: .epsilon)
      try values.encode(every, forKey: .every)
      try values.encode(side, forKey: .side)
    case .lbfgs(let memory): try values.encode(memory, forKey: .memory)
    }
  }
}
