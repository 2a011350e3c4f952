import HourglassEngine
import HourglassTensor

/// What a layer is: the whole of it stands in the file of the type that conforms.
protocol LayerForm: Sendable {
  /// The key in JSON, and the name in Swift.
  static var name: String { get }
  /// The layer by the numbers that stand under the key.
  static func layer(_ values: Tagged.Values) throws -> Layer
  /// Layers with an input that each accepts and what it makes of it, for the tests that every layer must
  /// pass.
  static var examples: [Layer.Example] { get }

  /// Writes its numbers, those that are as usual left out.
  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws
  /// As it is written in Swift.
  var description: String { get }
  /// What it is in the field's words.
  var words: String { get }
  /// What others ask of it.
  var traits: Layer.Traits { get }

  /// The shape of a sample after this layer.
  ///
  /// - Throws: ``ModelError`` where its numbers are outside their range or the input does not fit.
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape
  /// What it learns, for an input it accepts.
  func weights(for input: Shape, before next: Layer?) -> [Weight]

  /// Where it reads the channels of an image.
  ///
  /// - Parameter rank: axes of its input.
  func channels(rank: Int) -> Layer.Channels
  /// What becomes of the steps of a sequence, by the shapes of its value on the graph.
  func passage(from input: Shape, to output: Shape) -> Setting.Passage
  /// Where more inputs can stand beside its own.
  var side: Layer.Side { get }
  /// Appends it to a graph, on which the channels of an image lie where it reads them.
  ///
  /// - Parameter weights: in the order of ``weights(for:before:)``.
  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value
}

/// What a layer without numbers, weights or channels has no need to say.
extension LayerForm {
  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {}
  var description: String { ".\(Self.name)" }
  var traits: Layer.Traits { [] }
  func weights(for input: Shape, before next: Layer?) -> [Weight] { [] }
  func channels(rank: Int) -> Layer.Channels { .first }
  var side: Layer.Side { .nowhere }
}

extension LayerForm {
  /// - Throws: ``ModelError`` for a number outside its range.
  func require(
    _ isRight: Bool, _ expected: String, found: String, at place: String
  ) throws(ModelError) {
    if !isRight { throw ModelError(place: place, expected: expected, found: found) }
  }

  /// - Throws: ``ModelError`` for a count that is taken for a mistake.
  func checkCount(_ count: Int, _ what: String, at place: String) throws(ModelError) {
    try require(
      (1...Layer.widest).contains(count), "between 1 and \(Layer.widest) \(what)", found: "\(count)",
      at: place)
  }
}

extension Layer {
  /// A layer with an input that it accepts.
  typealias Example = (layer: Layer, input: Shape, output: Shape)

  /// What others ask of a layer.
  struct Traits: OptionSet {
    let rawValue: Int

    /// May stand between a matrix and its activation.
    static let transparent = Traits(rawValue: 1)
    /// Takes values without regard to any axis but the last.
    static let ofSingleValues = Traits(rawValue: 2)
    /// Goes from step to step.
    static let recurrent = Traits(rawValue: 4)
    /// Follows the mean and the deviation of a batch while training.
    static let normalisesBatches = Traits(rawValue: 8)
    /// Passes the values of a model that is used, not trained, on as they are.
    static let identityOnUse = Traits(rawValue: 16)
    /// Cuts or shrinks values below 0.
    static let rectifier = Traits(rawValue: 32)
  }

  /// Where a layer reads the channels of an image.
  enum Channels { case first, last, either }

  /// Where more inputs can stand beside a layer's own.
  enum Side { case first, last, nowhere }
}
