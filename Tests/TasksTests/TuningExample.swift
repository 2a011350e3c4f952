import HourglassTensor

@testable import HourglassTasks

/// A search on a function in closed form: words, numbers on two scales, whole numbers, and one that exists
/// for a word only.
enum TuningExample {
  typealias Run = SearchRun<Int>

  static let space = SearchSpace(parameters: [
    Parameter(
      name: "optimizer", kind: .words([.init(text: "sgd"), .init(text: "adam"), .init(text: "lion")]),
      usual: .word("sgd")),
    Parameter(name: "rate", kind: .number(1e-5...1, isLogarithmic: true), usual: .number(0.1)),
    Parameter(
      name: "momentum", kind: .number(0...0.99, isLogarithmic: false), usual: .number(0),
      condition: .init(parameter: "optimizer", words: ["sgd"])),
    Parameter(name: "width", kind: .whole(4...512, isLogarithmic: true), usual: .number(16)),
    Parameter(
      name: "activation",
      kind: .words([.init(text: "relu"), .init(text: "tanh"), .init(text: "elu"), .init(text: "gelu")]),
      usual: .word("tanh")),
  ])

  /// Lowest, 0.01, for adam at a rate of 0.003, width 100, gelu.
  static func value(_ point: Point) -> Double {
    func distance(_ name: String, _ best: Double) -> Double {
      let logarithm = ((point[name]?.number ?? 1) / best).logarithm
      return logarithm * logarithm
    }
    var value = 0.01 + 0.05 * distance("rate", 3e-3) + 0.1 * distance("width", 100)
    value += ["adam": 0, "sgd": 0.1, "lion": 0.2][point["optimizer"]?.word ?? ""] ?? 1
    value += ["gelu": 0, "elu": 0.05, "relu": 0.1, "tanh": 0.2][point["activation"]?.word ?? ""] ?? 1
    return value + 0.1 * (point["momentum"]?.number ?? 0)
  }

  /// What a trial has come to after some epochs: it falls towards its value.
  static func loss(_ point: Point, after epochs: Int) -> Double { value(point) * (1 + 1 / Double(epochs)) }

  static func search(epochs: Int, seed: UInt64 = 1) -> Search {
    Search(space, Halving(epochs: epochs), seed: seed)
  }

  /// A run whose trials take different times, so that threads finish out of order.
  static func run(
    _ search: Search, threads: Int = 1, memory: Int = .max,
    trained: @escaping @Sendable (Int) -> Void = { _ in },
    fault: @escaping @Sendable (Trial, Int) -> String? = { _, _ in nil }
  ) -> Run {
    let size: @Sendable (Int) -> Int = { _ in 1 }
    return Run(search, threads: threads, memory: memory, size: size) { assignment in
      var report = Run.Report()
      var epochs = assignment.state ?? 0
      for (index, rung) in assignment.rungs.enumerated() {
        if assignment.shouldStop() {
          report.isStopped = true
          return report
        }
        trained(max(0, rung - epochs))
        epochs = max(epochs, rung)
        report.fault = fault(assignment.trial, epochs)
        if report.fault != nil { return report }
        let loss = loss(assignment.trial.parameters, after: rung)
        if index >= assignment.known { report.results.append(.init(epochs: rung, loss: loss)) }
      }
      for _ in 0..<(assignment.trial.number * 7919 % 13) { _ = value(assignment.trial.parameters) }
      report.state = epochs
      return report
    }
  }

  /// The lowest value of 120 trials.
  static func best(seed: UInt64, learns: Bool) async throws -> Double {
    var search = search(epochs: 1, seed: seed)
    search.learns = learns
    var run = run(search)
    try await run.run(limit: 120, .init()) { _, _, _ in }
    return run.search.trials.map { value($0.parameters) }.min() ?? .infinity
  }
}
