import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Laws on a graph, many columns at once, against their definitions.
@Suite("Laws on a graph")
struct LawGraphTests {
  /// Parameters and values of `rows` rows of `columns` columns, and what the engine makes of them.
  struct Trial {
    var law: Law
    var columns: Int
    var rows: Int
    var levels: [Int]?
    var parameters: [Double]
    var targets: [Double]

    init(_ law: Law, columns: Int, rows: Int, levels: [Int]? = nil, scale: Double = 1, seed: UInt64 = 1) {
      (self.law, self.columns, self.rows, self.levels) = (law, columns, rows, levels)
      parameters = Draws.normal(rows * columns * law.parameters, seed: seed).map {
        Double(Float(scale) * $0)
      }
      let uniform = Draws.uniform(rows * columns, seed: seed + 100)
      targets = uniform.indices.map { place in
        let u = Double(uniform[place])
        switch law.domain {
        case .any: return Double(Float(6 * u - 3))
        case .positive: return Double(Float(0.01 + 5 * u))
        case .counts: return (30 * u * u).rounded()
        case .unitInterval: return u.rounded()
        case .levels(let whole):
          return (u * Double(levels?[place % columns] ?? whole)).rounded(.down)
        }
      }
    }

    /// The parameters of one value.
    func parameters(of place: Int) -> [Double] {
      let width = law.parameters
      let all = Array(parameters[(place * width)..<((place + 1) * width)])
      return levels.map { Array(all[..<($0[place % columns] - (width < (whole ?? 0) ? 1 : 0))]) } ?? all
    }

    private var whole: Int? {
      if case .levels(let levels) = law.domain { return levels }
      return nil
    }

    /// The law of one column by itself.
    func law(of place: Int) -> Law {
      guard let levels else { return law }
      if case .cumulative = law { return .cumulative(levels: levels[place % columns]) }
      return .categorical(levels: levels[place % columns])
    }

    /// Surprises, what is readable, and the gradients of Σ surprise by the parameters.
    func run(threads: Int = 1, shardRows: Int? = nil) -> (
      surprise: [Float], readable: [Float], gradient: [Float]
    ) {
      var graph = Graph()
      let y = graph.input(0, [columns * law.parameters])
      let x = graph.input(1, [columns])
      let surprise = law.surprise(&graph, parameters: y, target: x, levels: levels)
      let readable = law.readable(&graph, parameters: y, columns: [columns], levels: levels)
      let slope = graph.gradient(of: surprise, withRespectTo: [y])[0]
      let found = Evaluation(
        graph, Plan.Targets(results: [surprise, readable, slope]),
        Conditions(rows: rows, inputs: [parameters, targets]), shardRows: shardRows, threads: threads)
      return (found.results[0], found.results[1], found.results[2])
    }
  }

  @Test("surprises are those of the definition", arguments: LawTests.all)
  func surprises(_ law: Law) {
    for (columns, rows) in [(1, 1), (1, 7), (6, 5), (40, 33)] {
      let trial = Trial(law, columns: columns, rows: rows)
      let expected = (0..<(rows * columns)).map {
        law.slowSurprise(of: trial.targets[$0], trial.parameters(of: $0)) - law.constant
      }
      let found = trial.run().surprise
      #expect(distance(found, expected) < 2e-6, "\(columns) \(rows)")
      let outside = (0..<(rows * columns)).map {
        -law.logLikelihood(of: trial.targets[$0], trial.parameters(of: $0)) - law.constant
      }
      #expect(zip(outside, expected).allSatisfy { abs($0 - $1) < 1e-9 * (1 + abs($1)) })
    }
  }

  @Test("gradients are the differences of the definition", arguments: LawTests.all)
  func gradients(_ law: Law) {
    let trial = Trial(law, columns: 5, rows: 9, seed: 3)
    let width = law.parameters
    let expected = trial.parameters.indices.map { place -> Double in
      let value = place / width
      func surprise(_ step: Double) -> Double {
        var parameters = trial.parameters(of: value)
        parameters[place % width] += step
        return law.slowSurprise(of: trial.targets[value], parameters)
      }
      return (surprise(1e-5) - surprise(-1e-5)) / 2e-5
    }
    #expect(distance(trial.run().gradient, expected) < 3e-6)
    #expect(expected.contains { abs($0) > 0.01 })
  }

  @Test(
    "columns of different numbers of levels stand together",
    arguments: [Law.categorical(levels: 8), .cumulative(levels: 8)])
  func levels(_ law: Law) {
    let levels = [8, 5, 6, 2, 7]
    let trial = Trial(law, columns: 5, rows: 17, levels: levels, seed: 7)
    let width = law.parameters
    let run = trial.run()
    let expected = trial.targets.indices.map {
      trial.law(of: $0).slowSurprise(of: trial.targets[$0], trial.parameters(of: $0))
    }
    #expect(distance(run.surprise, expected) < 2e-6)
    let most = trial.targets.indices.map { trial.law(of: $0).mode(trial.parameters(of: $0)) }
    #expect(run.readable.map { Double($0) } == most)
    // What stands past a column's own parameters has no part in it.
    for place in run.gradient.indices where place % width >= trial.parameters(of: place / width).count {
      #expect(run.gradient[place] == 0)
    }
    #expect(Set(trial.targets).count == 8)
  }

  @Test("a level that was not seen, and a gap, give a finite term", arguments: LawTests.all)
  func unseen(_ law: Law) {
    var trial = Trial(law, columns: 4, rows: 3)
    trial.targets = trial.targets.indices.map { $0 % 2 == 0 ? 0 : 8 }
    if case .levels(let levels) = law.domain { trial.levels = [levels, levels - 1, 2, levels] }
    let run = trial.run()
    #expect(run.surprise.allSatisfy { $0.isFinite && $0 < 1000 })
    #expect(run.gradient.allSatisfy { $0.isFinite })
  }

  @Test("losses and gradients stay finite far out", arguments: LawTests.all)
  func extremes(_ law: Law) {
    let far: [Double] = [-50, -11, -9.5, 0, 9.5, 11, 50]
    var trial = Trial(law, columns: 1, rows: 600)
    let draws = Draws.uniform(trial.parameters.count, seed: 8)
    trial.parameters = draws.map { far[Int($0 * Float(far.count))] }
    let values: [Double]
    switch law.domain {
    case .any: values = [-1e6, -50, 0, 50, 1e6]
    case .positive: values = [0, 1e-30, 1e-6, 1, 1e6, 1e12]
    case .counts: values = [0, 1, 1000, 16_777_216]
    case .unitInterval: values = [0, 1]
    case .levels(let levels): values = (0..<levels).map { Double($0) }
    }
    trial.targets = trial.targets.indices.map { values[$0 % values.count] }
    let run = trial.run()
    #expect((run.surprise + run.gradient).allSatisfy { $0.isFinite })
    #expect(run.readable.allSatisfy { $0.isFinite })
    // The optimizers square them.
    #expect(run.gradient.allSatisfy { ($0 * $0).isFinite })
    let expected = (0..<trial.rows).map {
      -law.logLikelihood(of: trial.targets[$0], trial.parameters(of: $0)) - law.constant
    }
    let isAnywhere = law.domain == .positive
    #expect(isAnywhere || distance(run.surprise, expected) < 3e-6)
  }

  @Test("the bytes are the same on any number of threads", arguments: LawTests.all)
  func threads(_ law: Law) {
    let trial = Trial(law, columns: 37, rows: 40)
    let one = trial.run(threads: 1, shardRows: 8)
    for threads in [2, 3] {
      let other = trial.run(threads: threads, shardRows: 8)
      #expect(one.surprise == other.surprise && one.gradient == other.gradient)
    }
    // A row alone gives the same as among others.
    var alone = trial
    alone.rows = 1
    alone.parameters = Array(trial.parameters[..<(37 * law.parameters)])
    alone.targets = Array(trial.targets[..<37])
    #expect(alone.run().surprise == Array(one.surprise[..<37]))
  }

  @Test("a thousand columns take as many steps as ten", arguments: LawTests.all)
  func steps(_ law: Law) {
    func steps(_ columns: Int) -> Int {
      var graph = Graph()
      let y = graph.input(0, [columns * law.parameters])
      let surprise = law.surprise(&graph, parameters: y, target: graph.input(1, [columns]))
      let loss = graph.sumBatch(graph.sumRow(surprise))
      let slope = graph.gradient(of: loss, withRespectTo: [y])[0]
      let plan = Plan(
        graph, Plan.Targets(results: [loss, slope]), capacity: 16, parameterCount: 0)
      return plan.summary.split(separator: "\n").count
    }
    #expect(steps(10) == steps(1000))
  }
}
