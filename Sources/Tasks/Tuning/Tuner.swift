import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Searches for the architecture and the recipe that reconstruct data best: asynchronous successive halving
/// with proposals by a tree-structured Parzen estimator, over widths, depth, activation, initializer,
/// normalisation, regularisation, optimizer, rate, batch and schedule of dense autoencoders.
///
/// ```swift
/// let tuner = try Tuner(architecture, Recipe(seed: 7), on: training, validating: held)
/// let outcome = try await tuner.run(trials: 100)
/// try outcome.model?.write(to: "best.safetensors")
/// ```
///
/// Trial 0 is the default given, and it is trained to the end whatever comes: the best trial is never worse.
/// Trials are held against each other by their reconstruction loss on the validation samples, at one width of
/// the code.
///
/// - Source: Li et al. 2020 (halving), Bergstra et al. 2011 (proposals), Falkner et al. 2018 (the two
///   together).
public struct Tuner: Sendable {
  /// What the search follows from.
  public private(set) var plan: TuningPlan
  public let training: Dataset
  public let held: Dataset
  public let preparation: Preparation
  private let starts = LinearStarts()

  /// - Parameters:
  ///   - latent: widths of the code to try; nil keeps the default's.
  ///   - price: with `latent`, by what part of the loss one more value of the code must lower it to be worth
  ///     it: trials are then ranked by loss · (1 + price)^width.
  ///   - parameterLimit: parameters that a trial may have; nil: eight times the default's, at least 65 536.
  /// - Throws: errors of a default that does not fit the data.
  public init(
    _ architecture: Architecture, _ recipe: Recipe = Recipe(), on training: Dataset, validating held: Dataset,
    preparation given: Preparation? = nil, latent: ClosedRange<Int>? = nil, price: Double = 0.01,
    parameterLimit: Int? = nil
  ) throws {
    preparation = try given ?? Preparation.fitted(to: training)
    self.training = training
    self.held = held
    let trainer = try Trainer(
      Autoencoder(architecture, seed: recipe.seed), recipe, on: training, validating: held,
      preparation: preparation, starts: starts, threads: 1)
    let count = try architecture.outline().parameterCount
    let halving = Halving(epochs: recipe.epochs)
    plan = TuningPlan(
      version: hourglassVersion, source: training.origin, samples: training.count, validation: held.origin,
      validationSamples: held.count, fingerprint: String(trainer.fingerprint, radix: 16),
      architecture: architecture, recipe: recipe, rungs: halving.rungs, reduction: halving.reduction,
      parameterLimit: max(parameterLimit ?? max(8 * count, 65_536), count),
      latent: latent.map { [$0.lowerBound, $0.upperBound] }, price: latent == nil ? nil : price)
  }

  /// The part of the time that the default's whole training may take: more, and few trials would be held
  /// against it.
  private static let usualPart = 1.0 / 5
  /// The part below which more epochs are worth their time.
  private static let quickPart = 1.0 / 400
  /// Times the epochs given that a trial may have at most.
  private static let growth = 100
  /// The part of the time that the largest trial may take on one thread.
  private static let largestPart = 1.0 / 3

  /// Fits epochs and the size of networks to the time there is, by training the default for some epochs.
  ///
  /// Epochs grow until the default takes a 400th of the time on one thread, to a hundred times those given at
  /// most, or shrink until it takes a fifth. A network may have as many parameters as would take a third of
  /// it.
  ///
  /// - Parameter epochs: whether the epochs may change.
  public mutating func fit(seconds: Double, epochs: Bool = true) throws {
    let begin = ContinuousClock().now
    var fastest = Double.infinity
    let trainer = try work.trainer(plan.usual, threads: 1)
    while trainer.epochs.count < 20, (ContinuousClock().now - begin) / .seconds(1) < seconds / 50 {
      let start = Tuner.threadSeconds
      guard try trainer.nextEpoch() != nil else { break }
      fastest = min(fastest, Tuner.threadSeconds - start)
    }
    guard fastest.isFinite, fastest > 0 else { return }
    let given = plan.recipe.epochs
    if epochs {
      let least = min(seconds * Tuner.quickPart / fastest, Double(Tuner.growth * given))
      let most = max(1, seconds * Tuner.usualPart / fastest)
      plan.setEpochs(Int(min(max(Double(given), least), most)))
    }
    let count = try plan.architecture.outline().parameterCount
    let times = seconds * Tuner.largestPart / (fastest * Double(plan.recipe.epochs))
    plan.parameterLimit = max(Int(min(max(times, 2), 16) * Double(count)), 65_536)
  }

  /// Seconds that this thread has computed for: what others do on the machine meanwhile does not count.
  private static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private var work: TrialTraining {
    TrialTraining(plan: plan, training: training, held: held, preparation: preparation, starts: starts)
  }

  /// When a search ends.
  public struct Limit: Sendable {
    /// Trials in all, those of a record that goes on included; nil: as many as the time allows.
    public var trials: Int?
    public var deadline: ContinuousClock.Instant?
    /// Asked after each step of every training, on any thread: true ends all of them.
    public var isStopped: @Sendable () -> Bool

    public init(
      trials: Int? = nil, deadline: ContinuousClock.Instant? = nil,
      isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
      self.trials = trials
      self.deadline = deadline
      self.isStopped = isStopped
    }
  }

  /// A search as it stands after a result.
  public struct Progress: Sendable {
    public let record: TuningRecord
    /// The trial whose result it is.
    public let trial: Trial
    /// What its training took this time.
    public let seconds: Double
  }

  /// What a search came to.
  public struct Outcome: Sendable {
    public let record: TuningRecord
    /// The best trial's model with its control; nil where no trial got far enough.
    public let model: Model?
    /// Whether it was stopped, and not by the time.
    public let isStopped: Bool
    /// Seconds of training by trial, of this run.
    public let seconds: [Int: Double]
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - record: a search that goes on; it must be of the same data, default and seed. Its epochs and its
  ///     limit of parameters count, not this tuner's.
  ///   - threads: trials that are trained at the same time; they change the time, never the result.
  ///   - memory: bytes that paused trials may take.
  ///   - report: told of every result in the order of the search.
  /// - Throws: `TrainingError` for a record of another search; errors of a default that cannot be trained.
  public func run(
    _ record: TuningRecord? = nil, until limit: Limit, threads: Int = Team.processors, memory: Int = 1 << 30,
    report: (Progress) throws -> Void = { _ in }
  ) async throws -> Outcome {
    var tuner = self
    if let record { tuner.plan = try plan(of: record) }
    let (plan, train) = (tuner.plan, tuner.work)
    var run = SearchRun(
      record?.search ?? plan.search(), threads: threads, memory: memory, size: { $0.byteCount },
      train: { try train($0) })
    try await run.run(
      limit: limit.trials ?? Search.trialsAtMost, .init(isAsked: limit.isStopped, deadline: limit.deadline)
    ) { search, job, result in
      try report(
        Progress(
          record: TuningRecord(plan: plan, search: search), trial: search.trials[job.trial],
          seconds: result.seconds))
    }
    let isStopped = limit.isStopped()
    var model = run.search.leader.flatMap { run.states[$0]?.best }
    if model == nil, !isStopped { model = try tuner.again(run.search, threads: threads) }
    if let found = model {
      model?.control = try control(found, threads: threads)
      model?.known = try KnownSamples(training, validating: held)
      model?.provenance?.trials = run.search.trials.count
    }
    return Outcome(
      record: TuningRecord(plan: plan, search: run.search), model: model, isStopped: isStopped,
      seconds: run.seconds)
  }

  private func plan(of record: TuningRecord) throws(TrainingError) -> TuningPlan {
    guard plan.isSameSearch(as: record.plan) else {
      throw TrainingError(
        place: "resume", expected: "a search on the same data, with the same default, seed and version",
        found: "another", remedy: "give the source and the options of the first run, or begin anew")
    }
    return record.plan
  }

  /// Trains the best trial of a search that goes on once more, where this run has not.
  private func again(_ search: Search, threads: Int) throws -> Model? {
    guard let leader = search.leader, !search.trials[leader].results.isEmpty else { return nil }
    let trial = search.trials[leader]
    let report = try work(
      .init(
        trial: trial, rungs: Array(search.halving.rungs.prefix(trial.results.count)),
        known: trial.results.count, state: nil, threads: threads, shouldStop: { false }))
    return report.state?.best
  }

  /// Levels and counts have no principal components.
  private func control(_ model: Model, threads: Int) throws -> PrincipalComponents? {
    if model.autoencoder.outline.record != nil { return nil }
    return try PrincipalComponents(
      model.autoencoder.outline.codeNumbers, of: training, preparation.scaling, seed: plan.recipe.seed,
      threads: threads)
  }
}
