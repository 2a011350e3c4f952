import HourglassEngine
import HourglassTensor

/// How a reconstruction is held against its sample: minus a log-likelihood, up to constants, averaged over
/// values.
///
/// x is the sample, y the decoder's last output, n the number of values; the loss of a batch is the mean over
/// its samples.
///
/// Values may be missing. The network is given 0 in their place, on the model's own scale: the mean of the
/// training values for the scaling `standard`, the smallest for `min-max`. They neither pull nor count:
///
///     loss = Σ mᵢ tᵢ / Σ mᵢ,   mᵢ = 1 where xᵢ is there, 0 where it is missing
///
/// with tᵢ the term of a value as written below: the sum over the values that are there, divided by how many
/// there are. For categories n is that number divided by the length of the last axis. The loss of a sample
/// without any value is 0, and such a sample weighs nothing in a training.
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
  /// -log softmax(y)[x] averaged over the places of x, whole numbers from 0 to `entries` - 1; the decoder
  /// ends in `[…, entries]`, one axis more than a sample, and on use gives the likeliest entry of each place.
  case tokens(entries: Int)
  /// Samples are records: each slot by its own law, see ``Record``. What can be said of one slot's value is
  /// said by its ``Law``.
  case fields(Record)

  /// What samples are, where they are records.
  public var record: Record? {
    if case .fields(let record) = self { record } else { nil }
  }

  /// The loss of each sample: `[1]` a row.
  ///
  /// - Parameters:
  ///   - presence: 1 or 0 a value of the samples; nil where none is missing.
  ///   - isTraining: whether the samples are known to lie in the ``domain``, as those of a training do.
  func loss(
    _ graph: inout Graph, output y: Graph.Value, target x: Graph.Value, presence: Graph.Value? = nil,
    isTraining: Bool
  ) -> Graph.Value {
    if let record { return record.loss(&graph, output: y, target: x, presence: presence) }
    let shape = graph.shape(of: x)
    let each: Graph.Value
    if !isTraining, let outlying = outlying(&graph, x) {
      each = graph.add(terms(&graph, y, outlying.nearest), outlying.cost)
    } else {
      each = terms(&graph, y, x)
    }
    if let presence {
      let terms = graph.multiply(each, presence)
      let count = graph.binary(.maximum, graph.sumRow(presence), graph.constant(1))
      let whole = self == .categorical ? shape.dimensions.last ?? 1 : 1
      return graph.binary(.divide, graph.multiply(graph.sumRow(terms), Float(whole)), count)
    }
    return graph.multiply(graph.sumRow(each), 1 / Float(values(of: shape)))
  }

  /// How many terms the loss of a sample of that shape is a mean of: its values, or for categories its
  /// places.
  public func values(of shape: Shape) -> Int {
    if let record { return max(1, record.givenCount) }
    return self == .categorical ? shape.count / max(1, shape.dimensions.last ?? 1) : shape.count
  }

  /// What each value contributes to the sum.
  private func terms(_ graph: inout Graph, _ y: Graph.Value, _ x: Graph.Value) -> Graph.Value {
    switch self {
    case .gaussian:
      return graph.unary(.square, graph.subtract(y, x))
    case .laplace:
      return graph.unary(.absolute, graph.subtract(y, x))
    case .huber(let delta):
      // With c = min(|d|, delta) both branches are c (|d| - c / 2).
      let distance = graph.unary(.absolute, graph.subtract(y, x))
      let cut = graph.binary(.minimum, distance, graph.constant(delta))
      return graph.multiply(cut, graph.subtract(distance, graph.multiply(cut, 0.5)))
    case .bernoulli:
      return graph.binary(.bernoulliLoss, y, x)
    case .categorical:
      // -Σ x (y - log Σ eʸ)
      let surprise = graph.subtract(graph.logSumExp(y), y)
      return graph.multiply(x, surprise)
    case .tokens(let entries):
      let shape = graph.shape(of: x)
      let chosen = graph.sumLast(graph.multiply(y, graph.oneHot(x, count: entries)))
      return graph.subtract(
        graph.reshape(graph.logSumExp(y), shape), graph.reshape(chosen, shape))
    case .fields(let record): return record.terms(&graph, output: y, target: x, presence: nil)
    }
  }

  /// The shape in which a decoder must end for samples of a shape.
  public func output(of input: Shape) -> Shape {
    switch self {
    case .tokens(let entries): Shape(input.dimensions + [entries])
    case .fields(let record): [record.outputCount]
    default: input
    }
  }

  /// The numbers that the term reads: what the decoder ends in, of records the parameters of their laws.
  public func parameters(of input: Shape) -> Shape {
    if let record { [record.parameterCount] } else { output(of: input) }
  }

  func check() throws(ModelError) {
    switch self {
    case .huber(let delta) where !(delta > 0 && delta.isFinite):
      throw ModelError(place: "reconstruction huber", expected: "a delta above 0", found: "\(delta)")
    case .tokens(let entries) where !(2...(1 << 20)).contains(entries):
      throw ModelError(
        place: "reconstruction tokens", expected: "between 2 and \(1 << 20) entries", found: "\(entries)")
    case .fields(let record): try record.check()
    default: break
    }
  }

  /// What the decoder's last output means: probabilities where it was logits.
  func readable(_ graph: inout Graph, output y: Graph.Value) -> Graph.Value {
    switch self {
    case .gaussian, .laplace, .huber: y
    case .bernoulli: graph.unary(.sigmoid, y)
    case .categorical: graph.softmax(y)
    case .tokens: graph.reshape(graph.greatestPlace(y), Shape(graph.shape(of: y).dimensions.dropLast()))
    case .fields(let record): record.readable(&graph, output: y)
    }
  }

  /// The word of the command line, where it has one.
  public var name: String {
    switch self {
    case .gaussian: "mse"
    case .laplace: "mae"
    case .huber: "huber"
    case .bernoulli: "bce"
    case .categorical: "ce"
    case .tokens: "tokens"
    case .fields: "loss"
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
    case .bernoulli, .categorical, .tokens, .fields: true
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
    case "tokens":
      try values.allow("entries")
      self = .tokens(entries: try values.required("entries"))
    case "fields":
      try values.allow("slots", "library")
      self = .fields(Record(try values.required("slots"), library: try values.optional("library")))
    default:
      throw values.unknown(
        name, of: ["gaussian", "laplace", "huber", "bernoulli", "categorical", "tokens"])
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
    case .tokens(let entries): try tagged.write("tokens") { try $0.encode(entries, forKey: "entries") }
    case .fields(let record):
      try tagged.write("fields") {
        try $0.encode(record.slots, forKey: "slots")
        try $0.encodeIfPresent(record.library, forKey: "library")
      }
    }
  }
}
