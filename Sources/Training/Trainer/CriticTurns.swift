import HourglassEngine
import HourglassModels
import HourglassTensor

/// The critic's side of an adversarial training: a plan of its own on the parameters of the autoencoder's.
/// Confined to one task.
final class CriticTurns {
  let critic: Critic
  let session: Session
  /// Its parameters within the block.
  let range: Range<Int>
  private let hasGaps: Bool
  /// Of an optimizer that takes matrices as a whole.
  var matrixSteps: MatrixSteps?

  /// - Parameters:
  ///   - plan: of its turns; nil gives nil.
  ///   - sampleWeights: where the weights of the samples of a batch will stand.
  init?(
    _ autoencoder: Autoencoder, _ plan: Plan?, sharing main: Session,
    _ sampleWeights: UnsafePointer<Float>, gaps: Bool
  ) {
    guard let critic = autoencoder.architecture.critic, let plan else { return nil }
    self.critic = critic
    session = Session(plan, sharing: main)
    range = autoencoder.outline.criticRange
    hasGaps = autoencoder.outline.asksForGaps(gaps)
    session.setFeed(Assembly.Slot.sampleWeights, Feed(floats: sampleWeights))
  }

  /// The plan of a turn; nil without a critic.
  static func plan(_ autoencoder: Autoencoder, capacity: Int, _ recipe: Recipe, gaps: Bool) -> Plan? {
    guard autoencoder.architecture.critic != nil else { return nil }
    return Assembly.critic(autoencoder.outline, autoencoder.architecture, gaps: gaps)
      .plan(capacity: capacity, precision: recipe.precision)
  }

  /// Says what the turns of a step are on.
  func begin(_ feeds: MadeRows.Feeds, rows: Int) {
    session.setFeeds(feeds, gaps: hasGaps)
    session.setScalar(Assembly.Scalar.inverseRows, 1 / Float(rows))
  }
}

/// How the critic fares in the epoch under way.
struct CriticCourse: Hashable, Sendable, Codable {
  /// Σ over turns of the share of pairs in the right order, and how many turns.
  private var shares = 0.0
  private var turns = 0
  /// Whether it was said that it has won.
  var wasTold = false

  mutating func add(_ share: Float) {
    shares += Double(share)
    turns += 1
  }

  /// The mean share of pairs in the right order.
  var accuracy: Double? { turns > 0 ? shares / Double(turns) : nil }

  mutating func finish() {
    shares = 0
    turns = 0
  }
}

extension Trainer {
  /// - Throws: ``TrainingError`` for a recipe that an adversarial training cannot follow.
  static func checkCritic(_ architecture: Architecture, _ recipe: Recipe) throws(TrainingError) {
    guard let critic = architecture.critic else { return }
    guard !recipe.optimizer.isFullBatch else {
      throw TrainingError(
        place: "optimizer \(recipe.optimizer.name)",
        expected: "one that takes a step from one gradient, for two networks that are updated by turns",
        found: "a line search over all samples, with a critic of \(critic.subject.rawValue)",
        remedy: "use adam")
    }
    guard architecture.isRankedByLoss || recipe.patience == nil else {
      throw TrainingError(
        place: "patience", expected: "none with a critic of outputs, where no loss ranks the epochs",
        found: "\(recipe.patience ?? 0)", remedy: "leave it out, and give the number of epochs")
    }
  }

  /// The critic's turns of the step that comes next: its parameters alone change.
  ///
  /// - Throws: ``TrainingError`` if its loss is not finite.
  func takeCriticTurns(on feeds: MadeRows.Feeds, _ range: Range<Int>, rate: Float) throws(TrainingError) {
    guard let critic else { return }
    critic.begin(feeds, rows: range.count)
    if let classes = rows.classFeed(from: range.lowerBound) {
      critic.session.setFeed(Assembly.Slot.condition, classes)
    }
    let turns = critic.critic.turns
    for turn in 1...turns {
      let number = course.steps * turns + turn
      let rate = rate * critic.critic.rate
      let step = (course.optimizerStep - 1) * turns + turn
      let update = update(
        rate: rate, step: step, share: course.share(ofRate: rate, turn: turn, of: turns), range: critic.range)
      critic.session.run(
        rows: range.count, update: update, seed: recipe.seed, step: UInt32(truncatingIfNeeded: number))
      try checkFinite(Double(critic.session.fixedResult(0)[0]), in: critic.session)
      take(critic.matrixSteps, in: critic.session, rate: rate, number: step)
      if course.critic == nil { course.critic = CriticCourse() }
      course.critic?.add(critic.session.fixedResult(1)[0])
    }
  }

  /// Says once if the critic has won, by more than this share of pairs in an epoch: then its gradient points
  /// nowhere (Arjovsky and Bottou 2017). One with a penalty on its slope may be right always.
  private static let won = 0.99

  func noticeCritic() {
    guard let critic = critic?.critic, let accuracy = course.critic?.accuracy,
      course.critic?.wasTold == false, accuracy > Trainer.won
    else { return }
    if case .wasserstein = critic.objective { return }
    course.critic?.wasTold = true
    let percent = (accuracy * 1000).rounded() / 10
    notice =
      "the critic has won: in epoch \(course.epochs.count + 1) it told \(percent) % of what is made from what is "
      + "real (50 % would be a guess), so the autoencoder learns little from it; give it less (fewer or narrower "
      + "layers, a lower rate), or take the objective wasserstein"
  }
}
