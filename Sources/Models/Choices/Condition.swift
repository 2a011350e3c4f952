import HourglassEngine
import HourglassTensor

/// What encoder, decoder and critic are told of a sample besides its values: its class, as one value for each
/// class, 1 for its own and 0 for the others. Sohn, Lee and Yan 2015 (conditional variational autoencoder).
///
/// The first layer of each that computes reads them beside its other inputs: a dense layer behind them, a
/// layer of images as further channels, each the same everywhere, a layer of sequences at each step.
public struct Condition: Hashable, Sendable, Codable {
  /// The names of the classes, in the order of the values.
  public var classes: [String]

  public init(classes: [String]) { self.classes = classes }

  var count: Int { classes.count }

  /// The shape that a layer reads once the classes stand beside its input.
  ///
  /// - Throws: ``ModelError`` for a layer that cannot read them.
  func joined(to input: Shape, for layer: Layer, at place: String) throws(ModelError) -> Shape {
    var dimensions = input.dimensions
    switch layer.side {
    case .first: dimensions[0] += count
    case .last: dimensions[dimensions.count - 1] += count
    case .nowhere:
      throw ModelError(
        place: place, expected: "a layer that can read a class beside its input", found: "\(layer)",
        remedy: "put .dense or .conv before it")
    }
    return Shape(dimensions)
  }

  /// The classes beside the values that a layer reads.
  ///
  /// - Parameter given: the number of each sample's class, `[1]`.
  func join(_ graph: inout Graph, to x: Graph.Value, _ given: Graph.Value, for layer: Layer) -> Graph.Value {
    let marks = graph.reshape(graph.oneHot(given, count: count), [count])
    let shape = graph.shape(of: x)
    if shape.rank == 1 { return graph.concatenate([x, marks]) }
    if layer.side == .last {
      let front = Array(shape.dimensions.dropLast())
      let ones = Array(repeating: 1, count: front.count)
      return graph.concatenate([
        x, graph.expand(graph.reshape(marks, Shape(ones + [count])), Shape(front + [count])),
      ])
    }
    // Channels come first, so that their values lie behind those of the others.
    let rest = Array(shape.dimensions.dropFirst())
    let planes = graph.expand(
      graph.reshape(marks, Shape([count] + rest.map { _ in 1 })), Shape([count] + rest))
    let joined = graph.concatenate([
      graph.reshape(x, [shape.count]), graph.reshape(planes, [count * rest.reduce(1, *)]),
    ])
    return graph.reshape(joined, Shape([shape[0] + count] + rest))
  }

  func check() throws(ModelError) {
    guard classes.count > 1, Set(classes).count == classes.count else {
      throw ModelError(
        place: "condition", expected: "at least two classes with names of their own",
        found: classes.count > 1 ? "a name twice" : "\(classes.count)")
    }
  }
}
