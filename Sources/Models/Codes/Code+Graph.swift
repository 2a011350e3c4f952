import HourglassEngine
import HourglassTensor

extension Code {
  /// What the decoder reads, and what the code costs.
  struct Drawn {
    /// The value that the decoder is given.
    var value: Graph.Value
    /// The KL divergence of each sample from the prior in nats, `[1]`; nil for a code without a prior.
    var divergence: Graph.Value?
    /// What is added to the objective of each sample, before it is divided by the values of a sample.
    var cost: Graph.Value?
    /// Mean and log-variance, of a code that is a normal law.
    var law: (mean: Graph.Value, logVariance: Graph.Value)?
    /// log q(z | x) - log p(z) of each sample, of a code with a density.
    var logRatio: Graph.Value?
    /// Which entry or class each part of a discrete code is, as `Code.places(of:)` shapes it.
    var places: Graph.Value?
  }

  /// The code of an encoder's output `h`.
  ///
  /// - Parameters:
  ///   - weights: in the order of ``weights``.
  ///   - isDrawn: whether it is drawn; otherwise it is the mean, or the likeliest.
  func append(
    to graph: inout Graph, _ h: Graph.Value, _ weights: [Graph.Value] = [], isDrawn: Bool,
    _ setting: inout Setting
  ) -> Drawn {
    switch self {
    case .vector: return Drawn(value: h)
    case .codebook(let numbers): return numbers.append(to: &graph, h, weights, &setting)
    case .categorical(let numbers): return numbers.append(to: &graph, h, isDrawn: isDrawn, &setting)
    case .gaussian(let numbers):
      let width = graph.shape(of: h).count / 2
      let mean = graph.slice(h, from: 0, count: width)
      let logVariance = Code.Gaussian.bounded(&graph, graph.slice(h, from: width, count: width))
      let each = Code.divergences(&graph, mean, logVariance)
      var drawn = Drawn(
        value: mean, divergence: graph.sumRow(each), cost: numbers.cost(&graph, of: each),
        law: (mean, logVariance))
      guard isDrawn else { return drawn }
      let noise = graph.random(.normal, [width], stream: setting.nextStream())
      let deviation = graph.unary(.exponential, graph.multiply(logVariance, 0.5))
      drawn.value = graph.add(mean, graph.multiply(deviation, noise))
      // Σ (z² - ε² - l) / 2
      let own = graph.add(graph.unary(.square, noise), logVariance)
      let difference = graph.subtract(graph.unary(.square, drawn.value), own)
      drawn.logRatio = graph.multiply(graph.sumRow(difference), 0.5)
      return drawn
    }
  }

  /// (μ² + exp(l) - l - 1) / 2 of each dimension.
  private static func divergences(
    _ graph: inout Graph, _ mean: Graph.Value, _ logVariance: Graph.Value
  ) -> Graph.Value {
    let spread = graph.subtract(graph.unary(.exponential, logVariance), logVariance)
    return graph.multiply(graph.add(graph.add(graph.unary(.square, mean), spread), -1), 0.5)
  }
}

extension Code.Gaussian {
  /// Log-variances lie in ±this: beside the prior's variance of 1, e¹⁰ is that of a value that nothing is
  /// known of, and e⁻¹⁰ that of one known to 0.7 % of the prior's deviation.
  public static let logVarianceBound: Float = 10

  /// l cut to the bounds, with the derivative of l itself: what is outside is drawn back by its divergence.
  static func bounded(_ graph: inout Graph, _ l: Graph.Value) -> Graph.Value {
    let below = graph.binary(.minimum, l, graph.constant(logVarianceBound))
    let cut = graph.binary(.maximum, below, graph.constant(-logVarianceBound))
    return graph.add(graph.detach(cut), graph.subtract(l, graph.detach(l)))
  }

  /// beta times a divergence, or what of it counts yet.
  func cost(_ graph: inout Graph, ofWhole divergence: Graph.Value) -> Graph.Value {
    let cost = graph.multiply(divergence, beta)
    return warmUp > 0 ? graph.multiply(cost, graph.scalar(Assembly.Scalar.progress)) : cost
  }

  /// beta times what the divergences of each dimension cost.
  fileprivate func cost(_ graph: inout Graph, of each: Graph.Value) -> Graph.Value {
    if let capacity {
      let progress = warmUp > 0 ? graph.scalar(Assembly.Scalar.progress) : nil
      let wanted = progress.map { graph.multiply($0, capacity) } ?? graph.constant(capacity)
      return graph.multiply(graph.unary(.absolute, graph.subtract(graph.sumRow(each), wanted)), beta)
    }
    let counted = freeBits > 0 ? graph.binary(.maximum, each, graph.constant(freeBits)) : each
    return cost(&graph, ofWhole: graph.sumRow(counted))
  }
}
