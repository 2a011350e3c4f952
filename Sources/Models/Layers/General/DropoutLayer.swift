import HourglassEngine
import HourglassTensor

/// While training each value is 0 with probability rate, else x / (1 - rate); on use y = x. Srivastava et al.
/// 2014, scaled while training.
struct DropoutLayer: DropoutForm {
  static let name = "dropout"
  static func layer(rate: Float) -> Layer { .dropout(rate: rate) }
  static var examples: [Layer.Example] { [(.dropout(rate: 0.5), [6], [6])] }

  let rate: Float

  var words: String { "dropout of \(rate)" }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    guard setting.isTraining, rate > 0 else { return x }
    let draw = graph.random(.uniform, graph.shape(of: x), stream: setting.nextStream())
    let kept = graph.binary(.greater, draw, graph.constant(rate))
    return graph.multiply(x, graph.multiply(kept, 1 / (1 - rate)))
  }
}

/// A layer that disturbs values while training.
protocol DropoutForm: LayerForm {
  static func layer(rate: Float) -> Layer
  var rate: Float { get }
}

extension DropoutForm {
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("rate")
    return layer(rate: try values.required("rate"))
  }

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(rate, forKey: "rate")
  }
  var description: String { ".\(Self.name)(\(rate))" }
  var traits: Layer.Traits { [.transparent, .ofSingleValues, .identityOnUse] }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try require(
      rate >= 0 && rate < 1, "a rate of at least 0 and below 1", found: "\(rate)", at: place)
    return input
  }

  func channels(rank: Int) -> Layer.Channels { .either }
  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .unchanged }
}
