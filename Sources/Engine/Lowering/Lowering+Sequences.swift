import HourglassTensor

extension Lowering {
  mutating func lowerSequence(_ index: Int) -> [Instruction] {
    let node = graph.nodes[index]
    let inputs = node.inputs.map { address(of: $0.index) }
    let shapes = node.inputs.map { graph.shape(of: $0) }
    let result = address(of: index)
    switch node.op {
    case .innerProducts(let blocks):
      let width = shapes[0][1] / blocks
      workspaceCount = max(workspaceCount, rounded(width * shapes[1][0]))
      return [
        .innerProducts(
          BlockInstruction(
            x: inputs[0], y: inputs[1], result: result, blocks: blocks, rows: shapes[0][0],
            columns: shapes[1][0], width: width))
      ]
    case .combinations(let isTransposed):
      let blocks = shapes[0][0]
      let block = BlockInstruction(
        x: inputs[0], y: inputs[1], result: result, blocks: blocks, rows: shapes[0][1], columns: shapes[0][2],
        width: shapes[1][1] / blocks)
      return [.combinations(block, isTransposed: isTransposed)]
    case .pickRows:
      return [
        .pickRows(
          RowsInstruction(
            places: inputs[0], x: inputs[1], result: result, placesEach: shapes[0].count,
            rows: shapes[1][0], columns: shapes[1][1], stride: shapes[1][1]))
      ]
    default: preconditionFailure("lowering: \(node.op) is none of sequences")
    }
  }

  /// Sums of rows by their places, cut into bands of columns that are independent of each other.
  func placements(_ node: Graph.Node, _ result: Address) -> [(RowsInstruction, Region?)] {
    let (rows, columns) = (node.shape[0], node.shape[1])
    let inputs = node.inputs.map { address(of: $0.index) }
    let band = 16
    return stride(from: 0, to: columns, by: band).map { start in
      var (source, target) = (inputs[1], result)
      source.offset += start
      target.offset += start
      let count = min(band, columns - start)
      let instruction = RowsInstruction(
        places: inputs[0], x: source, result: target, placesEach: graph.shape(of: node.inputs[0]).count,
        rows: rows, columns: count, stride: columns)
      let isGradient = target.space == Address.Space.gradients
      let region = Region(offset: target.offset, rows: rows, columns: count, stride: columns)
      return (instruction, isGradient ? region : nil)
    }
  }
}
