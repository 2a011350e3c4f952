import HourglassData
import HourglassTensor

/// Where a model came from: enough to make it again. Nothing in it depends on the clock or the machine, so
/// the same training gives the same file.
public struct Provenance: Hashable, Sendable, Codable {
  /// The version of the program that trained it.
  public var version: String
  /// What the training samples were called, and how many there were.
  public var source: String
  public var samples: Int
  /// How many of them have the weight 0 and train nothing; nil: none, or not known.
  public var weightless: Int?
  /// Those of them that alone decide how large their variance is; nil: none, or not known.
  public var heavy: HeavySamples.Record?
  /// The same for the validation samples: a source, or the training source of which a part was held out.
  public var validation: String?
  public var validationSamples: Int?
  public var validationWeightless: Int?
  /// How that part was chosen; nil of other data, and of models saved before it could be said: at random.
  public var holdOut: HoldOut?
  public var recipe: Recipe
  /// How samples were read and chosen, and what else neither the recipe nor the architecture tells, as words
  /// of a command line; nil of models that no command trained, or that were saved before it was kept.
  public var reading: [String]?
  /// Trials of the search that the architecture and the recipe were found by; nil where nobody searched.
  public var trials: Int?
  /// Every epoch that was trained.
  public var history: [Record]
  /// What the state before the first step came to, where it counts as epoch 0: of trainings that begin at PCA
  /// and are judged by samples that are held out.
  public var start: Record?
  /// The epoch whose weights these are; 0: the start.
  public var bestEpoch: Int

  /// One epoch of the history.
  public struct Record: Hashable, Sendable, Codable {
    public var loss: Double
    public var validationLoss: Double?
    public var rate: Float

    public init(loss: Double, validationLoss: Double?, rate: Float) {
      self.loss = loss
      self.validationLoss = validationLoss
      self.rate = rate
    }

    private enum CodingKeys: String, CodingKey {
      case loss, rate
      case validationLoss = "validation_loss"
    }
  }

  /// Epochs that were trained.
  public var epochs: Int { history.count }

  /// The epoch whose weights these are.
  public var best: Record? {
    bestEpoch == 0 ? start : history.indices.contains(bestEpoch - 1) ? history[bestEpoch - 1] : nil
  }
  public var loss: Double? { best?.loss }
  public var validationLoss: Double? { best?.validationLoss }

  private enum CodingKeys: String, CodingKey {
    case version, source, samples, weightless, heavy, validation, recipe, reading, trials, history, start
    case validationSamples = "validation_samples"
    case validationWeightless = "validation_weightless"
    case holdOut = "held_out"
    case bestEpoch = "best_epoch"
  }
}

/// The version of the library and the program.
public let hourglassVersion = "0.1.0"

extension Trainer {
  /// Where the best autoencoder so far came from.
  public var provenance: Provenance {
    Provenance(
      version: hourglassVersion, source: training.origin, samples: training.count,
      validation: held?.origin, validationSamples: held?.count, holdOut: held?.holdOut,
      recipe: recipe,
      history: epochs.map { .init(loss: $0.loss, validationLoss: $0.validationLoss, rate: $0.rate) },
      start: course.start,
      bestEpoch: epochs.last { $0.isBest }?.number ?? 0)
  }
}
