import HourglassTensor

/// What stands between encoder and decoder.
public enum Code: Hashable, Sendable {
  /// The encoder's output itself.
  case vector
  /// A draw from the normal law whose mean and log-variance the encoder gives: Kingma and Welling 2014.
  case gaussian(Gaussian = Gaussian())
  /// The nearest of learned entries, for each vector of the encoder's output: van den Oord et al. 2017.
  case codebook(Codebook)
  /// One class out of several for each of some variables: Jang et al. 2017, Maddison et al. 2017.
  case categorical(Categorical)

  /// The numbers of a variational code.
  ///
  ///     z = μ + exp(l / 2) ε,  ε from the standard normal,  the encoder's output being [μ, l]
  ///     KL = Σ over j of kⱼ,  kⱼ = (μⱼ² + exp(lⱼ) - lⱼ - 1) / 2
  ///
  /// The objective of a sample is its reconstruction term, which is a mean over n values, plus beta · KL / n;
  /// with beta 1 and the term of `Reconstruction.bernoulli` that is minus the evidence lower bound in nats,
  /// divided by n. On use z = μ.
  public struct Gaussian: Hashable, Sendable {
    /// The weight of the KL divergence; above 1 it asks for independent dimensions. Higgins et al. 2017.
    public var beta: Float
    /// Nats of each dimension that cost nothing: max(kⱼ, freeBits). Kingma et al. 2016, here for each sample.
    public var freeBits: Float
    /// Epochs over which beta grows from 0 to its value, or the capacity does. Bowman et al. 2016.
    public var warmUp: Float
    /// Nats that the code is to carry in the end: |KL - capacity| in place of KL. Burgess et al. 2018.
    public var capacity: Float?
    /// Codes drawn for each sample of a training. With k of them the objective is -log (1 / k) Σ w, w being
    /// p(x | z) p(z) / q(z | x), which bounds -log p(x) the closer the more draws there are: Burda et al.
    /// 2016.
    public var draws: Int
    /// With k > 0 the prior is not the standard normal but the mean of the laws that the encoder gives for k
    /// learned samples, the pseudo-inputs: Tomczak and Welling 2018, eq. 9.
    ///
    ///     p(z) = (1 / k) Σ over j of q(z | uⱼ)
    ///
    /// KL is then log q(z | x) - log p(z) at the code drawn. The weight `code.pseudoInputs [k, inputs]`
    /// begins with samples of the training.
    public var pseudoInputs: Int

    public init(
      beta: Float = 1, freeBits: Float = 0, warmUp: Float = 0, capacity: Float? = nil, draws: Int = 1,
      pseudoInputs: Int = 0
    ) {
      (self.beta, self.freeBits, self.warmUp, self.capacity) = (beta, freeBits, warmUp, capacity)
      (self.draws, self.pseudoInputs) = (draws, pseudoInputs)
    }
  }

  /// Values of the encoder's output for a code of `width` values.
  public func inputs(for width: Int) -> Int {
    switch self {
    case .vector, .codebook, .categorical: width
    case .gaussian: 2 * width
    }
  }

  /// The shape of the code that an encoder's output stands for.
  ///
  /// - Throws: ``ModelError`` where it stands for none, or a number of the code is out of its range.
  func shape(of output: Shape) throws(ModelError) -> Shape {
    switch self {
    case .vector: return output
    case .gaussian(let numbers):
      try numbers.check()
      guard output.rank == 1, output.count % 2 == 0 else {
        throw ModelError(
          place: "code gaussian", expected: "an encoder that ends in [2 n], n means and n log-variances",
          found: "\(output)",
          remedy: "end the encoder with .dense of twice as many units as the code has values")
      }
      return [output.count / 2]
    case .codebook(let numbers):
      try numbers.check()
      _ = try numbers.layout(of: output)
      return output
    case .categorical(let numbers):
      try numbers.check(output)
      return output
    }
  }

  /// The shape of the whole numbers that say a code of that shape: of a codebook the entry of each vector, of
  /// a categorical code the class of each variable; nil for a code of numbers that are not whole.
  public func places(of code: Shape) -> Shape? {
    switch self {
    case .vector, .gaussian: nil
    case .codebook(let numbers): numbers.places(of: code)
    case .categorical(let numbers): [numbers.variables]
    }
  }

  /// How many numbers say a code of that shape: its values, or the places that stand for them. A linear
  /// control of the same width has as many.
  public func numbers(of code: Shape) -> Int { places(of: code)?.count ?? code.count }

  /// What is learned beside the layers, by its name behind `code.`.
  ///
  /// - Parameter input: the shape of a sample.
  func weights(of input: Shape) -> [(name: String, weight: Weight)] {
    switch self {
    case .codebook(let numbers):
      (0..<numbers.books).flatMap { book in
        numbers.weights.map { ("\(book).\($0.name)", $0) }
      }
    case .gaussian(let numbers) where numbers.pseudoInputs > 0:
      [("pseudoInputs", numbers.weight(of: input))]
    default: []
    }
  }

  /// Whether codes are held to a law that new ones can be drawn from: the standard normal, or even odds.
  public var hasPrior: Bool {
    switch self {
    case .vector, .codebook: false
    case .gaussian, .categorical: true
    }
  }

  /// Samples whose laws are the prior; 0 where it is another.
  public var pseudoInputs: Int {
    if case .gaussian(let numbers) = self { numbers.pseudoInputs } else { 0 }
  }

  /// Codes drawn for each sample of a training.
  var draws: Int {
    switch self {
    case .vector, .codebook, .categorical: 1
    case .gaussian(let numbers): numbers.draws
    }
  }

  /// Whether its values are of a finite set.
  var isDiscrete: Bool {
    switch self {
    case .vector, .gaussian: false
    case .codebook, .categorical: true
    }
  }

  /// Epochs over which something of the code grows, or a temperature falls; 0 where nothing does.
  public var warmUp: Float {
    switch self {
    case .vector, .codebook: 0
    case .gaussian(let numbers): numbers.warmUp
    case .categorical(let numbers): numbers.annealing
    }
  }
}

extension Code.Gaussian {
  func check() throws(ModelError) {
    func require(_ name: String, _ value: Float) throws(ModelError) {
      guard value >= 0, value.isFinite else {
        throw ModelError(place: "code gaussian", expected: "\(name) of at least 0", found: "\(value)")
      }
    }
    try require("beta", beta)
    try require("freeBits", freeBits)
    try require("warmUp", warmUp)
    try require("capacity", capacity ?? 0)
    guard (1...1000).contains(draws) else {
      throw ModelError(place: "code gaussian", expected: "between 1 and 1000 draws", found: "\(draws)")
    }
    guard draws == 1 || (capacity == nil && freeBits == 0 && warmUp == 0) else {
      throw ModelError(
        place: "code gaussian", expected: "one draw with freeBits, warmUp or capacity", found: "\(draws)",
        remedy: "leave them out: the importance-weighted bound has no divergence of its own")
    }
    guard (0...Code.Gaussian.mostPseudoInputs).contains(pseudoInputs) else {
      throw ModelError(
        place: "code gaussian", expected: "between 0 and \(Code.Gaussian.mostPseudoInputs) pseudo-inputs",
        found: "\(pseudoInputs)")
    }
    guard pseudoInputs == 0 || (capacity == nil && freeBits == 0) else {
      throw ModelError(
        place: "code gaussian", expected: "pseudo-inputs, or freeBits and capacity", found: "both",
        remedy: "leave one out: under such a prior dimensions have no divergence of their own")
    }
    guard capacity == nil || freeBits == 0 else {
      throw ModelError(
        place: "code gaussian", expected: "freeBits or capacity", found: "both", remedy: "leave one out")
    }
  }
}

extension Code: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a code")
    switch name {
    case "vector": self = try values.none(.vector)
    case "gaussian":
      try values.allow("beta", "freeBits", "warmUp", "capacity", "draws", "pseudoInputs")
      self = .gaussian(
        Gaussian(
          beta: try values.optional("beta") ?? 1, freeBits: try values.optional("freeBits") ?? 0,
          warmUp: try values.optional("warmUp") ?? 0, capacity: try values.optional("capacity"),
          draws: try values.optional("draws") ?? 1,
          pseudoInputs: try values.optional("pseudoInputs") ?? 0))
    case "codebook": self = .codebook(try Codebook(values))
    case "categorical": self = .categorical(try Categorical(values))
    default: throw values.unknown(name, of: ["vector", "gaussian", "codebook", "categorical"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .vector: try tagged.write("vector")
    case .gaussian(let numbers):
      try tagged.write("gaussian") {
        try $0.encode(numbers.beta, forKey: "beta")
        if numbers.freeBits != 0 { try $0.encode(numbers.freeBits, forKey: "freeBits") }
        if numbers.warmUp != 0 { try $0.encode(numbers.warmUp, forKey: "warmUp") }
        try $0.encodeIfPresent(numbers.capacity, forKey: "capacity")
        if numbers.draws != 1 { try $0.encode(numbers.draws, forKey: "draws") }
        if numbers.pseudoInputs != 0 { try $0.encode(numbers.pseudoInputs, forKey: "pseudoInputs") }
      }
    case .codebook(let numbers): try tagged.write("codebook") { try numbers.encode(to: &$0) }
    case .categorical(let numbers): try tagged.write("categorical") { try numbers.encode(to: &$0) }
    }
  }
}

extension Code: CustomStringConvertible {
  public var description: String {
    switch self {
    case .vector: ".vector"
    case .gaussian(let numbers):
      ".gaussian(beta: \(numbers.beta)"
        + (numbers.pseudoInputs > 0 ? ", pseudoInputs: \(numbers.pseudoInputs))" : ")")
    case .codebook(let numbers): "\(numbers)"
    case .categorical(let numbers): "\(numbers)"
    }
  }
}
