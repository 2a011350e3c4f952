import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Products with factors of bf16, by the processor's own instructions or as oneDNN emulates them.
@Suite(.enabled(if: Precision.bfloat16.canBeEmulated, "oneDNN needs AVX-512 to emulate bf16"))
struct Bfloat16Tests {
  /// Sums in single precision of some hundred products below 1.
  private static let sums = Tolerance(absolute: 2e-5, relative: 1e-5)

  struct Sizes: Sendable {
    var lines: Int
    var inner: Int
    var columns: Int
    var layout: Layout
  }

  static let sizes = [
    Sizes(
      lines: 1, inner: 784, columns: 32, layout: Layout(rows: 64, capacity: 64, shardRows: 32, threads: 2)),
    // A last shard of one row.
    Sizes(
      lines: 1, inner: 333, columns: 113, layout: Layout(rows: 33, capacity: 40, shardRows: 8, threads: 3)),
    // Several lines a row, an odd number of values in each.
    Sizes(
      lines: 3, inner: 129, columns: 97, layout: Layout(rows: 21, capacity: 21, shardRows: 7, threads: 2)),
    Sizes(
      lines: 1, inner: 4096, columns: 16, layout: Layout(rows: 5, capacity: 9, shardRows: nil, threads: 1)),
  ]

  /// The same conditions with every value rounded to bf16.
  private func rounded(_ conditions: Conditions) -> Conditions {
    var result = conditions
    result.inputs = conditions.inputs.map { $0.map(Bfloat16.rounded) }
    result.parameters = conditions.parameters.map(Bfloat16.rounded)
    return result
  }

  /// Holds results against sums in Double of rounded factors, and sees that the factors had to be rounded.
  private func expectRounded(
    _ value: Graph.Value, _ trial: Trial, _ layout: Layout, byLibrary: Bool,
    _ place: SourceLocation = #_sourceLocation
  ) {
    let conditions = trial.conditions(rows: layout.rows, seed: 1)
    let found = Evaluation(
      trial.graph, Plan.Targets(results: [value]), conditions, precision: .bfloat16,
      capacity: layout.capacity,
      shardRows: layout.shardRows, threads: layout.threads, byLibrary: byLibrary)
    #expect(found.summary.contains("bf16"), "\(found.summary)", sourceLocation: place)
    let wanted = Reference(trial.graph, rounded(conditions)).values(of: value)
    let complaint = Bfloat16Tests.sums.disagreement(found.results[0], wanted)
    #expect(complaint == nil, "\(layout)\n\(found.summary)", sourceLocation: place)
    let exact = Reference(trial.graph, conditions).values(of: value)
    #expect(distance(found.results[0], exact) > 1e-3, sourceLocation: place)
  }

  /// By our own loops where the processor has pairs, and by oneDNN.
  @Test(arguments: sizes.indices, [false, true])
  func aProductRoundsItsFactorsAndNothingElse(_ number: Int, byLibrary: Bool) {
    let sizes = Bfloat16Tests.sizes[number]
    var trial = Trial(-0.5...0.5)
    let shape: Shape = sizes.lines == 1 ? [sizes.inner] : [sizes.lines, sizes.inner]
    let x = trial.input(shape)
    let product = trial.graph.product(x, trial.parameter([sizes.inner, sizes.columns]))
    expectRounded(product, trial, sizes.layout, byLibrary: byLibrary)
  }

  /// The sum is cut into tiles where it is large; those begin in the middle of a line.
  @Test(arguments: sizes.indices, [false, true])
  func aSumOverTheBatchDoesSoToo(_ number: Int, byLibrary: Bool) {
    let sizes = Bfloat16Tests.sizes[number]
    var layout = sizes.layout
    layout.rows = 40 * sizes.layout.rows / 33 + 30
    layout.capacity = layout.rows + 3
    var trial = Trial(-0.5...0.5)
    func input(_ count: Int) -> Graph.Value {
      trial.input(sizes.lines == 1 ? [count] : [sizes.lines, count])
    }
    let (x, y) = (input(sizes.inner), input(sizes.columns))
    expectRounded(trial.graph.contraction(x, y), trial, layout, byLibrary: byLibrary)
  }

  /// Convolutions, their transposes and the gradients of their weights, where the processor has pairs.
  @Test(.enabled(if: hourglass_multiplies_pairs() != 0), arguments: Convolving.small + Convolving.large)
  func convolutionsRoundTheirFactorsToo(_ example: Convolving) {
    let window = example.window
    var trial = Trial(-1...1)
    let values = trial.convolutions(window)
    for layout in [Layout.all[1], Layout.all[3]] {
      let conditions = trial.conditions(rows: layout.rows, seed: 1)
      let found = Evaluation(
        trial.graph, Plan.Targets(results: values), conditions, precision: .bfloat16,
        capacity: layout.capacity, shardRows: layout.shardRows, threads: layout.threads)
      let count = found.summary.split(separator: "\n").count { $0.contains("by bf16") }
      #expect(count == 2 || count == 3)
      let reference = Reference(trial.graph, rounded(conditions))
      let exact = Reference(trial.graph, conditions)
      for (result, value) in zip(found.results, values) {
        // A gradient of few multiplications for each value that is rounded is taken in single precision.
        let reference = value == values[2] && count == 2 ? exact : reference
        let complaint = Tolerance(absolute: 2e-4, relative: 1e-5).disagreement(
          result, reference.values(of: value))
        #expect(complaint == nil, "\(layout)\n\(found.summary)")
      }
    }
  }

  /// x is rounded once for both, and a view of it is the same memory.
  @Test func oneRoundingServesSeveralProducts() {
    var trial = Trial(-0.5...0.5)
    let x = trial.input([2, 300])
    let flat = trial.graph.reshape(x, [600])
    let first = trial.graph.product(x, trial.parameter([300, 64]))
    let second = trial.graph.product(flat, trial.parameter([600, 96]))
    let sum = trial.graph.contraction(flat, second)
    let results = [first, second]
    let conditions = trial.conditions(rows: 50, seed: 2)
    let found = Evaluation(
      trial.graph, Plan.Targets(results: results + [sum]), conditions, precision: .bfloat16, shardRows: 16,
      threads: 2, byLibrary: true)
    #expect(found.summary.split(separator: "\n").filter { $0.contains("  round to bf16") }.count == 2)
    let reference = Reference(trial.graph, rounded(conditions))
    for (result, value) in zip(found.results, results) {
      #expect(Bfloat16Tests.sums.disagreement(result, reference.values(of: value)) == nil)
    }
  }

  /// What is too small to win stays as it was, to the byte.
  @Test func smallProductsStayInSinglePrecision() {
    let (plain, other) = (
      Network([20, 12, 5], capacity: 64, shardRows: 8),
      Network([20, 12, 5], capacity: 64, shardRows: 8, precision: .bfloat16)
    )
    #expect(!other.plan.summary.contains("bf16"))
    #expect(
      plain.train(steps: 5, batches: [64], threads: 1).parameters
        == other.train(steps: 5, batches: [64], threads: 1).parameters)
  }

  /// The gradient of a network of three layers, of which bf16 has no more than the first three digits.
  @Test func theGradientIsNear() {
    var gradients: [[Float]] = []
    for precision in Precision.allCases {
      let network = Network([300, 128, 64], capacity: 128, shardRows: nil, precision: precision)
      #expect(network.plan.summary.contains("bf16") == (precision == .bfloat16))
      let session = Session(network.plan, parameters: network.parameters, team: Team(count: 2))
      network.rows.withBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        session.setFeed(0, Feed(base: base, element: .float32))
        session.run(rows: 128, seed: 3, step: 1)
      }
      gradients.append(Array(session.gradients))
    }
    func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let exact = gradients[0].map { Double($0) }
    let apart = norm(zip(exact, gradients[1]).map { $0 - Double($1) }) / norm(exact)
    print("gradient by bf16: \(apart) of its norm away")
    #expect(apart > 1e-5 && apart < 0.01, "\(apart)")
  }

  /// Batches of many sizes, so that products are made anew that were made before.
  @Test func theBytesDoNotDependOnTheThreads() {
    let network = Network([300, 128, 64], capacity: 128, shardRows: nil, precision: .bfloat16)
    let batches = [128, 127, 65, 16, 128, 5, 90, 100, 110, 120, 33, 34, 35]
    let alone = network.train(steps: 30, batches: batches, threads: 1)
    for threads in [2, 3] {
      let together = network.train(steps: 30, batches: batches, threads: threads)
      // Said in a word: the differences of long lists take minutes to print.
      let areSame = together.parameters == alone.parameters
      #expect(areSame, "\(threads) threads")
      #expect(together.losses == alone.losses)
    }
    #expect(alone.losses.allSatisfy { $0.isFinite })
  }
}
