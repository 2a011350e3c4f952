import HourglassTensor

/// A second network with weights of its own, which learns to tell what is drawn from what is made, while the
/// autoencoder learns to make what it cannot tell: adversarial training.
///
/// It ends in one number a sample, its score D, which is high for what it takes to be real. Every step it has
/// its turns first, in which its own weights alone change; then the autoencoder has its turn, in which the
/// critic's stay. With n the number of values that the reconstruction term is a mean over, the objective of a
/// sample becomes
///
///     reconstruction · (reconstruction term) + (cost of the code) / n + penalties + weight · a / n
///
/// where a is what the ``Objective`` asks of the scores of what is made; so the weight is in the same units
/// as the beta of a variational code. A loss that is told, or that is measured on held samples, leaves a out.
///
/// - Source: Goodfellow et al. 2014; on codes Makhzani et al. 2016; on outputs Larsen et al. 2016.
public struct Critic: Hashable, Sendable {
  /// What it reads.
  public enum Subject: String, Hashable, Sendable, CaseIterable {
    /// Draws from the standard normal against codes, which become such draws: the adversarial autoencoder.
    case codes
    /// Samples against reconstructions and decoded draws from the standard normal, which come to look like
    /// samples. Where values of a sample are missing they are missing from what it is held against too.
    case outputs
  }

  /// What scores r of what is real and m of what is made are good for. m is averaged over all that is made.
  public enum Objective: Hashable, Sendable {
    /// The critic lowers log(1 + e⁻ʳ) + log(1 + eᵐ), the autoencoder log(1 + e⁻ᵐ). Goodfellow et al. 2014,
    /// section 3.
    case nonSaturating
    /// The critic lowers max(0, 1 - r) + max(0, 1 + m), the autoencoder -m. Lim and Ye 2017.
    case hinge
    /// The critic lowers m - r + penalty · (‖∂D/∂x‖ - 1)² at x = made + u (real - made) with one uniform draw
    /// u a sample, the autoencoder -m. Gulrajani et al. 2017, eq. 3, with their penalty of 10.
    case wasserstein(penalty: Float = 10)

    /// The critic's turns a step that its authors give.
    public var usualTurns: Int { if case .wasserstein = self { 5 } else { 1 } }
  }

  public var subject: Subject
  /// All but the last one, `.dense(1)`, which gives the score.
  public var layers: [Layer]
  public var objective: Objective
  /// Of the autoencoder's part: a above.
  public var weight: Float
  /// Turns that it has in each step, all on the batch of the step and with draws of their own.
  public var turns: Int
  /// Its learning rate as a multiple of the recipe's.
  public var rate: Float
  /// The weight of the reconstruction term. With 0 nothing trains the encoder and the decoder is the
  /// generator of a plain GAN; that is for a critic of outputs alone.
  public var reconstruction: Float

  /// - Parameter turns: nil: ``Objective/usualTurns``.
  public init(
    of subject: Subject, layers: [Layer] = Critic.dense([128, 128]), objective: Objective = .nonSaturating,
    weight: Float = 1, turns: Int? = nil, rate: Float = 1, reconstruction: Float = 1
  ) {
    (self.subject, self.layers, self.objective) = (subject, layers, objective)
    (self.weight, self.turns) = (weight, turns ?? objective.usualTurns)
    (self.rate, self.reconstruction) = (rate, reconstruction)
  }

  /// Dense layers of these widths with leaky rectifiers, of the slope of Radford et al. 2016.
  public static func dense(_ widths: [Int]) -> [Layer] {
    [.flatten] + widths.flatMap { [.dense(units: $0), .leakyRelu(slope: 0.2)] }
  }

  /// Convolutions of 3 by 3 with leaky rectifiers, each of which halves both sides: Radford et al. 2016, but
  /// for their batch normalisation.
  ///
  /// A sample `[height, width]` is an image of one channel.
  public static func convolutional(_ channels: [Int], on input: Shape) -> [Layer] {
    let image: [Layer] = input.rank == 2 ? [.reshape([1, input[0], input[1]])] : []
    let layers = channels.flatMap { [Layer.conv($0, stride: 2), .leakyRelu(slope: 0.2)] }
    return image + layers + [.flatten]
  }

  /// Turns a step above which a number is taken for a mistake.
  static let mostTurns = 100
}

extension Critic {
  /// - Throws: ``ModelError`` for numbers out of their range, and for layers that have no place in a critic.
  func check(_ architecture: Architecture) throws(ModelError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String, _ remedy: String? = nil)
      throws(ModelError)
    {
      if !isRight { throw ModelError(place: "critic", expected: expected, found: found, remedy: remedy) }
    }
    try require(weight > 0 && weight.isFinite, "a weight above 0", "\(weight)", "leave the critic out")
    try require(
      (1...Critic.mostTurns).contains(turns),
      "between 1 and \(Critic.mostTurns) turns: updates of the critic in a step", "\(turns)")
    try require(rate > 0 && rate.isFinite, "a rate above 0", "\(rate)")
    try require(
      reconstruction >= 0 && reconstruction.isFinite, "a reconstruction weight of at least 0",
      "\(reconstruction)")
    try require(
      reconstruction > 0 || subject == .outputs, "a reconstruction weight above 0 with a critic of codes",
      "0", "without it nothing trains the decoder; let the critic read outputs")
    if case .wasserstein(let penalty) = objective {
      try require(penalty > 0 && penalty.isFinite, "a penalty above 0", "\(penalty)", "10 is usual")
    }
    try require(
      architecture.code.isNearNormal, "a code that draws from the standard normal can be held against",
      "\(architecture.code)", "use the code vector or gaussian")
    try require(
      subject == .codes || architecture.entriesRead == nil, "samples that outputs can come to look like",
      "whole numbers that are read by their entries", "let the critic read codes")
    for (index, layer) in layers.enumerated() { try check(layer, "critic[\(index)] \(layer)") }
  }

  /// - Throws: ``ModelError`` for a layer that a critic cannot have, wherever it is nested.
  private func check(_ layer: Layer, _ place: String) throws(ModelError) {
    switch layer {
    case .batchNorm:
      throw ModelError(
        place: place, expected: "a score that depends on its own sample alone",
        found: "a batch normalisation",
        remedy: "use .layerNorm")
    case .embedding:
      throw ModelError(
        place: place, expected: "a layer with a derivative by what it reads", found: "an embedding",
        remedy: "use .densePerStep")
    case .lstm, .gru:
      guard case .wasserstein = objective else { return }
      throw ModelError(
        place: place, expected: "a layer with a second derivative, for the penalty of wasserstein",
        found: "a recurrence", remedy: "use .attention, .conv or .densePerStep, or the objective hinge")
    case .residual(let layers):
      for layer in layers { try check(layer, place) }
    default: return
    }
  }
}

extension Code {
  /// Whether the decoder may be given draws from the standard normal in place of codes.
  var isNearNormal: Bool {
    switch self {
    case .vector: true
    case .gaussian(let numbers): numbers.pseudoInputs == 0
    case .codebook, .categorical: false
    }
  }
}

extension Architecture {
  /// Whether the loss says which of two epochs is the better: not where a critic judges outputs, which is
  /// there because the reconstruction term is no good judge of them.
  public var isRankedByLoss: Bool { critic?.subject != .outputs }

  func criticEntries(code: Shape, _ next: inout Int) throws(ModelError) -> [Outline.Entry] {
    guard let critic else { return [] }
    let subject = critic.subject == .codes ? code : input
    return try entries(critic.layers + [.dense(units: 1)], "critic", from: subject, &next)
  }
}

extension Critic: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a critic")
    guard let subject = Subject(rawValue: name) else {
      throw values.unknown(name, of: Subject.allCases.map(\.rawValue))
    }
    try values.allow("layers", "objective", "weight", "turns", "rate", "reconstruction")
    self.init(
      of: subject, layers: try values.optional("layers") ?? Critic.dense([128, 128]),
      objective: try values.optional("objective") ?? .nonSaturating,
      weight: try values.optional("weight") ?? 1, turns: try values.optional("turns"),
      rate: try values.optional("rate") ?? 1, reconstruction: try values.optional("reconstruction") ?? 1)
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    try tagged.write(subject.rawValue) {
      try $0.encode(layers, forKey: "layers")
      try $0.encode(objective, forKey: "objective")
      try $0.encode(weight, forKey: "weight")
      try $0.encode(turns, forKey: "turns")
      if rate != 1 { try $0.encode(rate, forKey: "rate") }
      if reconstruction != 1 { try $0.encode(reconstruction, forKey: "reconstruction") }
    }
  }
}

extension Critic.Objective: Codable {
  /// The words of the command line.
  public static let names = ["nonsaturating", "hinge", "wasserstein"]

  /// The word of the command line.
  public var name: String {
    switch self {
    case .nonSaturating: "nonsaturating"
    case .hinge: "hinge"
    case .wasserstein: "wasserstein"
    }
  }

  /// By the word of the command line, with its authors' numbers.
  public init?(name: String) {
    switch name {
    case "nonsaturating": self = .nonSaturating
    case "hinge": self = .hinge
    case "wasserstein": self = .wasserstein()
    default: return nil
    }
  }

  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "an objective of a critic")
    switch name {
    case "nonSaturating": self = try values.none(.nonSaturating)
    case "hinge": self = try values.none(.hinge)
    case "wasserstein":
      try values.allow("penalty")
      self = .wasserstein(penalty: try values.optional("penalty") ?? 10)
    default: throw values.unknown(name, of: ["nonSaturating", "hinge", "wasserstein"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .nonSaturating: try tagged.write("nonSaturating")
    case .hinge: try tagged.write("hinge")
    case .wasserstein(let penalty):
      try tagged.write("wasserstein") { try $0.encode(penalty, forKey: "penalty") }
    }
  }
}

extension Critic: CustomStringConvertible {
  /// `.codes(nonsaturating)`
  public var description: String { ".\(subject.rawValue)(\(objective.name))" }
}
