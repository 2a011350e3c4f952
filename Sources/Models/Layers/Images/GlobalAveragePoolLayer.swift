import HourglassEngine
import HourglassTensor

/// The mean of each channel: `[channels, …] → [channels]`. Lin et al. 2014.
struct GlobalAveragePoolLayer: GlobalPoolForm {
  static let name = "globalAveragePool"
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(.globalAveragePool) }
  static var examples: [Layer.Example] { [(.globalAveragePool, [3, 2, 4], [3])] }

  var words: String { "mean of each channel" }

  func pooled(_ graph: inout Graph, _ x: Graph.Value, channels: Int, positions: Int) -> Graph.Value {
    graph.multiply(graph.sumFront(x, to: [channels]), 1 / Float(positions))
  }
}

/// A layer that makes one value of each channel.
protocol GlobalPoolForm: ImageForm {
  /// `[…, channels] → [channels]`.
  func pooled(_ graph: inout Graph, _ x: Graph.Value, channels: Int, positions: Int) -> Graph.Value
}

extension GlobalPoolForm {
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkImage(input, at: place, remedy: "leave it out, or add .reshape before it")
    return [input[0]]
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .lost }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    setting.isChannelsLast = false
    let shape = graph.shape(of: x)
    let channels = shape.dimensions.last ?? 1
    return pooled(&graph, x, channels: channels, positions: shape.count / channels)
  }
}
