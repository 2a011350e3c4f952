/// C[M, N] = A[M, K] B[K, N] of a shard by pairs of bf16: M is the shard's rows times `rowsEach`. A is
/// rounded into the worker's own memory, B lies in panels.
struct PairProductInstruction {
  var x: Address
  var weight: Address
  var result: Address
  var rowsEach: Int
  var inner: Int
  var columns: Int
}

/// Some panels of a weight [inner, columns] in bf16.
struct PanelInstruction {
  var from: Address
  var to: Address
  var inner: Int
  var columns: Int
  var panels: Range<Int>
}

/// Where values of the batch lie as pairs of lines, one shard after the other, each with whole pairs of its
/// own.
struct PairPlace: Hashable {
  /// In floats from the start of the batch's space; a pair takes as much room as a float.
  var offset: Int
  var columns: Int
  /// Lines of a row of the batch.
  var linesEach: Int

  /// Pairs of so many rows in shards of `shardRows`.
  func pairs(rows: Int, shardRows: Int) -> Int {
    let (whole, rest) = (rows / shardRows, rows % shardRows)
    return whole * ((shardRows * linesEach + 1) / 2) + (rest * linesEach + 1) / 2
  }
}

/// A tile of Σ over rows xᵀ y by pairs of bf16.
struct PairContractionInstruction {
  var x: PairPlace
  var y: PairPlace
  /// Where the tile begins in a line of each.
  var firstRow: Int
  var firstColumn: Int
  var result: Address
  var rows: Int
  var columns: Int
}
