import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Work on matrices against loops in `Double`, and the same bytes for any number of workers.
@Suite struct MatrixWorkTests {
  private func product(
    _ a: [Float], _ isATurned: Bool, _ b: [Float], _ isBTurned: Bool, _ sides: (Int, Int, Int)
  ) -> [Double] {
    let (rows, columns, inner) = sides
    return (0..<(rows * columns)).map { place in
      let (row, column) = (place / columns, place % columns)
      return (0..<inner).reduce(0.0) {
        $0 + Double(isATurned ? a[$1 * rows + row] : a[row * inner + $1])
          * Double(isBTurned ? b[column * inner + $1] : b[$1 * columns + column])
      }
    }
  }

  @Test(arguments: [(1, 1, 1), (5, 3, 7), (64, 16, 9), (130, 70, 65)])
  func productsAreCutIntoRows(_ sides: (Int, Int, Int)) {
    let (rows, columns, inner) = sides
    for turns in [(false, false), (true, false), (false, true), (true, true)] {
      let a = Room(Loop.draws(rows * inner, in: -1...1, seed: 1))
      let b = Room(Loop.draws(inner * columns, in: -1...1, seed: 2))
      let d = Room(Loop.draws(rows * columns, in: -1...1, seed: 3))
      let plain = product(a.values, turns.0, b.values, turns.1, sides)
      let expected = zip(plain, d.values).map { 0.5 * $0 - 2 * Double($1) }
      let results = [1, 2, 3].map { workers -> [Float] in
        let c = Room([Float](repeating: 9, count: rows * columns))
        let whole = MatrixWork.Product(
          a.start, leftTurned: turns.0, by: b.start, rightTurned: turns.1, to: c.start, rows: rows,
          columns: columns, inner: inner, alpha: 0.5, beta: -2, adding: d.start)
        MatrixWork([MatrixWork.cut(whole)], team: Team(count: workers)).run()
        return c.values
      }
      #expect(Tolerance(absolute: 1e-5, relative: 1e-5).disagreement(results[0], expected) == nil)
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  /// A block of three stretches: a rule, then the division by the norm of what came of it.
  @Test func stagesWaitForEachOther() {
    let count = 40_000
    let gradient = Loop.draws(count, in: -1...1, seed: 4)
    var expected = gradient.map { Double($0) * 0.25 }
    let norm = expected.reduce(0) { $0 + $1 * $1 }.squareRoot() + 0.5
    expected = expected.map { $0 / norm }
    let results = [1, 2, 4].map { workers -> [Float] in
      let (x, g) = (Room([Float](repeating: 0, count: count)), Room(gradient))
      let squares = Room([Double](repeating: 0, count: MatrixWork.stretches(of: count)))
      var values = hourglass_update_numbers()
      (values.a, values.keep) = (0.75, 1)
      let numbers = Room([values])
      let rule = MatrixWork.Rule(
        hourglass_update_blend, numbers.start, x.start, g.start, count: count, squares: squares.start)
      let division = MatrixWork.normalise(x.start, count: count, squares: squares.start, epsilon: 0.5)
      #expect(squares.values.count == 3 && division.count == 3)
      MatrixWork([MatrixWork.cut(rule), [], division], team: Team(count: workers)).run()
      return x.values
    }
    #expect(Tolerance(absolute: 1e-9, relative: 1e-5).disagreement(results[0], expected) == nil)
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// P = A Aᵀ of a known basis; rounds from the identity find its eigenvectors, the largest value first.
  @Test(arguments: [1, 2, 7, 14])
  func basesTurnToEigenvectors(_ side: Int) {
    let (mean, values) = symmetric(side)
    var basis = [Float](repeating: 0, count: side * side)
    for index in 0..<side { basis[index * side + index] = 1 }
    var order = [Int32](repeating: -1, count: side)
    var work = [Double](repeating: 0, count: 2 * side * side + side)
    for _ in 0..<60 { turn(&basis, mean, side, &order, &work) }
    #expect(order == (0..<Int32(side)).map { $0 })
    for column in 0..<side {
      for other in 0...column {
        let overlap = dot(basis, column, basis, other, side)
        #expect(abs(overlap - (column == other ? 1 : 0)) < 1e-6)
      }
      let quotient = dot(basis, column, image(mean, basis, side), column, side)
      #expect(abs(quotient - values[column]) < 1e-5 * values[0], "\(column): \(quotient), \(values[column])")
    }
  }

  /// Rank 1: all other columns of P Q are nothing, and Q stays orthonormal.
  @Test func aBasisOfLessThanFullRank() {
    let side = 6
    let vector: [Float] = [0, 3, 0, 4, 0, 0]
    let mean = (0..<(side * side)).map { vector[$0 / side] * vector[$0 % side] }
    var basis = [Float](repeating: 0, count: side * side)
    for index in 0..<side { basis[index * side + index] = 1 }
    var order = [Int32](repeating: -1, count: side)
    var work = [Double](repeating: 0, count: 2 * side * side + side)
    turn(&basis, mean, side, &order, &work)
    // qᵀ P q of the axes is 0, 9, 0, 16, 0, 0.
    #expect(order == [3, 1, 0, 2, 4, 5])
    for row in 0..<side { #expect(abs(abs(basis[row * side]) - vector[row] / 5) < 1e-6) }
    for column in 0..<side {
      for other in 0...column {
        #expect(abs(dot(basis, column, basis, other, side) - (column == other ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test func rowsAndColumnsArePutInOrder() {
    var x: [Float] = [0, 1, 2, 10, 11, 12]
    var work = [Float](repeating: 0, count: 6)
    hourglass_reorder(&x, 2, 3, [1, 0], [2, 0, 1], &work)
    #expect(x == [12, 10, 11, 2, 0, 1])
    hourglass_reorder(&x, 2, 3, nil, [1, 2, 0], &work)
    #expect(x == [10, 11, 12, 0, 1, 2])
    hourglass_reorder(&x, 2, 3, [1, 0], nil, &work)
    #expect(x == [0, 1, 2, 10, 11, 12])
  }

  // MARK: Numbers

  /// Memory that stays where it is.
  private final class Room<Value> {
    let start: UnsafeMutablePointer<Value>
    private let count: Int

    init(_ values: [Value]) {
      count = values.count
      start = .allocate(capacity: max(1, count))
      start.initialize(from: values, count: count)
    }

    deinit { start.deallocate() }

    var values: [Value] { Array(UnsafeBufferPointer(start: start, count: count)) }
  }

  private func turn(
    _ basis: inout [Float], _ mean: [Float], _ side: Int, _ order: inout [Int32], _ work: inout [Double]
  ) {
    let image = image(mean, basis, side)
    work.withUnsafeMutableBytes { work in
      guard let start = work.baseAddress else { return }
      hourglass_turn_basis(
        &basis, image, Int64(side), &order, start.assumingMemoryBound(to: Float.self))
    }
  }

  private func image(_ mean: [Float], _ basis: [Float], _ side: Int) -> [Float] {
    product(mean, false, basis, false, (side, side, side)).map { Float($0) }
  }

  private func dot(_ x: [Float], _ column: Int, _ y: [Float], _ other: Int, _ side: Int) -> Double {
    (0..<side).reduce(0.0) { $0 + Double(x[$1 * side + column]) * Double(y[$1 * side + other]) }
  }

  /// Eigenvalues 1, 1/2, 1/4 … times a constant, in the basis of one reflection.
  private func symmetric(_ side: Int) -> ([Float], [Double]) {
    let axis = Loop.draws(side, in: 0.1...1, seed: 8).map { Double($0) }
    let square = axis.reduce(0) { $0 + $1 * $1 }
    let values = (0..<side).map { 3.0 / Double(1 << min($0, 40)) }
    func entry(_ row: Int, _ vector: Int) -> Double {
      (row == vector ? 1 : 0) - 2 * axis[row] * axis[vector] / square
    }
    let mean = (0..<(side * side)).map { place -> Float in
      let (row, column) = (place / side, place % side)
      return Float((0..<side).reduce(0.0) { $0 + entry(row, $1) * values[$1] * entry(column, $1) })
    }
    return (mean, values)
  }
}
