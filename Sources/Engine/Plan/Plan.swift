import HourglassKernels
import HourglassTensor

/// A graph made ready to run: what to do in which order, and where every value lies.
///
/// The graph is cut into *stages*. A stage of shards runs the same instructions on every shard of the batch,
/// with products of the shard's rows; a stage of tasks sums over the batch. The gradient of a weight is one
/// product over the whole batch, cut into tiles of the result: the sum over the batch is the inner dimension
/// of that product, so its order depends neither on the number of workers nor on the cut into shards.
/// Pointwise operations that follow each other become one chain.
public struct Plan {
  /// Rows a run may have at most.
  public let capacity: Int
  /// Rows a shard has; the last one may have fewer.
  public let shardRows: Int
  /// Whether one run is so little work that a second worker would cost more than it brings.
  public let isSmall: Bool

  /// Values that a run gives besides gradients.
  public var resultTotal: Int { results.count }

  let stages: [Stage]
  let steps: [hourglass_step]
  let operands: [OperandTemplate]
  let labels: [[String]]
  /// Values in each space.
  let fixedCount: Int
  let batchCount: Int
  let scratchCount: Int
  let workspaceCount: Int
  let images: ImageTables
  /// Numbers that never change, and where in the fixed space they lie.
  let tables: [(offset: Int, numbers: [Float])]
  let bfloat16: Bfloat16Tables
  /// Whether factors of any product are rounded to bf16.
  public let roundsProducts: Bool
  let parameterCount: Int
  let scalarCount: Int
  /// Columns of each fed slot, and where its rows are gathered to.
  let inputColumns: [Int]

  /// Whether rows fed in a slot are read.
  public func reads(slot: Int) -> Bool { slot < inputColumns.count && inputColumns[slot] > 0 }

  let inputPlaces: [Int]
  /// Where to read what was asked for.
  let results: [Address]
  let resultCounts: [Int]
  let resultIsBatched: [Bool]
  /// Whether every parameter's gradient is completed by exactly one task of the last stage, and nothing else
  /// there reads parameters.
  let canUpdateInPlace: Bool

  struct OperandTemplate {
    var address: Address
    var length: Int
    var pattern: Int
  }

  /// What a run is to give.
  public struct Targets: Sendable {
    /// Values to read after a run.
    public var results: [Graph.Value]
    /// Gradients, each to be written to its parameter's place in the gradient block.
    public var gradients: [(value: Graph.Value, offset: Int)]

    public init(results: [Graph.Value], gradients: [(value: Graph.Value, offset: Int)] = []) {
      self.results = results
      self.gradients = gradients
    }
  }

  /// Lowers a graph.
  ///
  /// - Parameters:
  ///   - capacity: rows a run may have at most.
  ///   - parameterCount: values of the parameter block.
  ///   - precision: of the factors of large products; the processor that runs it must support it.
  public init(
    _ graph: Graph, _ targets: Targets, capacity: Int, parameterCount: Int, precision: Precision = .float32
  ) {
    self.init(
      graph, targets, capacity: capacity, parameterCount: parameterCount, precision: precision, shardRows: nil
    )
  }

  /// As above, with shards of `shardRows` rows and all workers, however little work that is, and with
  /// products of bf16 by oneDNN although our own loops could take them: for tests.
  package init(
    _ graph: Graph, _ targets: Targets, capacity: Int, parameterCount: Int, precision: Precision = .float32,
    shardRows fixed: Int?, byLibrary: Bool = false
  ) {
    precondition(capacity > 0, "Plan: a capacity of \(capacity) rows")
    precondition(precision.canBeEmulated, "Plan: \(precision.complaint ?? "")")
    var lowering = Lowering(graph, targets, capacity: capacity, precision: precision, fixedShardRows: fixed)
    if byLibrary { lowering.multipliesPairs = false }
    lowering.run()
    self.capacity = capacity
    self.parameterCount = parameterCount
    shardRows = lowering.shardRows
    isSmall = fixed == nil && lowering.work < Lowering.smallWork
    stages = lowering.stages
    steps = lowering.steps
    operands = lowering.operands
    labels = lowering.labels
    fixedCount = lowering.fixedCount
    batchCount = lowering.batchCount
    scratchCount = lowering.scratchCount
    workspaceCount = lowering.workspaceCount
    images = lowering.images
    tables = lowering.tables
    bfloat16 = lowering.bfloat16
    roundsProducts =
      !lowering.bfloat16.products.isEmpty || !lowering.panels.isEmpty || !lowering.pairPlaces.isEmpty
      || lowering.convolvesPairs && !lowering.packedWeights.isEmpty
    scalarCount = lowering.scalarCount
    inputColumns = lowering.inputColumns
    inputPlaces = lowering.inputPlaces
    results = targets.results.map { lowering.address(of: $0.index) }
    resultCounts = targets.results.map { graph.shape(of: $0).count }
    resultIsBatched = targets.results.map { graph.isBatched($0) }
    canUpdateInPlace = lowering.canUpdateInPlace
  }

  /// The stages and instructions in words, for people who want to see what their network became.
  public var summary: String {
    var lines: [String] = ["rows at most \(capacity), \(shardRows) a shard"]
    for (stage, place) in zip(stages, labels) {
      switch stage {
      case .shards(let instructions):
        lines.append("each shard:")
        lines += zip(instructions, place).map { "  \($0.name)  \($1)" }
      case .tasks(let instructions, _):
        lines.append("over the batch:")
        lines += zip(instructions, place).map { "  \($0.name)  \($1)" }
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension Instruction {
  /// A word for the kind of instruction.
  var name: String {
    switch self {
    case .gather: "gather"
    case .product(let p): "product [rows·\(p.rowsEach), \(p.inner)] × [\(p.inner), \(p.columns)]"
    case .chain(let c): "chain of \(c.stepCount) on \(c.row)"
    case .sumLast: "sum of the last axis"
    case .sumAxis: "sum of an axis"
    case .softmax: "softmax"
    case .markGreatest(let s): "mark the \(s.inner) greatest of \(s.middle)"
    case .logSumExp: "log sum exp"
    case .greatestPlace(let s): "place of the greatest of \(s.middle)"
    case .oneHot(let s): "one-hot of \(s.middle)"
    case .expand: "expand"
    case .copy: "copy"
    case .random: "random"
    case .transpose(_, _, let rows, let columns, _, _): "transpose [\(rows), \(columns)]"
    case .transposeEach(_, _, let rows, let columns): "transpose each [\(rows), \(columns)]"
    case .innerProducts(let b): "inner products \(b.blocks) × [\(b.rows), \(b.columns)] of \(b.width)"
    case .combinations(let b, let isTransposed):
      "combinations by \(b.blocks) × [\(b.rows), \(b.columns)]\(isTransposed ? "ᵀ" : "") of \(b.width)"
    case .pickRows(let p): "pick \(p.placesEach) of \(p.rows) rows"
    case .placeRows(let p): "place \(p.placesEach) in \(p.rows) rows of \(p.columns)"
    case .convolution(let c):
      "convolution\(c.isPaired ? " by bf16" : "") of \(c.xCount) to \(c.resultCount) values, \(c.pieceCount) pieces"
    case .weightGradient(let g):
      "gradient\(g.pairing == nil ? "" : " by bf16") of a convolution's weight, \(g.pieceCount) pieces"
    case .pool(let p): p.isPlaced ? "place in each window" : "maximum of each window"
    case .resample(let r): "resample \(r.input) to \(r.output)"
    case .recurrence(let r): r.isBack ? "recurrence, back" : "recurrence"
    case .pack(_, _, _, let count), .packPairs(_, _, _, let count): "pack \(count)"
    case .shardSums(_, _, _, _, let count): "sums of \(count) over shards"
    case .contraction(let c): "contraction [\(c.rows), \(c.columns)]"
    case .bfloat16Contraction(let c): "contraction of bf16 [\(c.rows), \(c.columns)]"
    case .pairContraction(let c): "contraction of bf16 [\(c.rows), \(c.columns)]"
    case .bfloat16Product: "product of bf16"
    case .pairProduct(let p): "product of bf16 [rows·\(p.rowsEach), \(p.inner)] × [\(p.inner), \(p.columns)]"
    case .round, .roundLines: "round to bf16"
    case .roundWeight, .roundPanels: "round a weight to bf16"
    case .columnSums: "column sums"
    case .total: "total"
    }
  }
}
