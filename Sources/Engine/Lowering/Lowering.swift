import HourglassKernels
import HourglassTensor

/// The pass from a graph to the tables of a ``Plan``.
struct Lowering {
  /// Floating-point operations of a run under which one worker does it alone. Measured: two workers meet
  /// three times a step, which costs about as much as a few microseconds of products.
  static let smallWork = 4_000_000.0
  /// Shards that a batch is cut into, whatever the machine.
  static let shardCount = 8
  /// Rows of a shard at least, and where a weight is large: every shard reads all weights, and one that finds
  /// no room in a core's second cache comes each time from the memory that the cores share. Measured with
  /// weights of 784 by 400: 32 rows take a tenth less time than 16, and 64 rows little less than 32.
  static let (leastRows, leastRowsOfLargeWeights) = (16, 32)
  /// Values from which a weight is large.
  static let largeWeight = 1 << 18
  /// Tiles that the products over the batch are cut into, all together.
  static let tileCount = 16

  let graph: Graph
  let targets: Plan.Targets
  let capacity: Int
  let precision: Precision
  /// Rows a shard is to have, whatever the work; nil: as the work says.
  let fixedShardRows: Int?
  var shardRows = 0
  var work = 0.0

  /// Nodes that the targets depend on, and who reads each.
  var isLive: [Bool]
  var users: [[Int]]
  /// The stage of each node: for a batched one the stage of shards, for a fixed one the stage of tasks; -1
  /// for leaves.
  var stage: [Int]
  /// The node whose memory a view shows; a node that is no view is its own root.
  var root: [Int]
  var addresses: [Int: Address] = [:]

  var stages: [Stage] = []
  var steps: [hourglass_step] = []
  var operands: [Plan.OperandTemplate] = []
  var labels: [[String]] = []
  var fixedCount = 0
  var batchCount = 0
  var scratchCount = 0
  var scalarCount = 0
  var inputColumns: [Int] = []
  var inputPlaces: [Int] = []
  var canUpdateInPlace = false
  /// Addresses in the gradient block that nodes write to.
  var destinations: [Int: Int] = [:]
  var copiesToGradients: [(node: Int, offset: Int)] = []
  var images = ImageTables()
  var tables: [(offset: Int, numbers: [Float])] = []
  /// Values that a worker needs beside those of its shard.
  var workspaceCount = 0
  var packedWeights: [Packing: PackedWeight] = [:]
  var packedCells: [CellPacking: Address] = [:]
  var partialSums: [Int: PartialSums] = [:]
  var bfloat16 = Bfloat16Tables()
  var bfloat16Weights: [Bfloat16Key: Int] = [:]
  /// Whether our own loops multiply bf16; else a library does.
  var multipliesPairs = hourglass_multiplies_pairs() != 0
  /// Where weights lie in panels of pairs.
  var panels: [Bfloat16Key: Address] = [:]
  /// Nodes whose values sums over the batch read as pairs of lines, of so many columns, and where those lie.
  var contractedColumns: [Int: Set<Int>] = [:]
  var pairPlaces: [PairKey: PairPlace] = [:]
  /// Nodes whose values sums over the batch read as bf16.
  var contracted: Set<Int> = []
  /// Where those of them lie that are rounded already.
  var bfloat16Places: [Int: Bfloat16Place] = [:]
  /// How convolutions end, by their nodes.
  var endings: [Int: Ending] = [:]

  init(
    _ graph: Graph, _ targets: Plan.Targets, capacity: Int, precision: Precision = .float32,
    fixedShardRows: Int? = nil
  ) {
    self.precision = precision
    self.fixedShardRows = fixedShardRows
    self.graph = graph
    self.targets = targets
    self.capacity = capacity
    isLive = Array(repeating: false, count: graph.nodes.count)
    users = Array(repeating: [], count: graph.nodes.count)
    stage = Array(repeating: -1, count: graph.nodes.count)
    root = Array(graph.nodes.indices)
  }

  mutating func run() {
    markLive()
    findRootsAndStages()
    measureWork()
    markBfloat16()
    placeLeaves()
    bindGradients()
    let last = graph.nodes.indices.filter { isLive[$0] }.map { stage[$0] }.max() ?? -1
    for number in -1...max(last, -1) {
      lowerShards(number)
      lowerTasks(number)
      packWeights(before: number + 1)
    }
    decideUpdates()
  }

  private mutating func markLive() {
    var waiting = targets.results.map(\.index) + targets.gradients.map(\.value.index)
    while let index = waiting.popLast() {
      guard !isLive[index] else { continue }
      isLive[index] = true
      waiting += graph.nodes[index].inputs.map(\.index)
    }
    for index in graph.nodes.indices where isLive[index] {
      for input in Set(graph.nodes[index].inputs) { users[input.index].append(index) }
    }
  }

  /// A batched node runs in the first stage of shards after every sum it reads; a sum over the batch runs in
  /// the stage of tasks that follows what it adds up.
  private mutating func findRootsAndStages() {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      switch node.op {
      case .reshape, .detach: root[index] = root[node.inputs[0].index]
      default: break
      }
      var first = node.isBatched ? 0 : -1
      for input in node.inputs {
        let (found, batched) = (stage[input.index], graph.nodes[input.index].isBatched)
        first = max(first, node.isBatched && !batched ? found + 1 : found)
      }
      stage[index] = first
      if let source = convolution(endedBy: index) { root[index] = source }
    }
  }

  private mutating func measureWork() {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      work += flops(of: node)
    }
    if let fixedShardRows {
      shardRows = fixedShardRows
    } else if work < Lowering.smallWork {
      shardRows = capacity
    } else {
      let even = (capacity + Lowering.shardCount - 1) / Lowering.shardCount
      let fitting = min(imageShardRows ?? capacity, sequenceShardRows ?? capacity)
      let least = hasLargeWeight ? Lowering.leastRowsOfLargeWeights : Lowering.leastRows
      shardRows = min(fitting, capacity, max(least, (even + 7) / 8 * 8))
    }
  }

  private var hasLargeWeight: Bool {
    graph.nodes.enumerated().contains { index, node in
      guard isLive[index], case .product = node.op, !graph.isBatched(node.inputs[1]) else { return false }
      return graph.shape(of: node.inputs[1]).count >= Lowering.largeWeight
    }
  }

  func flops(of node: Graph.Node) -> Double {
    switch node.op {
    case .product:
      let inner = graph.shape(of: node.inputs[0])
      let rows = node.isBatched ? Double(capacity) : 1
      return 2 * rows * Double(node.shape.count) * Double(inner[inner.rank - 1])
    case .contraction:
      let x = graph.shape(of: node.inputs[0])
      return 2 * Double(capacity) * Double(node.shape.count) * Double(x.count / max(1, x[x.rank - 1]))
    case .innerProducts, .combinations:
      let (x, y) = (graph.shape(of: node.inputs[0]), graph.shape(of: node.inputs[1]))
      // x is [m, blocks · k] and y [n, …], or x is [blocks, m, n] and y [n, blocks · k].
      return 2 * Double(capacity) * Double(x.rank == 2 ? x.count * y[0] : x[1] * x[2] * y[1])
    case .convolution(let window), .convolutionInput(let window), .convolutionWeight(let window):
      let each = window.weight.count / window.outputs
      return 2 * Double(capacity) * Double(window.result.count) * Double(each)
    case .recurrence(let numbers), .recurrenceSums(let numbers): return Double(capacity) * numbers.work
    default: return 0
    }
  }

  /// Parameters, numbers set for a run, and fed rows have their places from the start.
  private mutating func placeLeaves() {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      switch node.op {
      case .parameter(let offset):
        addresses[index] = Address(space: Address.Space.parameters, offset: offset, rowStride: 0)
      case .table(let numbers):
        addresses[index] = Address(space: Address.Space.fixed, offset: fixedCount, rowStride: 0)
        tables.append((fixedCount, numbers))
        fixedCount += rounded(numbers.count)
      case .scalar(let slot):
        addresses[index] = Address(space: Address.Space.scalars, offset: slot, rowStride: 0)
        scalarCount = max(scalarCount, slot + 1)
      case .input(let slot):
        while inputColumns.count <= slot {
          inputColumns.append(0)
          inputPlaces.append(0)
        }
        inputColumns[slot] = node.shape.count
        inputPlaces[slot] = batchCount
        batchCount += rounded(node.shape.count * capacity)
        addresses[index] = Address(
          space: Address.Space.firstInput + slot, offset: 0, rowStride: node.shape.count)
      default: break
      }
    }
  }

  /// A gradient is computed where it belongs, if what computes it is free to write there.
  private mutating func bindGradients() {
    for (value, offset) in targets.gradients {
      let node = root[value.index]
      let isComputed: Bool =
        switch graph.nodes[node].op {
        case .parameter, .constant, .table, .scalar, .input: false
        default: !graph.nodes[node].isBatched
        }
      if isComputed, destinations[node] == nil {
        destinations[node] = offset
      } else {
        copiesToGradients.append((value.index, offset))
      }
    }
  }

  /// Values rounded up to whole cache lines.
  func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Where a node's value lies; a view lies where its root does.
  func address(of index: Int) -> Address {
    guard let address = addresses[root[index]] else {
      preconditionFailure("lowering: \(graph.nodes[index].op) (\(graph.nodes[index].label)) has no place")
    }
    return address
  }

  /// A place that lives as long as the run, for a fixed value, or a batched one that several stages read.
  mutating func placeForRun(_ index: Int) -> Address {
    let node = graph.nodes[index]
    if let offset = destinations[index] {
      return Address(space: Address.Space.gradients, offset: offset, rowStride: 0)
    }
    if node.isBatched {
      defer { batchCount += rounded(node.shape.count * capacity) }
      return Address(space: Address.Space.batch, offset: batchCount, rowStride: node.shape.count)
    }
    defer { fixedCount += rounded(node.shape.count) }
    return Address(space: Address.Space.fixed, offset: fixedCount, rowStride: 0)
  }

  /// Whether a batched value is read outside its own stage of shards.
  func outlivesShard(_ index: Int) -> Bool {
    let isResult = targets.results.contains { root[$0.index] == index }
    return isResult
      || readers(of: index).contains {
        !graph.nodes[$0].isBatched && !isSummedByShards($0) || stage[$0] != stage[index]
      }
  }

  /// Who reads a node's memory, through views as well, and through views of views.
  func readers(of index: Int) -> [Int] {
    users[index].flatMap { root[$0] == root[index] ? readers(of: $0) : [$0] }
  }
}
