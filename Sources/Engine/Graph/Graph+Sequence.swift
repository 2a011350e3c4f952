import HourglassTensor

/// Products of rows with rows, block by block, and rows picked by their numbers.
///
/// The three products are each other's gradients, and so are the two ways of rows: every rule is one line,
/// and a gradient may be taken of a gradient.
extension Graph {
  /// As many numbers as the shape has places.
  public mutating func table(_ numbers: [Float], _ shape: Shape) -> Value {
    precondition(numbers.count == shape.count, "table: \(numbers.count) numbers are not \(shape)")
    return append(.table(numbers), [], shape: shape, batched: false)
  }

  /// Every row of x times every row of y, block by block: x `[m, blocks · k]` and y `[n, blocks · k]` give
  /// `[blocks, m, n]`, of each block x yᵀ.
  public mutating func innerProducts(_ x: Value, _ y: Value, blocks: Int) -> Value {
    let (left, right) = (shape(of: x), shape(of: y))
    precondition(
      left.rank == 2 && right.rank == 2 && left[1] == right[1] && blocks > 0 && left[1] % blocks == 0,
      "innerProducts: \(left) and \(right) in \(blocks) blocks")
    return append(
      .innerProducts(blocks: blocks), [broadcast(x), broadcast(y)], shape: [blocks, left[0], right[0]],
      batched: true)
  }

  /// Sums of the rows of y, block by block, each row counted as p says: p `[blocks, m, n]` and y
  /// `[n, blocks · k]` give `[m, blocks · k]`, of each block p y.
  ///
  /// - Parameter isTransposed: pᵀ y instead: y `[m, blocks · k]` → `[n, blocks · k]`.
  public mutating func combinations(_ p: Value, _ y: Value, isTransposed: Bool = false) -> Value {
    let (shares, rows) = (shape(of: p), shape(of: y))
    precondition(
      shares.rank == 3 && rows.rank == 2 && rows[0] == shares[isTransposed ? 1 : 2]
        && rows[1] % shares[0] == 0,
      "combinations: \(rows) by \(shares)")
    return append(
      .combinations(isTransposed: isTransposed), [broadcast(p), broadcast(y)],
      shape: [shares[isTransposed ? 2 : 1], rows[1]], batched: true)
  }

  /// Rows of a fixed matrix `[rows, columns]`, each by its number: places `[…]` → `[…, columns]`. A number is
  /// rounded to a whole one; what lies outside, and NaN, is the nearest row, or the first.
  public mutating func pickRows(_ matrix: Value, at places: Value) -> Value {
    let shape = shape(of: matrix)
    precondition(shape.rank == 2 && !isBatched(matrix), "pickRows: \(shape) is no fixed matrix")
    let result = Shape(self.shape(of: places).dimensions + [shape[1]])
    return append(.pickRows, [broadcast(places), matrix], shape: result, batched: true)
  }

  /// The transpose of picking rows, summed over the batch: y `[…, columns]` → fixed `[rows, columns]`, where
  /// each row is the sum of those of y whose place it is.
  public mutating func placeRows(_ y: Value, at places: Value, rows: Int) -> Value {
    let columns = shape(of: y).dimensions.last ?? 1
    precondition(
      shape(of: y).dimensions.dropLast() == shape(of: places).dimensions[...] && rows > 0,
      "placeRows: \(shape(of: y)) at \(shape(of: places))")
    return append(
      .placeRows(count: rows), [broadcast(places), broadcast(y)], shape: [rows, columns], batched: false)
  }

  mutating func sequenceRule(_ node: Node, _ g: Value) -> [(Value, Value)] {
    let (x, y) = (node.inputs[0], node.inputs[node.inputs.count - 1])
    switch node.op {
    case .innerProducts: return [(x, combinations(g, y)), (y, combinations(g, x, isTransposed: true))]
    case .combinations(let isTransposed):
      let blocks = shape(of: x)[0]
      let toShares = isTransposed ? innerProducts(y, g, blocks: blocks) : innerProducts(g, y, blocks: blocks)
      return [(x, toShares), (y, combinations(x, g, isTransposed: !isTransposed))]
    case .pickRows: return [(y, placeRows(g, at: x, rows: shape(of: y)[0]))]
    case .placeRows: return [(y, pickRows(g, at: x))]
    default: return []
    }
  }
}
