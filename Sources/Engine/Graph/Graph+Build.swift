import HourglassTensor

/// Appending values. A wrong shape here is a programmer's mistake and stops the program with the shapes in
/// it; what a person can get wrong is checked, and thrown, by the room above.
extension Graph {
  /// Rows of `shape`, fed in slot `slot`.
  public mutating func input(_ slot: Int, _ shape: Shape) -> Value {
    append(.input(slot), [], shape: shape, batched: true)
  }

  /// The part of the parameter block that begins at `offset`.
  public mutating func parameter(_ shape: Shape, offset: Int) -> Value {
    append(.parameter(offset: offset), [], shape: shape, batched: false)
  }

  public mutating func constant(_ number: Float) -> Value {
    append(.constant(number), [], shape: [1], batched: false)
  }

  /// A number set anew for each run.
  public mutating func scalar(_ slot: Int) -> Value {
    append(.scalar(slot), [], shape: [1], batched: false)
  }

  /// A draw a value and row, the same for the same seed, step, row and stream.
  public mutating func random(_ distribution: Distribution, _ shape: Shape, stream: UInt32) -> Value {
    append(.random(distribution, stream: stream), [], shape: shape, batched: true)
  }

  /// x W.
  public mutating func product(_ x: Value, _ weight: Value) -> Value {
    let (left, right) = (shape(of: x), shape(of: weight))
    precondition(
      right.rank == 2 && left.rank >= 1 && left.dimensions.last == right[0] && !isBatched(weight),
      "product: \(left) does not meet \(right)")
    let result = Shape(left.dimensions.dropLast() + [right[1]])
    return append(.product, [x, weight], shape: result, batched: isBatched(x))
  }

  /// A matrix with rows and columns exchanged.
  ///
  /// The product with a transposed matrix costs up to twice as much as one with a matrix that was transposed
  /// once for all shards, so there is no op for it.
  public mutating func transpose(_ x: Value) -> Value {
    let node = nodes[x.index]
    precondition(node.shape.rank == 2, "transpose: \(node.shape) is no matrix")
    if node.shape[0] == 1 || node.shape[1] == 1 { return reshape(x, [node.shape[1], node.shape[0]]) }
    switch node.op {
    case .transpose: return node.inputs[0]
    case .contraction: return contraction(node.inputs[1], node.inputs[0])
    default: return append(.transpose, [x], shape: [node.shape[1], node.shape[0]], batched: node.isBatched)
    }
  }

  /// Σ over rows xᵀ y.
  public mutating func contraction(_ x: Value, _ y: Value) -> Value {
    let left = shape(of: x)
    let right = shape(of: y)
    precondition(
      isBatched(x) && isBatched(y) && left.dimensions.dropLast() == right.dimensions.dropLast(),
      "contraction: \(left) does not meet \(right)")
    return append(
      .contraction, [x, y], shape: [left[left.rank - 1], right[right.rank - 1]], batched: false)
  }

  /// Σ over the last axis, which stays with length 1.
  public mutating func sumLast(_ x: Value) -> Value {
    let shape = shape(of: x)
    if shape.dimensions.last == 1 { return x }
    if shape.rank == 1 { return sumRow(x) }
    return append(.sumLast, [x], shape: Graph.lastToOne(shape), batched: isBatched(x))
  }

  /// Σ over all values of a row → `[1]`.
  public mutating func sumRow(_ x: Value) -> Value {
    shape(of: x) == [1] ? x : append(.sumRow, [x], shape: [1], batched: isBatched(x))
  }

  /// Σ over the batch.
  public mutating func sumBatch(_ x: Value) -> Value {
    precondition(isBatched(x), "sumBatch: the value has no batch axis")
    return append(.sumBatch, [x], shape: shape(of: x), batched: false)
  }

  /// Σ over the axes in front of `rest`: `[…, rest…]` → `[rest…]`.
  public mutating func sumFront(_ x: Value, to rest: Shape) -> Value {
    let whole = shape(of: x)
    if whole == rest { return x }
    precondition(
      whole.dimensions.suffix(rest.rank).elementsEqual(rest.dimensions), "sumFront: \(whole) to \(rest)")
    return append(
      .sumAxis(outer: 1, count: whole.count / rest.count), [x], shape: rest, batched: isBatched(x))
  }

  public mutating func softmax(_ x: Value) -> Value {
    append(.softmax, [x], shape: shape(of: x), batched: isBatched(x))
  }

  /// log Σ exp over the last axis, which stays with length 1.
  public mutating func logSumExp(_ x: Value) -> Value {
    append(.logSumExp, [x], shape: Graph.lastToOne(shape(of: x)), batched: isBatched(x))
  }

  /// 1 at the `count` greatest values of the last axis, 0 at the others; of equals the first are the greater.
  public mutating func markGreatest(_ x: Value, count: Int) -> Value {
    let last = shape(of: x).dimensions.last ?? 1
    precondition(count > 0 && count <= last, "markGreatest: \(count) of \(shape(of: x))")
    return append(.markGreatest(count: count), [x], shape: shape(of: x), batched: isBatched(x))
  }

  public mutating func reshape(_ x: Value, _ shape: Shape) -> Value {
    precondition(shape.count == self.shape(of: x).count, "reshape: \(self.shape(of: x)) is not \(shape)")
    if shape == self.shape(of: x) { return x }
    if case .reshape = nodes[x.index].op { return reshape(nodes[x.index].inputs[0], shape) }
    return append(.reshape(shape), [x], shape: shape, batched: isBatched(x))
  }

  /// Repeats axes of length 1, and adds axes in front, until the shape is `shape`. One op repeats
  /// neighbouring axes only.
  public mutating func expand(_ x: Value, _ shape: Shape) -> Value {
    let found = self.shape(of: x)
    if shape == found { return x }
    precondition(Graph.broadcast(found, shape) == shape, "expand: \(found) cannot be repeated to \(shape)")
    if found.count == shape.count { return reshape(x, shape) }
    let runs = Graph.repetitions(of: found, in: shape)
    guard runs.count > 1, let last = runs.last else {
      return append(.expand(shape), [x], shape: shape, batched: isBatched(x))
    }
    // The last run first: what is in front of it stays as it is.
    let front = Graph.aligned(found, to: shape.rank).prefix(last.axes.lowerBound)
    let part = Shape(Array(front) + shape.dimensions[last.axes.lowerBound...])
    return expand(expand(x, part), shape)
  }

  /// The same fixed value in every row.
  public mutating func broadcast(_ x: Value) -> Value {
    isBatched(x) ? x : append(.broadcast, [x], shape: shape(of: x), batched: true)
  }

  /// Values `from ..< from + count` of the last axis.
  public mutating func slice(_ x: Value, from: Int, count: Int) -> Value {
    let whole = shape(of: x)
    let last = whole[whole.rank - 1]
    precondition(from >= 0 && count > 0 && from + count <= last, "slice \(from)+\(count) of \(whole)")
    if count == last { return x }
    if let part = part(of: x, from: from, count: count) { return part }
    let shape = Shape(whole.dimensions.dropLast() + [count])
    return append(.slice(from: from, count: count), [x], shape: shape, batched: isBatched(x))
  }

  /// What lies at that place of a concatenation, where it is one of its parts.
  private func part(of x: Value, from: Int, count: Int) -> Value? {
    guard case .concatenate = nodes[x.index].op else { return nil }
    var start = 0
    for part in nodes[x.index].inputs where start <= from {
      let length = shape(of: part).dimensions.last ?? 1
      if start == from, length == count { return part }
      start += length
    }
    return nil
  }

  /// End to end along the last axis.
  public mutating func concatenate(_ values: [Value]) -> Value {
    let parts = values.map { shape(of: $0) }
    let front = parts[0].dimensions.dropLast()
    let batched = isBatched(values[0])
    precondition(
      parts.allSatisfy { $0.dimensions.dropLast() == front }
        && values.allSatisfy { isBatched($0) == batched },
      "concatenate: \(parts) differ before the last axis, or some are batched and some are not")
    if values.count == 1 { return values[0] }
    let last = parts.reduce(0) { $0 + $1[$1.rank - 1] }
    return append(.concatenate, values, shape: Shape(front + [last]), batched: batched)
  }

  static func lastToOne(_ shape: Shape) -> Shape { Shape(shape.dimensions.dropLast() + [1]) }
}
