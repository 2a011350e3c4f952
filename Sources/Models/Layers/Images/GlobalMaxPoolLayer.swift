import HourglassEngine
import HourglassTensor

/// The greatest value of each channel: `[channels, …] → [channels]`.
struct GlobalMaxPoolLayer: GlobalPoolForm {
  static let name = "globalMaxPool"
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(.globalMaxPool) }
  static var examples: [Layer.Example] { [(.globalMaxPool, [3, 5], [3])] }

  var words: String { "greatest of each channel" }

  func pooled(_ graph: inout Graph, _ x: Graph.Value, channels: Int, positions: Int) -> Graph.Value {
    let window = Window(
      rows: .single, columns: .init(positions, kernel: positions), inputs: channels, outputs: channels)
    return graph.reshape(graph.maximum(graph.reshape(x, window.image), window), [channels])
  }
}
