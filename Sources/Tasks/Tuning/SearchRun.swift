/// Drives a search: trains what it decides, on several threads, and gives the results back in their order.
///
/// What a trial leaves when it pauses, a `State`, is kept so that it goes on from there. States beyond the
/// memory allowed are let go, those of the worst first: such a trial is trained again from its start should
/// it ever be promoted, with the same result.
struct SearchRun<State: Sendable>: Sendable {
  /// What a worker is asked to do.
  struct Assignment: Sendable {
    let trial: Trial
    /// Epochs of the rungs to pass, those passed before included where there is no state to go on from.
    let rungs: [Int]
    /// How many of them the search has results for already.
    let known: Int
    let state: State?
    let threads: Int
    let shouldStop: @Sendable () -> Bool
  }

  /// What came of it.
  struct Report: Sendable {
    /// A result for each rung that was asked for; fewer after a fault or a stop.
    var results: [Trial.Result] = []
    var fault: String?
    /// Where a stop came between two rungs: the result there.
    var unfinished: Trial.Result?
    var isStopped = false
    var state: State?
    /// Time that the training took.
    var seconds = 0.0
    var epochs = 0
  }

  var search: Search
  let threads: Int
  /// Bytes that paused trials may take.
  let memory: Int
  let size: @Sendable (State) -> Int
  let train: @Sendable (Assignment) throws -> Report

  private(set) var states: [Int: State] = [:]
  private(set) var seconds: [Int: Double] = [:]
  private var secondsOfEpochs = (seconds: 0.0, epochs: 0)
  private var arrived: [Search.Job: Report] = [:]
  private var running: Set<Search.Job> = []

  init(
    _ search: Search, threads: Int, memory: Int = .max, size: @escaping @Sendable (State) -> Int = { _ in 0 },
    train: @escaping @Sendable (Assignment) throws -> Report
  ) {
    self.search = search
    self.threads = max(1, threads)
    self.memory = memory
    self.size = size
    self.train = train
  }

  /// Searches until `limit` trials are done or `stop` says so, then trains the default and the best trial to
  /// the end.
  ///
  /// - Parameter report: told of each result as the search takes it.
  mutating func run(limit: Int, _ stop: Stop, _ report: (Search, Search.Job, Report) throws -> Void)
    async throws
  {
    search.open(limit: limit)
    if search.finals == nil {
      try await work(limit, stop, report)
      if stop.isAsked() { return }
      search.close()
    }
    // Another trial is the best where the best one fails on its way.
    while search.finals?.isEmpty == false {
      try await work(limit, stop, report)
      guard search.finals?.isEmpty == true else { return }
      search.close()
    }
  }

  /// When to stop: at once when asked, else when the time is up.
  struct Stop: Sendable {
    var isAsked: @Sendable () -> Bool = { false }
    /// The end of everything; nil: no limit.
    var deadline: ContinuousClock.Instant?
    var now: @Sendable () -> ContinuousClock.Instant = { ContinuousClock().now }
  }

  private mutating func work(
    _ limit: Int, _ stop: Stop, _ report: (Search, Search.Job, Report) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Search.Job, Report).self) { group in
      while true {
        let deadline = stop.deadline.map { search.finals == nil ? $0 - .seconds(secondsToFinish) : $0 }
        let shouldStop = { @Sendable in
          Task.isCancelled || stop.isAsked() || deadline.map { stop.now() >= $0 } ?? false
        }
        while running.count < threads, !shouldStop(), let job = next() {
          let (assignment, train) = (assignment(job, shouldStop), train)
          running.insert(job)
          group.addTask { (job, try train(assignment)) }
        }
        guard let (job, result) = try await group.next() else { break }
        running.remove(job)
        keep(result, of: job)
        try settle(limit, report)
        freeMemory()
      }
    }
    // Results that came in before their turn are no matter of the search yet.
    for (job, report) in arrived where report.fault == nil {
      search.trials[job.trial].unfinished = report.results.last
    }
    arrived = [:]
  }

  /// The first job that waits for a worker.
  private func next() -> Search.Job? {
    (search.finals ?? search.pending).first { !running.contains($0) && arrived[$0] == nil }
  }

  private func assignment(_ job: Search.Job, _ shouldStop: @escaping @Sendable () -> Bool) -> Assignment {
    let trial = search.trials[job.trial]
    let known = trial.results.count
    let state = states[job.trial]
    let rungs = search.halving.rungs[(state == nil ? 0 : min(known, job.rung))...job.rung]
    return Assignment(
      trial: trial, rungs: Array(rungs), known: state == nil ? known : 0, state: state,
      threads: search.finals?.count == 1 ? threads : 1, shouldStop: shouldStop)
  }

  private mutating func keep(_ report: Report, of job: Search.Job) {
    seconds[job.trial, default: 0] += report.seconds
    secondsOfEpochs.seconds += report.seconds
    secondsOfEpochs.epochs += report.epochs
    states[job.trial] = report.fault == nil ? report.state ?? states[job.trial] : nil
    if report.isStopped {
      search.trials[job.trial].unfinished = report.unfinished ?? search.trials[job.trial].unfinished
    } else {
      arrived[job] = report
    }
  }

  /// Gives the search the results whose turn it is.
  private mutating func settle(
    _ limit: Int, _ report: (Search, Search.Job, Report) throws -> Void
  ) throws {
    while let job = search.finals?.first(where: { arrived[$0] != nil }) ?? search.pending.first,
      let result = arrived.removeValue(forKey: job)
    {
      search.commit(job, result.results, fault: result.fault)
      search.refill(limit: limit)
      try report(search, job, result)
    }
  }

  /// Time to train the default and the best trial to the end, by what their epochs took so far.
  private var secondsToFinish: Double {
    let usual = secondsOfEpochs.epochs > 0 ? secondsOfEpochs.seconds / Double(secondsOfEpochs.epochs) : 0
    let trials = Set([0, search.leader].compactMap(\.self)).filter(search.trials.indices.contains)
    let times = trials.map { number -> Double in
      let trial = search.trials[number]
      let rungs = search.halving.rungs
      guard trial.fault == nil, trial.results.count < rungs.count, let most = rungs.last else { return 0 }
      let done = trial.latest?.epochs ?? 0
      let each = seconds[number].flatMap { done > 0 ? $0 / Double(done) : nil } ?? usual
      return each * Double(most - (trial.results.last?.epochs ?? 0))
    }
    // A tenth more: the last validation and the control take time too.
    return 1.1 * (threads > 1 ? times.max() ?? 0 : times.reduce(0, +))
  }

  /// Lets go of the states of the worst trials until the others fit.
  private mutating func freeMemory() {
    var total = states.values.reduce(0) { $0 + size($1) }
    guard total > memory else { return }
    let best = Set([0, search.leader].compactMap(\.self))
    let busy = Set(running.map(\.trial))
    let order = states.keys.sorted { one, other in
      let (first, second) = (search.trials[one], search.trials[other])
      return (first.results.count, -first.objective, -one) < (second.results.count, -second.objective, -other)
    }
    for trial in order where total > memory && !best.contains(trial) && !busy.contains(trial) {
      total -= states.removeValue(forKey: trial).map(size) ?? 0
    }
  }
}
