import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

@Suite struct PointwiseTests {
  /// One value, less than a vector, several axes, and more than a tile of the kernels.
  static let shapes: [Shape] = [[1], [5], [3, 4], [2, 3, 4], [1, 3, 1], [1030]]

  /// Where the function is defined, and how far `Float` may be from `Double`.
  static func ground(_ function: Unary) -> (range: ClosedRange<Double>, tolerance: Tolerance) {
    switch function {
    case .squareRoot, .logarithm: (0.1...4, Tolerance(absolute: 5e-7, relative: 3e-7))
    case .reciprocal: (0.1...4, Tolerance(absolute: 0, relative: 2e-7))
    default: (-4...4, Tolerance(absolute: 4e-7, relative: 4e-7))
    }
  }

  @Test(arguments: Unary.allCases)
  func unary(_ function: Unary) {
    let (range, tolerance) = PointwiseTests.ground(function)
    for shape in PointwiseTests.shapes {
      var trial = Trial(range)
      let (x, p) = (trial.input(shape), trial.parameter(shape))
      let values = [trial.graph.unary(function, x), trial.graph.unary(function, p)]
      expectAgreement(values, in: trial, tolerance, layouts: shape.count > 100 ? Layout.few : Layout.all)
    }
  }

  /// Derivatives of derivatives too: of the square of the function's slope.
  @Test(arguments: Unary.allCases)
  func gradientOfUnary(_ function: Unary) {
    for shape: Shape in [[1], [3, 2]] {
      var trial = Trial(function == .squareRoot || function == .logarithm ? 0.5...2 : 0.3...1.5)
      let (x, p) = (trial.input(shape), trial.parameter(shape))
      let inner = trial.graph.multiply(x, p)
      let y = trial.graph.unary(function, inner)
      expectGradient(of: trial.graph.multiply(y, x), in: trial, Tolerance(absolute: 1e-5, relative: 1e-5))
      let slope = trial.graph.gradient(of: y, withRespectTo: [x])[0]
      let target = trial.graph.unary(.square, slope)
      expectGradient(of: target, in: trial, Tolerance(absolute: 1e-4, relative: 1e-4))
    }
  }

  /// The negative side of the functions that have one, away from 0.
  @Test(arguments: [
    Unary.absolute, .sign, .step, .rectifier, .sigmoid, .softplus, .hyperbolicTangent, .errorFunction,
  ])
  func gradientOfNegativeArguments(_ function: Unary) {
    var trial = Trial(-2 ... -0.5)
    let x = trial.input([4])
    let y = trial.graph.unary(function, x)
    expectGradient(of: trial.graph.multiply(y, x), in: trial)
  }

  struct Pair: Sendable, CustomStringConvertible {
    var left: Shape
    var right: Shape
    var description: String { "\(left) and \(right)" }
  }

  /// Every kind of broadcasting: one number, missing axes, the last, the first, a middle one, both sides at
  /// once.
  static let pairs: [Pair] = [
    Pair(left: [1], right: [1]), Pair(left: [5], right: [5]), Pair(left: [5], right: [1]),
    Pair(left: [3, 4], right: [3, 4]), Pair(left: [3, 4], right: [4]), Pair(left: [3, 4], right: [1, 4]),
    Pair(left: [3, 4], right: [3, 1]), Pair(left: [3, 4], right: [1, 1]), Pair(left: [3, 1], right: [1, 4]),
    Pair(left: [3, 1], right: [4]), Pair(left: [2, 3, 4], right: [3, 4]), Pair(left: [2, 3, 4], right: [4]),
    Pair(left: [2, 3, 4], right: [2, 1, 4]), Pair(left: [2, 3, 4], right: [2, 3, 1]),
    Pair(left: [2, 3, 4], right: [2, 1, 1]), Pair(left: [2, 3, 4], right: [1, 3, 1]),
    Pair(left: [2, 3, 4], right: [3, 1]), Pair(left: [2, 1, 4], right: [3, 1]),
    Pair(left: [2, 1, 3, 1], right: [5, 1, 4]), Pair(left: [1, 350], right: [3, 1]),
  ]

  /// Both batched, one of them fixed, both fixed; either order.
  @Test(arguments: pairs)
  func binary(_ pair: Pair) {
    for function in Binary.allCases {
      var trial = Trial(0.5...2)
      let (a, b) = (trial.input(pair.left), trial.input(pair.right))
      let (p, q) = (trial.parameter(pair.left), trial.parameter(pair.right))
      let values = [(a, b), (b, a), (a, q), (q, a), (p, b), (b, p), (p, q), (q, p)].map {
        trial.graph.binary(function, $0, $1)
      }
      expectAgreement(
        values, in: trial, Tolerance(absolute: 1e-6, relative: 3e-7), seeds: 1..<2, layouts: Layout.few)
    }
  }

  @Test(arguments: pairs.filter { $0.left.count < 100 })
  func gradientOfBinary(_ pair: Pair) {
    for function in Binary.allCases {
      for (leftFixed, rightFixed) in [(false, false), (true, false), (false, true), (true, true)] {
        var trial = Trial(0.5...2)
        let a = leftFixed ? trial.parameter(pair.left) : trial.input(pair.left)
        let b = rightFixed ? trial.parameter(pair.right) : trial.input(pair.right)
        let y = trial.graph.binary(function, a, b)
        // Under a sum the cotangent is one number, under a square it is of the value's shape.
        let sum = trial.graph.sumRow(y)
        expectGradient(of: sum, in: trial, Tolerance(absolute: 1e-5, relative: 1e-5), distance: 1e-4)
        let target = trial.graph.unary(.square, y)
        expectGradient(of: target, in: trial, Tolerance(absolute: 1e-4, relative: 1e-5), distance: 1e-4)
      }
    }
  }

  /// One value read in one chain in two ways: each of its numbers for six positions in a row, and both in
  /// turn.
  @Test func oneValueUnderTwoShapes() {
    var trial = Trial()
    let (p, a, b) = (trial.parameter([2, 1]), trial.parameter([2, 6]), trial.parameter([6, 2, 1]))
    let left = trial.graph.reshape(trial.graph.multiply(p, a), [12])
    let right = trial.graph.reshape(trial.graph.multiply(p, b), [12])
    let sum = trial.graph.add(left, right)
    expectAgreement([sum], in: trial)
    expectGradient(of: sum, in: trial)
  }

  /// Constants have forms of their own in the chains; scalars are set for a run.
  @Test(arguments: Binary.allCases)
  func constantsAndScalars(_ function: Binary) {
    for number: Float in [0.75, -1, 1, 0, 3] {
      var trial = Trial(0.5...2)
      let (x, p, s) = (trial.input([3, 4]), trial.parameter([5]), trial.scalar())
      let c = trial.graph.constant(number)
      var pairs = [(x, c), (p, c), (s, c), (x, s), (s, x), (p, s), (s, p)]
      if number != 0 { pairs += [(c, x), (c, p), (c, s)] }
      let values = pairs.filter { !(number == 0 && function == .divide && $0.1 == c) }.map {
        trial.graph.binary(function, $0, $1)
      }
      expectAgreement(values, in: trial, seeds: 1..<2)
    }
  }

  /// x + 0, 1 · x and the like must stay what they mean.
  @Test func simplificationsKeepTheValue() {
    var trial = Trial()
    let x = trial.input([3])
    let (zero, one, minus) = (trial.graph.constant(0), trial.graph.constant(1), trial.graph.constant(-1))
    #expect(trial.graph.add(x, zero) == x && trial.graph.add(zero, x) == x)
    #expect(trial.graph.subtract(x, zero) == x && trial.graph.divide(x, one) == x)
    #expect(trial.graph.multiply(x, one) == x && trial.graph.multiply(one, x) == x)
    let values = [
      trial.graph.multiply(minus, x), trial.graph.multiply(x, minus), trial.graph.subtract(zero, x),
      trial.graph.divide(minus, x), trial.graph.multiply(zero, x),
    ]
    expectAgreement(values, in: trial)
  }

  @Test func theSameOperationIsTheSameValue() {
    var trial = Trial()
    let x = trial.input([3])
    #expect(trial.graph.unary(.sine, x) == trial.graph.unary(.sine, x))
    #expect(trial.graph.unary(.sine, x) != trial.graph.unary(.cosine, x))
    #expect(trial.graph.add(x, 2) == trial.graph.add(x, 2))
  }
}
