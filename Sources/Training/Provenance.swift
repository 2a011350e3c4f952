import HourglassData

/// Where a model came from: enough to make it again. Nothing in it depends on the clock or the machine, so the same training
/// gives the same file.
public struct Provenance: Hashable, Sendable, Codable {
  /// The version of the program that trained it.
  public var version: String
  /// What the training samples were called, and how many there were.
  public var source: String
  public var samples: Int
  /// The same for the validation samples: a source, or a fraction held out of the training source.
  public var validation: String?
  public var validationSamples: Int?
  public var recipe: Recipe
  /// Epochs that were trained, and the one whose weights these are.
  public var epochs: Int
  public var bestEpoch: Int
  public var loss: Double
  public var validationLoss: Double?

  private enum CodingKeys: String, CodingKey {
    case version, source, samples, validation, recipe, epochs, loss
    case validationSamples = "validation_samples"
    case bestEpoch = "best_epoch"
    case validationLoss = "validation_loss"
  }
}

/// The version of the library and the program.
public let hourglassVersion = "0.1.0"

extension Trainer {
  /// Where the best autoencoder so far came from.
  public var provenance: Provenance {
    let best = epochs.last { $0.isBest }
    return Provenance(
      version: hourglassVersion, source: training.origin, samples: training.count,
      validation: held?.origin, validationSamples: held?.count, recipe: recipe, epochs: epochs.count,
      bestEpoch: best?.number ?? 0, loss: best?.loss ?? .nan, validationLoss: best?.validationLoss)
  }
}
