import HourglassEngine
import HourglassTensor

/// What the first layer of a network that computes is told beside its other inputs: the class of a sample, or
/// the fields of a record that are conditions. A dense layer reads it behind them, a layer of images as
/// further channels, each the same everywhere, a layer of sequences at each step.
extension Layer {
  /// The shape that it reads once so many values stand beside its input.
  ///
  /// - Throws: ``ModelError`` for a layer that cannot read them.
  func told(_ count: Int, beside input: Shape, at place: String) throws(ModelError) -> Shape {
    var dimensions = input.dimensions
    switch side {
    case .first: dimensions[0] += count
    case .last: dimensions[dimensions.count - 1] += count
    case .nowhere:
      throw ModelError(
        place: place, expected: "a layer that can read a class beside its input", found: "\(self)",
        remedy: "put .dense or .conv before it")
    }
    return Shape(dimensions)
  }

  /// The values that it reads with those that it is told beside them.
  ///
  /// - Parameter told: `[count]`.
  func told(_ graph: inout Graph, _ told: Graph.Value, beside x: Graph.Value) -> Graph.Value {
    let (shape, count) = (graph.shape(of: x), graph.shape(of: told).count)
    if shape.rank == 1 { return graph.concatenate([x, told]) }
    if side == .last {
      let front = Array(shape.dimensions.dropLast())
      let ones = Array(repeating: 1, count: front.count)
      return graph.concatenate([
        x, graph.expand(graph.reshape(told, Shape(ones + [count])), Shape(front + [count])),
      ])
    }
    // Channels come first, so that their values lie behind those of the others.
    let rest = Array(shape.dimensions.dropFirst())
    let planes = graph.expand(
      graph.reshape(told, Shape([count] + rest.map { _ in 1 })), Shape([count] + rest))
    let joined = graph.concatenate([
      graph.reshape(x, [shape.count]), graph.reshape(planes, [count * rest.reduce(1, *)]),
    ])
    return graph.reshape(joined, Shape([shape[0] + count] + rest))
  }
}
