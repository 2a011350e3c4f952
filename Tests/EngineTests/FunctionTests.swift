import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The elementary functions of the vector loops against the C library's in `Double`.
@Suite struct FunctionTests {
  struct Bound: Sendable, CustomStringConvertible {
    var function: Unary
    var operation: hourglass_operation
    var range: ClosedRange<Float>
    /// Largest error relative to the value, and relative to max(|value|, 1).
    var relative: Double
    var bounded: Double
    var description: String { "\(function) on \(range)" }
  }

  /// What the functions promise; measured over every 53rd `Float` the errors were: exponential 8.5e-8
  /// relative, sigmoid 1.9e-7, softplus 2.2e-7, hyperbolic tangent 1.5e-7, error function 1.9e-7, logarithm
  /// 2e-7 of max(|log x|, 1).
  static let bounds = [
    Bound(
      function: .exponential, operation: HOURGLASS_EXPONENTIAL, range: -87...88.7, relative: 2e-7,
      bounded: 2e-7),
    Bound(
      function: .logarithm, operation: HOURGLASS_LOGARITHM, range: 1.2e-38...1e-3, relative: 3e-7,
      bounded: 3e-7),
    Bound(function: .logarithm, operation: HOURGLASS_LOGARITHM, range: 1e-3...8, relative: 1, bounded: 3e-7),
    Bound(
      function: .logarithm, operation: HOURGLASS_LOGARITHM, range: 8...3.4e38, relative: 3e-7, bounded: 3e-7),
    Bound(function: .sigmoid, operation: HOURGLASS_SIGMOID, range: -87...87, relative: 3e-7, bounded: 2e-7),
    Bound(
      function: .softplus, operation: HOURGLASS_SOFTPLUS, range: -87...100, relative: 4e-7, bounded: 3e-7),
    Bound(function: .softplus, operation: HOURGLASS_SOFTPLUS, range: -2...2, relative: 4e-7, bounded: 3e-7),
    Bound(
      function: .hyperbolicTangent, operation: HOURGLASS_HYPERBOLIC_TANGENT, range: -20...20, relative: 2e-7,
      bounded: 2e-7),
    Bound(
      function: .hyperbolicTangent, operation: HOURGLASS_HYPERBOLIC_TANGENT, range: -1...1, relative: 2e-7,
      bounded: 2e-7),
    Bound(
      function: .errorFunction, operation: HOURGLASS_ERROR_FUNCTION, range: -5...5, relative: 3e-7,
      bounded: 3e-7),
    Bound(
      function: .errorFunction, operation: HOURGLASS_ERROR_FUNCTION, range: -0.01...0.01, relative: 3e-7,
      bounded: 3e-7),
    Bound(function: .sine, operation: HOURGLASS_SINE, range: -20...20, relative: 1e-6, bounded: 1e-7),
    Bound(function: .cosine, operation: HOURGLASS_COSINE, range: -20...20, relative: 1e-6, bounded: 1e-7),
    Bound(
      function: .squareRoot, operation: HOURGLASS_SQUARE_ROOT, range: 0...100, relative: 6e-8, bounded: 6e-8),
  ]

  @Test(arguments: bounds)
  func errorStaysBelowItsBound(_ bound: Bound) {
    let count = 50_000
    let step = (bound.range.upperBound - bound.range.lowerBound) / Float(count - 1)
    let grid = (0..<count).map { min(bound.range.lowerBound + Float($0) * step, bound.range.upperBound) }
    let arguments = grid + Loop.draws(20_000, in: bound.range)
    var (worst, worstBounded, place) = (0.0, 0.0, Float(0))
    for (x, y) in zip(arguments, Loop.apply(bound.operation, arguments)) {
      let expected = bound.function.value(Double(x))
      let distance = abs(Double(y) - expected)
      let relative = expected == 0 ? distance : distance / abs(expected)
      if !(relative <= worst) { (worst, place) = (relative, x) }
      if !(distance / max(abs(expected), 1) <= worstBounded) {
        worstBounded = distance / max(abs(expected), 1)
      }
    }
    #expect(worst <= bound.relative, "at \(place)")
    #expect(worstBounded <= bound.bounded)
  }

  /// Numbers of every size, from the smallest normal one to the largest.
  @Test(arguments: [Unary.sigmoid, .softplus, .hyperbolicTangent, .errorFunction, .logarithm, .exponential])
  func argumentsOfEverySize(_ function: Unary) {
    let sizes = (-125...127).flatMap { e in
      [1.0, 1.3, 1.7].map { Float(sign: .plus, exponent: e, significand: $0) }
    }
    let arguments = function == .logarithm ? sizes : sizes + sizes.map { -$0 }
    var trial = Trial()
    let x = trial.input([arguments.count])
    let y = trial.graph.unary(function, x)
    let conditions = Conditions(rows: 1, inputs: [arguments.map { Double($0) }])
    let found = Evaluation(trial.graph, Plan.Targets(results: [y]), conditions).results[0]
    for (x, y) in zip(arguments, found) {
      let expected = Float(function.value(Double(x)))
      // What is below the smallest normal number may as well be that number.
      #expect(y == expected || abs(y - expected) <= 4e-7 * abs(expected) + 1.3e-38, "\(function)(\(x))")
    }
  }

  @Test func specialArguments() {
    let (infinity, nan) = (Float.infinity, Float.nan)
    #expect(
      Loop.apply(HOURGLASS_EXPONENTIAL, [0, -0.0, infinity, -infinity, 89, -104]) == [
        1, 1, infinity, 0, infinity, 0,
      ])
    #expect(Loop.apply(HOURGLASS_EXPONENTIAL, [-103])[0] == Float((-103.0).exponential))
    #expect(Loop.apply(HOURGLASS_LOGARITHM, [1, 0, -0.0, infinity]) == [0, -infinity, -infinity, infinity])
    #expect(Loop.apply(HOURGLASS_LOGARITHM, [-1, -infinity, nan]).allSatisfy { $0.isNaN })
    #expect(Loop.apply(HOURGLASS_SIGMOID, [0, infinity, 200]) == [0.5, 1, 1])
    #expect(Loop.apply(HOURGLASS_SOFTPLUS, [infinity, 1e4]) == [infinity, 1e4])
    // e^-|x| stops at the smallest normal number.
    #expect(Loop.apply(HOURGLASS_SIGMOID, [-infinity, -200]).allSatisfy { $0 >= 0 && $0 < 1.3e-38 })
    #expect(Loop.apply(HOURGLASS_SOFTPLUS, [-infinity, -1e4]).allSatisfy { $0 >= 0 && $0 < 1.3e-38 })
    #expect(Loop.apply(HOURGLASS_HYPERBOLIC_TANGENT, [0, infinity, -infinity, 1e-30]) == [0, 1, -1, 1e-30])
    #expect(Loop.apply(HOURGLASS_ERROR_FUNCTION, [0, infinity, -infinity]) == [0, 1, -1])
    #expect(Loop.apply(HOURGLASS_RECTIFIER, [-infinity, -1, 0, 2, infinity]) == [0, 0, 0, 2, infinity])
    #expect(Loop.apply(HOURGLASS_SIGN, [-3, 0, 4, -infinity]) == [-1, 0, 1, -1])
    #expect(Loop.apply(HOURGLASS_STEP, [-3, 0, 4, infinity]) == [0, 0, 1, 1])
    #expect(Loop.apply(HOURGLASS_SQUARE_ROOT, [-1])[0].isNaN)
    #expect(Loop.apply(HOURGLASS_RECIPROCAL, [0, -0.0, infinity]) == [infinity, -infinity, 0])
  }

  /// A NaN must reach the loss, whatever lies between, where it stops the run.
  @Test(arguments: Unary.allCases)
  func unaryKeepsNaN(_ function: Unary) {
    for count in [1, 7, 16, 40] {
      var trial = Trial()
      let x = trial.input([count])
      let y = trial.graph.unary(function, x)
      let loss = trial.graph.sumBatch(trial.graph.sumRow(y))
      for place in 0..<count {
        var conditions = Conditions(rows: 3, inputs: [Array(repeating: 0.5, count: 3 * count)])
        conditions.inputs[0][count + place] = .nan
        let found = Evaluation(trial.graph, Plan.Targets(results: [y, loss]), conditions).results
        #expect(found[0][count + place].isNaN && found[1][0].isNaN)
        #expect(found[0].filter(\.isNaN).count == 1)
      }
    }
  }

  /// Comparisons answer 0 to a NaN; every other function of two numbers passes it on, from either side.
  @Test(arguments: Binary.allCases.filter { $0 != .greater })
  func binaryKeepsNaN(_ function: Binary) {
    var trial = Trial()
    let (x, y) = (trial.input([2]), trial.input([2]))
    let half = trial.graph.constant(0.5)
    let values = [trial.graph.binary(function, x, y), trial.graph.binary(function, x, half)]
    for slot in 0..<2 {
      var conditions = Conditions(rows: 1, inputs: [[1, 1], [1, 1]])
      conditions.inputs[slot][0] = .nan
      let found = Evaluation(trial.graph, Plan.Targets(results: values), conditions).results
      #expect(found[0][0].isNaN && !found[0][1].isNaN)
      #expect(found[1][0].isNaN == (slot == 0))
    }
  }

  @Test func sumsKeepNaNAndInfinity() {
    var trial = Trial()
    let x = trial.input([3, 5])
    let values = [
      trial.graph.sumLast(x), trial.graph.sumRow(x), trial.graph.softmax(x), trial.graph.logSumExp(x),
      trial.graph.sumBatch(x),
    ]
    for poison in [Double.nan, .infinity] {
      var conditions = Conditions(rows: 2, inputs: [Array(repeating: 0.5, count: 30)])
      conditions.inputs[0][20] = poison
      let found = Evaluation(trial.graph, Plan.Targets(results: values), conditions).results
      for (number, result) in found.enumerated() {
        #expect(result.contains { !$0.isFinite }, "value \(number), \(poison)")
        #expect(result.contains { $0.isFinite }, "value \(number), \(poison)")
      }
    }
  }
}
