import HourglassEngine
import HourglassTensor

/// Slides a kernel over an image `[channels, height, width]` or a series `[channels, length]`, and adds a
/// bias.
///
///     y[o, i] = b[o] + Σ over c, k: x[c, i · stride + k · dilation - padding] w[o, c, k]
///
/// - Shapes: each side n becomes (n + padding - dilation (kernel - 1) - 1) / stride + 1, with the padding in
///   front and behind together; with the padding same, n / stride rounded up.
/// - Weights: `weight [channels out, channels in / groups, kernel…]`, `bias [channels out]`.
/// - Throws: ``ModelError`` if the kernel is larger than the padded image, or the groups do not divide the
///   channels.
struct ConvLayer: ImageForm {
  static let name = "conv"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow(
      "channels", "kernel", "stride", "padding", "dilation", "groups", "initializer", "bias")
    return .conv(try Convolution(values))
  }
  static var examples: [Layer.Example] {
    [
      (.conv(4), [2, 5, 6], [4, 5, 6]),
      (.conv(3, kernel: [3, 2], stride: 2, padding: .valid, bias: false), [2, 7, 6], [3, 3, 3]),
      (.conv(4, kernel: 2, padding: .explicit(1), dilation: 2, groups: 2), [2, 5, 5], [4, 5, 5]),
      (.conv(3, kernel: 5, stride: 2, initializer: .orthogonal), [2, 9], [3, 5]),
    ]
  }

  let numbers: Convolution

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try numbers.encode(to: &container)
  }
  var description: String { ".conv(\(numbers.words))" }
  var words: String { "convolution, channels \(numbers.words)" }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    let window = try numbers.window(of: input, at: place)
    return window.shape(window.result, rank: input.rank)
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    guard let window = try? numbers.window(of: input, at: "") else { return [] }
    let taps = window.rows.kernel * window.columns.kernel
    return numbers.weights(
      window, rank: input.rank, before: next,
      fan: (window.inputs / numbers.groups * taps, window.outputs / numbers.groups * taps),
      channels: window.outputs)
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage {
    guard input.rank == 2 else { return .lost }
    if output[0] < input[0] { return .thinned(stride: numbers.stride) }
    return input[0] == output[0] ? .kept(axis: 1) : .lost
  }
  var side: Layer.Side { .first }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let window = graph.window(x) { input throws(ModelError) in
      try numbers.window(of: input, at: description)
    }
    let known = setting.withoutMissingPositions(&graph, x)
    let y = graph.convolution(
      graph.reshape(known, window.image), graph.reshape(weights[0], window.weight), window)
    return graph.finished(y, weights, rank: graph.shape(of: x).rank)
  }
}

extension Layer {
  /// A ``conv(_:)`` by its numbers.
  public static func conv(
    _ channels: Int, kernel: Sides = 3, stride: Sides = 1, padding: Padding = .same, dilation: Sides = 1,
    groups: Int = 1, initializer: Initializer? = nil, bias: Bool = true
  ) -> Layer {
    .conv(
      Convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
        groups: groups, initializer: initializer, bias: bias))
  }
}
