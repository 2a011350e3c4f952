import HourglassKernels

/// Where a value lies: a space, and values from the start of it.
///
/// The spaces' addresses differ from worker to worker and from run to run; the places in them never change.
struct Address: Hashable {
  /// The first spaces are fixed; then come one space a fed slot and one an output.
  enum Space {
    static let parameters = 0
    static let gradients = 1
    static let fixed = 2
    static let batch = 3
    static let scratch = 4
    static let scalars = 5
    static let firstInput = 6
  }

  var space: Int
  var offset: Int
  /// Values from one row of the batch to the next; 0 where the place is the shard's own or has no batch axis.
  var rowStride: Int
}

/// C[M, N] = A[M, K] B[K, N] of a shard: M is the shard's rows times `rowsEach`.
struct ProductInstruction {
  var x: Address
  var weight: Address
  var result: Address
  var rowsEach: Int
  var inner: Int
  var columns: Int
}

/// A chain of pointwise operations: steps and operands lie in the program's tables.
struct ChainInstruction {
  var firstStep: Int
  var stepCount: Int
  var firstOperand: Int
  var operandCount: Int
  /// Positions a row of the batch has; of a fixed chain, all of them.
  var row: Int
  var isBatched: Bool
}

/// out = the values of x along some axes; see the kernel of the same name.
struct ShapedInstruction {
  var x: Address
  var result: Address
  var outer: Int
  var middle: Int
  var inner: Int
  /// Whether `outer` counts for every row of the batch.
  var isBatched: Bool
}

/// A tile of Σ over rows xᵀ y: result rows `firstRow...`, columns `firstColumn...`.
struct ContractionInstruction {
  var x: Address
  var y: Address
  var result: Address
  /// Rows of both for each row of the batch.
  var rowsEach: Int
  /// Values from one row of x, y and the result to the next.
  var xStride: Int
  var yStride: Int
  var rows: Int
  var columns: Int
}

/// A convolution, or its transpose, of each image: places in the tables of images.
struct ConvolutionInstruction {
  var x: Address
  var weight: Address
  var result: Address
  /// Values of one image.
  var xCount: Int
  var resultCount: Int
  var frame: Int?
  var firstPiece: Int
  var pieceCount: Int
  /// A value a channel, added to the result, whose values below 0 then become 0 if it is rectified.
  var bias: Address?
  var isRectified: Bool
  /// Whether pairs of bf16 are multiplied.
  var isPaired: Bool
}

/// The gradient of a convolution's weight, summed over a shard.
struct WeightGradientInstruction {
  var image: Address
  var cotangent: Address
  /// A block of `sumCount` a shard.
  var sums: Address
  var imageCount: Int
  var cotangentCount: Int
  var sumCount: Int
  var imageFrame: Int?
  var cotangentFrame: Int?
  /// Where in the workspace the cotangent's frame begins.
  var cotangentSpace: Int
  var areVectorsOfImage: Bool
  var firstPiece: Int
  var pieceCount: Int
  /// Where pairs of bf16 are multiplied: how they are made.
  var pairing: Pairing?

  /// Of the image, in its frame if it has one, and of the cotangent: rows, values of each, and from one
  /// column to the next; and where in the workspace its pairs begin.
  struct Pairing {
    var image: Side
    var cotangent: Side

    struct Side {
      var rows: Int
      var row: Int
      var distance: Int
      var space: Int
    }
  }
}

/// Products of two matrices of each row, in `blocks` blocks of `width` columns.
struct BlockInstruction {
  var x: Address
  var y: Address
  var result: Address
  var blocks: Int
  /// Of the matrix of each block that has no blocks in its columns.
  var rows: Int
  var columns: Int
  var width: Int
}

/// Rows by their numbers, `placesEach` for each row of the batch.
struct RowsInstruction {
  var places: Address
  var x: Address
  var result: Address
  var placesEach: Int
  var rows: Int
  var columns: Int
  /// Values from one row to the next of what is placed and where.
  var stride: Int
}

/// A maximum in each window, picked from or placed in each image.
struct PoolingInstruction {
  var x: Address
  var values: Address
  var result: Address
  var window: Int
  var imageCount: Int
  var resultCount: Int
  var isPlaced: Bool
}

/// [outer, input, inner] → [outer, output, inner] of each row.
struct ResamplingInstruction {
  var x: Address
  var result: Address
  var outer: Int
  var input: Int
  var output: Int
  var inner: Int
  /// Where each target's shares begin, then the sources.
  var places: Int
  var shares: Int
}

/// One entry of a program. The payloads are plain numbers: running one counts no reference.
enum Instruction {
  /// Rows fed in a slot become floats.
  case gather(slot: Int, columns: Int, to: Address)
  case product(ProductInstruction)
  case chain(ChainInstruction)
  case sumLast(ShapedInstruction)
  case sumAxis(ShapedInstruction)
  case softmax(ShapedInstruction)
  case logSumExp(ShapedInstruction)
  /// Of each line of `middle` values the `inner` greatest.
  case markGreatest(ShapedInstruction)
  case greatestPlace(ShapedInstruction)
  case oneHot(ShapedInstruction)
  /// Repeats values by an index pattern: result [outer, middle, inner] = x [outer, 1, inner].
  case expand(ShapedInstruction)
  /// Copies `columns` of each of the shard's rows × `rowsEach` from one stride to another.
  case copy(
    from: Address, to: Address, rowsEach: Int, columns: Int, fromStride: Int, toStride: Int)
  /// Rows of a fixed matrix become columns: x [rows, columns] of a row stride → result of a row stride.
  case transpose(from: Address, to: Address, rows: Int, columns: Int, fromStride: Int, toStride: Int)
  case random(Distribution, stream: UInt32, columns: Int, to: Address)
  /// The same of each row's matrix.
  case transposeEach(from: Address, to: Address, rows: Int, columns: Int)
  case innerProducts(BlockInstruction)
  case combinations(BlockInstruction, isTransposed: Bool)
  case pickRows(RowsInstruction)
  case convolution(ConvolutionInstruction)
  case weightGradient(WeightGradientInstruction)
  case pool(PoolingInstruction)
  case resample(ResamplingInstruction)
  case recurrence(RecurrenceInstruction)
  /// Values of the shard's rows are rounded to bf16, for products of shards and sums over the batch.
  case round(from: Address, to: Bfloat16Place)
  /// A weight is rounded to bf16 and laid out as products read it, by its number.
  case roundWeight(Int)
  case bfloat16Product(Bfloat16ProductInstruction)
  /// The same where the processor multiplies pairs of bf16.
  case roundLines(from: Address, to: PairPlace)
  case roundPanels(PanelInstruction)
  case pairProduct(PairProductInstruction)
  /// Fixed values in another order: result[i] = x[table[i]].
  case pack(from: Address, to: Address, table: Int, count: Int)
  /// The same, rounded to bf16.
  case packPairs(from: Address, to: Address, table: Int, count: Int)

  // Over the whole batch
  /// Adds up what the shards have summed, each in a block of `stride`, in the order of `table`.
  case shardSums(x: Address, stride: Int, result: Address, table: Int, count: Int)
  case contraction(ContractionInstruction)
  case bfloat16Contraction(Bfloat16ContractionInstruction)
  case pairContraction(PairContractionInstruction)
  case columnSums(x: Address, result: Address, columns: Int, stride: Int)
  case total(x: Address, result: Address)
  case placeRows(RowsInstruction)

  /// Whether it reads every row of the batch; any other instruction of a stage of tasks knows no rows.
  var sumsOverBatch: Bool {
    switch self {
    case .contraction, .bfloat16Contraction, .pairContraction, .columnSums, .total, .shardSums, .placeRows:
      true
    default: false
    }
  }
}

/// A part of the parameter block, in rows: what a task has finished the gradient of.
struct Region {
  var offset: Int
  var rows: Int
  var columns: Int
  var stride: Int
}

/// A stage of a program: all workers finish one before any begins the next.
enum Stage {
  /// The same instructions for every shard of the batch.
  case shards([Instruction])
  /// Independent instructions, each run once; `updates` says which parameters an instruction completes.
  case tasks([Instruction], updates: [Region?])
}
