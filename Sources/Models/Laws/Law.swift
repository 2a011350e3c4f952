import HourglassEngine
import HourglassTensor

/// What a field's value may be, given the numbers that a decoder gives of it: the likelihood of the field.
///
/// x is the value on the field's own scale, θ the law's parameters, as many as ``parameters`` says. The loss
/// of a value is minus its log-likelihood in nats,
///
///     surprise(x, θ) = -log p(x | θ) - constant
///
/// where ``constant`` is 0 but for the laws of fixed width. The same parameters give, outside of training,
/// the most likely value, the mean, quantiles, intervals, draws and the entropy, in double precision.
///
/// Parameters may be any finite numbers: what would leave the range of single precision is held within limits
/// that each law names. A number that is held keeps the slope that it has at the limit, so that a decoder
/// that went too far comes back.
///
/// A law is one file that says what it is (`Likelihood`), a case here, and a line in `form` and in
/// `forms`.
public enum Law: Hashable, Sendable {
  /// A normal law of deviation 1 about the mean. (x - m)² / 2.
  case gaussian
  /// A normal law whose mean and log-variance are learned; the log-variance is held within ±10.
  case normal
  /// A Laplace law of scale 1 about the median. |x - m|.
  case laplace
  /// Normal within `delta` of the middle, of exponential tails beyond. Huber 1964.
  case huber(delta: Float = 1)
  /// Student's t of `degrees` degrees of freedom: location, log-scale (held within ±10).
  case studentT(degrees: Float = 4)
  /// A mixture of normal laws: logits, means, log-variances (held within ±10). Bishop 1994.
  case mixture(components: Int = 5)
  /// A gamma law of numbers above 0: log-mean (held within ±20), log-shape (held within ±10).
  case gamma
  /// Counts whose variance is their mean: log-mean (held within ±20).
  case poisson
  /// Counts of variance μ + μ²/θ: log μ (held within ±20), log θ (held within ±10).
  case negativeBinomial
  /// The same, but that a value is 0 besides with probability 1 / (1 + e⁻ᶻ): log μ, log θ, z. Lambert 1992.
  case zeroInflatedNegativeBinomial
  /// 0 or 1, or a share between them: the logit of 1.
  case bernoulli
  /// One of `levels` levels without an order: a logit of each.
  case categorical(levels: Int)
  /// One of `levels` levels in an order: the first cut point, and what the next ones grow by. McCullagh 1980.
  case cumulative(levels: Int)

  /// What it is: the one place that tells the cases apart.
  var form: any Likelihood {
    switch self {
    case .gaussian: GaussianLaw()
    case .normal: NormalLaw()
    case .laplace: LaplaceLaw()
    case .huber(let delta): HuberLaw(delta: delta)
    case .studentT(let degrees): StudentLaw(degrees: degrees)
    case .mixture(let components): MixtureLaw(components: components)
    case .gamma: GammaLaw()
    case .poisson: PoissonLaw()
    case .negativeBinomial: NegativeBinomialLaw()
    case .zeroInflatedNegativeBinomial: ZeroInflatedLaw()
    case .bernoulli: BernoulliLaw()
    case .categorical(let levels): CategoricalLaw(levels: levels)
    case .cumulative(let levels): CumulativeLaw(levels: levels)
    }
  }

  /// The laws by their words, in the order of the list above.
  static let forms: [any Likelihood.Type] = [
    GaussianLaw.self, NormalLaw.self, LaplaceLaw.self, HuberLaw.self, StudentLaw.self, MixtureLaw.self,
    GammaLaw.self, PoissonLaw.self, NegativeBinomialLaw.self, ZeroInflatedLaw.self, BernoulliLaw.self,
    CategoricalLaw.self, CumulativeLaw.self,
  ]
}

/// What every law knows of itself.
extension Law {
  /// How many numbers of the decoder a value takes.
  public var parameters: Int { form.parameters }

  /// Whether one value can be called less than another.
  public var hasOrder: Bool { form.hasOrder }

  /// What values it can hold.
  public var domain: Domain { form.domain }

  /// What ``surprise(_:parameters:target:levels:)`` leaves out of -log p, whatever the value and the
  /// parameters: in nats a value.
  public var constant: Double { form.constant }

  /// Refuses numbers that make no law.
  public func check() throws(ModelError) {
    if let complaint = form.complaint {
      throw ModelError(place: "law \(name)", expected: complaint.expected, found: complaint.found)
    }
  }
}

/// On a graph, for many columns at once.
extension Law {
  /// The surprise of each value in nats, without the ``constant``: `[columns]` a row.
  ///
  /// The columns stand side by side: a thousand of them take as many steps of the plan as one. A value that
  /// is missing, fed as 0, and a level that the law does not have, give a finite term, to be multiplied by
  /// 0.
  ///
  /// - Parameters:
  ///   - parameters: as many values a row as there are columns times parameters, those of a column together:
  ///     `[columns, parameters]`, or flat.
  ///   - target: `[columns]`.
  ///   - levels: how many levels each column has, where columns of at most as many levels as the law's stand
  ///     together; parameters past a column's own are passed over.
  public func surprise(
    _ graph: inout Graph, parameters: Graph.Value, target: Graph.Value, levels: [Int]? = nil
  ) -> Graph.Value {
    let columns = Columns(self, &graph, parameters, target, levels)
    return graph.reshape(form.surprise(&graph, columns), graph.shape(of: target))
  }

  /// The same with each parameter of all columns by itself, `[columns]`: of laws that take them one by one.
  func surprise(_ graph: inout Graph, parts: [Graph.Value], target: Graph.Value) -> Graph.Value {
    graph.reshape(
      form.surprise(&graph, Columns(self, &graph, parts, target, columns: graph.shape(of: target).count)),
      graph.shape(of: target))
  }

  /// What stands for each value, of parameters one by one.
  func readable(_ graph: inout Graph, parts: [Graph.Value], columns shape: Shape) -> Graph.Value {
    let columns = Columns(self, &graph, parts, graph.constant(0), columns: shape.count)
    return graph.reshape(form.readable(&graph, columns), shape)
  }

  /// What stands for each value where one number is asked for: the mean of numbers and counts, the median of
  /// the heavy-tailed laws, the probability of a flag, the most likely level.
  ///
  /// - Parameters: as of ``surprise(_:parameters:target:levels:)``; `[columns]` of a row.
  public func readable(
    _ graph: inout Graph, parameters: Graph.Value, columns shape: Shape, levels: [Int]? = nil
  ) -> Graph.Value {
    let columns = Columns(self, &graph, parameters, columns: shape.count, levels)
    return graph.reshape(form.readable(&graph, columns), shape)
  }
}

/// Of one value's parameters, in double precision.
extension Law {
  /// log p(x | θ) in nats, the constant included: a density of numbers, a probability of counts and levels.
  public func logLikelihood(of value: Double, _ parameters: [Double]) -> Double {
    form.logLikelihood(of: value, checked(parameters))
  }

  /// The mean; of levels in an order that of their numbers, of levels without one the most likely.
  public func mean(_ parameters: [Double]) -> Double { form.mean(checked(parameters)) }

  /// The most likely value.
  public func mode(_ parameters: [Double]) -> Double { form.mode(checked(parameters)) }

  /// The least value that `probability` of the law lies at or below; of levels without an order by their
  /// numbers.
  ///
  /// - Precondition: the probability lies in [0, 1].
  public func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    precondition((0...1).contains(probability), "Law.quantile: \(probability) is not in [0, 1]")
    return form.quantile(probability, checked(parameters))
  }

  public func median(_ parameters: [Double]) -> Double { quantile(0.5, parameters) }

  /// The range that holds `level` of the law and leaves as much below as above; nil for levels without an
  /// order.
  public func interval(_ level: Double, _ parameters: [Double]) -> ClosedRange<Double>? {
    guard form.hasOrder else { return nil }
    let (low, high) = (quantile((1 - level) / 2, parameters), quantile((1 + level) / 2, parameters))
    return low...max(low, high)
  }

  /// The value that a uniform number in (0, 1) stands for: the quantile.
  public func draw(uniform: Double, _ parameters: [Double]) -> Double { quantile(uniform, parameters) }

  /// A draw that depends on the seed, the stream, the step and the position alone.
  public func draw(
    _ parameters: [Double], _ random: Random, step: UInt32 = 0, position: UInt64
  ) -> Double {
    let bits = random.bits(step: step, position: position)
    // 52 bits and a half, so that neither 0 nor 1 is ever drawn.
    let whole = UInt64(bits.x) << 20 | UInt64(bits.y) >> 12
    return draw(uniform: (Double(whole) + 0.5) * 0x1p-52, parameters)
  }

  /// -Σ p log p, or of numbers -∫ p log p, in nats.
  public func entropy(_ parameters: [Double]) -> Double { form.entropy(checked(parameters)) }

  /// The probability of each level; nil where there are none.
  public func probabilities(_ parameters: [Double]) -> [Double]? { form.probabilities(checked(parameters)) }

  private func checked(_ parameters: [Double]) -> [Double] {
    precondition(
      parameters.count == self.parameters, "law \(name): \(parameters.count) parameters, \(self.parameters)")
    return parameters
  }
}
