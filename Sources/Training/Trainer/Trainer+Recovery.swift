import HourglassModels
import HourglassTensor

/// What is done where a loss is not finite.
extension Trainer {
  /// Keeps the state after the best epoch, unless its loss is far above that of the first step: a training
  /// that diverges may do so over several epochs whose losses are still finite.
  func rememberEpochStart() {
    guard recipe.onDivergence == .reduce else { return }
    if let last = course.epochs.last, !last.isBest || last.loss > 2 * (course.firstLoss ?? last.loss) {
      return
    }
    lastGood = try? Checkpoint(self)
  }

  /// Goes back to the last good state with half the rate, if the recipe says so.
  func recover(from error: TrainingError) throws -> Bool {
    guard recipe.onDivergence == .reduce, let lastGood, course.rateFactor > Trainer.smallestRateFactor else {
      return false
    }
    let factor = course.rateFactor / 2
    try lastGood.restore(to: self)
    course.rateFactor = factor
    arrangedEpoch = -1
    notice =
      "\(error.place): found \(error.found); back to the start of epoch \(course.epochs.count + 1) "
      + "with the rate \(recipe.rate * factor)"
    return true
  }

  /// What ten halvings leave of the rate is the least that is tried.
  private static let smallestRateFactor: Float = 0x1p-10
}
