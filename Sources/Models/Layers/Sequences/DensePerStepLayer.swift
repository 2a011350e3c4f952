import HourglassEngine
import HourglassTensor

/// The same dense layer at each step of a sequence: Keras's `TimeDistributed(Dense)`.
///
///     y[t] = x[t] W + b
///
/// - Shapes: `[steps, features] → [steps, units]`.
/// - Weights: `weight [features, units]`, `bias [units]`.
/// - An initializer that is not given is chosen as for ``DenseLayer``.
struct DensePerStepLayer: SequenceForm {
  static let name = "densePerStep"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    let matrix = try DenseMatrix(values)
    return .densePerStep(units: matrix.units, initializer: matrix.initializer, bias: matrix.bias)
  }
  static var examples: [Layer.Example] {
    [
      (.densePerStep(units: 3), [4, 2], [4, 3]),
      (.densePerStep(units: 2, initializer: .orthogonal, bias: false), [1, 5], [1, 2]),
    ]
  }

  let matrix: DenseMatrix

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try matrix.encode(to: &container)
  }
  var description: String { matrix.description(Self.name) }
  var words: String { matrix.words("dense at each step") }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkCount(matrix.units, "units", at: place)
    return [try sequence(input, at: place).steps, matrix.units]
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    matrix.weights(inputs: input.dimensions.last ?? 1, before: next)
  }

  var side: Layer.Side { .last }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    graph.affine(x, weights[...])
  }
}
