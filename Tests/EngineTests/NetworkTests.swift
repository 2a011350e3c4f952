import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// Small whole networks: gradients of gradients, long chains, several stages.
@Suite struct NetworkTests {
  /// A layer: act(x W + b).
  private func layer(
    _ trial: inout Trial, _ x: Graph.Value, _ units: Int, _ activation: Unary
  ) -> Graph.Value {
    let inputs = trial.graph.shape(of: x).dimensions.last ?? 1
    let (w, b) = (trial.parameter([inputs, units]), trial.parameter([units]))
    let product = trial.graph.product(x, w)
    return trial.graph.unary(activation, trial.graph.add(product, b))
  }

  /// ‖∂code/∂x‖², the penalty of the contractive autoencoder (Rifai et al. 2011): the gradient of each code
  /// value by the input, squared and summed, differentiated once more by every parameter and by the input.
  @Test func contractivePenalty() {
    var trial = Trial(-1...1)
    let x = trial.input([4])
    let hidden = layer(&trial, x, 3, .sigmoid)
    let code = layer(&trial, hidden, 2, .sigmoid)
    var penalty = trial.graph.constant(0)
    for unit in 0..<2 {
      let value = trial.graph.slice(code, from: unit, count: 1)
      let slope = trial.graph.gradient(of: value, withRespectTo: [x])[0]
      let squares = trial.graph.sumRow(trial.graph.unary(.square, slope))
      penalty = trial.graph.add(penalty, squares)
    }
    let mean = trial.graph.sumBatch(penalty)
    expectGradient(of: mean, in: trial, Tolerance(absolute: 3e-6, relative: 1e-5), rows: 3)
    let loss = trial.graph.add(
      trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, code))), mean)
    expectGradient(of: loss, in: trial, Tolerance(absolute: 2e-5, relative: 1e-5), rows: 3)
  }

  /// The closed form for one sigmoid layer: Σⱼ (hⱼ (1 - hⱼ))² Σᵢ Wᵢⱼ².
  @Test func contractivePenaltyInClosedForm() {
    var trial = Trial(-1...1)
    let x = trial.input([4])
    let w = trial.parameter([4, 3])
    let h = trial.graph.unary(.sigmoid, trial.graph.product(x, w))
    var parts: [Graph.Value] = []
    for unit in 0..<3 {
      let value = trial.graph.slice(h, from: unit, count: 1)
      let slope = trial.graph.gradient(of: value, withRespectTo: [x])[0]
      parts.append(trial.graph.sumRow(trial.graph.unary(.square, slope)))
    }
    let penalty = trial.graph.concatenate(parts)
    let conditions = trial.conditions(rows: 5, seed: 1)
    let reference = Reference(trial.graph, conditions)
    let activities = reference.values(of: h)
    let expected = activities.indices.map { place in
      let column = place % 3
      let norm = (0..<4).reduce(0.0) {
        $0 + conditions.parameters[$1 * 3 + column] * conditions.parameters[$1 * 3 + column]
      }
      let slope = activities[place] * (1 - activities[place])
      return slope * slope * norm
    }
    #expect(
      Tolerance(absolute: 1e-12, relative: 1e-10).disagreement(reference.values(of: penalty), expected) == nil
    )
    let found = Evaluation(
      trial.graph, Plan.Targets(results: [penalty]), conditions, shardRows: 2, threads: 2)
    #expect(Tolerance.rounding.disagreement(found.results[0], expected) == nil)
  }

  /// (‖∂f/∂x‖ - 1)², the penalty of a critic (Gulrajani et al. 2017).
  @Test(arguments: [Unary.hyperbolicTangent, .softplus, .sigmoid, .errorFunction, .sine])
  func gradientPenalty(_ activation: Unary) {
    var trial = Trial(-1...1)
    let x = trial.input([3])
    let hidden = layer(&trial, layer(&trial, x, 4, activation), 3, activation)
    let critic = trial.graph.product(hidden, trial.parameter([3, 1]))
    let slope = trial.graph.gradient(of: critic, withRespectTo: [x])[0]
    let norm = trial.graph.unary(.squareRoot, trial.graph.sumRow(trial.graph.unary(.square, slope)))
    let penalty = trial.graph.unary(.square, trial.graph.add(norm, -1))
    expectGradient(of: penalty, in: trial, Tolerance(absolute: 5e-5, relative: 1e-4), rows: 2)
  }

  /// Third derivatives: the gradient of the gradient of the gradient.
  @Test func threeTimes() {
    var trial = Trial(0.3...1)
    let (x, p) = (trial.input([3]), trial.parameter([3]))
    var y = trial.graph.unary(.sine, trial.graph.multiply(x, p))
    for _ in 0..<2 { y = trial.graph.gradient(of: y, withRespectTo: [p])[0] }
    expectGradient(of: y, in: trial, Tolerance(absolute: 1e-5, relative: 1e-5))
  }

  /// A step of a deep autoencoder with rows that depend on a sum over the batch, as a normalisation has it.
  @Test func normalisationOverTheBatch() {
    var trial = Trial(-1...1)
    let x = trial.input([5])
    let h = layer(&trial, x, 4, .hyperbolicTangent)
    let share = trial.scalar()
    let mean = trial.graph.multiply(trial.graph.sumBatch(h), share)
    let centred = trial.graph.subtract(h, mean)
    let variance = trial.graph.multiply(trial.graph.sumBatch(trial.graph.unary(.square, centred)), share)
    let deviation = trial.graph.unary(.squareRoot, trial.graph.add(trial.graph.unary(.square, variance), 0.1))
    let y = layer(&trial, trial.graph.divide(centred, deviation), 5, .sigmoid)
    let difference = trial.graph.subtract(y, x)
    let loss = trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, difference)))
    expectGradient(of: loss, in: trial, Tolerance(absolute: 2e-4, relative: 3e-5), rows: 4)
  }

  /// Scaled dot products between the steps of a sequence and a fixed memory, with a softmax between.
  @Test func attentionOverASequence() {
    var trial = Trial(-1...1)
    let x = trial.input([3, 4])
    let memory = trial.parameter([5, 4])
    let keys = trial.graph.transpose(memory)
    let shares = trial.graph.softmax(trial.graph.product(x, keys))
    let y = trial.graph.product(shares, memory)
    let loss = trial.graph.sumBatch(
      trial.graph.sumRow(trial.graph.unary(.square, trial.graph.subtract(x, y))))
    expectGradient(of: loss, in: trial, Tolerance(absolute: 1e-4, relative: 3e-5))
  }

  /// Longer than what one chain may name: 48 operands and registers.
  @Test(arguments: [30, 45, 60, 200])
  func longChains(_ length: Int) {
    for width in length == 60 ? [5, 1100] : [5] {
      var trial = Trial(-1...1)
      let (x, p) = (trial.input([width]), trial.parameter([width]))
      var (y, held) = (x, [x])
      for number in 0..<length {
        let function: Unary = number % 3 == 0 ? .sine : (number % 3 == 1 ? .hyperbolicTangent : .sigmoid)
        y = trial.graph.add(
          trial.graph.unary(function, y), trial.graph.multiply(p, Float(number) * 0.01 + 0.1))
        if number % 4 == 0 { held.append(y) }
      }
      // Everything that was held is read again at the end, so that registers stay in use.
      let sum = held.reduce(y) { trial.graph.add($0, trial.graph.multiply($1, 0.1)) }
      expectAgreement([sum], in: trial, Tolerance(absolute: 3e-5, relative: 1e-5), seeds: 1..<2)
      if width > 5 || length > 60 { continue }
      let target = trial.graph.sumRow(trial.graph.unary(.square, sum))
      expectGradient(of: target, in: trial, Tolerance(absolute: 1e-3, relative: 1e-3))
    }
  }

  /// A value that only a later stage reads, and that through a view of a view.
  @Test func viewsOfViewsAcrossStages() {
    var trial = Trial(-1...1)
    let x = trial.input([3, 4])
    let y = trial.graph.unary(.sine, x)
    let view = trial.graph.reshape(trial.graph.reshape(y, [12]), [4, 3])
    let later = trial.graph.multiply(view, trial.graph.reshape(trial.graph.sumBatch(x), [4, 3]))
    expectAgreement([later], in: trial, Tolerance(absolute: 1e-5, relative: 1e-5))
    expectGradient(of: later, in: trial, Tolerance(absolute: 1e-5, relative: 1e-5))
  }

  /// Many operands that each come from memory: constants, parameters, inputs, other rows' sums.
  @Test func chainsOfManyOperands() {
    var trial = Trial(-1...1)
    let inputs = (0..<30).map { _ in trial.input([7]) }
    let parameters = (0..<30).map { _ in trial.parameter([7]) }
    var sum = trial.graph.constant(0)
    for (number, (x, p)) in zip(inputs, parameters).enumerated() {
      let product = trial.graph.multiply(trial.graph.maximum(x, Float(number) * 0.01 - 0.2), p)
      sum = trial.graph.add(sum, trial.graph.multiply(product, trial.graph.sumRow(x)))
    }
    expectAgreement([sum], in: trial, Tolerance(absolute: 3e-5, relative: 1e-5))
    expectGradient(of: sum, in: trial, Tolerance(absolute: 1e-4, relative: 1e-4))
  }

  /// Runs of different sizes one after the other: what a larger run left behind must not be seen.
  @Test func aSmallerBatchAfterALargerOne() {
    var trial = Trial(-1...1)
    let x = trial.input([5])
    let h = layer(&trial, x, 3, .hyperbolicTangent)
    let loss = trial.graph.sumBatch(trial.graph.sumRow(trial.graph.unary(.square, h)))
    let gradients = trial.graph.gradient(of: loss, withRespectTo: trial.parameters.map(\.value))
    let targets = Plan.Targets(
      results: [loss, h], gradients: Array(zip(gradients, trial.parameters.map(\.offset))))
    let plan = Plan(trial.graph, targets, capacity: 64, parameterCount: trial.parameterCount, shardRows: 8)
    let session = Session(plan, team: Team(count: 2))
    for rows in [64, 33, 1, 7, 8, 64, 9] {
      let conditions = trial.conditions(rows: rows, seed: UInt64(rows))
      _ = session.parameters.update(fromContentsOf: conditions.parameters.map { Float($0) })
      let values = conditions.inputs[0].map { Float($0) }
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        session.setFeed(0, Feed(floats: base))
        session.run(rows: rows)
      }
      let reference = Reference(trial.graph, conditions)
      let tolerance = Tolerance(absolute: 2e-5, relative: 1e-5)
      #expect(tolerance.disagreement(Array(session.fixedResult(0)), reference.values(of: loss)) == nil)
      #expect(tolerance.disagreement(Array(session.rowsResult(1)), reference.values(of: h)) == nil)
      let expected = gradients.flatMap { reference.values(of: $0) }
      #expect(tolerance.disagreement(Array(session.gradients), expected) == nil, "\(rows) rows")
    }
  }
}

extension Graph {
  fileprivate mutating func maximum(_ x: Value, _ number: Float) -> Value {
    binary(.maximum, x, constant(number))
  }
}
