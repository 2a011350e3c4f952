import HourglassEngine
import HourglassModels

/// How parameters follow the gradient of a run.
extension Trainer {
  /// What the engine does with the gradient of these parameters; nil for nothing.
  ///
  /// - Parameter ofEncoder: parameters at the start of the block that follow at the recipe's own rate for
  /// them.
  func update(rate: Float, step: Int, share: Float, range: Range<Int>, ofEncoder: Int = 0) -> Update? {
    // Behind the plan the gradient is taken as it is.
    if recipe.optimizer.takesMatrices, recipe.clip == nil { return nil }
    var update = recipe.optimizer.update(
      rate: rate, decay: recipe.decay, step: step, share: share, state: state)
    update?.offset = range.lowerBound
    update?.count = range.count
    update?.clip = recipe.clip
    guard recipe.encoderRate != 1, ofEncoder > 0 else { return update }
    if recipe.encoderRate == 0 {
      update?.offset = ofEncoder
      update?.count = range.upperBound - ofEncoder
    } else {
      let slow = recipe.optimizer.update(
        rate: rate * recipe.encoderRate, decay: recipe.decay, step: step, share: share, state: state)
      update?.first(ofEncoder, by: slow?.numbers)
    }
    return update
  }

  /// Lets an optimizer that takes matrices as a whole begin.
  func beginMatrixSteps() {
    let (optimizer, outline) = (recipe.optimizer, start.outline)
    let entries = outline.network
    matrixSteps = MatrixSteps(
      optimizer, entries, range: 0..<outline.trainedCount, session: session, state: state)
    guard let critic else { return }
    critic.matrixSteps = MatrixSteps(
      optimizer, outline.critic, range: critic.range, session: critic.session, state: state,
      basesStart: optimizer.basisCount(of: entries))
  }

  /// What such an optimizer does behind the plan, unless the gradient's norm was no number.
  func take(_ steps: MatrixSteps?, in session: Session, rate: Float, number: Int) {
    guard let steps else { return }
    if recipe.clipNorm != nil, !session.gradientNorm(of: 0).isFinite { return }
    steps.take(rate: rate, decay: recipe.decay, number: number)
  }
}
