import HourglassEngine
import HourglassTensor

/// How a reconstruction is held against its sample: minus a log-likelihood, up to constants, averaged over
/// values.
///
/// x is the sample, y the decoder's last output, n the number of values; the loss of a batch is the mean over
/// its samples.
public enum Reconstruction: Hashable, Sendable {
  /// Σ (y - x)² / n, the mean squared error.
  case gaussian
  /// Σ |y - x| / n, the mean absolute error.
  case laplace
  /// Σ h(y - x) / n with h(d) = d² / 2 where |d| ≤ delta, else delta (|d| - delta / 2). Huber 1964.
  case huber(delta: Float = 1)
  /// Σ (log(1 + eʸ) - x y) / n, the binary cross-entropy of x in [0, 1] from logits y; on use the decoder
  /// gives 1 / (1 + e⁻ʸ).
  case bernoulli
  /// -Σ x log softmax(y) over the last axis, averaged over the axes before it; on use the decoder gives
  /// softmax(y).
  case categorical

  /// The loss of each sample: `[1]` a row.
  func loss(_ graph: inout Graph, output y: Graph.Value, target x: Graph.Value) -> Graph.Value {
    let shape = graph.shape(of: y)
    let share = 1 / Float(shape.count)
    switch self {
    case .gaussian:
      return mean(&graph, graph.unary(.square, graph.subtract(y, x)), share)
    case .laplace:
      return mean(&graph, graph.unary(.absolute, graph.subtract(y, x)), share)
    case .huber(let delta):
      // With c = min(|d|, delta) both branches are c (|d| - c / 2).
      let distance = graph.unary(.absolute, graph.subtract(y, x))
      let cut = graph.binary(.minimum, distance, graph.constant(delta))
      let term = graph.multiply(cut, graph.subtract(distance, graph.multiply(cut, 0.5)))
      return mean(&graph, term, share)
    case .bernoulli:
      return mean(&graph, graph.binary(.bernoulliLoss, y, x), share)
    case .categorical:
      // -Σ x (y - log Σ eʸ)
      let surprise = graph.subtract(graph.logSumExp(y), y)
      let positions = shape.count / max(1, shape.dimensions.last ?? 1)
      return mean(&graph, graph.multiply(x, surprise), 1 / Float(positions))
    }
  }

  private func mean(_ graph: inout Graph, _ terms: Graph.Value, _ share: Float) -> Graph.Value {
    graph.multiply(graph.sumRow(terms), share)
  }

  /// What the decoder's last output means: probabilities where it was logits.
  func readable(_ graph: inout Graph, output y: Graph.Value) -> Graph.Value {
    switch self {
    case .gaussian, .laplace, .huber: y
    case .bernoulli: graph.unary(.sigmoid, y)
    case .categorical: graph.softmax(y)
    }
  }

  /// The word of the command line.
  public var name: String {
    switch self {
    case .gaussian: "mse"
    case .laplace: "mae"
    case .huber: "huber"
    case .bernoulli: "bce"
    case .categorical: "ce"
    }
  }

  /// By the word of the command line.
  public init?(name: String) {
    switch name {
    case "mse": self = .gaussian
    case "mae": self = .laplace
    case "huber": self = .huber()
    case "bce": self = .bernoulli
    case "ce": self = .categorical
    default: return nil
    }
  }

  /// The words of the command line.
  public static let names = ["mse", "mae", "huber", "bce", "ce"]

  /// Whether the decoder ends in logits, so that an output activation before the loss would be one too many.
  public var isFromLogits: Bool {
    switch self {
    case .bernoulli, .categorical: true
    case .gaussian, .laplace, .huber: false
    }
  }
}

extension Reconstruction: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a reconstruction term")
    switch name {
    case "gaussian": self = try values.none(.gaussian)
    case "laplace": self = try values.none(.laplace)
    case "huber":
      try values.allow("delta")
      self = .huber(delta: try values.optional("delta") ?? 1)
    case "bernoulli": self = try values.none(.bernoulli)
    case "categorical": self = try values.none(.categorical)
    default:
      throw values.unknown(name, of: ["gaussian", "laplace", "huber", "bernoulli", "categorical"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .gaussian: try tagged.write("gaussian")
    case .laplace: try tagged.write("laplace")
    case .huber(let delta): try tagged.write("huber") { try $0.encode(delta, forKey: "delta") }
    case .bernoulli: try tagged.write("bernoulli")
    case .categorical: try tagged.write("categorical")
    }
  }
}
