/// What the counts of a record have in common, where they are the parts of one whole: the reads of a cell,
/// the words of a text, the wares of a basket.
///
///     μⱼ = l exp(aⱼ) / Σₖ exp(aₖ),   l = Σⱼ xⱼ
///
/// over all slots of counts that are read and given back. The decoder says in which shares (a), and the
/// record itself how much there is of all: its library size l. The dispersion of the negative binomial laws
/// is one number a slot, the same for all records, and learned.
///
/// - Source: Lopez et al. 2018, "Deep generative modeling for single-cell transcriptomics", as scvi-tools
///   has it with the observed library size and dispersion by gene.
public struct Library: Hashable, Sendable {
  /// The library size that a code is decoded with where no record is there.
  public let typical: Float
  /// Whether the total is given too, and not only what scales the means: counts of Poisson laws that are
  /// held to their total follow the multinomial law,
  ///
  ///     log p(x | l) = log l! - Σ log xⱼ! + Σ xⱼ log(μⱼ / l) = Σⱼ log Poisson(xⱼ | μⱼ) - log Poisson(l | l)
  public let isMultinomial: Bool

  public init(typical: Float, isMultinomial: Bool = false) {
    (self.typical, self.isMultinomial) = (typical, isMultinomial)
  }
}

extension Library: Codable {
  private enum Key: String, CodingKey { case typical, multinomial }

  public init(from decoder: any Decoder) throws {
    let any = try decoder.container(keyedBy: Tagged.Key.self)
    for key in any.allKeys where Key(rawValue: key.stringValue) == nil {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a library has no \"\(key.stringValue)\"; it has typical, multinomial"))
    }
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      typical: try container.decode(Float.self, forKey: .typical),
      isMultinomial: try container.decodeIfPresent(Bool.self, forKey: .multinomial) ?? false)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(typical, forKey: .typical)
    if isMultinomial { try container.encode(true, forKey: .multinomial) }
  }
}

extension Law {
  /// Whether it is one of counts, by a log-mean first and perhaps a log-dispersion second.
  var isOfCounts: Bool {
    switch self {
    case .poisson, .negativeBinomial, .zeroInflatedNegativeBinomial: true
    default: false
    }
  }

  /// Numbers that each slot learns for all records, where counts have a library.
  var learnedOfLibrary: Int { isOfCounts && self != .poisson ? 1 : 0 }
}
