import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// Sides of products in blocks: m rows with n rows, blocks, and columns of a block.
struct Blocks: Sendable, CustomTestStringConvertible {
  var m: Int
  var n: Int
  var blocks: Int
  var width: Int

  var testDescription: String { "\(m) with \(n) in \(blocks) blocks of \(width)" }

  static let small = [
    Blocks(m: 1, n: 1, blocks: 1, width: 1), Blocks(m: 3, n: 2, blocks: 1, width: 4),
    Blocks(m: 2, n: 3, blocks: 2, width: 3), Blocks(m: 4, n: 4, blocks: 3, width: 1),
  ]

  /// Whole and broken vectors, and inner axes for which a library is called.
  static let large = [
    Blocks(m: 17, n: 35, blocks: 2, width: 16), Blocks(m: 40, n: 33, blocks: 3, width: 5),
    Blocks(m: 16, n: 64, blocks: 1, width: 70), Blocks(m: 300, n: 9, blocks: 2, width: 8),
    Blocks(m: 5, n: 280, blocks: 2, width: 33),
  ]
}

/// Products of rows with rows and rows by their numbers: against the definition in Double, forward and
/// backward, and differentiated twice.
@Suite struct SequenceTests {
  static let tolerance = Tolerance(absolute: 2e-5, relative: 1e-5)

  private func products(_ b: Blocks, in trial: inout Trial) -> [Graph.Value] {
    let x = trial.input([b.m, b.blocks * b.width])
    let y = trial.input([b.n, b.blocks * b.width])
    let p = trial.input([b.blocks, b.m, b.n])
    return [
      trial.graph.innerProducts(x, y, blocks: b.blocks), trial.graph.combinations(p, y),
      trial.graph.combinations(p, x, isTransposed: true),
    ]
  }

  @Test(arguments: Blocks.small + Blocks.large)
  func products(_ blocks: Blocks) {
    var trial = Trial(-1...1)
    let values = products(blocks, in: &trial)
    let layouts = [Layout.all[1], Layout.all[2]]
    expectAgreement(values, in: trial, SequenceTests.tolerance, seeds: 1..<2, layouts: layouts)
  }

  @Test(arguments: Blocks.small)
  func gradientsOfProducts(_ blocks: Blocks) {
    var trial = Trial(-1...1)
    for value in products(blocks, in: &trial) {
      expectGradient(of: trial.graph.unary(.sine, value), in: trial, SequenceTests.tolerance)
    }
  }

  /// The gradient of a gradient's squares.
  @Test(arguments: Blocks.small)
  func gradientsOfGradientsOfProducts(_ blocks: Blocks) {
    var trial = Trial(-1...1)
    for value in products(blocks, in: &trial) {
      let curved = trial.graph.unary(.sine, value)
      let first = trial.graph.gradient(of: curved, withRespectTo: trial.sources)
      for gradient in first where trial.graph.isBatched(gradient) {
        expectGradient(of: trial.graph.unary(.square, gradient), in: trial, SequenceTests.tolerance)
      }
    }
  }

  /// Of parameters: the same in every row, and the gradient is summed over the rows.
  @Test func productsOfFixedValues() {
    var trial = Trial(-1...1)
    let (x, y) = (trial.parameter([3, 4]), trial.input([2, 4]))
    let scores = trial.graph.innerProducts(x, y, blocks: 2)
    let value = trial.graph.combinations(trial.graph.softmax(scores), trial.parameter([2, 4]))
    expectAgreement([scores, value], in: trial, SequenceTests.tolerance)
    expectGradient(of: trial.graph.unary(.square, value), in: trial, SequenceTests.tolerance)
  }

  /// Numbers between rows, behind the last and before the first.
  @Test(arguments: [[1, 1], [5, 3], [7, 16], [4, 37]], [[1], [6], [2, 3]] as [Shape])
  func rows(_ sides: [Int], _ shape: Shape) {
    var trial = Trial(-0.7...0.7)
    let drawn = trial.input(shape)
    let rows = sides[0]
    let places = trial.graph.add(trial.graph.multiply(drawn, Float(rows)), Float(rows) / 2)
    let matrix = trial.parameter([rows, sides[1]])
    let picked = trial.graph.pickRows(matrix, at: places)
    let factor = trial.input(trial.graph.shape(of: picked))
    let placed = trial.graph.placeRows(factor, at: places, rows: rows)
    expectAgreement([picked, placed], in: trial, SequenceTests.tolerance)
  }

  /// A matrix is fixed: the gradient adds up over rows that name the same place, and over the batch.
  @Test func gradientsOfRows() {
    var trial = Trial(-1...1)
    let matrix = trial.parameter([3, 4])
    let factor = trial.input([5, 4])
    // Constant places, as the differences must not move them over a half.
    let places = trial.graph.table([0, 2, 2, 1, 0], [5])
    let picked = trial.graph.pickRows(matrix, at: places)
    expectGradient(
      of: trial.graph.unary(.sine, trial.graph.multiply(picked, factor)), in: trial, SequenceTests.tolerance)
    let placed = trial.graph.placeRows(factor, at: places, rows: 3)
    expectGradient(of: trial.graph.unary(.sine, placed), in: trial, SequenceTests.tolerance)
    let curved = trial.graph.unary(.sine, trial.graph.multiply(picked, factor))
    let first = trial.graph.gradient(of: curved, withRespectTo: [matrix])[0]
    expectGradient(of: trial.graph.unary(.square, first), in: trial, SequenceTests.tolerance)
  }

  @Test func placesOutsideAndNone() {
    var trial = Trial()
    let places = trial.input([6])
    let matrix = trial.parameter([3, 2])
    let picked = trial.graph.pickRows(matrix, at: places)
    let conditions = Conditions(
      rows: 1, inputs: [[.nan, -.infinity, -0.4, 1.4, 1e30, .infinity]], parameters: [1, 2, 3, 4, 5, 6])
    let found = Evaluation(trial.graph, Plan.Targets(results: [picked]), conditions)
    #expect(found.results[0] == [1, 2, 1, 2, 1, 2, 3, 4, 5, 6, 5, 6])
  }

  /// Sums over the batch in the order of the rows, in bands of columns that workers take as they come.
  @Test func sameBytesOnAnyNumberOfThreads() {
    var trial = Trial(-1...1)
    let matrix = trial.parameter([5, 40])
    let places = trial.graph.multiply(trial.input([9]), 5)
    let x = trial.graph.pickRows(matrix, at: places)
    let mixed = trial.graph.combinations(
      trial.graph.softmax(trial.graph.innerProducts(x, x, blocks: 4)), trial.graph.unary(.sine, x))
    let gradient = trial.graph.gradient(of: mixed, withRespectTo: [matrix])[0]
    let conditions = trial.conditions(rows: 201, seed: 4)
    let targets = Plan.Targets(results: [mixed], gradients: [(gradient, 0)])
    let first = Evaluation(trial.graph, targets, conditions, shardRows: 8)
    for threads in 2...4 {
      let other = Evaluation(trial.graph, targets, conditions, shardRows: 8, threads: threads)
      #expect(other.gradients == first.gradients && other.results == first.results)
    }
  }

  @Test func tables() {
    var trial = Trial()
    let numbers: [Float] = [0.5, -1, 3, 2, 0, 7]
    let table = trial.graph.table(numbers, [2, 3])
    #expect(trial.graph.table(numbers, [2, 3]) == table)
    let (x, p) = (trial.input([2, 3]), trial.parameter([3, 2]))
    let values = [
      table, trial.graph.multiply(x, table), trial.graph.product(table, p), trial.graph.transpose(table),
      trial.graph.sumLast(table), trial.graph.broadcast(table), trial.graph.reshape(table, [6]),
    ]
    expectAgreement(values, in: trial)
    expectGradient(of: values[1], in: trial)
    expectGradient(of: values[2], in: trial)
    let asGradient = trial.graph.multiply(trial.graph.reshape(p, [2, 3]), table)
    expectGradient(of: asGradient, in: trial)
  }
}
