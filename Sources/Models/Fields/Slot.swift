import HourglassTensor

/// One number of a record: what it means, who sees it, and by what law it is judged.
///
/// A sample of a record is one value a slot: a measured number on the model's own scale, a count, 0 or 1, or
/// the number of a level. NaN is a gap.
///
/// | kind | value | what the encoder reads |
/// |---|---|---|
/// | number | x | x |
/// | count | 0, 1, 2, … | (log(1 + x) - mean) / deviation |
/// | flag | 0 or 1 | 2 x - 1 |
/// | category | 0 … levels - 1; `levels` for one not seen | one-hot, or a learned vector |
/// | ordinal | 0 … levels - 1 | 1 for each step of the ladder that it stands above, else 0 |
///
/// Where a value may be missing the encoder reads a bit beside it that says so, and 0 for the rest.
public struct Slot: Hashable, Sendable {
  /// What the values mean.
  public enum Kind: Hashable, Sendable {
    case number
    /// With mean and deviation of log(1 + x).
    case count(mean: Float, deviation: Float)
    case flag
    case category(levels: Int)
    case ordinal(levels: Int)
  }

  /// Who sees the value.
  public enum Role: String, Hashable, Sendable, Codable {
    /// The encoder reads it, the decoder gives it.
    case both
    /// The encoder reads it, and nobody asks for it back.
    case read
    /// A condition: the encoder reads it, and the decoder is told it too, so that a code need not hold it and
    /// records can be drawn for given values. Sohn, Lee and Yan 2015 (conditional variational autoencoder).
    case told = "in"
    /// The decoder gives it and the encoder never reads it: a target.
    case out
  }

  public var name: String
  public var kind: Kind
  public var role: Role
  /// What the decoder's numbers are held against the value by; nil for the usual one of the kind.
  public var law: Law
  /// What its term counts in the loss.
  public var weight: Float
  /// What the best constant law costs a value, in the unit of the term: what a share of it explained is held
  /// against.
  public var marginal: Float
  /// Whether the encoder is told when it is missing.
  public var hasGaps: Bool
  /// The slot that this one was computed from: hidden when that one is.
  public var source: String?

  public init(
    _ name: String, _ kind: Kind, role: Role = .both, law: Law? = nil, weight: Float = 1,
    marginal: Float = 1, hasGaps: Bool = false, source: String? = nil
  ) {
    (self.name, self.kind, self.role, self.weight) = (name, kind, role, weight)
    self.law = law ?? kind.usualLaw
    (self.marginal, self.hasGaps, self.source) = (marginal, hasGaps, source)
  }

  var isRead: Bool { role != .out }
  var isGiven: Bool { role.isGiven }
}

extension Slot.Role {
  /// Whether the decoder gives the value.
  public var isGiven: Bool { self == .both || self == .out }
}

extension Slot.Kind {
  /// The law that stands first in the table of kinds.
  public var usualLaw: Law {
    switch self {
    case .number: .gaussian
    case .count: .negativeBinomial
    case .flag: .bernoulli
    case .category(let levels): .categorical(levels: levels + 1)
    case .ordinal(let levels): .cumulative(levels: levels)
    }
  }

  /// Levels that a law tells apart, with the entry for those never seen; 1 where there are none.
  var entries: Int {
    switch self {
    case .category(let levels): levels + 1
    case .ordinal(let levels): levels
    case .number, .count, .flag: 1
    }
  }
}
