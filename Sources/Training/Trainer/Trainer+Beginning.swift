import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Trainings that begin at PCA.
extension Trainer {
  /// The autoencoder that a training begins with: with pseudo-inputs that are not placed yet as samples, and
  /// as PCA of the training samples where the recipe says so.
  ///
  /// - Throws: `ModelError` for an architecture that cannot begin so.
  static func beginning(
    _ autoencoder: Autoencoder, _ recipe: Recipe, _ preparation: Preparation, _ training: Dataset,
    _ starts: LinearStarts?, _ threads: Int
  ) throws -> Autoencoder {
    let autoencoder = placingPseudoInputs(of: autoencoder, recipe, preparation, training)
    guard recipe.firstWeights == .principal else { return autoencoder }
    try autoencoder.architecture.checkLinearStart()
    let principal = try (starts ?? LinearStarts()).components(
      autoencoder.outline.code.count, of: training, preparation.scaling, seed: recipe.seed, threads: threads)
    return try autoencoder.beginning(atMean: principal.mean, components: principal.components)
  }

  /// Judges what the training begins with, which stays the best until an epoch is better.
  ///
  /// - Throws: an error where its validation loss is not finite.
  func judgeStart() throws {
    guard recipe.firstWeights == .principal, course.start == nil, let held = try validate() else { return }
    let loss = try Validation(training, start, preparation.scaling, recipe, team: session.team)
      .loss(current)
    course.start = .init(loss: loss, validationLoss: held, rate: 0)
    keep(current)
  }
}

extension Recipe.FirstWeights {
  /// What `train` takes by itself: PCA where dense layers with a vector code can begin there, no layer names
  /// an initializer, and nothing is asked of the code but to say the sample. Figures:
  /// Documentation/defaults.md.
  public static func usual(for architecture: Architecture) -> Recipe.FirstWeights {
    let isOfWeights = architecture.penalties.allSatisfy { if case .weights = $0 { true } else { false } }
    let isNamed = (architecture.encoder + architecture.decoder).contains {
      if case .dense(_, _?, _) = $0 { true } else { false }
    }
    guard isOfWeights, !isNamed, architecture.heads.isEmpty else { return .drawn }
    guard (try? architecture.checkLinearStart()) != nil else { return .drawn }
    return .principal
  }
}
