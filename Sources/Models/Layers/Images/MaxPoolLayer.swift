import HourglassEngine
import HourglassTensor

/// The greatest value of each window and channel; padding is never it.
struct MaxPoolLayer: ImageForm {
  static let name = "maxPool"
  static func layer(_ values: Tagged.Values) throws -> Layer { .maxPool(try Pooling(values)) }
  static var examples: [Layer.Example] {
    [
      (.maxPool(2), [2, 4, 6], [2, 2, 3]), (.maxPool(2, padding: .same), [2, 7], [2, 4]),
      (.maxPool(3, stride: [1, 2], padding: .explicit(1)), [1, 3, 4], [1, 3, 2]),
    ]
  }

  let numbers: Pooling

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try numbers.encode(to: &container)
  }
  var description: String { ".maxPool(\(numbers.words))" }
  var words: String { "greatest of windows of \(numbers.words)" }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    let window = try numbers.window(of: input, at: place)
    return window.shape(window.result, rank: input.rank)
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let window = graph.window(x) { input throws(ModelError) in
      try numbers.window(of: input, at: description)
    }
    let greatest = graph.maximum(graph.reshape(x, window.image), window)
    return graph.finished(greatest, rank: graph.shape(of: x).rank)
  }
}

extension Layer {
  /// A ``maxPool(_:)`` by its numbers.
  public static func maxPool(_ window: Sides, stride: Sides? = nil, padding: Padding = .valid) -> Layer {
    .maxPool(Pooling(window: window, stride: stride, padding: padding))
  }
}
