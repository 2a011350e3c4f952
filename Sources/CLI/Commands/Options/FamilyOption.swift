import Hourglass

/// The options that choose a family of autoencoders: what stands between encoder and decoder, and what it
/// costs.
///
/// A family is a set of coordinates. Those that go with any family are `coordinates`; those of one family
/// alone stand in `Family.all`, which is where a new family is added.
enum FamilyOption {
  static let family = Option(
    "family", .choice(Family.all.map(\.name)), default: "plain",
    "what stands between encoder and decoder, and what it costs")

  // Of any family
  static let tied = Option.flag(
    "tied", "the decoder's matrices are the encoder's, transposed; of dense layers")
  static let corruption = Option.optional(
    "corruption", .corruption, shown: "none, fields=0.3 of tables with gaps or targets",
    "what is done to samples before the encoder reads them, while training: KIND=AMOUNT, some with commas "
      + "between; kinds: \(Corruption.names.joined(separator: ", "))")
  static let block = Option.optional(
    "block", .shape, shown: "4", "of --corruption blocks: side of a block, 4 or 4x8")
  static let topK = Option.optional(
    "top-k", .integer(1...(1 << 20)), shown: "all",
    "keeps the N greatest values of each code, the others are 0")
  static let sparsity = Option.optional(
    "sparsity", .number(above: 0), shown: "none",
    "weight of the KL divergence of each unit's mean activity from --sparsity-target; of sigmoid codes")
  static let sparsityTarget = Option(
    "sparsity-target", .number(above: 0, atMost: 0.999), default: 0.05,
    "share of the samples in which a unit of the code is to be active")
  static let contraction = Option.optional(
    "contraction", .number(above: 0), shown: "none", "weight of the squared norm of the encoder's Jacobian")
  static let mmd = Option.optional(
    "mmd", .number(above: 0), shown: "none",
    "weight of the maximum mean discrepancy between codes and the standard normal")
  static let kernel = Option(
    "mmd-kernel", .choice(Penalty.Kernel.allCases.map(\.rawValue)), default: "imq",
    "how codes are compared by --mmd")
  static let orthogonality = Option.optional(
    "orthogonality", .number(above: 0), shown: "none",
    "weight of the distance of the encoder's matrices from orthogonal ones")

  static let conditional = Option.flag(
    "conditional",
    "tells encoder, decoder and critic the class of each sample (see --label); generate --class makes samples of one"
  )

  static let coordinates: [Declaration] = [

    conditional.declaration, tied.declaration, corruption.declaration, block.declaration, topK.declaration,
    sparsity.declaration,
    sparsityTarget.declaration, contraction.declaration, mmd.declaration, kernel.declaration,
    orthogonality.declaration,
  ]

  // Of the variational family
  static let beta = Option(
    "beta", .number(above: 0, orEqual: true), default: 1,
    "weight of the KL divergence from the standard normal")
  static let betaWarmup = Option(
    "beta-warmup", .number(above: 0, orEqual: true), default: 0,
    "epochs over which beta, or the capacity, grows from 0")
  static let freeBits = Option(
    "free-bits", .number(above: 0, orEqual: true), default: 0,
    "nats of each dimension that cost nothing")
  static let capacity = Option.optional(
    "capacity", .number(above: 0, orEqual: true), shown: "none",
    "nats that the code is to carry, in place of as few as can be")
  static let draws = Option(
    "draws", .integer(1...1000), default: 1,
    "codes drawn at random for each sample in a step; more than one train the importance-weighted bound (IWAE)"
  )
  static let pseudoInputs = Option(
    "pseudo-inputs", .integer(0...10_000), default: 0,
    "learned samples whose codes' distributions are the prior, in place of the standard normal (VampPrior)"
  )
  static let totalCorrelation = Option.optional(
    "total-correlation", .number(above: 0), shown: "none",
    "weight of the total correlation, which asks for independent dimensions")

  static let all: [Declaration] =
    ([family.declaration] + coordinates).under(.family) + CriticOption.all.under(.critic)
    + Family.all.flatMap { $0.options.under(Heading($0.name, "of --family \($0.name)")) }

  /// The families, for the help.
  static let note = HeadingNote(
    heading: .family,
    text: "With conv a quantised code has a vector at each position of the narrowest image.",
    words: Family.all.map { ($0.name, $0.meaning) })
}

/// One word of `--family`.
struct Family: Sendable {
  let name: String
  let meaning: String
  /// Options that no other family has.
  var options: [Declaration] = []
  /// What it sets before the options of any family are looked at.
  let set: @Sendable (inout Coordinates, Arguments) throws -> Void

  static let all: [Family] = [
    Family(name: "plain", meaning: "the encoder's output itself") { _, _ in },
    Family(name: "tied", meaning: "the decoder's matrices are the encoder's, transposed") { coordinates, _ in
      coordinates.isTied = true
    },
    Family(name: "sparse", meaning: "a sigmoid code whose units are seldom active: --sparsity 0.01") {
      coordinates, _ in
      coordinates.sparsity = 0.01
    },
    Family(name: "contractive", meaning: "a code that moves little where samples do: --contraction 0.001") {
      coordinates, _ in
      coordinates.contraction = 0.001
    },
    Family(name: "denoising", meaning: "samples are cleaned of noise: --corruption gaussian=0.3") {
      coordinates, _ in
      coordinates.corruption = [.gaussian(deviation: 0.3)]
    },
    Family(name: "masked", meaning: "what is hidden of samples is filled in: --corruption masking=0.5") {
      coordinates, _ in
      coordinates.corruption = [.masking(rate: 0.5)]
    },
    Family(
      name: "variational", meaning: "a normal distribution whose mean and variance the encoder gives",
      options: [
        FamilyOption.beta.declaration, FamilyOption.betaWarmup.declaration, FamilyOption.freeBits.declaration,
        FamilyOption.capacity.declaration, FamilyOption.draws.declaration,
        FamilyOption.pseudoInputs.declaration, FamilyOption.totalCorrelation.declaration,
      ]
    ) { coordinates, arguments in
      coordinates.code = .gaussian(
        Code.Gaussian(
          beta: Float(try arguments[FamilyOption.beta]),
          freeBits: Float(try arguments[FamilyOption.freeBits]),
          warmUp: Float(try arguments[FamilyOption.betaWarmup]),
          capacity: try arguments[FamilyOption.capacity].map { Float($0) },
          draws: try arguments[FamilyOption.draws],
          pseudoInputs: try arguments[FamilyOption.pseudoInputs]))
      if let weight = try arguments[FamilyOption.totalCorrelation] {
        coordinates.penalties.append(.totalCorrelation(weight: Float(weight)))
      }
    },
    Family(name: "wasserstein", meaning: "codes that lie together as the standard normal does: --mmd 0.1") {
      coordinates, _ in
      coordinates.mmd = 0.1
    },
    Family(
      name: "adversarial",
      meaning:
        "a critic tells codes from random draws of the standard normal, or outputs from samples (--critic)"
    ) { coordinates, _ in
      coordinates.hasCritic = true
    },
    .quantised, .categorical,
  ]
}

/// The choices that a family is made of.
struct Coordinates: Sendable {
  /// Whether a critic is trained too, as its options describe it.
  var hasCritic = false
  var code = Code.vector
  var isTied = false
  var corruption: [Corruption] = []
  var penalties: [Penalty] = []
  var topK: Int?
  var sparsity: Float?
  var contraction: Float?
  var mmd: Float?

  /// Whether the code is all the samples are told by, as narrow as may be: nothing else holds it to a law or
  /// to few of its values.
  var isPlain: Bool {
    code == .vector && !hasCritic && topK == nil && sparsity == nil && mmd == nil
  }
}

extension Arguments {
  /// The coordinates of the family that is asked for, with those that are given one by one.
  ///
  /// - Throws: ``Failure`` for an option of another family.
  var coordinates: Coordinates {
    get throws(Failure) {
      let name = try self[FamilyOption.family]
      var coordinates = Coordinates()
      for family in Family.all {
        if family.name == name {
          do {
            try family.set(&coordinates, self)
          } catch {
            throw error as? Failure ?? Failure.commandLine("\(error)")
          }
        } else if let option = firstGiven(of: family.options) {
          throw Failure.commandLine(
            "\(option) belongs to --family \(family.name); give that too, or leave it out")
        }
      }
      try readCoordinates(into: &coordinates)
      return coordinates
    }
  }

  private func readCoordinates(into coordinates: inout Coordinates) throws(Failure) {
    if try self[CriticOption.critic] != nil { coordinates.hasCritic = true }
    if !coordinates.hasCritic, let option = firstGiven(of: CriticOption.all) {
      throw Failure.commandLine(
        "\(option) belongs to --critic or --family adversarial; give one, or leave it out")
    }
    if try self[FamilyOption.tied] { coordinates.isTied = true }
    coordinates.topK = try self[FamilyOption.topK]
    let block = try self[FamilyOption.block]
    if let kinds = try self[FamilyOption.corruption] { coordinates.corruption = kinds }
    if let block {
      guard coordinates.corruption.contains(where: { $0.name == "blocks" }) else {
        throw Failure.commandLine(
          "--block belongs to --corruption blocks=RATE; give that too, or leave it out")
      }
      coordinates.corruption = coordinates.corruption.map {
        if case .blocks(_, let rate) = $0 { .blocks(size: Sides(block), rate: rate) } else { $0 }
      }
    }
    let target = Float(try self[FamilyOption.sparsityTarget])
    if let weight = try self[FamilyOption.sparsity].map({ Float($0) }) ?? coordinates.sparsity {
      coordinates.sparsity = weight
      coordinates.penalties.append(.sparsity(target: target, weight: weight))
    }
    if let weight = try self[FamilyOption.contraction].map({ Float($0) }) ?? coordinates.contraction {
      coordinates.penalties.append(.contraction(weight: weight))
    }
    if let weight = try self[FamilyOption.mmd].map({ Float($0) }) ?? coordinates.mmd {
      let kernel = Penalty.Kernel(rawValue: try self[FamilyOption.kernel]) ?? .inverseMultiquadratic
      coordinates.penalties.append(.mmd(weight: weight, kernel: kernel))
    }
    if let weight = try self[FamilyOption.orthogonality] {
      coordinates.penalties.append(.orthogonality(weight: Float(weight)))
    }
  }
}

extension ValueKind where Value == [Corruption] {
  /// A number, or one over another: `25/255`.
  private static func amount(_ text: String) -> Float? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Float($0) }
    guard parts.count <= 2, let first = parts[0], let last = parts.count == 2 ? parts[1] : 1 else {
      return nil
    }
    let amount = first / last
    return amount.isFinite ? amount : nil
  }

  /// Kinds with their deviation or rate, commas between.
  static let corruption = ValueKind(
    placeholder: "KIND=X",
    expectation: "none, or KIND=AMOUNT with commas between, KIND being one of "
      + Corruption.names.joined(separator: ", ") + ", such as gaussian=25/255,jpeg=20",
    read: { text in
      if text == "none" { return [] }
      var kinds: [Corruption] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, let amount = amount(sides[1]),
          let kind = Corruption(name: sides[0], amount: amount)
        else { return nil }
        kinds.append(kind)
      }
      return kinds
    })
}
