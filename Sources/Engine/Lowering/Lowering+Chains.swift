import HourglassKernels
import HourglassTensor

/// A chain under construction: pointwise nodes on the same number of positions.
struct Chain {
  var nodes: [Int] = []
  /// Positions a row has.
  let row: Int
  /// What it computes and reads.
  var values: Set<Int> = []

  mutating func append(_ index: Int, in graph: Graph) {
    nodes.append(index)
    values.insert(index)
    values.formUnion(graph.nodes[index].inputs.map(\.index))
  }
}

extension Lowering {
  /// Positions a pointwise node computes, or nil where it is no member of a chain.
  func chainRow(_ index: Int) -> Int? {
    let node = graph.nodes[index]
    switch node.op {
    case .unary, .binary, .broadcast, .surprise, .surpriseSlope: return canRead(node) ? node.shape.count : nil
    case .expand: return canRead(node) ? node.shape.count : nil
    case .sumRow: return graph.shape(of: node.inputs[0]).count
    default: return nil
    }
  }

  private func canRead(_ node: Graph.Node) -> Bool {
    node.inputs.allSatisfy { pattern(of: $0.index, under: node.shape, batched: node.isBatched) != nil }
  }

  /// How a value lies under the positions of a shape.
  func pattern(of index: Int, under shape: Shape, batched: Bool) -> (pattern: hourglass_pattern, length: Int)?
  {
    let node = graph.nodes[index]
    let (found, count) = (node.shape, shape.count)
    if found.count == 1 {
      return node.isBatched ? (HOURGLASS_REPEAT, count) : (HOURGLASS_SINGLE, 1)
    }
    let isPeriodic = batched && !node.isBatched
    if found.count == count { return isPeriodic ? (HOURGLASS_PERIOD, count) : (HOURGLASS_FULL, 1) }
    let trimmed = Array(found.dimensions.drop { $0 == 1 })
    if !node.isBatched, shape.dimensions.suffix(trimmed.count).elementsEqual(trimmed) {
      return (HOURGLASS_PERIOD, found.count)
    }
    // [T, 1] under [T, N]: a value for N positions in a row; over many rows only where the value is batched
    // too.
    let inner = count / found.count
    if found.rank == shape.rank, found.dimensions.last == 1,
      found.dimensions.dropLast().elementsEqual(shape.dimensions.dropLast()), node.isBatched == batched
    {
      return (HOURGLASS_REPEAT, inner)
    }
    return nil
  }

  /// Whether a node's value is read by anyone but the nodes of its chain.
  func isReadOutside(_ index: Int, _ members: Set<Int>) -> Bool {
    destinations[index] != nil || outlivesShard(index)
      || copiesToGradients.contains { root[$0.node] == index }
      || readers(of: index).contains { !members.contains($0) }
  }

  /// The one reader of a node that no view shows and nobody else asked for.
  func onlyReader(of index: Int) -> Int? {
    let isAskedFor =
      targets.results.contains { $0.index == index } || targets.gradients.contains { $0.value.index == index }
    guard users[index].count == 1, !isAskedFor else { return nil }
    return users[index][0]
  }

  /// Turns a closed chain into steps and operands.
  mutating func emit(_ chain: Chain) -> Instruction {
    var writer = ChainWriter(chain, self)
    writer.write(&self)
    let numbered = writer.numberedSteps()
    let instruction = ChainInstruction(
      firstStep: steps.count, stepCount: numbered.count, firstOperand: operands.count,
      operandCount: writer.operands.count, row: chain.row,
      isBatched: graph.nodes[chain.nodes[0]].isBatched)
    steps += numbered
    operands += writer.operands
    return .chain(instruction)
  }
}
