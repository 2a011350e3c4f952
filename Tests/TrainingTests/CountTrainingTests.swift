import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// What comes back of the parameters that counts were drawn with.
@Suite("Training on counts of one whole")
struct CountTrainingTests {
  /// So many that the size of a cell is known by its counts: it is the sum of noisy ones.
  private static let genes = 120

  /// θ and the shares of two kinds of cells.
  static let dispersions = (0..<genes).map {
    [0.5, 0.7, 1, 1.4, 2, 2.8, 4, 0.6, 0.9, 1.6, 2.4, 3.2][$0 % 12]
  }
  static func share(_ gene: Int, _ kind: Int) -> Double {
    let heights = (0..<genes).map { (other: Int) -> Double in
      Double(1 + other % 4) * (other % 2 == kind ? 1.5 : 1)
    }
    return heights[gene] / heights.reduce(0, +)
  }

  /// Negative binomial draws of sizes from 4000 to 12 000.
  static func counts(_ cells: Int, kinds: Int) -> (counts: [[Double]], means: [[Double]]) {
    let random = Random(seed: 21, stream: .sampling)
    let sizes = Draws.uniform(cells, seed: 22)
    var (counts, means) = ([[Double]](), [[Double]]())
    for cell in 0..<cells {
      let mean = (0..<genes).map { (4000 + 8000 * Double(sizes[cell])) * share($0, cell % kinds) }
      means.append(mean)
      counts.append(
        (0..<genes).map { gene in
          Law.negativeBinomial.draw(
            [mean[gene].logarithm, dispersions[gene].logarithm], random, position: UInt64(cell * genes + gene)
          )
        })
    }
    return (counts, means)
  }

  private static func dataset(_ counts: [[Double]]) throws -> Dataset {
    var (starts, columns, values) = ([0], [Int32](), [Float]())
    for row in counts {
      for (column, value) in row.enumerated() where value > 0 {
        columns.append(Int32(column))
        values.append(Float(value))
      }
      starts.append(values.count)
    }
    let table = SparseTable(rowStarts: starts, columns: columns, values: values, columnCount: genes)
    return try table.dataset(FieldSchema.infer(table), origin: "counts").0
  }

  /// A model whose code costs what it carries: a plain one would carry the noise itself.
  private static func trained(_ dataset: Dataset, _ laws: [String: Law], epochs: Int) throws -> Model {
    let schema = try #require(dataset.records?.schema)
    let code = Code.gaussian(.init())
    let record = try Record(schema, of: dataset, code: code, laws: laws, tellsGaps: false)
    #expect(record.library != nil)
    let architecture = Architecture.dense(
      Architecture.Pattern(
        input: [genes], layers: [16], latent: 2, code: code, activation: .relu,
        reconstruction: .fields(record)))
    var recipe = Recipe()
    (recipe.epochs, recipe.batch, recipe.seed) = (epochs, 64, 3)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 3), recipe, on: dataset, preparation: Preparation(schema), threads: 1)
    while try trainer.nextEpoch() != nil {}
    return trainer.model
  }

  @Test("dispersions and means of drawn counts are found again within five per cent on average")
  func recovery() throws {
    let (counts, means) = CountTrainingTests.counts(2000, kinds: 1)
    let dataset = try CountTrainingTests.dataset(counts)
    let model = try CountTrainingTests.trained(dataset, [:], epochs: 40)
    let learned = try #require(model.autoencoder.weight("fields.0.dispersions")).doubles
    let errors = zip(learned, CountTrainingTests.dispersions).map { abs((10 * $0).exponential / $1 - 1) }
    #expect(errors.reduce(0, +) / Double(errors.count) < 0.05, "\(errors)")
    // What is expected of cells, as shares of their size.
    let made = try model.reconstruct(dataset, threads: 1).doubleRows
    let apart = (0..<CountTrainingTests.genes).map { gene in
      let mean = made.map { $0[gene] / $0.reduce(0, +) }.reduce(0, +) / Double(made.count)
      return abs(mean / (means[0][gene] / means[0].reduce(0, +)) - 1)
    }
    #expect(apart.reduce(0, +) / Double(apart.count) < 0.05, "\(apart)")
  }

  @Test("the negative binomial law tells held-out cells better than the Poisson law")
  func likelihoods() throws {
    let (counts, _) = CountTrainingTests.counts(900, kinds: 2)
    let dataset = try CountTrainingTests.dataset(counts)
    let (training, held) = (dataset.subset(0..<700), dataset.subset(700..<900))
    func cost(_ law: Law) throws -> Double {
      let laws = Dictionary(
        uniqueKeysWithValues: (0..<CountTrainingTests.genes).map { ("column \($0 + 1)", law) })
      let model = try CountTrainingTests.trained(training, laws, epochs: 15)
      return try Likelihood(model, on: held, draws: 20, seed: 1, threads: 1).negativeLog
    }
    let (poisson, negativeBinomial) = (try cost(.poisson), try cost(.negativeBinomial))
    #expect(negativeBinomial < 0.5 * poisson, "\(negativeBinomial) \(poisson)")
  }
}
