import Hourglass

/// The options that choose a family of autoencoders: what stands between encoder and decoder, and what it
/// costs.
enum FamilyOption {
  static let family = Option(
    "family", .choice(["plain", "variational", "adversarial"]), default: "plain",
    "what stands between encoder and decoder; variational: a normal law whose mean and variance the encoder gives; adversarial: a critic, see --critic"
  )
  static let beta = Option(
    "beta", .number(above: 0, orEqual: true), default: 1,
    "of variational codes: the weight of the KL divergence from the standard normal")
  static let betaWarmup = Option(
    "beta-warmup", .number(above: 0, orEqual: true), default: 0,
    "of variational codes: epochs over which beta, or the capacity, grows from 0")
  static let freeBits = Option(
    "free-bits", .number(above: 0, orEqual: true), default: 0,
    "of variational codes: nats of each dimension that cost nothing")
  static let capacity = Option.optional(
    "capacity", .number(above: 0, orEqual: true), shown: "none",
    "of variational codes: nats that the code is to carry, in place of as few as can be")

  private static let ofVariational = [
    beta.declaration, betaWarmup.declaration, freeBits.declaration, capacity.declaration,
  ]

  static let all: [Declaration] = [family.declaration] + ofVariational + CriticOption.all

  /// The first option of variational codes that is given.
  fileprivate static func stray(in arguments: Arguments) -> String? {
    arguments.firstGiven(of: ofVariational)
  }
}

extension Arguments {
  /// The code that the options describe.
  ///
  /// - Throws: ``Failure`` for an option of another family.
  var code: Code {
    get throws(Failure) {
      let family = try self[FamilyOption.family]
      if family != "adversarial", let option = firstGiven(of: CriticOption.all) {
        throw Failure.commandLine("\(option) belongs to --family adversarial; give that too, or leave it out")
      }
      guard family == "variational" else {
        if let option = FamilyOption.stray(in: self) {
          throw Failure.commandLine(
            "\(option) belongs to --family variational; give that too, or leave it out")
        }
        return .vector
      }
      return .gaussian(
        Code.Gaussian(
          beta: Float(try self[FamilyOption.beta]), freeBits: Float(try self[FamilyOption.freeBits]),
          warmUp: Float(try self[FamilyOption.betaWarmup]),
          capacity: try self[FamilyOption.capacity].map { Float($0) }))
    }
  }
}
