import HourglassEngine
import HourglassTensor

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

/// Tied and k-sparse layers.
extension Layer {
  func outputOfCoded(_ input: Shape, at place: String) throws(ModelError) -> Shape {
    guard case .topK(let count) = self else {
      throw ModelError(
        place: place, expected: "a place among the decoder's own layers", found: "one elsewhere",
        remedy: "use .dense")
    }
    let last = input.dimensions.last ?? 1
    guard (1...last).contains(count) else {
      throw ModelError(
        place: place, expected: "between 1 and \(last) of the last axis of \(input)", found: "\(count)")
    }
    return input
  }

  func appendCoded(_ graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value]) -> Graph.Value {
    switch self {
    case .topK(let count): return graph.multiply(x, graph.markGreatest(x, count: count))
    case .tied(_, let bias):
      // The encoder's matrix comes last.
      let product = graph.product(x, graph.transpose(weights[weights.count - 1]))
      return bias ? graph.add(product, weights[0]) : product
    default: return x
    }
  }

  func encodeCoded(_ tagged: inout Tagged.Writer) throws {
    switch self {
    case .topK(let count): try tagged.write("topK") { try $0.encode(count, forKey: "count") }
    case .tied(let place, let bias):
      try tagged.write("tied") {
        try $0.encode(place, forKey: "to")
        if !bias { try $0.encode(false, forKey: "bias") }
      }
    default: break
    }
  }
}
