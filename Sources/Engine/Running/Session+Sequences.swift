import COneDNN
import HourglassKernels

extension Session {
  func executeSequence(
    _ instruction: Instruction, _ table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ own: Worker,
    _ first: Int, _ rows: Int
  ) {
    switch instruction {
    case .innerProducts(let b):
      let (x, y, result) = (at(b.x, table, first), at(b.y, table, first), at(b.result, table, first))
      for row in 0..<rows {
        multiply(
          b, x + row * b.rows * b.blocks * b.width, y + row * b.columns * b.blocks * b.width,
          result + row * b.blocks * b.rows * b.columns, own.workspace.base)
      }
    case .combinations(let b, let isTransposed):
      let (x, y, result) = (at(b.x, table, first), at(b.y, table, first), at(b.result, table, first))
      let (given, made) = isTransposed ? (b.rows, b.columns) : (b.columns, b.rows)
      for row in 0..<rows {
        combine(
          b, isTransposed, x + row * b.blocks * b.rows * b.columns, y + row * given * b.blocks * b.width,
          result + row * made * b.blocks * b.width)
      }
    case .pickRows(let p):
      hourglass_pick_rows(
        at(p.places, table, first), Int64(rows * p.placesEach), at(p.x, table, 0), Int64(p.rows),
        Int64(p.columns), at(p.result, table, first))
    case .placeRows(let p):
      hourglass_place_rows(
        at(p.places, table, 0), Int64(rows * p.placesEach), at(p.x, table, 0), Int64(p.rows),
        Int64(p.columns), Int64(p.stride), at(p.result, table, 0))
    default: break
    }
  }

  /// Longest inner axis with which our own loop, which keeps a strip of the right matrix at hand, is no
  /// slower than a library.
  private static let shortInner = 64

  /// Of each block x yᵀ.
  private func multiply(
    _ b: BlockInstruction, _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, _ turned: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns, width) = (Int64(b.rows), Int64(b.columns), Int64(b.width))
    let stride = Int64(b.blocks * b.width)
    for block in 0..<b.blocks {
      let (left, right) = (x + block * b.width, y + block * b.width)
      let products = result + block * b.rows * b.columns
      if b.width <= Session.shortInner {
        hourglass_transpose(right, columns, width, stride, turned, columns)
        hourglass_product(left, stride, 1, turned, columns, rows, columns, width, products, columns)
      } else {
        onednn_sgemm(
          false, true, rows, columns, width, 1, left, stride, right, stride, 0, products, columns)
      }
    }
  }

  /// Of each block p y, or pᵀ y.
  private func combine(
    _ b: BlockInstruction, _ isTransposed: Bool, _ p: UnsafeMutablePointer<Float>,
    _ y: UnsafeMutablePointer<Float>, _ result: UnsafeMutablePointer<Float>
  ) {
    let (made, inner) = isTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    let (columns, stride) = (Int64(b.columns), Int64(b.blocks * b.width))
    for block in 0..<b.blocks {
      let shares = p + block * b.rows * b.columns
      let (right, sums) = (y + block * b.width, result + block * b.width)
      if inner <= Int(HOURGLASS_PRODUCT_INNER) {
        hourglass_product(
          shares, isTransposed ? 1 : columns, isTransposed ? columns : 1, right, stride, Int64(made),
          Int64(b.width), Int64(inner), sums, stride)
      } else {
        onednn_sgemm(
          isTransposed, false, Int64(made), Int64(b.width), Int64(inner), 1, shares, columns, right, stride,
          0, sums, stride)
      }
    }
  }
}
