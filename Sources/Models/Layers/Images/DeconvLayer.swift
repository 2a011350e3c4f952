import HourglassEngine
import HourglassTensor

/// The transpose of a convolution, which makes an image larger: each position is laid over the output as a
/// kernel of its size, `stride` positions from the next.
///
///     y[o, i · stride + k · dilation - padding] = b[o] + Σ over c, i, k: x[c, i] w[c, o, k]
///
/// - Shapes: each side n becomes (n - 1) stride - 2 padding + dilation (kernel - 1) + output padding + 1;
///   with the padding same, n · stride + output padding.
/// - Weights: `weight [channels in, channels out / groups, kernel…]`, `bias [channels out]`.
struct DeconvLayer: ImageForm {
  static let name = "deconv"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow(
      "channels", "kernel", "stride", "padding", "outputPadding", "dilation", "groups", "initializer", "bias")
    return .deconv(try Convolution(values))
  }
  static var examples: [Layer.Example] {
    [
      (.deconv(2, stride: 2), [3, 3, 4], [2, 6, 8]),
      (.deconv(4, kernel: 2, stride: 3, padding: .valid, groups: 2, bias: false), [2, 2, 3], [4, 5, 8]),
      (.deconv(2, stride: 2, padding: .explicit(1), outputPadding: 1), [3, 4], [2, 8]),
    ]
  }

  let numbers: Convolution

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try numbers.encode(to: &container)
  }
  var description: String { ".deconv(\(numbers.words))" }
  var words: String { "transposed convolution, channels \(numbers.words)" }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    let window = try numbers.transposedWindow(of: input, at: place)
    return window.shape(window.image, rank: input.rank)
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    guard let window = try? numbers.transposedWindow(of: input, at: "") else { return [] }
    let taps = window.rows.kernel * window.columns.kernel
    // Of the places of the kernel, an output is reached by one in every stride.
    let reached = max(1, taps / (window.rows.stride * window.columns.stride))
    return numbers.weights(
      window, rank: input.rank, before: next,
      fan: (window.outputs / numbers.groups * reached, window.inputs / numbers.groups * taps),
      channels: window.inputs)
  }

  var side: Layer.Side { .first }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let window = graph.window(x) { input throws(ModelError) in
      try numbers.transposedWindow(of: input, at: description)
    }
    let y = graph.convolutionInput(
      graph.reshape(x, window.result), graph.reshape(weights[0], window.weight), window)
    return graph.finished(y, weights, rank: graph.shape(of: x).rank)
  }
}

extension Layer {
  /// A ``deconv(_:)`` by its numbers.
  public static func deconv(
    _ channels: Int, kernel: Sides = 3, stride: Sides = 1, padding: Padding = .same, dilation: Sides = 1,
    groups: Int = 1, outputPadding: Sides = 0, initializer: Initializer? = nil, bias: Bool = true
  ) -> Layer {
    .deconv(
      Convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
        groups: groups, outputPadding: outputPadding, initializer: initializer, bias: bias))
  }
}
