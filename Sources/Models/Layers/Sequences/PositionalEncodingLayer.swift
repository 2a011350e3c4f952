import HourglassEngine
import HourglassTensor

/// Adds to each step waves that tell its place: y[t, 2i] = x[t, 2i] + sin(t / 10000^(2i / features)), and
/// with the cosine at 2i + 1. Vaswani et al. 2017, section 3.5.
struct PositionalEncodingLayer: SequenceForm {
  static let name = "positionalEncoding"
  static func layer(_ values: Tagged.Values) throws -> Layer { try values.none(.positionalEncoding) }
  static var examples: [Layer.Example] {
    [(.positionalEncoding, [4, 6], [4, 6]), (.positionalEncoding, [3, 5], [3, 5])]
  }

  var words: String { "places told by waves" }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let shape = graph.shape(of: x)
    return graph.add(x, graph.table(Self.waves(steps: shape[0], features: shape[1]), shape))
  }

  /// sin(t / 10000^(2i / features)) at 2i, and the cosine at 2i + 1, of each step t.
  private static func waves(steps: Int, features: Int) -> [Float] {
    (0..<steps).flatMap { step in
      (0..<features).map { feature in
        let exponent = Double(feature / 2 * 2) / Double(features)
        let angle = Double(step) * (-exponent * 10000.0.logarithm).exponential
        return Float(feature % 2 == 0 ? angle.sine : angle.cosine)
      }
    }
  }
}
