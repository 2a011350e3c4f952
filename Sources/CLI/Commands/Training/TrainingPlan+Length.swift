import Hourglass

/// How long a training lasts, where the data and the architecture decide it.
extension TrainingPlan {
  /// Lets the patience of the budget begin where losses can be compared: after what grows with the epochs has
  /// grown, and not at all where no loss ranks them.
  mutating func makePatient() {
    guard let patience = recipe.patience else { return }
    let growing = Double(architecture.code.warmUp) + recipe.warmup
    recipe.patience = architecture.isRankedByLoss ? patience + Int(min(growing, 1e6).rounded(.up)) : nil
  }

  /// How long the training will last, and what may end it before.
  var lengthWords: String {
    let batch = min(recipe.batch, training.count)
    let stepsAnEpoch = recipe.optimizer.isFullBatch ? 1 : (training.count + batch - 1) / batch
    let epochs = "\(Figures.grouped(recipe.epochs)) epoch" + (recipe.epochs == 1 ? "" : "s")
    let count = recipe.epochs * stepsAnEpoch
    let steps = "\(Figures.grouped(count)) step" + (count == 1 ? "" : "s")
    guard let patience = recipe.patience, patience < recipe.epochs else { return "; \(epochs) (\(steps))" }
    let waited = patience == 1 ? "an epoch brings" : Figures.grouped(patience, "epoch") + " bring"
    return "; up to \(epochs) (\(steps)), stops when \(waited) nothing better"
  }
}
