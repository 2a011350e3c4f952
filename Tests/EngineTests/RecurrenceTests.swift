import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// A recurrent cell under test.
struct Recurring: Sendable, CustomTestStringConvertible {
  let cell: Recurrence.Cell
  let steps: Int
  let inputs: Int
  let units: Int
  var isReversed = false
  var isMasked = false
  var isRepeated = false

  var testDescription: String {
    "\(cell) of \(units) units on [\(steps), \(inputs)]" + (isReversed ? ", reversed" : "")
      + (isMasked ? ", masked" : "") + (isRepeated ? ", one input" : "")
  }

  /// Small ones, for differences.
  static let small: [Recurring] = [Recurrence.Cell.lstm, .gru].flatMap { cell in
    [
      Recurring(cell: cell, steps: 4, inputs: 2, units: 3),
      Recurring(cell: cell, steps: 3, inputs: 1, units: 2, isReversed: true),
      Recurring(cell: cell, steps: 4, inputs: 2, units: 2, isMasked: true),
      Recurring(
        cell: cell, steps: 4, inputs: 3, units: 2, isReversed: true, isMasked: true, isRepeated: true),
      Recurring(cell: cell, steps: 3, inputs: 3, units: 2, isRepeated: true),
      Recurring(cell: cell, steps: 1, inputs: 2, units: 1),
    ]
  }

  /// Larger ones: whole and broken vectors, groups of one to five of them.
  static let large: [Recurring] = [Recurrence.Cell.lstm, .gru].flatMap { cell in
    [16, 21, 33, 64, 70].flatMap { units in
      [
        Recurring(cell: cell, steps: 5, inputs: 1 + units / 4, units: units, isReversed: units == 33),
        Recurring(cell: cell, steps: 4, inputs: 3, units: units, isMasked: true, isRepeated: units == 21),
      ]
    }
  }

  /// The state after each step.
  func append(to trial: inout Trial) -> Graph.Value {
    let sums = cell == .lstm ? 4 : 3
    var x = trial.input(isRepeated ? [1, inputs] : [steps, inputs])
    if isRepeated { x = trial.graph.expand(x, [steps, inputs]) }
    let weights = Graph.CellWeights(
      input: trial.parameter([inputs, sums * units]), state: trial.parameter([units, sums * units]),
      bias: trial.parameter([4 * units]))
    let mask = isMasked ? trial.graph.unary(.step, trial.graph.random(.normal, [steps], stream: 9)) : nil
    return trial.graph.recurrence(cell, x, weights, mask: mask, isReversed: isReversed)
  }
}

/// Recurrent cells: against the definition in Double, forward and back.
@Suite struct RecurrenceTests {
  @Test(arguments: Recurring.small + Recurring.large)
  func states(_ example: Recurring) {
    var trial = Trial(-0.5...0.5)
    let h = example.append(to: &trial)
    expectAgreement([h], in: trial, Tolerance(absolute: 2e-6, relative: 1e-5), seeds: 1..<3)
  }

  @Test(arguments: Recurring.small)
  func gradients(_ example: Recurring) {
    var trial = Trial(-1...1)
    let h = example.append(to: &trial)
    let target = trial.graph.unary(.sine, h)
    expectGradient(of: target, in: trial, Tolerance(absolute: 2e-5, relative: 1e-5))
  }

  @Test(arguments: Recurring.large)
  func gradientsOfManyUnits(_ example: Recurring) {
    var trial = Trial(-0.3...0.3)
    let h = example.append(to: &trial)
    let target = trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, h)))
    let gradients = trial.graph.gradient(of: target, withRespectTo: trial.sources)
    expectAgreement(gradients, in: trial, Tolerance(absolute: 5e-5, relative: 1e-5), seeds: 1..<2)
  }

  @Test(arguments: [Recurring.large[0], Recurring.large[13]])
  func sameBytesOnAnyNumberOfThreads(_ example: Recurring) {
    var trial = Trial(-1...1)
    let h = example.append(to: &trial)
    let target = trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, h)))
    let parameters = trial.parameters
    let gradients = trial.graph.gradient(of: target, withRespectTo: parameters.map(\.value))
    let targets = Plan.Targets(
      results: [target, h], gradients: zip(gradients, parameters).map { ($0, $1.offset) })
    let conditions = trial.conditions(rows: 37, seed: 4)
    let expected = Evaluation(trial.graph, targets, conditions, shardRows: 3)
    for threads in 2...8 {
      let found = Evaluation(trial.graph, targets, conditions, shardRows: 3, threads: threads)
      #expect(found.results == expected.results && found.gradients == expected.gradients)
    }
  }

  /// Extreme inputs saturate the gates and leave finite numbers.
  @Test(arguments: [Recurrence.Cell.lstm, .gru])
  func saturates(_ cell: Recurrence.Cell) {
    var trial = Trial(-1e6...1e6)
    let h = Recurring(cell: cell, steps: 5, inputs: 2, units: 17).append(to: &trial)
    let target = trial.graph.sumBatch(trial.graph.sumRow(h))
    let gradients = trial.graph.gradient(of: target, withRespectTo: trial.sources)
    let found = Evaluation(
      trial.graph, Plan.Targets(results: [h] + gradients), trial.conditions(rows: 6, seed: 2), shardRows: 4)
    #expect(found.results.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(found.results[0].allSatisfy { abs($0) <= 1 })
  }
}
