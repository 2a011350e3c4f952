import HourglassModels
import HourglassTraining

/// All that a search follows from besides its data: two searches of one plan find the same.
public struct TuningPlan: Hashable, Sendable, Codable {
  public let version: String
  public let source: String
  public let samples: Int
  public let validation: String
  public let validationSamples: Int
  /// A number that other data would hardly share.
  public let fingerprint: String
  /// What trial 0 trains. Its recipe gives the epochs and the seed of every trial.
  public var architecture: Architecture
  public var recipe: Recipe
  /// Epochs at each rung of the halving, and the part of the trials that leaves one: 1 / reduction.
  public internal(set) var rungs: [Int]
  public internal(set) var reduction: Int
  /// Parameters that a trial may have.
  public internal(set) var parameterLimit: Int
  /// Widths of the code that are tried; nil: the default's alone.
  public let latent: [Int]?
  /// By what part one more value of the code must lower the loss to be worth it.
  public let price: Double?

  private enum CodingKeys: String, CodingKey {
    case version, source, samples, validation, fingerprint, architecture, recipe, rungs, reduction, latent,
      price
    case validationSamples = "validation_samples"
    case parameterLimit = "parameter_limit"
  }

  /// What must be equal for a search to go on: all but the size of it, which may have been fitted to the time
  /// it had.
  func isSameSearch(as other: TuningPlan) -> Bool {
    var other = other
    (other.recipe.epochs, other.recipe.patience) = (recipe.epochs, recipe.patience)
    other.rungs = rungs
    other.parameterLimit = parameterLimit
    return self == other
  }

  var usual: Design { Design(architecture: architecture, recipe: recipe) }

  var designs: DesignSpace {
    DesignSpace(
      usual: usual, samples: samples, parameterLimit: parameterLimit,
      latent: latent.flatMap { ends in
        guard let low = ends.first, let high = ends.last, low <= high else { return nil }
        return low...high
      })
  }

  /// Sets the epochs of a trial that is trained to the end, with them the rungs, and the patience where it is
  /// what goes with the epochs.
  mutating func setEpochs(_ epochs: Int) {
    let halving = Halving(epochs: epochs)
    let isWarm = recipe.firstWeights == .principal && recipe.warmup == Budget.warmup(fromPCA: recipe.epochs)
    let warmup = isWarm ? Budget.warmup(fromPCA: epochs) : recipe.warmup
    if recipe.patience == Budget.patience(for: recipe.epochs) + Int(recipe.warmup) {
      recipe.patience = Budget.patience(for: epochs) + Int(warmup)
    }
    recipe.warmup = warmup
    recipe.epochs = epochs
    (rungs, reduction) = (halving.rungs, halving.reduction)
  }

  /// A search of this plan that has not begun.
  func search() -> Search {
    Search(designs.space, Halving(epochs: recipe.epochs, reduction: reduction), seed: recipe.seed)
  }
}
