import HourglassTensor

extension Graph {
  /// Appends the gradient of Σ `target` with respect to each of `sources`.
  ///
  ///     result[i] = ∂ Σ target / ∂ sources[i]
  ///
  /// where Σ runs over all values of the target (and over the batch, if it has one). The result has the shape
  /// of its source; the gradient with respect to a fixed value is summed over the batch. What is appended are
  /// ordinary ops, so the pass may be applied again to what it gave. A source that the target does not depend
  /// on gets the constant 0.
  public mutating func gradient(of target: Value, withRespectTo sources: [Value]) -> [Value] {
    let active = dependents(of: sources, upTo: target.index)
    var cotangents: [Int: Value] = [:]
    let place = label
    defer { label = place }
    if active.contains(target.index) {
      let one = constant(1)
      cotangents[target.index] = shape(of: target) == [1] ? one : expand(one, shape(of: target))
      for index in stride(from: target.index, through: 0, by: -1) where active.contains(index) {
        guard let cotangent = cotangents[index] else { continue }
        let node = nodes[index]
        label = node.label
        for (input, part) in contributions(of: node, at: Value(index: index), cotangent)
        where active.contains(input.index) {
          let fitted = reduce(written(part, out: node, for: input), like: input)
          cotangents[input.index] = cotangents[input.index].map { add($0, fitted) } ?? fitted
        }
      }
    }
    return sources.map { source in
      guard let cotangent = cotangents[source.index] else { return constant(0) }
      return shape(of: cotangent) == shape(of: source) ? cotangent : expand(cotangent, shape(of: source))
    }
  }

  /// The nodes through which the sources reach on.
  private func dependents(of sources: [Value], upTo last: Int) -> Set<Int> {
    var active = Set(sources.map(\.index))
    for index in 0...last where nodes[index].inputs.contains(where: { active.contains($0.index) }) {
      active.insert(index)
    }
    return active
  }

  /// A cotangent that stands for many equal values, written out where they are about to be summed.
  private mutating func written(_ part: Value, out node: Node, for input: Value) -> Value {
    guard case .binary = node.op else { return part }
    var part = part
    // One number for every value of the input may stay one; what is of the other operand's shape may not.
    if shape(of: part) != [1] || shape(of: input) != node.shape { part = expand(part, node.shape) }
    if node.isBatched, !isBatched(input) { part = broadcast(part) }
    return part
  }

  /// Undoes broadcasting: sums a cotangent over the axes along which its value was repeated.
  private mutating func reduce(_ cotangent: Value, like input: Value) -> Value {
    var result = cotangent
    let wanted = shape(of: input)
    if isBatched(result), !isBatched(input) {
      // The feature axes first where that leaves less to add over the batch.
      if wanted == [1] {
        result = sumRow(result)
      } else if wanted.count < shape(of: result).count {
        result = summed(result, to: wanted)
      }
      result = sumBatch(result)
    }
    let found = shape(of: result)
    // One number for every value of the input stays one number, and is repeated where it is used.
    if found == wanted || found == [1] { return result }
    if wanted.count == 1 { return reshape(sumRow(result), wanted) }
    return summed(result, to: wanted)
  }

  /// Σ over the axes along which `wanted` would be repeated to the shape of `x`, the last ones first.
  private mutating func summed(_ x: Value, to wanted: Shape) -> Value {
    let found = shape(of: x)
    let small = Graph.aligned(wanted, to: found.rank)
    var result = x
    for run in Graph.repetitions(of: wanted, in: found).reversed() {
      let outer = found.dimensions[..<run.axes.lowerBound]
      let shape = Shape(Array(outer) + small[run.axes.lowerBound...])
      if run.axes == (found.rank - 1)..<found.rank {
        result = sumLast(result)
      } else {
        let op = Op.sumAxis(outer: outer.reduce(1, *), count: run.count)
        result = append(op, [result], shape: shape, batched: isBatched(result))
      }
    }
    return reshape(result, wanted)
  }
}
