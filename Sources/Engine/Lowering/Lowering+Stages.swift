import HourglassKernels
import HourglassTensor

extension Lowering {
  /// The instructions that every shard runs in stage `number`.
  mutating func lowerShards(_ number: Int) {
    let nodes = graph.nodes.indices.filter {
      isLive[$0] && (graph.nodes[$0].isBatched || isSummedByShards($0)) && stage[$0] == number
    }
    var instructions: [Instruction] = []
    var places: [String] = []
    for index in nodes {
      guard case .input(let slot) = graph.nodes[index].op else { continue }
      let count = graph.nodes[index].shape.count
      let gathering = [.gather(slot: slot, columns: count, to: address(of: index))] + roundLines(of: index)
      instructions += gathering
      places += gathering.map { _ in graph.nodes[index].label }
    }
    let groups = schedule(nodes.filter { !isLeaf($0) && root[$0] == $0 })
    placeBatched(groups)
    for group in groups {
      var lowered = lower(group)
      for node in group.nodes { lowered += roundLines(of: node) }
      instructions += lowered
      places += lowered.map { _ in graph.nodes[group.nodes[0]].label }
    }
    for (instruction, label) in roundContracted(number) {
      instructions.append(instruction)
      places.append(label)
    }
    guard !instructions.isEmpty else { return }
    stages.append(.shards(instructions))
    labels.append(places)
  }

  func isLeaf(_ index: Int) -> Bool {
    switch graph.nodes[index].op {
    case .input, .parameter, .constant, .table, .scalar: true
    default: false
    }
  }

  /// Whether all that a node reads is computed, or will be within the open chain before it.
  private func isReady(_ index: Int, _ pending: Set<Int>, _ open: Chain? = nil) -> Bool {
    graph.nodes[index].inputs.allSatisfy { input in
      let source = root[input.index]
      guard !pending.contains(source) else { return false }
      // A sum over the row is complete only when its chain is.
      guard let open, open.nodes.contains(source) else { return true }
      if case .sumRow = graph.nodes[source].op { return false }
      return true
    }
  }

  /// Puts nodes in an order in which pointwise ones that belong together follow each other: a chain is
  /// continued as long as any node that is ready can join it, and only then the next node in line is taken.
  func schedule(_ nodes: [Int]) -> [Chain] {
    var waiting = nodes
    var pending = Set(nodes)
    var groups: [Chain] = []
    var open: Chain?
    while !waiting.isEmpty {
      if var chain = open {
        let next = waiting.firstIndex {
          chainRow($0) == chain.row && isReady($0, pending, chain)
            && chain.values.count + graph.nodes[$0].inputs.count < ChainWriter.limit
        }
        if let next {
          let index = waiting.remove(at: next)
          pending.remove(index)
          chain.append(index, in: graph)
          open = chain
        } else {
          groups.append(chain)
          open = nil
        }
        continue
      }
      // Numbers that each row has one of come first: what waits for them would break a long chain in two.
      let small = waiting.firstIndex { chainRow($0) == 1 && isReady($0, pending) }
      guard let next = small ?? waiting.firstIndex(where: { isReady($0, pending) }) else {
        preconditionFailure("schedule: nodes wait for each other")
      }
      let index = waiting.remove(at: next)
      pending.remove(index)
      var chain = Chain(row: chainRow(index) ?? 0)
      chain.append(index, in: graph)
      if chainRow(index) == nil { groups.append(chain) } else { open = chain }
    }
    if let open { groups.append(open) }
    return groups
  }

  /// Gives every batched value that leaves its group a place: in the shard's own memory where only this stage
  /// reads it, and there the lowest place that is free from its first to its last use.
  private mutating func placeBatched(_ groups: [Chain]) {
    var lastUse: [Int: Int] = [:]
    for (position, group) in groups.enumerated() {
      for node in group.nodes {
        for input in graph.nodes[node].inputs { lastUse[root[input.index]] = position }
      }
    }
    var occupied: [(start: Int, end: Int, last: Int)] = []
    for (position, group) in groups.enumerated() {
      occupied.removeAll { $0.last < position }
      let members = Set(group.nodes)
      for node in group.nodes where !isSummedByShards(node) {
        if outlivesShard(node) {
          addresses[node] = placeForRun(node)
          continue
        }
        let isSum = if case .sumRow = graph.nodes[node].op { true } else { false }
        guard isSum || isReadOutside(node, members) || group.row == 0 else { continue }
        let size = rounded(graph.nodes[node].shape.count * shardRows)
        var start = 0
        for block in occupied.sorted(by: { $0.start < $1.start }) {
          if block.start - start >= size { break }
          start = max(start, block.end)
        }
        occupied.append((start, start + size, lastUse[node] ?? position))
        scratchCount = max(scratchCount, start + size)
        addresses[node] = Address(space: Address.Space.scratch, offset: start, rowStride: 0)
      }
    }
  }

  /// One group as instructions: a chain is one.
  mutating func lowerNode(_ index: Int) -> [Instruction] {
    let node = graph.nodes[index]
    switch node.op {
    case .convolution, .convolutionInput, .convolutionWeight, .pickMaximum, .placeMaximum, .resample:
      return lowerImage(index)
    case .transpose where node.isBatched: return lowerImage(index)
    case .recurrence, .recurrenceSums: return [recurrence(index)]
    case .innerProducts, .combinations, .pickRows: return lowerSequence(index)
    default: break
    }
    let result = address(of: index)
    switch node.op {
    case .product where isBfloat16(index):
      return multipliesPairs ? [pairProduct(node, result)] : bfloat16Product(node, result)
    case .product: return [.product(productInstruction(node, result))]
    case .transpose: return transposition(node, result)
    case .sumLast: return [.sumLast(shaped(node, result))]
    case .sumAxis(let outer, let count):
      let x = address(of: node.inputs[0].index)
      let shape = ShapedInstruction(
        x: x, result: result, outer: outer, middle: count, inner: node.shape.count / outer,
        isBatched: node.isBatched)
      return [.sumAxis(shape)]
    case .softmax: return [.softmax(shaped(node, result))]
    case .logSumExp: return [.logSumExp(shaped(node, result))]
    case .markGreatest(let count): return [.markGreatest(shaped(node, result, inner: count))]
    case .greatestPlace: return [.greatestPlace(shaped(node, result))]
    case .oneHot(let count): return [.oneHot(ones(node, count, result))]
    case .expand: return [.expand(expansion(node, result))]
    case .random(let distribution, let stream):
      return [.random(distribution, stream: stream, columns: node.shape.count, to: result)]
    case .slice(let from, let count): return [slice(node, from, count, result)]
    case .concatenate: return concatenation(node, result)
    default: preconditionFailure("lowering: no instruction for \(node.op)")
    }
  }

  private mutating func lower(_ group: Chain) -> [Instruction] {
    chainRow(group.nodes[0]) == nil ? lowerNode(group.nodes[0]) : [emit(group)]
  }

  /// Cut into bands of rows, so that several workers can share the work.
  private func transposition(_ node: Graph.Node, _ result: Address) -> [Instruction] {
    let (rows, columns) = (node.shape[1], node.shape[0])
    let band = max(16, 16_384 / max(1, columns) / 16 * 16)
    return stride(from: 0, to: rows, by: band).map { start in
      var (source, target) = (address(of: node.inputs[0].index), result)
      source.offset += start * columns
      target.offset += start
      return .transpose(
        from: source, to: target, rows: min(band, rows - start), columns: columns, fromStride: columns,
        toStride: rows)
    }
  }

  private func slice(_ node: Graph.Node, _ from: Int, _ count: Int, _ result: Address) -> Instruction {
    let last = graph.shape(of: node.inputs[0]).dimensions.last ?? 1
    var source = address(of: node.inputs[0].index)
    source.offset += from
    return .copy(
      from: source, to: result, rowsEach: node.shape.count / count, columns: count, fromStride: last,
      toStride: count)
  }

  private func ones(_ node: Graph.Node, _ count: Int, _ result: Address) -> ShapedInstruction {
    ShapedInstruction(
      x: address(of: node.inputs[0].index), result: result, outer: node.shape.count / count, middle: count,
      inner: 1, isBatched: node.isBatched)
  }

  private func concatenation(_ node: Graph.Node, _ result: Address) -> [Instruction] {
    let whole = node.shape.dimensions.last ?? 1
    var target = result
    return node.inputs.map { part in
      let count = graph.shape(of: part).dimensions.last ?? 1
      defer { target.offset += count }
      return .copy(
        from: address(of: part.index), to: target, rowsEach: node.shape.count / whole, columns: count,
        fromStride: count, toStride: whole)
    }
  }

  private func productInstruction(
    _ node: Graph.Node, _ result: Address
  ) -> ProductInstruction {
    let x = graph.shape(of: node.inputs[0])
    let inner = x[x.rank - 1]
    return ProductInstruction(
      x: address(of: node.inputs[0].index), weight: address(of: node.inputs[1].index), result: result,
      rowsEach: x.count / max(1, inner), inner: inner, columns: node.shape[node.shape.rank - 1])
  }

  private func shaped(_ node: Graph.Node, _ result: Address, inner: Int = 1) -> ShapedInstruction {
    let x = graph.shape(of: node.inputs[0])
    let last = x[x.rank - 1]
    return ShapedInstruction(
      x: address(of: node.inputs[0].index), result: result, outer: x.count / max(1, last),
      middle: last, inner: inner, isBatched: node.isBatched)
  }

  private func expansion(_ node: Graph.Node, _ result: Address) -> ShapedInstruction {
    let x = graph.nodes[node.inputs[0].index]
    guard let run = Graph.repetitions(of: x.shape, in: node.shape).first else {
      preconditionFailure("lowering: \(x.shape) is \(node.shape) already")
    }
    return ShapedInstruction(
      x: address(of: node.inputs[0].index), result: result, outer: run.outer, middle: run.count,
      inner: run.inner, isBatched: node.isBatched)
  }
}
