import HourglassEngine
import HourglassTensor

/// What is added to the loss besides the reconstruction.
public enum Penalty: Hashable, Sendable {
  /// l1 Σ |w| + l2 Σ w² over all matrices; biases are left alone. Tikhonov 1943 (l2), Tibshirani 1996 (l1).
  case weights(l1: Float = 0, l2: Float = 0)
  /// The mean over samples of l1 Σ |z| + l2 Σ z² over the values z of the code: few of them stay active. Ng
  /// 2011 (sparse autoencoder), with the L1 norm in place of his divergence.
  case activity(l1: Float = 0, l2: Float = 0)

  /// The part of each sample, `[1]` a row; nil for a penalty that is no matter of samples.
  func ofSamples(_ graph: inout Graph, code: Graph.Value) -> Graph.Value? {
    guard case .activity(let l1, let l2) = self else { return nil }
    return Penalty.norms(&graph, code, l1, l2)
  }

  /// The part of the weights, one number; nil for a penalty that is no matter of weights.
  func ofWeights(_ graph: inout Graph, matrices: [Graph.Value]) -> Graph.Value? {
    guard case .weights(let l1, let l2) = self else { return nil }
    let parts = matrices.compactMap { Penalty.norms(&graph, $0, l1, l2) }
    return parts.dropFirst().reduce(parts.first) { sum, part in sum.map { graph.add($0, part) } }
  }

  /// l1 Σ |x| + l2 Σ x²
  private static func norms(_ graph: inout Graph, _ x: Graph.Value, _ l1: Float, _ l2: Float) -> Graph.Value?
  {
    var sum: Graph.Value?
    if l1 != 0 { sum = graph.multiply(graph.sumRow(graph.unary(.absolute, x)), l1) }
    if l2 != 0 {
      let squares = graph.multiply(graph.sumRow(graph.unary(.square, x)), l2)
      sum = sum.map { graph.add($0, squares) } ?? squares
    }
    return sum
  }

  func check() throws(ModelError) {
    let (name, l1, l2): (String, Float, Float) =
      switch self {
      case .weights(let l1, let l2): ("weights", l1, l2)
      case .activity(let l1, let l2): ("activity", l1, l2)
      }
    for (norm, value) in [("l1", l1), ("l2", l2)] where !(value >= 0 && value.isFinite) {
      throw ModelError(place: "penalty \(name)", expected: "\(norm) of at least 0", found: "\(value)")
    }
  }
}

extension Penalty: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a penalty")
    try values.allow("l1", "l2")
    let (l1, l2): (Float, Float) = (try values.optional("l1") ?? 0, try values.optional("l2") ?? 0)
    switch name {
    case "weights": self = .weights(l1: l1, l2: l2)
    case "activity": self = .activity(l1: l1, l2: l2)
    default: throw values.unknown(name, of: ["weights", "activity"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    func write(_ name: String, _ l1: Float, _ l2: Float) throws {
      try tagged.write(name) {
        if l1 != 0 { try $0.encode(l1, forKey: "l1") }
        if l2 != 0 { try $0.encode(l2, forKey: "l2") }
      }
    }
    switch self {
    case .weights(let l1, let l2): try write("weights", l1, l2)
    case .activity(let l1, let l2): try write("activity", l1, l2)
    }
  }
}
