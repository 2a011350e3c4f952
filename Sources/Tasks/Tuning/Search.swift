import HourglassTensor

/// A search by asynchronous successive halving with proposals by Parzen estimators: what was tried, what came
/// of it, and what comes next. It trains nothing itself.
///
/// Always the same number of jobs is under way, and results are taken in the order in which their jobs were
/// decided: so every decision follows from the results before it, whoever computes them and however fast.
///
/// - Source: Li et al. 2020 for the halving, Bergstra et al. 2011 for the proposals, Falkner et al. 2018 for
///   joining the two and for keeping a part of the proposals random.
struct Search: Sendable {
  /// A trial that is to be trained up to a rung.
  struct Job: Hashable, Sendable, Codable {
    let trial: Int
    let rung: Int
  }

  let space: SearchSpace
  let halving: Halving
  let seed: UInt64
  /// Whether anything is learned from results; false is random search with halving.
  var learns = true
  var trials: [Trial] = []
  /// Decided and not yet done, in the order of their decision.
  var pending: [Job] = []
  /// What is left to train once no new trials come, and then nothing; nil while the search goes on.
  var finals: [Job]?

  /// Jobs that are under way at once. More threads than these find no work; fewer, and the proposals would
  /// know a little more. It is a fixed number because the result depends on it.
  static let window = 16
  /// Trials drawn at random before the first proposal that has learned.
  static let startUp = 10
  /// Of this many trials one is random for good, so that no region is forgotten.
  static let randomEvery = 5
  /// Trials at most.
  static let trialsAtMost = 10_000

  init(_ space: SearchSpace, _ halving: Halving, seed: UInt64) {
    self.space = space
    self.halving = halving
    self.seed = seed
  }

  /// Decides jobs until as many are under way as may be.
  ///
  /// - Parameter limit: trials in all.
  mutating func refill(limit: Int) {
    while finals == nil, pending.count < Search.window,
      let job = promotion() ?? newTrial(limit: min(limit, Search.trialsAtMost))
    {
      pending.append(job)
    }
  }

  /// Begins, or goes on after an end: with more trials, or with jobs that the time cut off.
  mutating func open(limit: Int) {
    guard finals == nil || trials.count < limit || !pending.isEmpty else { return }
    finals = nil
    pending.removeAll { trials[$0.trial].results.count > $0.rung }
    refill(limit: limit)
  }

  /// No new trials come: the default and the best trial are trained to the end.
  mutating func close() {
    guard finals?.isEmpty ?? true else { return }
    finals = contenders.filter { trials[$0].results.count < halving.rungs.count }
      .map { Job(trial: $0, rung: halving.last) }
  }

  /// The default and the best trial.
  var contenders: [Int] {
    Set([0, leader].compactMap(\.self)).sorted().filter {
      trials.indices.contains($0) && trials[$0].fault == nil
    }
  }

  /// Takes what a job came to: the first that is pending, or any of the finals.
  mutating func commit(_ job: Job, _ results: [Trial.Result], fault: String?) {
    pending.removeAll { $0 == job }
    finals?.removeAll { $0 == job }
    trials[job.trial].unfinished = nil
    trials[job.trial].results += results
    guard let fault else { return }
    trials[job.trial].fault = fault
    let epochs = halving.rungs[min(trials[job.trial].results.count, halving.last)]
    trials[job.trial].results.append(Trial.Result(epochs: epochs, loss: .infinity))
  }

  /// The trial of the lowest objective so far; of equal ones the first.
  var leader: Int? {
    trials.filter { $0.objective.isFinite }.min { ($0.objective, $0.number) < ($1.objective, $1.number) }?
      .number
  }

  /// The trial that goes on from the highest rung that one may leave. The default always may, beside the
  /// others: everything is held against it.
  private func promotion() -> Job? {
    let busy = Set(pending.map(\.trial))
    for rung in stride(from: halving.last - 1, through: 0, by: -1) {
      let reached = trials.filter { $0.results.count > rung }
      if let usual = reached.first, usual.number == 0, usual.results.count == rung + 1, usual.fault == nil,
        !busy.contains(0)
      {
        return Job(trial: 0, rung: rung + 1)
      }
      let others = reached.drop { $0.number == 0 }
      let left = others.filter { $0.results.count > rung + 1 || busy.contains($0.number) }.map(\.number)
      let values = others.map { (trial: $0.number, value: $0.results[rung].objective) }
      if let trial = halving.promotable(values, left: Set(left)) { return Job(trial: trial, rung: rung + 1) }
    }
    return nil
  }

  private mutating func newTrial(limit: Int) -> Job? {
    let number = trials.count
    guard number < limit else { return nil }
    let (origin, point) = proposal(number)
    trials.append(Trial(number: number, origin: origin, parameters: point))
    return Job(trial: number, rung: 0)
  }

  private func proposal(_ number: Int) -> (Trial.Origin, Point) {
    if number == 0 { return (.usual, space.usual) }
    var sequence = RandomSequence(seed: seed, trial: number)
    let ranking = ranking
    guard learns, number % Search.randomEvery != 0, ranking.count >= Search.startUp else {
      return (.random, space.random(&sequence))
    }
    return (.parzen, ParzenProposal(ranking: ranking).point(in: space, &sequence))
  }

  /// The points that have a result, the best first: who has gone farther has outdone more, so the rung counts
  /// first; within a rung the objective; a fault comes last.
  private var ranking: [Point] {
    let tried = trials.filter { !$0.results.isEmpty }
    let ranked = tried.sorted { one, other in
      guard (one.fault == nil) == (other.fault == nil) else { return one.fault == nil }
      guard one.results.count == other.results.count else { return one.results.count > other.results.count }
      let (first, second) = (one.results.last?.objective, other.results.last?.objective)
      return (first ?? .infinity, one.number) < (second ?? .infinity, other.number)
    }
    return ranked.map(\.parameters)
  }
}
