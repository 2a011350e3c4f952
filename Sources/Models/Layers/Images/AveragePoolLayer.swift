import HourglassEngine
import HourglassTensor

/// The mean of each window and channel; padding does not count.
struct AveragePoolLayer: ImageForm {
  static let name = "averagePool"
  static func layer(_ values: Tagged.Values) throws -> Layer { .averagePool(try Pooling(values)) }
  static var examples: [Layer.Example] {
    [
      (.averagePool(2), [2, 4, 6], [2, 2, 3]),
      (.averagePool(3, stride: 1, padding: .explicit(1)), [2, 4, 3], [2, 4, 3]),
    ]
  }

  let numbers: Pooling

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try numbers.encode(to: &container)
  }
  var description: String { ".averagePool(\(numbers.words))" }
  var words: String { "mean of windows of \(numbers.words)" }

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
    var y = graph.reshape(x, window.image)
    // Along the columns first, whose positions lie nearer to each other.
    for (axis, along) in [(1, window.columns), (0, window.rows)] where along.kernel > 1 || along.stride > 1 {
      y = graph.resample(y, Resampling(.mean(along), positions: along.input), axis: axis)
    }
    return graph.finished(y, rank: graph.shape(of: x).rank)
  }
}

extension Layer {
  /// An ``averagePool(_:)`` by its numbers.
  public static func averagePool(_ window: Sides, stride: Sides? = nil, padding: Padding = .valid) -> Layer {
    .averagePool(Pooling(window: window, stride: stride, padding: padding))
  }
}
