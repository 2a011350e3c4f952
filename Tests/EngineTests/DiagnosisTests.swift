import HourglassEngine
import HourglassKernels
import HourglassTensor
import HourglassTestSupport
import Testing

/// A loss that is not finite: no parameter follows it, and the place where it began is named.
@Suite struct DiagnosisTests {
  /// A graph with sums over the batch, fixed products and softmax before the place that fails at a negative
  /// input.
  ///
  /// - Parameter isTied: whether the fixed product is there; without it parameters are updated where their
  ///   gradient is completed.
  private func session(
    threads: Int, shardRows: Int?, isTied: Bool = true
  ) -> (session: Session, count: Int) {
    var trial = Trial(0.5...1)
    let x = trial.input([6])
    trial.graph.label = "encoder"
    let (w, v) = (trial.parameter([6, 4]), trial.parameter([4, 6]))
    // A fixed product, which runs once and not once a row.
    let both = isTied ? trial.graph.product(w, v) : w
    let product = trial.graph.product(x, both)
    let h = trial.graph.softmax(isTied ? product : trial.graph.product(product, v))
    trial.graph.label = "logarithm"
    let y = trial.graph.unary(.logarithm, x)
    trial.graph.label = "loss"
    let error = trial.graph.unary(.square, trial.graph.multiply(h, y))
    let loss = trial.graph.sumBatch(trial.graph.sumRow(error))
    let gradients = trial.graph.gradient(of: loss, withRespectTo: [w, v])
    let targets = Plan.Targets(
      results: [loss], gradients: Array(zip(gradients, trial.parameters.map(\.offset))))
    let plan = Plan(
      trial.graph, targets, capacity: 50, parameterCount: trial.parameterCount, shardRows: shardRows)
    let parameters = trial.conditions(rows: 1, seed: 1).parameters.map { Float($0) }
    return (Session(plan, parameters: parameters, team: Team(count: threads)), parameters.count)
  }

  private func step(_ session: Session, _ rows: [Float], _ update: Update?) {
    rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      session.setFeed(0, Feed(floats: base))
      session.run(rows: rows.count / 6, update: update)
    }
  }

  @Test(arguments: [1, 2, 3], [nil, 7] as [Int?])
  func aPoisonedStepChangesNothing(_ threads: Int, _ shardRows: Int?) {
    for (clip, isTied) in [(nil, true), (nil, false), (.value(1), true), (.norm(1), true)]
      as [(Update.Clip?, Bool)]
    {
      let (session, count) = session(threads: threads, shardRows: shardRows, isTied: isTied)
      let block = UnsafeMutablePointer<Float>.allocate(capacity: count)
      defer { block.deallocate() }
      block.initialize(repeating: 0, count: count)
      var numbers = hourglass_update_numbers()
      (numbers.rate, numbers.keep) = (0.01, 1)
      var update = Update(rule: hourglass_update_sgd, numbers: numbers, first: block)
      update.clip = clip
      var rows = [Float](repeating: 0.75, count: 300)
      step(session, rows, update)
      #expect(session.wasFinite && session.firstNonFinite() == nil)
      let before = Array(session.parameters)
      rows[203] = -1
      step(session, rows, update)
      #expect(!session.wasFinite && session.fixedResult(0)[0].isNaN)
      #expect(Array(session.parameters) == before)
      #expect(session.firstNonFinite()?.place == "logarithm")
      rows[203] = 1
      step(session, rows, update)
      #expect(session.wasFinite && Array(session.parameters) != before)
    }
  }

  /// The norm over the whole block, and what is left of it: min(1, c / ‖g‖) g.
  @Test(arguments: [1, 2, 3, 8])
  func clippingByNorm(_ threads: Int) {
    for limit: Float in [0.01, 1e6] {
      let (session, count) = session(threads: threads, shardRows: 7)
      let rows = [Float](repeating: 0.75, count: 300)
      step(session, rows, nil)
      let plain = session.gradients.map { Double($0) }
      let norm = plain.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(session.gradientNorm(of: count) - norm) <= 1e-6 * norm)
      let block = UnsafeMutablePointer<Float>.allocate(capacity: count)
      defer { block.deallocate() }
      block.initialize(repeating: 0, count: count)
      var numbers = hourglass_update_numbers()
      (numbers.rate, numbers.keep) = (1, 1)
      var update = Update(rule: hourglass_update_sgd, numbers: numbers, first: block)
      update.clip = .norm(limit)
      let before = session.parameters.map { Double($0) }
      step(session, rows, update)
      let factor = min(1, Double(limit) / norm)
      let expected = zip(before, plain).map { $0 - factor * $1 }
      #expect(
        Tolerance(absolute: 1e-5, relative: 1e-5).disagreement(Array(session.parameters), expected) == nil)
      #expect(abs(session.gradientNorm(of: count) - norm) <= 1e-6 * norm)
    }
  }

  /// An earlier update is named where the parameters are no numbers before the run.
  @Test func parametersThatAreNoNumbers() {
    let (session, _) = session(threads: 1, shardRows: nil)
    session.parameters[3] = .infinity
    step(session, [Float](repeating: 0.75, count: 300), nil)
    #expect(session.firstNonFinite()?.operation == "an earlier update")
  }
}
