import HourglassKernels
import HourglassTensor

/// A recurrent cell, or its way back, over the sequences of a shard.
struct RecurrenceInstruction {
  var x: Address
  var inputWeight: Address
  var weight: Address
  var bias: Address
  var mask: Address?
  var result: Address
  /// Place in the table of cells.
  var cell: Int
  /// Values of a row of the result.
  var resultCount: Int
  var isBack: Bool
}

/// A recurrent cell's weight in the order in which its kernel reads it.
struct CellPacking: Hashable {
  /// Columns of each sum side by side, sixteen units together; or the transposed matrix, 64 units together.
  enum Order: Hashable {
    case sums(Int)
    case transposed
  }

  let weight: Int
  let order: Order
  let rows: Int
  let units: Int

  /// Where each packed value comes from in a matrix `[rows, sums · units]`; -1 for a zero.
  var table: [Int32] {
    var table: [Int32] = []
    let vectors = (units + 15) / 16
    switch order {
    case .sums(let sums):
      for vector in 0..<vectors {
        for row in 0..<rows {
          for sum in 0..<sums {
            for unit in (vector * 16)..<(vector * 16 + 16) {
              table.append(unit < units ? Int32((row * sums + sum) * units + unit) : -1)
            }
          }
        }
      }
    case .transposed:
      // Of the matrix [units, rows], whose lines are asked for as columns.
      for first in stride(from: 0, to: vectors, by: Int(HOURGLASS_CELL_SUMS)) {
        for row in 0..<rows {
          for unit in (first * 16)..<(min(vectors, first + Int(HOURGLASS_CELL_SUMS)) * 16) {
            table.append(unit < units ? Int32(unit * rows + row) : -1)
          }
        }
      }
    }
    return table
  }
}

extension Lowering {
  /// The packings that a node reads, in the order of its kernel's arguments.
  private func packings(of node: Graph.Node) -> [CellPacking] {
    func packing(_ input: Int, _ order: CellPacking.Order, rows: Int, _ units: Int) -> CellPacking {
      CellPacking(weight: root[node.inputs[input].index], order: order, rows: rows, units: units)
    }
    switch node.op {
    case .recurrence(let numbers):
      let (sums, units) = (numbers.cell.sums, numbers.units)
      return [
        packing(1, .sums(sums), rows: numbers.inputs, units), packing(2, .sums(sums), rows: units, units),
        packing(3, .sums(4), rows: 1, units),
      ]
    case .recurrenceSums(let numbers):
      return [packing(2, .transposed, rows: numbers.cell.sums * numbers.units, numbers.units)]
    default: return []
    }
  }

  /// Tasks that put weights in their kernels' order, each once, for the shards of the next stage.
  mutating func packCells(before number: Int) -> [(task: Instruction, label: String)] {
    var tasks: [(task: Instruction, label: String)] = []
    for index in graph.nodes.indices where isLive[index] && stage[index] == number {
      let node = graph.nodes[index]
      for packing in packings(of: node) where packedCells[packing] == nil {
        let table = packing.table
        let packed = Address(space: Address.Space.fixed, offset: fixedCount, rowStride: 0)
        fixedCount += rounded(table.count)
        packedCells[packing] = packed
        let task = Instruction.pack(
          from: address(of: packing.weight), to: packed, table: images.append(places: table),
          count: table.count)
        tasks.append((task, node.label))
      }
    }
    return tasks
  }

  mutating func recurrence(_ index: Int) -> Instruction {
    let node = graph.nodes[index]
    let packed = packings(of: node).compactMap { packedCells[$0] }
    let inputs = node.inputs.map { address(of: $0.index) }
    switch node.op {
    case .recurrence(let numbers) where packed.count == 3:
      return .recurrence(
        RecurrenceInstruction(
          x: inputs[0], inputWeight: packed[0], weight: packed[1], bias: packed[2],
          mask: numbers.isMasked ? inputs[4] : nil, result: address(of: index), cell: append(numbers),
          resultCount: node.shape.count, isBack: false))
    case .recurrenceSums(let numbers) where packed.count == 1:
      return .recurrence(
        RecurrenceInstruction(
          x: inputs[0], inputWeight: inputs[1], weight: packed[0], bias: packed[0],
          mask: numbers.isMasked ? inputs[3] : nil, result: address(of: index), cell: append(numbers),
          resultCount: node.shape.count, isBack: true))
    default: preconditionFailure("lowering: the weights of \(node.label) are not packed")
    }
  }

  private mutating func append(_ numbers: Recurrence) -> Int {
    let cell = hourglass_recurrence(
      steps: Int64(numbers.steps), inputs: Int64(numbers.inputs), units: Int64(numbers.units),
      is_constant: numbers.isConstant ? 1 : 0, is_reversed: numbers.isReversed ? 1 : 0,
      is_gru: numbers.cell == .gru ? 1 : 0)
    images.cells.append(cell)
    var whole = cell
    workspaceCount = max(workspaceCount, Int(hourglass_recurrence_space(&whole, Int64(shardRows))))
    return images.cells.count - 1
  }

  /// Rows of a shard of sequences; nil without a recurrence.
  var sequenceShardRows: Int? {
    let isRecurrent = graph.nodes.indices.contains { index in
      if case .recurrence = graph.nodes[index].op { isLive[index] } else { false }
    }
    return isRecurrent ? Lowering.sequencesTogether : nil
  }

  /// Sequences of a shard: a multiple of the rows that the kernel takes together.
  private static let sequencesTogether = 8
}
