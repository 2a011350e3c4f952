import HourglassTensor

/// The rungs of successive halving: how far a trial is trained before it is held against the others.
///
/// Of all trials that have reached a rung, the best 1 / reduction go on to the next. Beyond the paper's rule
/// no more than that part of a rung ever leaves it: of proposals that get better all the time nearly each
/// would be among the best when it comes.
///
/// - Source: Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2.
struct Halving: Hashable, Sendable {
  /// Epochs at each rung, rising; the last are all there are.
  let rungs: [Int]
  let reduction: Int

  /// - Parameters:
  ///   - epochs: of a trial that is trained to the end.
  ///   - count: rungs at most; fewer where epochs are few.
  init(epochs: Int, reduction: Int = 3, count: Int = 4) {
    self.reduction = reduction
    var rungs: [Int] = []
    var epochs = epochs
    while rungs.count < count, epochs > 0, epochs != rungs.last {
      rungs.append(epochs)
      epochs = Int((Double(epochs) / Double(reduction)).rounded())
    }
    self.rungs = rungs.reversed()
  }

  var last: Int { rungs.count - 1 }

  /// The trial that leaves a rung next; nil for none.
  ///
  /// - Parameters:
  ///   - values: of every trial that has reached the rung, by number; one that is not finite never leaves.
  ///   - left: those that have left it.
  func promotable(_ values: [(trial: Int, value: Double)], left: Set<Int>) -> Int? {
    let count = values.count / reduction
    guard count > left.count else { return nil }
    let ranking = values.sorted { ($0.value, $0.trial) < ($1.value, $1.trial) }
    return ranking.prefix(count).first { $0.value.isFinite && !left.contains($0.trial) }?.trial
  }
}
