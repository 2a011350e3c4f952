import HourglassEngine
import HourglassTensor

/// Puts what the encoder has after a number of its layers behind the channels of what it reads: the skip
/// connection of a U-shape. It stands among the layers of a head. Ronneberger et al. 2015.
///
///     y = [x; h_after], h_0 the sample as the encoder is given it
///
/// - Shapes: `[channels, sides…] → [channels + encoder's channels, sides…]`; a sample `[height, width]` is of
///   one channel.
struct JoinLayer: LayerForm {
  static let name = "join"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("after")
    return .join(after: try values.required("after"))
  }
  /// It is none without an encoder.
  static var examples: [Layer.Example] { [] }

  let after: Int

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(after, forKey: "after")
  }
  var description: String { ".join(after: \(after))" }
  var words: String {
    after == 0 ? "joined with the sample" : "joined with what the encoder has after \(after) layers"
  }

  /// Its shape is that of the encoder's part too; without one it stands where it cannot.
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    throw ModelError(
      place: place, expected: "a place among the layers of a head", found: "one elsewhere",
      remedy: "leave it out: a decoder knows the code alone")
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .lost }

  /// - Parameter weights: what the encoder has there.
  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let own = graph.shape(of: x)
    let parts = ([x] + weights).map { graph.reshape($0, [graph.shape(of: $0).count]) }
    let count = parts.reduce(0) { $0 + graph.shape(of: $1).count }
    let place = own.dimensions.dropFirst().reduce(1, *)
    return graph.reshape(graph.concatenate(parts), Shape([count / place] + own.dimensions.dropFirst()))
  }
}

extension Layer {
  /// After how many layers of the encoder this one joins it; nil of a layer that does not.
  var joinedAfter: Int? { if case .join(let after) = self { after } else { nil } }

  /// The shape that this layer gives where it joins the encoder; nil of a layer that does not, and where
  /// there is none to join.
  ///
  /// - Throws: ``ModelError`` where the encoder has no such layer, or a picture of other sides there.
  func joinedOutput(
    with encoder: Outline.Joined?, reading input: Shape, at place: String
  ) throws(ModelError) -> Shape? {
    guard let after = joinedAfter, let encoder else { return nil }
    guard after >= 0, after <= encoder.entries.count else {
      throw ModelError(
        place: place, expected: "a number of the encoder's layers, 0 to \(encoder.entries.count)",
        found: "\(after)")
    }
    let other = after == 0 ? encoder.input : encoder.entries[after - 1].output
    let image = other.rank == input.rank - 1 ? Shape([1] + other.dimensions) : other
    guard input.rank > 1, image.rank == input.rank,
      image.dimensions.dropFirst().elementsEqual(input.dimensions.dropFirst())
    else {
      throw ModelError(
        place: place, expected: "the sides of \(input), which it reads, after layer \(after) of the encoder",
        found: "\(other)", remedy: "join where the encoder has these sides, or change the sides before it")
    }
    return Shape([input[0] + image[0]] + input.dimensions.dropFirst())
  }
}

extension Outline {
  /// What layers of a head can join.
  struct Joined {
    /// What the encoder reads.
    let input: Shape
    let entries: [Entry]
  }
}
