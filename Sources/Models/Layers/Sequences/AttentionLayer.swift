import HourglassEngine
import HourglassTensor

/// Multi-head self-attention: every step becomes a mixture of all steps, another one for each of `heads`
/// parts of the features. Vaswani et al. 2017, section 3.2, without the mask of a decoder.
///
///     Q = x Wq + bq, K = x Wk + bk, V = x Wv + bv, in parts of features / heads columns
///     y = [softmax(Q K^T / √(features / heads)) V of each part, side by side] Wo + bo
///
/// A step without any value has no part in the mixtures of the others.
///
/// - Shapes: `[steps, features] → [steps, features]`.
/// - Weights: `query.weight`, `key.weight`, `value.weight` and `output.weight`, all `[features, features]`,
///   and `query.bias` and so on, `[features]`.
/// - Throws: ``ModelError`` if the heads do not divide the features.
/// - Source: initial range from Glorot and Bengio 2010, eq. 16; biases 0.
struct AttentionLayer: SequenceForm {
  static let name = "attention"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("heads")
    return .attention(heads: try values.required("heads"))
  }
  static var examples: [Layer.Example] {
    [(.attention(heads: 2), [3, 4], [3, 4]), (.attention(heads: 1), [5, 3], [5, 3])]
  }

  let heads: Int

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(heads, forKey: "heads")
  }
  var description: String { ".attention(heads \(heads))" }
  var words: String { "attention, \(heads) head\(heads == 1 ? "" : "s")" }

  /// Values of all products of steps with steps, for one sample, above which an attention is taken for a
  /// mistake: 256 MiB of floats.
  private static let mostProducts = 1 << 26

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    let (steps, features) = try sequence(input, at: place)
    guard heads > 0, features % heads == 0 else {
      throw ModelError(
        place: place, expected: "heads that divide \(features) features", found: "\(heads)",
        remedy: "use 1, or a number that divides them")
    }
    let most = Int(Double(Self.mostProducts / heads).squareRoot())
    guard steps <= most else {
      throw ModelError(
        place: place, expected: "at most \(most) steps with \(heads) heads", found: "\(steps)",
        remedy: "make the sequence shorter before it, with a convolution of stride 2 say")
    }
    return input
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    let features = input.dimensions.last ?? 1
    return ["query", "key", "value", "output"].flatMap { part in
      [
        Weight(name: "\(part).weight", shape: [features, features], start: .drawn(.glorotUniform)),
        Weight(name: "\(part).bias", shape: [features], start: .constant(0)),
      ]
    }
  }

  var side: Layer.Side { .last }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let mask = setting.mask(&graph, steps: graph.shape(of: x)[0])
    let parts = (0..<3).map { graph.affine(x, weights[(2 * $0)..<(2 * $0 + 2)]) }
    let width = graph.shape(of: x)[1] / heads
    // Scaled here, where there are fewer numbers than there are products.
    let queries = graph.multiply(parts[0], 1 / Float(width).squareRoot())
    var scores = graph.innerProducts(queries, parts[1], blocks: heads)
    // So far below the others that its exponential is exactly 0, and a sum with it is the sum without.
    if let mask { scores = graph.add(scores, graph.multiply(graph.add(mask, -1), Self.farBelow)) }
    let mixed = graph.combinations(graph.softmax(scores), parts[2])
    return graph.affine(mixed, weights[6..<8])
  }

  private static let farBelow: Float = 1e9
}
