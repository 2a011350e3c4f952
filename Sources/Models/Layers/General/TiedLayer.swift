import HourglassEngine
import HourglassTensor

/// The transpose of the encoder's dense layer number `place`, with a bias of its own: tied weights. It stands
/// in the decoder; both follow the sum of their gradients. Bengio et al. 2007.
///
///     y = x Wᵀ + b
///
/// - Shapes: `[units] → [inputs]` of that layer; of a dense layer per step
///   `[steps, units] → [steps, inputs]`.
/// - Weights: `bias [inputs]`; the matrix is the encoder's, and stands in the file once.
struct TiedLayer: LayerForm {
  static let name = "tied"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("to", "bias")
    return .tied(to: try values.required("to"), bias: try values.optional("bias") ?? true)
  }
  /// It is none without an encoder.
  static var examples: [Layer.Example] { [] }

  let place: Int
  let bias: Bool

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(place, forKey: "to")
    if !bias { try container.encode(false, forKey: "bias") }
  }
  var description: String { ".tied(to: \(place)" + (bias ? ")" : ", no bias)") }
  var words: String { "dense, the weights of \(place) transposed" + (bias ? "" : ", no bias") }

  /// Its shape is that of a ``TiedSource``; without one it stands where it cannot.
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    throw ModelError(
      place: place, expected: "a place among the decoder's own layers", found: "one elsewhere",
      remedy: "use .dense")
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage {
    input.rank == 2 ? .kept(axis: 0) : .lost
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    // The encoder's matrix comes last.
    let product = graph.product(x, graph.transpose(weights[weights.count - 1]))
    return bias ? graph.add(product, weights[0]) : product
  }
}

/// What a tied layer takes from the encoder.
struct TiedSource {
  let matrix: Outline.Placed
  /// The shape that it gives.
  let turned: Shape
  /// What it learns itself.
  let weights: [Weight]
}

extension Layer {
  /// What this layer takes from the encoder; nil for a layer that is not tied.
  ///
  /// - Throws: ``ModelError`` where there is no dense layer of that number in the encoder, or its outputs are
  ///   not what this layer reads.
  func tiedEntry(
    of encoder: [Outline.Entry]?, reading input: Shape, at place: String
  ) throws(ModelError) -> TiedSource? {
    guard case .tied(let number, let bias) = self, let encoder else { return nil }
    guard encoder.indices.contains(number) else {
      throw ModelError(
        place: place, expected: "the number of an encoder's layer, 0 to \(encoder.count - 1)",
        found: "\(number)")
    }
    let source = encoder[number]
    switch source.layer {
    case .dense, .densePerStep: break
    default:
      throw ModelError(
        place: place, expected: "a dense layer at \(source.place)", found: "\(source.layer)",
        remedy: "tie it to one of " + Layer.denseNumbers(of: encoder))
    }
    guard input == source.output, let matrix = source.weights.first else {
      throw ModelError(
        place: place, expected: "\(source.output), what \(source.place) \(source.layer) gives",
        found: "\(input)", remedy: "mirror the encoder, or use .dense")
    }
    let width = source.input.dimensions.last ?? 1
    return TiedSource(
      matrix: matrix, turned: source.input,
      weights: bias ? [Weight(name: "bias", shape: [width], start: .constant(0))] : [])
  }

  private static func denseNumbers(of encoder: [Outline.Entry]) -> String {
    let numbers = encoder.indices.filter {
      switch encoder[$0].layer {
      case .dense, .densePerStep: true
      default: false
      }
    }
    return numbers.isEmpty
      ? "none: the encoder has no dense layer" : numbers.map { "\($0)" }.joined(separator: ", ")
  }
}
