import HourglassEngine

extension Reconstruction {
  /// What values a sample may have, on the model's own scale, for the term to be minus a log-likelihood.
  ///
  /// A training refuses samples outside. A model in use meets them: what is odd about a sample may be just
  /// that it leaves the range of all that were seen. There a value x outside counts as the nearest value c
  /// inside, and its distance on top, so that the term grows with the distance and never falls below what it
  /// is at the edge:
  ///
  ///     t(x, y) = t(c, y) + 2 (x - c)²
  ///
  /// 2 d² nats are the least that lie between two Bernoulli laws whose means are d apart (Pinsker's
  /// inequality). Terms of whole numbers have no such continuation: other values are refused everywhere.
  public enum Domain: Hashable, Sendable {
    /// Any number.
    case any
    /// [0, 1]: shares, brightness.
    case unitInterval
    /// Numbers from 0 on: shares of a whole, counts.
    case notNegative
    /// Whole numbers from 0 to below the number given.
    case entries(Int)

    /// Whether a value lies inside; one that is missing (NaN) does.
    public func contains(_ value: Float) -> Bool {
      switch self {
      case .any: true
      case .unitInterval: !(value < 0 || value > 1)
      case .notNegative: !(value < 0)
      case .entries(let count):
        value.isNaN || value == value.rounded() && value >= 0 && value < Float(count)
      }
    }

    /// The nearest value inside.
    public func nearest(to x: Double) -> Double {
      switch self {
      case .any, .entries: x
      case .unitInterval: min(max(x, 0), 1)
      case .notNegative: max(x, 0)
      }
    }

    /// As a message has it.
    public var words: String {
      switch self {
      case .any: "numbers"
      case .unitInterval: "values in [0, 1]"
      case .notNegative: "values of at least 0"
      case .entries(let count): "whole numbers from 0 to \(count - 1)"
      }
    }
  }

  public var domain: Domain {
    switch self {
    case .gaussian, .laplace, .huber, .fields: .any
    case .bernoulli: .unitInterval
    case .categorical: .notNegative
    case .tokens(let entries): .entries(entries)
    }
  }

  /// 2 (x - c)²: what a value outside the domain adds to the term of c, the nearest inside. Nil where every
  /// value lies inside, or others are refused.
  func outlying(
    _ graph: inout Graph, _ x: Graph.Value
  ) -> (nearest: Graph.Value, cost: Graph.Value)? {
    var nearest: Graph.Value
    switch domain {
    case .any, .entries: return nil
    case .notNegative: nearest = graph.binary(.maximum, x, graph.constant(0))
    case .unitInterval:
      nearest = graph.binary(.maximum, x, graph.constant(0))
      nearest = graph.binary(.minimum, nearest, graph.constant(1))
    }
    let distance = graph.subtract(x, nearest)
    return (nearest, graph.multiply(graph.unary(.square, distance), Reconstruction.outlyingWeight))
  }

  /// Nats that a squared distance from the domain costs.
  public static let outlyingWeight: Float = 2
}
