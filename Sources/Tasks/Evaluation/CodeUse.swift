import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How samples use a discrete code: which entries or classes, how evenly, and how many bits that is.
public struct CodeUse: Hashable, Sendable {
  /// Entries of each book, or classes of each variable.
  public let entries: Int
  /// exp of the entropy of how often each entry is used, of each book or variable: of n entries used alike n.
  public let perplexities: [Double]
  /// Entries of each book or variable that are used at all.
  public let used: [Int]
  /// Bits that say the code of a sample, each place by log₂ entries.
  public let bits: Double
  /// Bits that it takes in the mean where each place is coded by how often its entries are used.
  public let entropyBits: Double

  /// Nil for a model whose codes are not discrete.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init?(_ model: Model, on dataset: Dataset, threads: Int = Team.processors) throws {
    let outline = model.autoencoder.outline
    let (entries, groups): (Int, Int)
    switch outline.coding {
    case .vector, .gaussian: return nil
    case .codebook(let numbers): (entries, groups) = (numbers.entries, numbers.books)
    case .categorical(let numbers): (entries, groups) = (numbers.classes, numbers.variables)
    }
    let places = try model.places(of: dataset, threads: threads)
    let width = places.shape.sample.count
    var counts = [[Double]](repeating: Array(repeating: 0, count: entries), count: groups)
    for (index, place) in places.values.enumerated() { counts[index % width % groups][Int(place)] += 1 }
    self.entries = entries
    perplexities = counts.map { Statistics.perplexity($0) }
    used = counts.map { $0.count { $0 > 0 } }
    let bit = 2.0.logarithm
    bits = Double(width) * Double(entries).logarithm / bit
    let each = Double(width / groups) / bit
    entropyBits = Statistics.sum(counts.map { each * Statistics.entropy($0) })
  }

  /// The mean over books or variables.
  public var perplexity: Double { Statistics.mean(perplexities) ?? 0 }
}
