import HourglassEngine
import HourglassTensor

/// Multiplies each sample by a matrix and adds a bias.
///
///     y = x W + b
///
/// - Shapes: `[inputs] → [units]`; a batch axis stands in front of both.
/// - Weights: `weight [inputs, units]`, `bias [units]`.
/// - An initializer that is not given is orthogonal, times √2 before a rectifier (relu, leaky relu, prelu,
///   elu, gelu); biases begin at 0.
struct DenseLayer: LayerForm {
  static let name = "dense"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    let matrix = try DenseMatrix(values)
    return .dense(units: matrix.units, initializer: matrix.initializer, bias: matrix.bias)
  }
  static var examples: [Layer.Example] {
    [(.dense(units: 5), [7], [5]), (.dense(units: 3, initializer: .orthogonal, bias: false), [4], [3])]
  }

  let matrix: DenseMatrix

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try matrix.encode(to: &container)
  }
  var description: String { matrix.description(Self.name) }
  var words: String { matrix.words("dense") }
  var traits: Layer.Traits { .ofSingleValues }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkCount(matrix.units, "units", at: place)
    guard input.rank == 1 else {
      throw ModelError(
        place: place, expected: "[inputs]", found: "\(input)", remedy: "add .flatten before it")
    }
    return [matrix.units]
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    matrix.weights(inputs: input.count, before: next)
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .lost }
  var side: Layer.Side { .first }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.affine(x, weights[...])
  }
}

/// A matrix and a bias: what a dense layer and one at each step have in common.
struct DenseMatrix {
  let units: Int
  let initializer: Initializer?
  let bias: Bool

  init(_ units: Int, _ initializer: Initializer?, bias: Bool) {
    (self.units, self.initializer, self.bias) = (units, initializer, bias)
  }

  init(_ values: Tagged.Values) throws {
    try values.allow("units", "initializer", "bias")
    self.init(
      try values.required("units"), try values.optional("initializer"),
      bias: try values.optional("bias") ?? true)
  }

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(units, forKey: "units")
    try container.encodeIfPresent(initializer, forKey: "initializer")
    if !bias { try container.encode(false, forKey: "bias") }
  }

  func description(_ name: String) -> String {
    ".\(name)(\(units)" + (initializer.map { ", \($0.rawValue)" } ?? "") + (bias ? ")" : ", no bias)")
  }

  func words(_ name: String) -> String {
    "\(name), \(units) unit\(units == 1 ? "" : "s")" + (initializer.map { ", \($0.rawValue)" } ?? "")
      + (bias ? "" : ", no bias")
  }

  func weights(inputs: Int, before next: Layer?) -> [Weight] {
    let weight = Weight(name: "weight", shape: [inputs, units], start: .drawn(initializer, before: next))
    return bias ? [weight, Weight(name: "bias", shape: [units], start: .constant(0))] : [weight]
  }
}

extension Graph {
  /// x W + b of a matrix and perhaps a bias.
  mutating func affine(_ x: Value, _ weights: ArraySlice<Value>) -> Value {
    let product = product(x, weights[weights.startIndex])
    return weights.count > 1 ? add(product, weights[weights.startIndex + 1]) : product
  }
}
