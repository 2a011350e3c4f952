import HourglassKernels
import HourglassTensor

extension Lowering {
  /// The sums over the batch that follow the shards of stage `number`, and what is computed from them.
  mutating func lowerTasks(_ number: Int) {
    if number == -1 { lowerConstants() }
    let nodes = graph.nodes.indices.filter {
      isLive[$0] && !graph.nodes[$0].isBatched && stage[$0] == number && !isLeaf($0) && root[$0] == $0
        && !isConstantView($0)
    }
    lowerSums(nodes)
    let rest = schedule(nodes.filter { !isSumOverBatch($0) })
    for group in rest {
      for node in group.nodes where addresses[node] == nil { addresses[node] = placeForRun(node) }
      let instructions =
        chainRow(group.nodes[0]) == nil ? lowerNode(group.nodes[0]).flatMap(bands) : [emit(group)]
      let label = graph.nodes[group.nodes[0]].label
      appendTasks(instructions, instructions.map { _ in nil }, instructions.map { _ in label })
    }
    copyGradients(after: number)
  }

  /// Constants that are asked for, or that others than chains read, get a place; chains know their constants.
  private mutating func lowerConstants() {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      guard case .constant(let number) = node.op else { continue }
      let isAskedFor =
        targets.results.contains { root[$0.index] == index }
        || copiesToGradients.contains { root[$0.node] == index && number != 0 }
      guard isAskedFor || readers(of: index).contains(where: { chainRow($0) == nil }) else { continue }
      let place = placeForRun(index)
      addresses[index] = place
      appendStep(HOURGLASS_CONSTANT, from: place, to: place, count: 1, immediate: number, label: node.label)
    }
  }

  /// A stage of one step on a fixed value.
  private mutating func appendStep(
    _ operation: hourglass_operation, from: Address, to: Address, count: Int, immediate: Float = 0,
    label: String
  ) {
    operands += [from, to].map { .init(address: $0, length: 1, pattern: Int(HOURGLASS_FULL.rawValue)) }
    steps.append(
      hourglass_step(
        operation: UInt16(operation.rawValue), result: 1, left: 0, right: 0, extra: 0, immediate: immediate))
    let chain = ChainInstruction(
      firstStep: steps.count - 1, stepCount: 1, firstOperand: operands.count - 2, operandCount: 2, row: count,
      isBatched: false)
    appendTasks([.chain(chain)], [nil], [label])
  }

  /// Leaves seen under another shape need no work; they are read where they lie.
  private func isConstantView(_ index: Int) -> Bool { isLeaf(root[index]) }

  private func isSumOverBatch(_ index: Int) -> Bool {
    switch graph.nodes[index].op {
    case .contraction, .convolutionWeight, .sumBatch, .placeRows: true
    default: false
    }
  }

  mutating func appendTasks(
    _ instructions: [Instruction], _ updates: [Region?], _ places: [String]
  ) {
    stages.append(.tasks(instructions, updates: updates))
    labels.append(places)
  }

  /// Contractions cut into tiles, and sums of columns: all independent of each other.
  private mutating func lowerSums(_ nodes: [Int]) {
    var tasks: [(instruction: Instruction, update: Region?, label: String)] = []
    var totals: [(instruction: Instruction, update: Region?, label: String)] = []
    let tileWork = max(work / 3 / Double(Lowering.tileCount), Lowering.smallWork / 8)
    for index in nodes where isSumOverBatch(index) {
      let (node, result) = (graph.nodes[index], placeForRun(index))
      addresses[index] = result
      if let partial = partialSums[index] {
        let sums = Instruction.shardSums(
          x: partial.sums, stride: partial.count, result: result, table: partial.table,
          count: node.shape.count)
        tasks.append((sums, region(result, node.shape.count), node.label))
        continue
      }
      if case .placeRows = node.op {
        tasks += placements(node, result).map { (.placeRows($0.0), $0.1, node.label) }
        continue
      }
      let x = address(of: node.inputs[0].index)
      if case .contraction = node.op {
        let whole = contraction(node, result)
        let tiles = self.tiles(of: whole, count: Int((flops(of: node) / tileWork).rounded(.up)))
        for tile in tiles {
          tasks.append((instruction(index, tile, of: whole), region(of: tile, in: whole), node.label))
        }
      } else if node.shape.count == 1 {
        totals.append((.total(x: x, result: result), region(result, 1), node.label))
      } else {
        let sums = Instruction.columnSums(
          x: x, result: result, columns: node.shape.count, stride: x.rowStride)
        tasks.append((sums, region(result, node.shape.count), node.label))
      }
    }
    // Totals come first: a loss that is not finite must be known before any parameter follows its gradient.
    for group in [totals, tasks] where !group.isEmpty {
      appendTasks(group.map(\.instruction), group.map(\.update), group.map(\.label))
    }
  }

  private mutating func instruction(
    _ index: Int, _ tile: ContractionInstruction, of whole: ContractionInstruction
  ) -> Instruction {
    guard isBfloat16(index) else { return .contraction(tile) }
    return multipliesPairs
      ? pairContraction(index, tile, of: whole) : bfloat16Contraction(index, tile, of: whole)
  }

  private func contraction(_ node: Graph.Node, _ result: Address) -> ContractionInstruction {
    let x = graph.shape(of: node.inputs[0])
    return ContractionInstruction(
      x: address(of: node.inputs[0].index), y: address(of: node.inputs[1].index), result: result,
      rowsEach: x.count / max(1, node.shape[0]), xStride: node.shape[0], yStride: node.shape[1],
      rows: node.shape[0], columns: node.shape[1])
  }

  /// A product of fixed values cut into bands of its rows, so that several workers can share it: at multiples
  /// of 8, as our own loop takes rows; whatever else there is stays whole.
  private func bands(of instruction: Instruction) -> [Instruction] {
    guard case .product(let whole) = instruction else { return [instruction] }
    let work = 2 * Double(whole.rowsEach) * Double(whole.inner) * Double(whole.columns)
    let count = min(Lowering.tileCount, Int((work / (Lowering.smallWork / 8)).rounded(.up)))
    let band = max(8, ((whole.rowsEach + max(1, count) - 1) / max(1, count) + 7) / 8 * 8)
    return stride(from: 0, to: whole.rowsEach, by: band).map { start in
      var part = whole
      part.x.offset += start * whole.inner
      part.result.offset += start * whole.columns
      part.rowsEach = min(band, whole.rowsEach - start)
      return .product(part)
    }
  }

  /// Cuts the longer side of the result, at multiples of 16 so that tiles begin on a cache line.
  private func tiles(of whole: ContractionInstruction, count: Int) -> [ContractionInstruction] {
    let byRows = whole.rows >= whole.columns
    let side = byRows ? whole.rows : whole.columns
    let tileCount = max(1, min(count, side / 16))
    var tiles: [ContractionInstruction] = []
    var start = 0
    for number in 1...tileCount {
      let end = number == tileCount ? side : (side * number / tileCount + 8) / 16 * 16
      guard end > start else { continue }
      var tile = whole
      if byRows {
        tile.x.offset += start
        tile.result.offset += start * whole.columns
        tile.rows = end - start
      } else {
        tile.y.offset += start
        tile.result.offset += start
        tile.columns = end - start
      }
      tiles.append(tile)
      start = end
    }
    return tiles
  }

  private func region(of tile: ContractionInstruction, in whole: ContractionInstruction) -> Region? {
    guard tile.result.space == Address.Space.gradients else { return nil }
    return Region(
      offset: tile.result.offset, rows: tile.rows, columns: tile.columns, stride: whole.columns)
  }

  private func region(_ result: Address, _ count: Int) -> Region? {
    guard result.space == Address.Space.gradients else { return nil }
    return Region(offset: result.offset, rows: 1, columns: count, stride: count)
  }

  /// Gradients that could not be computed in their place: constants, or one value asked for twice. A constant
  /// 0 needs nothing: the block is zero from the start and nobody writes there.
  private mutating func copyGradients(after number: Int) {
    let last = graph.nodes.indices.filter { isLive[$0] }.map { stage[$0] }.max() ?? -1
    guard number == last else { return }
    for (node, offset) in copiesToGradients {
      if graph.constant(Graph.Value(index: root[node])) == 0 || isZeros(node) { continue }
      let count = graph.nodes[node].shape.count
      let target = Address(space: Address.Space.gradients, offset: offset, rowStride: 0)
      let label = graph.nodes[node].label
      appendStep(HOURGLASS_COPY, from: address(of: node), to: target, count: count, label: label)
    }
  }

  private func isZeros(_ index: Int) -> Bool {
    let node = graph.nodes[root[index]]
    guard case .expand = node.op else { return false }
    return graph.constant(node.inputs[0]) == 0
  }

  /// Updating a parameter in the task that completes its gradient is right only if no task of that stage
  /// reads parameters, every gradient is completed there, and no stage follows.
  mutating func decideUpdates() {
    guard case .tasks(let instructions, let updates)? = stages.last else { return }
    let summing = instructions.allSatisfy(\.sumsOverBatch)
    let completed = destinations.count == targets.gradients.count && copiesToGradients.isEmpty
    let places = Set(destinations.values)
    let covered = Set(updates.compactMap { $0?.offset })
    canUpdateInPlace = summing && completed && places.isSubset(of: covered) && !targets.gradients.isEmpty
  }
}
