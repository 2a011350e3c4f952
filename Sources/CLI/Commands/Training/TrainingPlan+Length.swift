import Hourglass

/// Where a training begins and how long it lasts, where the data and the architecture decide it.
extension TrainingPlan {
  /// Takes PCA for the first weights where that is asked for, or by itself where the architecture can begin
  /// there; the rate then rises from 0.
  ///
  /// - Throws: ``Failure`` where PCA is asked for and the architecture cannot begin there.
  mutating func chooseFirstWeights(_ arguments: Arguments) throws {
    let asked = try isSearched ? nil : Recipe.FirstWeights(rawValue: arguments[TrainOption.firstWeights])
    // What goes on is what it was when it began.
    let before = try isSearched || asked != nil ? nil : arguments[RecipeOption.resume]
    let begun = before.flatMap { try? Model(contentsOf: $0) }?.provenance?.recipe.firstWeights
    recipe.firstWeights = asked ?? begun ?? (isBegun ? .drawn : .usual(for: architecture))
    guard recipe.firstWeights == .principal else { return }
    do throws(ModelError) {
      try architecture.checkLinearStart()
    } catch {
      throw Failure.commandLine("--first-weights pca: \(error.wordsOfFile)")
    }
    if try isSearched || arguments[RecipeOption.warmup] == nil, !recipe.optimizer.isFullBatch {
      recipe.warmup = Budget.warmup(fromPCA: recipe.epochs)
    }
  }

  /// Where fields are hidden, a longer training and a moving average of the weights, which steps that differ
  /// in what they see ask for. Not of a search, which compares trainings half way.
  mutating func fitToHidden(_ arguments: Arguments) throws {
    guard !isSearched, architecture.corruption.hideFields else { return }
    let batch = min(recipe.batch, training.count)
    if try arguments[TrainOption.epochs] == nil {
      let budget = Budget(
        samples: training.count, batch: batch, isFullBatch: recipe.optimizer.isFullBatch,
        isJudged: held != nil, hidesFields: true)
      recipe.epochs = budget.epochs
      if try arguments[RecipeOption.patience] == nil { recipe.patience = budget.patience }
    }
    guard recipe.average == nil, !recipe.optimizer.averagesItself, !recipe.optimizer.isFullBatch else {
      return
    }
    recipe.average = Budget.average(steps: recipe.epochs * ((training.count + batch - 1) / batch))
  }

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
    let start = recipe.firstWeights == .principal ? "; begins at PCA" : ""
    guard let patience = recipe.patience, patience < recipe.epochs else {
      return "\(start); \(epochs) (\(steps))"
    }
    let waited = patience == 1 ? "an epoch brings" : Figures.grouped(patience, "epoch") + " bring"
    return "\(start); up to \(epochs) (\(steps)), stops when \(waited) nothing better"
  }
}
