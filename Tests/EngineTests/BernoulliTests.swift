import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The Bernoulli loss summed over a row and its gradient, which one loop computes from one exponential.
@Suite struct BernoulliTests {
  static let lengths = [1, 3, 31, 32, 33, 100, 511, 512, 513, 784, 1023, 1024, 1025, 1500, 2100]

  /// - Returns: the loss of each row, and the gradient.
  private func fused(_ logits: [Float], _ targets: [Float], row: Int) -> (losses: [Float], gradient: [Float])
  {
    var (left, right) = (logits, targets)
    var losses = [Float](repeating: .nan, count: logits.count / row)
    var gradient = [Float](repeating: .nan, count: logits.count)
    left.withUnsafeMutableBufferPointer { left in
      right.withUnsafeMutableBufferPointer { right in
        losses.withUnsafeMutableBufferPointer { losses in
          gradient.withUnsafeMutableBufferPointer { gradient in
            var sums = Loop.full(losses)
            sums.pattern = UInt8(HOURGLASS_ROW_RESULT.rawValue)
            Loop.run(
              [Loop.step(HOURGLASS_BERNOULLI_FUSED, result: 2, left: 0, right: 1, extra: 3)],
              [Loop.full(left), Loop.full(right), sums, Loop.full(gradient)], count: logits.count, row: row)
          }
        }
      }
    }
    return (losses, gradient)
  }

  private func check(_ logits: [Float], _ targets: [Float], row: Int) {
    let (losses, gradient) = fused(logits, targets, row: row)
    let terms = zip(logits, targets).map { Binary.bernoulliLoss.value(Double($0), Double($1)) }
    let expected = stride(from: 0, to: terms.count, by: row).map { terms[$0..<($0 + row)].reduce(0, +) }
    // Absolute: a logarithm of a product of eight has the error of one logarithm, 3e-7, but each factor 1 + e
    // was rounded by 6e-8. Relative: a sum of single precision over up to 1024 values in 32 lanes.
    let tolerance = Tolerance(absolute: 1e-7 * Double(row) + 4e-7, relative: 3e-6)
    #expect(tolerance.disagreement(losses, expected) == nil)
    let slopes = zip(logits, targets).map { Unary.sigmoid.value(Double($0)) - Double($1) }
    #expect(Tolerance(absolute: 2e-7, relative: 0).disagreement(gradient, slopes) == nil)
  }

  @Test(arguments: lengths)
  func lossAndGradient(_ row: Int) {
    let rows = 5
    let targets = Loop.draws(rows * row, in: 0...1, seed: 2)
    for width: Float in [0.1, 4, 30, 100] {
      check(Loop.draws(rows * row, in: -width...width), targets, row: row)
    }
    // Targets of 0 and 1 alone, as binary data have.
    check(Loop.draws(rows * row, in: -6...6), targets.map { $0.rounded() }, row: row)
  }

  @Test(arguments: lengths)
  func extremeLogits(_ row: Int) {
    let extremes: [Float] = [0, -0.0, 100, -100, 1e4, -1e4, 88, -88, 89, -104, 1e-30, 16, -16, 17.5]
    let logits = (0..<(3 * row)).map { extremes[$0 % extremes.count] }
    for target: Float in [0, 1, 0.25] {
      check(logits, Array(repeating: target, count: 3 * row), row: row)
    }
    for logit in extremes {
      check(Array(repeating: logit, count: row), Array(repeating: 1, count: row), row: row)
    }
  }

  /// Eight factors of 2, the most that a product meets, and as many of 1.
  @Test func zeroLogitsGiveTheLogarithmOfTwo() {
    let (losses, gradient) = fused(
      Array(repeating: 0, count: 784), Array(repeating: 0.5, count: 784), row: 784)
    #expect(abs(Double(losses[0]) - 784 * 2.0.logarithm) < 1e-4)
    #expect(gradient.allSatisfy { $0 == 0 })
  }

  @Test(arguments: lengths)
  func nanReachesTheLoss(_ row: Int) {
    for place in Set([0, row / 2, row - 1]) {
      for poison: Float in [.nan, .infinity, -.infinity] {
        var logits = Loop.draws(3 * row, in: -3...3)
        logits[row + place] = poison
        let (losses, gradient) = fused(logits, Array(repeating: 1, count: 3 * row), row: row)
        let expected = Binary.bernoulliLoss.value(Double(poison), 1)
        #expect(losses[1].isNaN == expected.isNaN && !losses[1].isFinite, "\(poison) at \(place)")
        #expect(losses[0].isFinite && losses[2].isFinite)
        #expect(gradient[row + place].isNaN == poison.isNaN)
      }
      var targets = Array(repeating: Float(0.5), count: 3 * row)
      targets[row + place] = .nan
      let (losses, _) = fused(Loop.draws(3 * row, in: -3...3), targets, row: row)
      #expect(losses[1].isNaN && losses[0].isFinite && losses[2].isFinite)
    }
  }

  /// The whole graph, as an autoencoder has it: loss, gradients, and the reconstruction where it is asked for
  /// as well.
  @Test(arguments: [1, 5, 33, 600])
  func inAGraph(_ width: Int) {
    for isShown in [false, true] {
      var trial = Trial(0...1)
      let x = trial.input([width])
      let (w, b) = (trial.parameter([width, width > 100 ? 3 : width]), trial.parameter([width]))
      var logits = trial.graph.product(x, w)
      if width > 100 { logits = trial.graph.product(logits, trial.graph.transpose(w)) }
      logits = trial.graph.add(logits, b)
      let losses = trial.graph.sumRow(trial.graph.binary(.bernoulliLoss, logits, x))
      let loss = trial.graph.sumBatch(losses)
      let gradients = trial.graph.gradient(of: loss, withRespectTo: [w, b, x])
      var values = [loss] + gradients
      if isShown { values += [losses, trial.graph.unary(.sigmoid, logits)] }
      expectAgreement(values, in: trial, Tolerance(absolute: 3e-4, relative: 1e-5), seeds: 1..<2)
      if width <= 5 { expectGradient(of: losses, in: trial, Tolerance(absolute: 1e-4, relative: 1e-5)) }
    }
  }
}
