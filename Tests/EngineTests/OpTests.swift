import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// Every op that is not pointwise, forward and backward, batched and fixed.
@Suite struct OpTests {
  static let shapes: [Shape] = [[1], [5], [3, 4], [2, 3, 4], [4, 1], [1, 5]]
  static let gradientTolerance = Tolerance(absolute: 1e-5, relative: 1e-5)

  /// A function of one value, on batched and fixed values of every shape, and its gradient: with one number
  /// as cotangent, with a full one, and differentiated twice.
  private func check(
    _ tolerance: Tolerance = .rounding, _ shapes: [Shape] = OpTests.shapes,
    _ op: (inout Graph, Graph.Value) -> Graph.Value
  ) {
    for shape in shapes {
      var trial = Trial(-1...1)
      let (x, p) = (trial.input(shape), trial.parameter(shape))
      expectAgreement([op(&trial.graph, x), op(&trial.graph, p)], in: trial, tolerance)
      for source in [x, p] {
        let plain = op(&trial.graph, source)
        expectGradient(of: plain, in: trial, OpTests.gradientTolerance)
        let curved = trial.graph.unary(.sine, op(&trial.graph, trial.graph.unary(.square, source)))
        expectGradient(of: curved, in: trial, OpTests.gradientTolerance)
        let slope = trial.graph.gradient(of: curved, withRespectTo: [source])[0]
        let target = trial.graph.unary(.square, slope)
        expectGradient(of: target, in: trial, Tolerance(absolute: 1e-3, relative: 1e-4))
      }
    }
  }

  @Test func sumLast() { check { $0.sumLast($1) } }
  @Test func sumRow() { check { $0.sumRow($1) } }
  /// Rows longer than the tiles of the loops, 1024: their sums are put together from parts.
  @Test(arguments: [1023, 1024, 1025, 2100, 5000])
  func sumsOfLongRows(_ width: Int) {
    var trial = Trial(-1...1)
    let (x, p) = (trial.input([width]), trial.parameter([width]))
    let product = trial.graph.multiply(x, p)
    let values = [
      trial.graph.sumRow(x), trial.graph.sumRow(product),
      trial.graph.sumRow(trial.graph.unary(.square, product)),
      trial.graph.sumRow(trial.graph.unary(.sine, p)),
    ]
    expectAgreement(values, in: trial, Tolerance(absolute: 1e-4, relative: 3e-6), seeds: 1..<2)
  }

  @Test func softmax() { check { $0.softmax($1) } }
  @Test func logSumExp() { check { $0.logSumExp($1) } }
  @Test func markGreatest() {
    check(.rounding, [[5], [3, 4], [2, 3, 7], [1]]) { $0.multiply($1, $0.markGreatest($1, count: 1)) }
    check(.rounding, [[5], [3, 4], [2, 3, 7]]) { $0.multiply($1, $0.markGreatest($1, count: 3)) }
  }

  @Test func reshape() { check { $0.reshape($1, [$0.shape(of: $1).count, 1]) } }
  @Test func broadcast() { check { $0.broadcast($1) } }
  @Test func reshapeOfTheResult() {
    check { graph, x in graph.reshape(graph.unary(.square, x), [graph.shape(of: x).count]) }
  }

  @Test func slice() {
    check(.rounding, [[5], [3, 4], [2, 3, 4], [2, 3]]) { $0.slice($1, from: 1, count: 2) }
    check(.rounding, [[5], [3, 4]]) { $0.slice($1, from: 0, count: 3) }
    check(.rounding, [[5], [3, 4]]) { $0.slice($1, from: 3, count: 1) }
  }

  @Test func expand() {
    check(.rounding, [[1], [4], [3, 1], [1, 4], [3, 4]]) { $0.expand($1, [3, 4]) }
    check(.rounding, [[2, 1, 4], [1, 3, 1], [2, 1, 1], [2, 3, 1], [3, 4], [1, 3, 4], [4]]) {
      $0.expand($1, [2, 3, 4])
    }
  }

  @Test func sumBatch() {
    for shape in OpTests.shapes + [[70], [130]] {
      var trial = Trial()
      let (x, p) = (trial.input(shape), trial.parameter(shape))
      let product = trial.graph.multiply(x, p)
      let sum = trial.graph.sumBatch(product)
      expectAgreement([sum, trial.graph.sumBatch(x)], in: trial, Tolerance(absolute: 3e-6, relative: 1e-6))
      if shape.count > 60 { continue }
      expectGradient(of: sum, in: trial, OpTests.gradientTolerance)
      let squared = trial.graph.unary(.square, sum)
      expectGradient(of: squared, in: trial, Tolerance(absolute: 2e-4, relative: 1e-5))
      // A batched value that depends on a sum over the batch: a second stage of shards.
      let again = trial.graph.multiply(trial.graph.unary(.sine, sum), x)
      expectAgreement([again], in: trial, Tolerance(absolute: 1e-5, relative: 1e-5))
      expectGradient(of: again, in: trial, Tolerance(absolute: 5e-4, relative: 1e-4))
    }
  }

  @Test(arguments: [false, true])
  func product(_ transposed: Bool) {
    for shape: Shape in [[1], [5], [3, 4], [2, 3, 5], [17]] {
      let inner = shape[shape.rank - 1]
      for columns in [1, 4, 19] {
        var trial = Trial(-1...1)
        let matrix = trial.parameter(transposed ? [columns, inner] : [inner, columns])
        let weight = transposed ? trial.graph.transpose(matrix) : matrix
        let (x, p) = (trial.input(shape), trial.parameter(shape))
        for source in [x, p] {
          let y = trial.graph.product(source, weight)
          expectAgreement([y], in: trial, Tolerance(absolute: 3e-6, relative: 1e-6))
          if shape.count * columns > 60 { continue }
          expectGradient(of: y, in: trial, Tolerance(absolute: 3e-5, relative: 1e-5))
          let curved = trial.graph.unary(.hyperbolicTangent, y)
          expectGradient(of: curved, in: trial, Tolerance(absolute: 3e-5, relative: 1e-5))
        }
      }
    }
  }

  /// Blocks of 16 by 16, what is left beside and below them, and bands that several workers share.
  @Test(arguments: [[1, 1], [3, 5], [16, 16], [17, 33], [48, 31], [700, 90]])
  func transpose(_ sides: [Int]) {
    var trial = Trial(-1...1)
    let p = trial.parameter(Shape(sides))
    let squared = trial.graph.transpose(trial.graph.unary(.square, p))
    expectAgreement([trial.graph.transpose(p), squared], in: trial, seeds: 1..<2)
    #expect(trial.graph.transpose(trial.graph.transpose(p)) == p)
    if sides[0] > 5 { return }
    expectGradient(of: squared, in: trial, OpTests.gradientTolerance)
    let curved = trial.graph.unary(.sine, squared)
    expectGradient(of: curved, in: trial, OpTests.gradientTolerance)
  }

  /// Of rows: images from channels first to channels last and back.
  @Test(arguments: [[2, 3], [3, 1], [16, 16], [17, 33]])
  func transposeOfRows(_ sides: [Int]) {
    var trial = Trial(-1...1)
    let x = trial.input(Shape(sides))
    let squared = trial.graph.transpose(trial.graph.unary(.square, x))
    expectAgreement([trial.graph.transpose(x), squared], in: trial, seeds: 1..<2)
    #expect(trial.graph.transpose(trial.graph.transpose(x)) == x)
    if sides[0] > 5 { return }
    expectGradient(of: squared, in: trial, OpTests.gradientTolerance)
    expectGradient(of: trial.graph.unary(.sine, squared), in: trial, OpTests.gradientTolerance)
  }

  @Test func contraction() {
    for (left, right): (Shape, Shape) in [
      ([1], [1]), ([3], [4]), ([2, 3], [2, 5]), ([2, 1, 3], [2, 1, 2]),
    ] {
      var trial = Trial(-1...1)
      let (x, y) = (trial.input(left), trial.input(right))
      let sum = trial.graph.contraction(x, y)
      expectAgreement([sum], in: trial, Tolerance(absolute: 5e-6, relative: 1e-6))
      expectGradient(of: sum, in: trial, OpTests.gradientTolerance)
      let total = trial.graph.sumRow(sum)
      expectGradient(of: total, in: trial, OpTests.gradientTolerance)
      let squared = trial.graph.unary(.square, sum)
      expectGradient(of: squared, in: trial, Tolerance(absolute: 2e-4, relative: 1e-5))
    }
  }

  /// Large enough to be cut into tiles, along either side, with a remainder.
  @Test(arguments: [[300, 70], [70, 300], [129, 65]])
  func contractionInTiles(_ sides: [Int]) {
    var trial = Trial(-1...1)
    let weight = trial.parameter([sides[0], sides[1]])
    let x = trial.input([sides[0]])
    let y = trial.graph.product(x, weight)
    let target = trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, y)))
    let gradient = trial.graph.gradient(of: target, withRespectTo: [weight])[0]
    let conditions = trial.conditions(rows: 150, seed: 3)
    let reference = Reference(trial.graph, conditions)
    for shardRows in [nil, 16, 64] {
      let found = Evaluation(
        trial.graph, Plan.Targets(results: [target], gradients: [(gradient, 0)]), conditions, capacity: 160,
        shardRows: shardRows, threads: 2)
      #expect(shardRows != nil || found.summary.components(of: "contraction").count > 2)
      let tolerance = Tolerance(absolute: 3e-3, relative: 1e-5)
      #expect(tolerance.disagreement(found.gradients, reference.values(of: gradient)) == nil)
      #expect(tolerance.disagreement(found.results[0], reference.values(of: target)) == nil)
    }
  }

  /// A product without an axis for the batch, large enough to be cut into bands of rows.
  @Test(arguments: [203, 516])
  func fixedProductInBands(_ rows: Int) {
    var trial = Trial(-1...1)
    let (x, weight) = (trial.parameter([rows, 90]), trial.parameter([90, 70]))
    let product = trial.graph.product(x, weight)
    let conditions = trial.conditions(rows: 1, seed: 4)
    let wanted = Reference(trial.graph, conditions).values(of: product)
    var results: [[Float]] = []
    for threads in [1, 2, 5] {
      let found = Evaluation(
        trial.graph, Plan.Targets(results: [product]), conditions, capacity: 1, shardRows: nil,
        threads: threads)
      #expect(found.summary.components(of: "product").count > 2, "\(found.summary)")
      #expect(Tolerance(absolute: 2e-5, relative: 1e-5).disagreement(found.results[0], wanted) == nil)
      results.append(found.results[0])
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func concatenate() {
    for front: Shape in [[], [3], [2, 3]] {
      var trial = Trial()
      let widths = [2, 1, 4]
      let inputs = widths.map { trial.input(Shape(front.dimensions + [$0])) }
      let parameters = widths.map { trial.parameter(Shape(front.dimensions + [$0])) }
      for parts in [inputs, parameters] {
        let whole = trial.graph.concatenate(parts)
        expectAgreement([whole], in: trial)
        expectGradient(of: whole, in: trial)
        let curved = trial.graph.unary(.square, trial.graph.concatenate([whole, parts[1], whole]))
        expectGradient(of: curved, in: trial, OpTests.gradientTolerance)
      }
    }
  }

  @Test(arguments: [Distribution.uniform, .normal])
  func random(_ distribution: Distribution) {
    for shape: Shape in [[1], [5], [3, 4], [300]] {
      var trial = Trial()
      let draw = trial.graph.random(distribution, shape, stream: 5)
      let other = trial.graph.random(distribution, shape, stream: 6)
      let x = trial.input(shape)
      let values = [draw, other, trial.graph.add(trial.graph.multiply(draw, x), other)]
      expectAgreement(values, in: trial, Tolerance(absolute: 3e-6, relative: 1e-5))
      let target = trial.graph.unary(.square, values[2])
      expectGradient(of: target, in: trial, Tolerance(absolute: 1e-4, relative: 1e-4))
    }
  }

  /// A part of a batch that begins at `firstRow` draws what the whole batch draws there.
  @Test func randomDependsOnTheRowInTheWholeBatch() {
    var trial = Trial()
    let draw = trial.graph.random(.normal, [5], stream: 3)
    var conditions = trial.conditions(rows: 20, seed: 4)
    let targets = Plan.Targets(results: [draw])
    let whole = Evaluation(trial.graph, targets, conditions, shardRows: 3).results[0]
    conditions.rows = 8
    conditions.firstRow = 11
    #expect(Evaluation(trial.graph, targets, conditions).results[0] == Array(whole[55..<95]))
  }

  /// What a target does not depend on has the gradient 0; what it is has 1; and both can be asked for.
  @Test func gradientsOfLeaves() {
    var trial = Trial()
    let (x, p, q) = (trial.input([3]), trial.parameter([3]), trial.parameter([1]))
    let y = trial.graph.multiply(x, p)
    expectGradient(of: y, in: trial)
    expectGradient(of: p, in: trial)
    expectGradient(of: q, in: trial)
    expectGradient(of: x, in: trial)
    let product = trial.graph.multiply(p, q)
    expectGradient(of: product, in: trial)
    let stepped = trial.graph.unary(.step, trial.graph.unary(.squareRoot, trial.graph.unary(.square, x)))
    expectGradient(of: stepped, in: trial)
  }

  /// √x has no slope at 0, but a step has none anywhere: 0, and not 0 · ∞.
  @Test func whatPassesAStepHasNoGradient() {
    var trial = Trial()
    let x = trial.input([2])
    for function in [Unary.step, .sign] {
      let y = trial.graph.unary(function, trial.graph.unary(.squareRoot, x))
      let gradient = trial.graph.gradient(of: y, withRespectTo: [x])[0]
      let conditions = Conditions(rows: 1, inputs: [[0, 4]])
      let found = Evaluation(trial.graph, Plan.Targets(results: [gradient]), conditions)
      #expect(found.results[0].allSatisfy { $0 == 0 })
    }
  }

  /// One value asked for as the gradient of two parameters, and as a result.
  @Test func sharedGradients() {
    var trial = Trial()
    let (x, p, q) = (trial.input([3]), trial.parameter([3]), trial.parameter([3]))
    let y = trial.graph.unary(.sine, trial.graph.multiply(x, trial.graph.add(p, q)))
    expectGradient(of: y, in: trial)
    let gradients = trial.graph.gradient(of: y, withRespectTo: [p, q])
    #expect(gradients[0] == gradients[1])
  }

  /// A square that is summed and is a gradient as well must be written down.
  @Test func aSummedSquareThatIsAGradient() {
    var trial = Trial()
    let p = trial.parameter([5])
    let square = trial.graph.unary(.square, p)
    let sum = trial.graph.sumRow(square)
    let conditions = trial.conditions(rows: 1, seed: 2)
    let found = Evaluation(trial.graph, Plan.Targets(results: [sum], gradients: [(square, 0)]), conditions)
    let expected = conditions.parameters.map { $0 * $0 }
    #expect(Tolerance.rounding.disagreement(found.gradients, expected) == nil)
    #expect(Tolerance.rounding.disagreement(found.results[0], [expected.reduce(0, +)]) == nil)
  }

  /// Results that are leaves, views of leaves, and constants.
  @Test func resultsThatNeedNoWork() {
    var trial = Trial()
    let (x, p, s) = (trial.input([2, 3]), trial.parameter([4]), trial.scalar())
    let c = trial.graph.constant(2.5)
    let values = [
      x, p, s, c, trial.graph.reshape(x, [6]), trial.graph.reshape(p, [2, 2]), trial.graph.broadcast(p),
      trial.graph.broadcast(c), trial.graph.softmax(c), trial.graph.reshape(c, [1, 1]),
      trial.graph.expand(c, [3]), trial.graph.expand(s, [3, 2]), trial.graph.unary(.square, c),
    ]
    expectAgreement(values, in: trial)
  }
}

extension String {
  fileprivate func components(of word: String) -> [String] {
    split(separator: "\n").map(String.init).filter { $0.contains(word) }
  }
}
