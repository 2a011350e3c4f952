import HourglassEngine
import HourglassTensor

/// Which steps of a sequence are there, where samples have gaps.
///
/// A step is there if any of its values is. What is known begins with the presence of every value of a sample
/// and is followed through the layers; which axis counts the steps shows only when a layer of sequences asks.
extension Setting {
  /// What is known of the steps of the value that the next layer reads, and of a sequence before it.
  struct Steps {
    /// Of the value itself; nil where its places are no steps of the samples.
    var present: Known?
    /// What was known last: a decoder that spells out as many steps again means the same ones.
    var last: Known?
    /// Whether the value was made of a code: then a step that was missing is a guess, and worth as much as
    /// any other.
    var areDecoded = false
  }

  /// 1 where something is there, 0 where it is missing.
  enum Known {
    /// For each value, in its shape.
    case values(Graph.Value)
    /// `[steps]`, along an axis of the value.
    case steps(Graph.Value, axis: Int)
  }

  /// Which of `steps` steps are there, for a layer that reads `[steps, features]` or `[steps]`: a value
  /// `[steps]`, 1 or 0; nil where all are or nothing is known.
  func mask(_ graph: inout Graph, steps count: Int) -> Graph.Value? {
    steps.present.flatMap { Setting.mask(of: $0, &graph, axis: 0, count) }
  }

  /// The value with 0 at the steps that are missing, where a layer of the encoder may have left something.
  func withoutMissingSteps(_ graph: inout Graph, _ x: Graph.Value) -> Graph.Value {
    guard !steps.areDecoded, case .steps(let mask, let axis)? = steps.present else { return x }
    var shape = [Int](repeating: 1, count: graph.shape(of: x).rank)
    shape[axis] = graph.shape(of: mask).count
    return graph.multiply(x, graph.reshape(mask, Shape(shape)))
  }

  /// A series `[positions, channels]` with 0 at the positions whose steps are missing, as if it ended or
  /// began there: what a convolution of the encoder reads.
  func withoutMissingPositions(_ graph: inout Graph, _ x: Graph.Value) -> Graph.Value {
    let shape = graph.shape(of: x)
    guard !steps.areDecoded, shape.rank == 2, case .steps(let mask, axis: 1)? = steps.present,
      graph.shape(of: mask).count == shape[0]
    else { return x }
    return graph.multiply(x, graph.reshape(mask, [shape[0], 1]))
  }

  /// What a layer makes of the steps.
  enum Passage {
    /// Every value stays in its place.
    case unchanged
    /// The two axes change places.
    case exchanged
    /// The steps stay along an axis, whatever becomes of the features.
    case kept(axis: Int)
    /// A convolution makes one position of every `stride` steps.
    case thinned(stride: Sides)
    /// The same values in another shape.
    case reshaped
    /// A sequence of `count` steps is made of what was none.
    case takenUp(count: Int)
    /// The places of the output are no steps.
    case lost
  }

  /// Takes what is known through a layer, by the shapes of what it reads and gives on the graph.
  mutating func followSteps(
    _ graph: inout Graph, _ passage: Passage, from input: Shape, to output: Shape
  ) {
    guard steps.present != nil || steps.last != nil else { return }
    switch passage {
    case .unchanged: break
    case .exchanged: steps.present = steps.present.map { Setting.transposed($0, &graph) }
    // On a graph a series has its positions in front: axis 1 is as a person sees it.
    case .kept(let axis): keepSteps(&graph, axis: axis, count: input[0])
    case .thinned(let stride): thinSteps(&graph, from: input[0], to: output[0], stride: stride)
    case .reshaped:
      if case .values(let presence)? = steps.present {
        steps.last = steps.present
        steps.present = .values(graph.reshape(presence, output))
      } else if input != output {
        takeUpSteps(&graph, count: output[0])
      }
    case .takenUp(let count): takeUpSteps(&graph, count: count)
    case .lost: loseSteps()
    }
  }

  /// For a layer that keeps the steps along an axis, whatever becomes of the features.
  private mutating func keepSteps(_ graph: inout Graph, axis: Int, count: Int) {
    guard let known = steps.present else { return }
    steps.present = Setting.mask(of: known, &graph, axis: axis, count).map { .steps($0, axis: axis) }
    if steps.present == nil { steps.last = known }
  }

  /// For a convolution that makes one position of every `stride` steps: it is there if one of them is.
  private mutating func thinSteps(_ graph: inout Graph, from count: Int, to positions: Int, stride: Sides) {
    guard let known = steps.present, let stride = stride.at(0, of: 1),
      positions == (count + stride - 1) / stride,
      let mask = Setting.mask(of: known, &graph, axis: 1, count)
    else { return loseSteps() }
    let left = positions * stride - count
    // Behind the last step there is none.
    let none = left > 0 ? graph.multiply(graph.slice(mask, from: 0, count: left), 0) : nil
    let whole = none.map { graph.concatenate([mask, $0]) } ?? mask
    let sums = graph.sumLast(graph.reshape(whole, [positions, stride]))
    steps.last = known
    steps.present = .steps(graph.unary(.step, graph.reshape(sums, [positions])), axis: 1)
  }

  private mutating func loseSteps() {
    if let known = steps.present { steps.last = known }
    steps.present = nil
  }

  /// For a layer that makes a sequence of what was none: as many steps as there were last are the same steps.
  private mutating func takeUpSteps(_ graph: inout Graph, count: Int) {
    loseSteps()
    guard let last = steps.last else { return }
    let mask =
      Setting.mask(of: last, &graph, axis: 0, count) ?? Setting.mask(of: last, &graph, axis: 1, count)
    steps.present = mask.map { .steps($0, axis: 0) }
  }

  private static func mask(
    of known: Known, _ graph: inout Graph, axis: Int, _ count: Int
  ) -> Graph.Value? {
    switch known {
    case .steps(let mask, let own): return own == axis && graph.shape(of: mask).count == count ? mask : nil
    case .values(let presence):
      let shape = graph.shape(of: presence)
      if shape.rank == 1, axis == 0, shape[0] == count { return presence }
      guard shape.rank == 2, shape[axis] == count else { return nil }
      let sum =
        axis == 0 ? graph.reshape(graph.sumLast(presence), [count]) : graph.sumFront(presence, to: [count])
      return graph.unary(.step, sum)
    }
  }

  private static func transposed(_ known: Known, _ graph: inout Graph) -> Known {
    switch known {
    case .values(let presence): .values(graph.transpose(presence))
    case .steps(let mask, let axis): .steps(mask, axis: 1 - axis)
    }
  }
}
