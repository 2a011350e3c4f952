import HourglassEngine

/// What a layer must know of the graph it is appended to, and what it leaves for whoever runs the graph.
struct Setting {
  /// Whether noise is drawn and statistics are the batch's.
  var isTraining: Bool
  /// Running statistics that a training step must move.
  var statistics: [Statistic] = []
  /// Whether the value that the next layer reads has its channels behind its other axes, as the operations
  /// on images read them; the shapes that a person sees have them in front.
  var isChannelsLast = false
  /// What is known of steps that are missing.
  var steps = Steps()
  private var draws: UInt32 = 0
  private let firstStream: UInt32

  init(isTraining: Bool, firstStream: UInt32 = Setting.ofAutoencoder) {
    (self.isTraining, self.firstStream) = (isTraining, firstStream)
  }

  /// Statistics of a batch, and the weights that follow them by a rule.
  enum Statistic {
    case moving(Moving)
    case codebook(Codebook)

    /// A mean or a variance, and the weight that moves towards it.
    struct Moving {
      let value: Graph.Value
      let weight: Graph.Value
      let momentum: Float
      /// Positions a row whose variance this is: the running variance is that of the population, n / (n - 1)
      /// times the batch's. Nil for a mean.
      let positions: Int?
    }

    /// Which entries of a book were used, and the book: see `Code.Codebook`.
    struct Codebook {
      let numbers: Code.Codebook
      /// In the order of `Code.Codebook.weights`.
      let weights: [Graph.Value]
      /// Vectors of each entry, and their sum.
      let counts: Graph.Value
      let sums: Graph.Value
      /// What was quantised, `[vectors, width]` a row.
      let vectors: Graph.Value
    }
  }

  /// A stream of random numbers of its own for every layer that draws.
  mutating func nextStream() -> UInt32 {
    draws += 1
    return firstStream + draws
  }

  /// Above the streams that ``HourglassTensor/Random/Stream`` names.
  static let ofAutoencoder: UInt32 = 0x1000
  /// For a critic's own turn, whose draws are others than those of the autoencoder's.
  static let ofCritic: UInt32 = 0x1_0000
}
