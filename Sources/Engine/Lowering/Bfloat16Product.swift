import COneDNN

/// Where the values of a batch lie as bf16, one row after the other.
struct Bfloat16Place {
  /// In floats from the start of the batch's space.
  var offset: Int
  /// Values of a row of the batch.
  var rowCount: Int
}

/// C[M, N] = A[M, K] B[K, N] of a shard, with A and B of bf16: M is the shard's rows times `rowsEach`.
struct Bfloat16ProductInstruction {
  /// Its place among the plan's products.
  var number: Int
  var x: Address
  /// Where x is found rounded; nil: it is rounded for this product alone, into the worker's own memory.
  var rounded: Bfloat16Place?
  /// Values of x in a row of the batch.
  var rowCount: Int
  var result: Address
  /// Values of the result in a row of the batch.
  var resultCount: Int
}

/// A tile of Σ over rows xᵀ y of bf16.
struct Bfloat16ContractionInstruction {
  /// Its place among the plan's products.
  var number: Int
  /// Where the tile's part of x begins: the place, and values from there.
  var x: Bfloat16Place
  var firstColumn: Int
  var result: Address
  var rows: Int
  var columns: Int
}

/// What a product of bf16 is, but for the rows of the batch.
struct Bfloat16Product {
  enum Factor {
    /// A weight, by its number among the plan's.
    case weight(Int)
    /// Values of the batch, from one of their columns on.
    case values(Bfloat16Place, firstColumn: Int)
  }

  /// What x is multiplied by.
  var factor: Factor
  /// Rows of x for each row of the batch.
  var rowsEach: Int
  /// Values from one row of x to the next, and of the factor.
  var xStride: Int
  var stride: Int
  /// Rows of the result where they do not follow the batch.
  var rows: Int
  var columns: Int

  func shape(rows count: Int) -> onednn_product_shape {
    let lines = Int64(count * rowsEach)
    let (x, y, n) = (Int64(xStride), Int64(stride), Int64(columns))
    return switch factor {
    case .weight:
      onednn_product_shape(m: lines, n: n, k: x, a_row: x, a_inner: 1, b_inner: y, c_row: n)
    case .values:
      onednn_product_shape(m: Int64(rows), n: n, k: lines, a_row: 1, a_inner: x, b_inner: y, c_row: y)
    }
  }
}

/// A weight that products of bf16 read, [inner, columns], rounded anew for every run.
struct Bfloat16Weight {
  var from: Address
  var inner: Int
  var columns: Int
}

/// The products of bf16 that a plan has.
struct Bfloat16Tables {
  var products: [Bfloat16Product] = []
  var weights: [Bfloat16Weight] = []
}
