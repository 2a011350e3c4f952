import HourglassEngine
import HourglassTensor

/// y = x + f(x), where f is these layers, one after the other, and keeps the shape. He et al. 2016.
/// - Weights: those of its layers, each under the layer's number: `0.weight`.
struct ResidualLayer: LayerForm {
  static let name = "residual"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("layers")
    return .residual(try values.required("layers"))
  }
  static var examples: [Layer.Example] {
    [
      (.residual([.conv(2), .prelu, .batchNorm(), .conv(2, kernel: 1)]), [2, 4, 3], [2, 4, 3]),
      (.residual([.dense(units: 3), .tanh, .residual([.dense(units: 3)]), .dense(units: 4)]), [4], [4]),
      (.residual([.layerNorm(), .attention(heads: 2), .dropout(rate: 0.2)]), [3, 4], [3, 4]),
      (
        .residual([.layerNorm(), .densePerStep(units: 6), .gelu, .densePerStep(units: 4)]), [3, 4], [3, 4]
      ),
    ]
  }

  let layers: [Layer]

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(layers, forKey: "layers")
  }
  var description: String { ".residual([" + layers.map { "\($0)" }.joined(separator: ", ") + "])" }
  var words: String { "residual of (" + layers.map(\.words).joined(separator: "; ") + ")" }

  /// What one of its layers does to the steps or to a batch, it does.
  var traits: Layer.Traits {
    layers.reduce([]) { $0.union($1.form.traits.intersection([.recurrent, .normalisesBatches])) }
  }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    let output = try parts(of: input, at: place).last?.output ?? input
    guard !layers.isEmpty, output == input else {
      throw ModelError(
        place: place, expected: "layers that end in \(input), the shape they begin with",
        found: layers.isEmpty ? "none" : "\(output)")
    }
    return input
  }

  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    guard let parts = try? parts(of: input, at: "") else { return [] }
    return parts.enumerated().flatMap { number, part in
      let behind = layers[(number + 1)...].first { !$0.isTransparent }
      return part.layer.weights(for: part.input, before: behind).map { weight in
        Weight(
          name: "\(number).\(weight.name)", shape: weight.shape, start: weight.start,
          isTrained: weight.isTrained, fan: (weight.inputs, weight.outputs))
      }
    }
  }

  /// Its layers, with what goes in and out of each.
  private func parts(of input: Shape, at place: String) throws(ModelError) -> [Layer.Example] {
    var shape = input
    var parts: [Layer.Example] = []
    for (number, layer) in layers.enumerated() {
      let output = try layer.output(of: shape, at: "\(place), its [\(number)] \(layer)")
      parts.append((layer, shape, output))
      shape = output
    }
    return parts
  }

  func channels(rank: Int) -> Layer.Channels { .either }
  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .unchanged }

  /// The channels are left where f leaves them.
  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let wasLast = setting.isChannelsLast
    let steps = setting.steps
    defer { setting.steps = steps }
    let shape = graph.shape(of: x)
    let channels = shape.dimensions.last ?? 1
    let input = wasLast ? Shape([channels] + shape.dimensions.dropLast()) : shape
    guard let parts = try? parts(of: input, at: "residual") else {
      preconditionFailure("residual: \(layers) do not fit \(input)")
    }
    var y = x
    var next = 0
    for part in parts {
      let count = part.layer.weights(for: part.input, before: nil).count
      y = part.layer.append(to: &graph, y, Array(weights[next..<(next + count)]), &setting)
      next += count
    }
    if setting.isChannelsLast == wasLast { return graph.add(x, y) }
    return graph.add(wasLast ? graph.channelsFirst(x) : graph.channelsLast(x), y)
  }
}
