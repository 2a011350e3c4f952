import HourglassData
import HourglassModels
import HourglassTensor

/// What is made sure of before a training begins.
extension Trainer {
  /// Samples and validation samples must be of the kind that the preparation is for, and all must fit.
  static func check(
    _ autoencoder: Autoencoder, _ recipe: Recipe, _ preparation: Preparation, _ training: Dataset,
    _ held: Dataset?
  ) throws {
    try preparation.check(training)
    if let held { try preparation.check(held) }
    try check(autoencoder, recipe, preparation, training)
    try checkEntries(autoencoder.architecture, preparation, [training, held].compactMap { $0 })
  }

  /// The samples must have as many values as the architecture, and lie in the domain of the loss.
  private static func check(
    _ autoencoder: Autoencoder, _ recipe: Recipe, _ preparation: Preparation, _ training: Dataset
  ) throws {
    let architecture = autoencoder.architecture
    try check(recipe, architecture)
    try checkBatch(recipe, architecture, training)
    try checkTrim(recipe, architecture, training)
    try checkBook(autoencoder.outline, recipe, training)
    guard architecture.input.count == training.sampleShape.count else {
      throw TrainingError(
        place: training.origin, expected: "samples of \(architecture.input), as the architecture's input",
        found: "\(training.sampleShape)", remedy: "change \"input\" in the architecture")
    }
    try checkDomain(architecture.reconstruction, preparation, training)
  }

  /// - Throws: ``TrainingError`` where samples that are looked at together would come one by one.
  package static func checkBatch(
    _ recipe: Recipe, _ architecture: Architecture, _ training: Dataset
  ) throws(TrainingError) {
    guard let what = architecture.comparingSamples else { return }
    let expected = "at least 2 samples a step: \(what) looks at the samples of a step together"
    guard training.count > 1 else {
      throw TrainingError(
        place: training.origin, expected: expected, found: "1 training sample",
        remedy: "give more samples, or leave it out")
    }
    guard recipe.batch > 1 || recipe.optimizer.isFullBatch else {
      throw TrainingError(
        place: "batch", expected: expected, found: "1", remedy: "choose a larger batch, or leave it out")
    }
  }
}
