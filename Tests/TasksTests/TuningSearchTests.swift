import HourglassTensor
import HourglassTraining
import Synchronization
import Testing

@testable import HourglassTasks

@Suite struct TuningSearchTests {
  @Test(arguments: [
    (50, [2, 6, 17, 50]), (5, [1, 2, 5]), (1, [1]), (27, [1, 3, 9, 27]), (1000, [37, 111, 333, 1000]),
  ])
  func rungsRiseToTheEpochs(_ epochs: Int, _ rungs: [Int]) {
    #expect(Halving(epochs: epochs).rungs == rungs)
  }

  @Test func theBestThirdIsPromotable() {
    let halving = Halving(epochs: 50)
    let values = [5.0, 1, 4, 2, 3, .infinity, 7].enumerated().map { (trial: $0.offset, value: $0.element) }
    #expect(halving.promotable(values, left: []) == 1)
    #expect(halving.promotable(values, left: [1]) == 3)
    #expect(halving.promotable(values, left: [1, 3]) == nil)
    // Those that left before better ones came take their places.
    #expect(halving.promotable(values, left: [0, 2]) == nil)
    #expect(halving.promotable([(0, .infinity), (1, .infinity), (2, .infinity)], left: []) == nil)
    #expect(halving.promotable([(0, 1), (1, 2)], left: []) == nil)
  }

  /// Of 200 trials a third leaves each rung, and those are good ones.
  @Test func halvingPromotesTheRightPart() async throws {
    var run = TuningExample.run(TuningExample.search(epochs: 50))
    try await run.run(limit: 200, .init()) { _, _, _ in }
    let trials = run.search.trials
    #expect(trials.count == 200 && run.search.pending.isEmpty && run.search.finals == [])
    let reached = (0..<4).map { rung in trials.filter { $0.number > 0 && $0.results.count > rung } }
    #expect(reached[0].count == 199)
    for rung in 1..<4 {
      // The last rung may have the best trial besides, which is trained to the end.
      let part = reached[rung - 1].count / 3
      #expect(
        (part - 1...part + 1).contains(reached[rung].count), "rung \(rung): \(reached[rung].count) of \(part)"
      )
      func median(_ trials: [Trial]) -> Double {
        trials.map { $0.results[rung - 1].objective }.sorted()[trials.count / 2]
      }
      #expect(median(reached[rung]) < median(reached[rung - 1]))
    }
    let work = trials.reduce(0) { $0 + ($1.results.last?.epochs ?? 0) }
    #expect(work < 200 * 50 / 5, "\(work) epochs")
  }

  @Test func theDefaultComesFirstAndIsTrainedToTheEnd() async throws {
    var run = TuningExample.run(TuningExample.search(epochs: 50))
    try await run.run(limit: 40, .init()) { _, _, _ in }
    let first = run.search.trials[0]
    #expect(first.origin == .usual && first.parameters == TuningExample.space.usual)
    #expect(first.results.map(\.epochs) == [2, 6, 17, 50])
    let leader = try #require(run.search.leader)
    #expect(run.search.trials[leader].results.count == 4)
    #expect(run.search.trials[leader].objective <= first.objective)
  }

  @Test(arguments: [2, 3, 16])
  func threadsDoNotChangeTheSearch(_ threads: Int) async throws {
    var one = TuningExample.run(TuningExample.search(epochs: 50), threads: 1)
    try await one.run(limit: 100, .init()) { _, _, _ in }
    var several = TuningExample.run(TuningExample.search(epochs: 50), threads: threads)
    try await several.run(limit: 100, .init()) { _, _, _ in }
    #expect(one.search.trials == several.search.trials)
    #expect(one.search.trials.contains { $0.origin == .parzen })
  }

  @Test func seedsChangeTheSearch() async throws {
    var one = TuningExample.run(TuningExample.search(epochs: 9, seed: 1))
    try await one.run(limit: 30, .init()) { _, _, _ in }
    var other = TuningExample.run(TuningExample.search(epochs: 9, seed: 2))
    try await other.run(limit: 30, .init()) { _, _, _ in }
    #expect(one.search.trials[1].parameters != other.search.trials[1].parameters)
  }

  /// What is on disk after any result is enough to end where the whole search ends.
  @Test func resumeEqualsUninterrupted() async throws {
    var snapshots: [Search] = []
    var whole = TuningExample.run(TuningExample.search(epochs: 50), threads: 2)
    try await whole.run(limit: 40, .init()) { search, _, _ in snapshots.append(search) }
    for snapshot in snapshots {
      var resumed = TuningExample.run(snapshot, threads: 3)
      try await resumed.run(limit: 40, .init()) { _, _, _ in }
      #expect(resumed.search.trials == whole.search.trials)
    }
  }

  @Test func stoppingAtAnyTimeAndGoingOnEqualsUninterrupted() async throws {
    var whole = TuningExample.run(TuningExample.search(epochs: 50))
    try await whole.run(limit: 40, .init()) { _, _, _ in }
    for results in stride(from: 1, to: 60, by: 7) {
      let count = Mutex(0)
      var stopped = TuningExample.run(TuningExample.search(epochs: 50), threads: 2)
      try await stopped.run(limit: 40, .init(isAsked: { count.withLock { $0 } >= results })) { _, _, _ in
        count.withLock { $0 += 1 }
      }
      var resumed = TuningExample.run(stopped.search)
      try await resumed.run(limit: 40, .init()) { _, _, _ in }
      #expect(resumed.search.trials == whole.search.trials, "after \(results)")
    }
  }

  @Test func moreTrialsGoOnWhereTheSearchEnded() async throws {
    var run = TuningExample.run(TuningExample.search(epochs: 9))
    try await run.run(limit: 20, .init()) { _, _, _ in }
    let before = run.search
    var same = TuningExample.run(before)
    try await same.run(limit: 20, .init()) { _, _, _ in Issue.record("nothing is left to do") }
    #expect(same.search.trials == before.trials)
    var more = TuningExample.run(before)
    try await more.run(limit: 30, .init()) { _, _, _ in }
    #expect(more.search.trials.count == 30)
    for (one, other) in zip(before.trials, more.search.trials) {
      #expect(Array(other.results.prefix(one.results.count)) == one.results)
    }
  }

  /// Promotion goes on from where a trial paused; without memory for that it is trained again, with the same
  /// result.
  @Test func pausedTrialsGoOn() async throws {
    func epochs(memory: Int) async throws -> (trained: Int, trials: [Trial]) {
      let total = Mutex(0)
      let count: @Sendable (Int) -> Void = { epochs in total.withLock { $0 += epochs } }
      var run = TuningExample.run(TuningExample.search(epochs: 50), memory: memory, trained: count)
      try await run.run(limit: 60, .init()) { _, _, _ in }
      return (total.withLock { $0 }, run.search.trials)
    }
    let (roomy, tight) = (try await epochs(memory: .max), try await epochs(memory: 3))
    #expect(roomy.trials == tight.trials)
    #expect(roomy.trained == roomy.trials.reduce(0) { $0 + ($1.results.last?.epochs ?? 0) })
    #expect(tight.trained > roomy.trained)
  }

  @Test func faultsAreTheWorstAndNotTheEnd() async throws {
    var run = TuningExample.run(
      TuningExample.search(epochs: 50), threads: 2,
      fault: { trial, epochs in
        trial.parameters["optimizer"] == .word("adam") && epochs > 5 ? "diverged" : nil
      })
    try await run.run(limit: 60, .init()) { _, _, _ in }
    let failed = run.search.trials.filter { $0.fault != nil }
    #expect(!failed.isEmpty && failed.allSatisfy { $0.objective == .infinity && $0.results.count == 2 })
    let leader = try #require(run.search.leader)
    #expect(run.search.trials[leader].fault == nil && run.search.trials[leader].results.count == 4)
  }

  @Test func theTimeEndsASearchWithTheBestTrained() async throws {
    let clock = Mutex(ContinuousClock().now)
    let start = clock.withLock { $0 }
    var run = SearchRun<Int>(TuningExample.search(epochs: 50), threads: 1) { assignment in
      var report = SearchRun<Int>.Report()
      var epochs = assignment.state ?? 0
      for rung in assignment.rungs {
        let seconds = rung - epochs
        // A second an epoch; a stop comes within it.
        for _ in 0..<seconds where !report.isStopped {
          clock.withLock { $0 += .seconds(1) }
          epochs += 1
          report.seconds += 1
          report.epochs += 1
          report.isStopped = assignment.shouldStop()
        }
        report.state = epochs
        let result = Trial.Result(
          epochs: epochs, loss: TuningExample.loss(assignment.trial.parameters, after: epochs))
        if report.isStopped, epochs < rung {
          report.unfinished = result
          return report
        }
        report.isStopped = false
        report.results.append(result)
      }
      return report
    }
    try await run.run(
      limit: 1000, .init(deadline: start + .seconds(600), now: { clock.withLock { $0 } })
    ) { _, _, _ in }
    let used = (clock.withLock { $0 } - start) / .seconds(1)
    #expect((500...605).contains(used), "\(used) s")
    #expect(run.search.trials[0].results.count == 4)
    // The best trial is trained to the end, unless it became the best too late for that.
    let leader = try #require(run.search.leader)
    #expect(run.search.trials[leader].results.count == 4 || used > 598)
  }
}
