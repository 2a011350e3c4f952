import HourglassTensor

extension Lowering {
  /// Multiplications under which a product stays in single precision: as many as our own loop for small
  /// products takes, which needs no preparation.
  static let leastBfloat16 = 1 << 18
  /// Terms and columns under which it does so too: instructions for bf16 take 32 terms of 16 columns at once.
  static let leastBfloat16Terms = 32
  static let leastBfloat16Columns = 16
  /// Multiplications under which one stays so where our own loops take the others, and rows, for which the
  /// weight is rounded.
  static let (leastPaired, leastPairedRows) = (1 << 14, 32)

  /// Whether a product, or a sum of products over the batch, multiplies numbers of bf16.
  func isBfloat16(_ index: Int) -> Bool {
    guard precision == .bfloat16 else { return false }
    let node = graph.nodes[index]
    let x = graph.shape(of: node.inputs[0])
    let last = x[x.rank - 1]
    let lines = x.count / max(1, last)
    let columns = node.shape[node.shape.rank - 1]
    let (rows, inner): (Int, Int)
    switch node.op {
    case .product where node.isBatched && !graph.isBatched(node.inputs[1]):
      (rows, inner) = (shardRows * lines, last)
    case .contraction: (rows, inner) = (last, capacity * lines)
    default: return false
    }
    guard inner >= Lowering.leastBfloat16Terms, columns >= Lowering.leastBfloat16Columns else { return false }
    if multipliesPairs, capacity * lines >= Lowering.leastPairedRows {
      return rows * columns * inner >= Lowering.leastPaired
    }
    return rows * columns * inner >= Lowering.leastBfloat16
  }

  /// Says which values are summed over the batch as bf16: what rounds them must keep them until then.
  mutating func markBfloat16() {
    for index in graph.nodes.indices where isLive[index] {
      guard case .contraction = graph.nodes[index].op, isBfloat16(index) else { continue }
      for input in graph.nodes[index].inputs {
        if multipliesPairs {
          let shape = graph.shape(of: input)
          contractedColumns[root[input.index], default: []].insert(shape[shape.rank - 1])
        } else {
          contracted.insert(root[input.index])
        }
      }
    }
  }

  /// Where values of the batch are rounded to for the whole run; nil where no sum over the batch needs them.
  /// What rounds them comes first in `instructions`, if nothing has done so before.
  private mutating func bfloat16Place(
    of value: Graph.Value, _ instructions: inout [Instruction]
  ) -> Bfloat16Place? {
    let source = root[value.index]
    guard contracted.contains(source) else { return nil }
    if let place = bfloat16Places[source] { return place }
    let count = graph.nodes[source].shape.count
    let place = Bfloat16Place(offset: batchCount, rowCount: count)
    batchCount += rounded((count * capacity + 1) / 2)
    bfloat16Places[source] = place
    instructions.append(.round(from: address(of: source), to: place))
    return place
  }

  /// A product of a shard, with what rounds its x where others read that as well.
  mutating func bfloat16Product(_ node: Graph.Node, _ result: Address) -> [Instruction] {
    let (x, weight) = (graph.shape(of: node.inputs[0]), root[node.inputs[1].index])
    let (inner, columns) = (x[x.rank - 1], node.shape[node.shape.rank - 1])
    guard let number = bfloat16Weights[Bfloat16Key(weight: weight, columns: columns)] else {
      preconditionFailure("lowering: the weight of \(node.label) is not rounded")
    }
    var instructions: [Instruction] = []
    let place = bfloat16Place(of: node.inputs[0], &instructions)
    if place == nil { workspaceCount = max(workspaceCount, rounded((x.count * shardRows + 1) / 2)) }
    bfloat16.products.append(
      Bfloat16Product(
        factor: .weight(number), rowsEach: x.count / inner, xStride: inner, stride: columns, rows: 0,
        columns: columns))
    instructions.append(
      .bfloat16Product(
        Bfloat16ProductInstruction(
          number: bfloat16.products.count - 1, x: address(of: node.inputs[0].index), rounded: place,
          rowCount: x.count, result: result, resultCount: node.shape.count)))
    return instructions
  }

  /// What rounds the values that the sums after stage `number` read and no product of a shard did.
  mutating func roundContracted(_ number: Int) -> [(instruction: Instruction, label: String)] {
    if multipliesPairs { return [] }
    var instructions: [Instruction] = []
    for index in graph.nodes.indices where isLive[index] && stage[index] == number {
      guard case .contraction = graph.nodes[index].op, isBfloat16(index) else { continue }
      for input in graph.nodes[index].inputs { _ = bfloat16Place(of: input, &instructions) }
    }
    return instructions.map { ($0, "rounding") }
  }

  /// A tile of a sum over the batch.
  mutating func bfloat16Contraction(
    _ index: Int, _ tile: ContractionInstruction, of whole: ContractionInstruction
  ) -> Instruction {
    let places = graph.nodes[index].inputs.map { bfloat16Places[root[$0.index]] }
    guard let x = places[0], let y = places[1] else {
      preconditionFailure("lowering: \(graph.nodes[index].label) sums values that are not rounded")
    }
    bfloat16.products.append(
      Bfloat16Product(
        factor: .values(y, firstColumn: tile.y.offset - whole.y.offset), rowsEach: tile.rowsEach,
        xStride: tile.xStride, stride: tile.yStride, rows: tile.rows, columns: tile.columns))
    return .bfloat16Contraction(
      Bfloat16ContractionInstruction(
        number: bfloat16.products.count - 1, x: x, firstColumn: tile.x.offset - whole.x.offset,
        result: tile.result, rows: tile.rows, columns: tile.columns))
  }

  /// Weights that the shards of the next stage multiply by as bf16, each once.
  mutating func roundWeights(before number: Int) -> [(instruction: Instruction, label: String)] {
    var tasks: [(Instruction, String)] = []
    for index in graph.nodes.indices where isLive[index] && stage[index] == number {
      guard case .product = graph.nodes[index].op, isBfloat16(index) else { continue }
      let node = graph.nodes[index]
      let columns = node.shape[node.shape.rank - 1]
      let key = Bfloat16Key(weight: root[node.inputs[1].index], columns: columns)
      if multipliesPairs {
        guard panels[key] == nil else { continue }
        let made = roundPanels(of: node.inputs[1], columns: columns)
        panels[key] = made.to
        tasks += made.tasks.map { ($0, node.label) }
        continue
      }
      guard bfloat16Weights[key] == nil else { continue }
      bfloat16Weights[key] = bfloat16.weights.count
      bfloat16.weights.append(
        Bfloat16Weight(
          from: address(of: node.inputs[1].index), inner: graph.shape(of: node.inputs[1]).count / columns,
          columns: columns))
      tasks.append((.roundWeight(bfloat16.weights.count - 1), node.label))
    }
    return tasks
  }
}

/// A weight as products of bf16 read it: one weight may be seen under several shapes.
struct Bfloat16Key: Hashable {
  let weight: Int
  let columns: Int
}
