import HourglassEngine
import HourglassTensor

/// What every layer knows of itself.
extension Layer {
  /// Units or values above which a layer is taken for a mistake.
  static let widest = 1 << 24

  /// A layer of every kind with an input it accepts, for the tests that every layer must pass.
  public static var examples: [(layer: Layer, input: Shape, output: Shape)] {
    forms.flatMap { $0.examples }
  }

  /// The activations by the words of the command line; linear is no layer at all.
  public static let activations: [(name: String, layer: Layer?)] =
    [("linear", nil)]
    + forms.compactMap { $0 as? any ActivationForm.Type }.map { ($0.word, $0.usual) }

  /// What it is in the field's words: `dense, 128 units`. How it is written in Swift is ``description``.
  public var words: String { form.words }

  /// Whether it may stand between a matrix and its activation; the choice of an initializer looks through it.
  var isTransparent: Bool { form.traits.contains(.transparent) }

  /// Whether it takes values without regard to any axis but the last, so that a sample may be several at
  /// once; flatten and reshape are left out for such.
  var isOfSingleValues: Bool { form.traits.contains(.ofSingleValues) }

  /// Whether it, or a layer in it, goes from step to step: such layers have no second derivative.
  var hasRecurrence: Bool { form.traits.contains(.recurrent) }

  /// Whether it, or a layer in it, follows the mean and the deviation of a batch while training.
  var normalisesBatches: Bool { form.traits.contains(.normalisesBatches) }

  /// Whether a model that is used, not trained, passes the values on as they are.
  var isIdentityOnUse: Bool { form.traits.contains(.identityOnUse) }

  /// Whether values below 0 are cut or shrunk, which halves the variance that He et al. 2015 account for.
  var isRectifier: Bool { form.traits.contains(.rectifier) }

  /// Where more inputs can stand beside its own.
  var side: Side { form.side }

  /// The shape of a sample after this layer.
  ///
  /// - Throws: ``ModelError`` that names the layer where the input does not fit.
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try form.output(of: input, at: place)
  }

  /// What this layer learns, for an input it accepts.
  ///
  /// - Parameter next: the layer behind it, which the choice of an initializer looks at.
  func weights(for input: Shape, before next: Layer?) -> [Weight] { form.weights(for: input, before: next) }

  /// Appends this layer to a graph.
  ///
  /// - Parameter weights: in the order of ``weights(for:before:)``.
  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let form = form
    let x = setting.arranged(&graph, x, form.channels(rank: graph.shape(of: x).rank))
    let y = form.append(to: &graph, x, weights, &setting)
    let passage = form.passage(from: graph.shape(of: x), to: graph.shape(of: y))
    setting.followSteps(&graph, passage, from: graph.shape(of: x), to: graph.shape(of: y))
    return y
  }
}

extension Setting {
  /// The value with its channels where the next layer reads them.
  fileprivate mutating func arranged(
    _ graph: inout Graph, _ x: Graph.Value, _ channels: Layer.Channels
  ) -> Graph.Value {
    switch (channels, isChannelsLast) {
    case (.last, false):
      isChannelsLast = true
      return graph.channelsLast(x)
    case (.first, true):
      isChannelsLast = false
      return graph.channelsFirst(x)
    default: return x
    }
  }
}

extension Layer: CustomStringConvertible {
  /// As it is written in Swift: `.dense(128)`.
  public var description: String { form.description }
}
