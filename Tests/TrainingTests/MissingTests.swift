import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// Trainings with values that are missing against PyTorch's, and what must not matter to them.
@Suite("Training with missing values")
struct MissingTests {
  struct Golden: Decodable {
    let cases: [String: Case]

    struct Case: Decodable {
      let losses, lastParameters: [Double]
      let relativeDifference: Double
    }
  }

  static let golden: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/torch_missing.json")))
      .flatMap { try? decoder.decode(Golden.self, from: $0) }
  }()

  static let names = (golden?.cases ?? [:]).keys.sorted()

  /// The data of the golden numbers, by their formulas.
  private func dataset(_ term: String, weighted: Bool) throws -> Dataset {
    var values: [Float] = []
    for row in 0..<16 {
      let sample: [Double] = (0..<6).map { 0.5 + 0.5 * sin(1.3 * Double(6 * row + $0)) }
      let sum = term == "categorical" ? sample.reduce(0, +) : 1
      for (column, value) in sample.enumerated() {
        let isMissing = 7 * (6 * row + column) % 5 == 0 || row == 3
        values.append(isMissing ? .nan : Float(value / sum))
      }
    }
    let weights = weighted ? (0..<16).map { Float($0 % 4) / 2 } : nil
    return try Dataset(Tensor([16, 6], values), weights: weights, origin: "formula")
  }

  private func autoencoder(_ term: Reconstruction) throws -> Autoencoder {
    let architecture = Architecture(
      input: [6], encoder: [.dense(units: 4), .tanh], decoder: [.dense(units: 6)], reconstruction: term)
    return try Autoencoder(architecture) { name in
      let (layer, inputs, units) = name.hasPrefix("encoder") ? (0.0, 6, 4) : (1.0, 4, 6)
      if name.hasSuffix("bias") {
        let values: [Float] = (0..<units).map { unit in
          let angle = 0.9 * Double(unit) + 0.5 + 1.1 * layer
          return Float(0.1 * sin(angle))
        }
        return Tensor(values)
      }
      let root = Double(inputs).squareRoot()
      let values: [Float] = (0..<(inputs * units)).map { index in
        let angle = 0.7 * Double(index) + 0.3 + 1.1 * layer
        return Float(sin(angle) / root)
      }
      return Tensor([inputs, units], values)
    }
  }

  @Test("losses and last parameters are PyTorch's", arguments: names)
  func losses(_ name: String) throws {
    let one = try #require(Self.golden?.cases[name])
    let words = name.split(separator: " ").map(String.init)
    let terms: [String: Reconstruction] = [
      "gaussian": .gaussian, "laplace": .laplace, "huber": .huber(delta: 0.25), "bernoulli": .bernoulli,
      "categorical": .categorical,
    ]
    let dataset = try dataset(words[0], weighted: words.count > 1)
    let recipe = Recipe(epochs: 10, batch: 16, optimizer: .sgd(), rate: 0.1, seed: 1)
    let trainer = try Trainer(
      autoencoder(#require(terms[words[0]])), recipe, on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset))
    try trainer.finish()
    let tolerance = max(1e-6, 10 * one.relativeDifference)
    for (epoch, expected) in zip(trainer.epochs, one.losses) {
      #expect(abs(epoch.loss - expected) < tolerance * expected, "\(epoch)")
    }
    let found = ["encoder.0.weight", "encoder.0.bias", "decoder.0.weight", "decoder.0.bias"]
      .flatMap { trainer.autoencoder.weight($0)?.values ?? [] }
    #expect(distance(found, one.lastParameters) < 2e-6)
  }

  @Test("there is a case of every term, with weights and without")
  func coverage() { #expect(Self.names.count == 2 * Reconstruction.names.count) }

  // MARK: - What must not matter

  private static let architecture = Architecture.dense(
    input: [6], layers: [5], latent: 2, activation: .tanh, normalisation: .batchNorm(),
    dropout: .dropout(rate: 0.1), penalties: [.activity(l1: 1e-3)])

  private static let quietArchitecture = Architecture.dense(
    input: [6], layers: [5], latent: 2, activation: .tanh,
    penalties: [.activity(l1: 1e-3), .weights(l2: 1e-3)])

  /// A fifth of the values missing.
  private func random(_ count: Int, gap: Float = .nan, weights: [Float]? = nil) throws -> Dataset {
    var values = Draws.normal(count * 6, seed: 3)
    for (index, chance) in Draws.uniform(count * 6, seed: 4).enumerated() where chance < 0.2 {
      values[index] = gap
    }
    return try Dataset(
      Tensor([count, 6], values), labels: (0..<count).map { $0 % 5 == 0 ? 1 : 0 }, weights: weights,
      origin: "random")
  }

  private func trained(
    _ dataset: Dataset, _ recipe: Recipe, _ architecture: Architecture = architecture, held: Dataset? = nil,
    preparation: Preparation? = nil, threads: Int = 2
  ) throws -> Trainer {
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 2), recipe, on: dataset, validating: held, preparation: preparation,
      threads: threads)
    try trainer.finish()
    return trainer
  }

  @Test("which NaN stands for a missing value changes no byte", arguments: ["adam", "lbfgs"])
  func kinds(_ optimizer: String) throws {
    let recipe = Recipe(epochs: 3, batch: 16, optimizer: try #require(Optimizer(name: optimizer)), seed: 4)
    let other = Float(nan: 0x1234, signaling: false)
    let files = try [Float.nan, -.nan, other].map { gap in
      try trained(random(70, gap: gap), recipe, held: random(40, gap: gap)).finishedModel().bytes()
    }
    #expect(files.allSatisfy { $0 == files[0] })
    #expect(
      try trained(random(70, gap: 0), recipe, held: random(40, gap: 0)).finishedModel().bytes() != files[0])
  }

  @Test("samples without any value are as good as left out", arguments: ["sgd", "lbfgs"])
  func empty(_ optimizer: String) throws {
    let plain = try random(30)
    let empty = Tensor([40, 6], plain.samples.values + [Float](repeating: .nan, count: 60))
    let recipe = Recipe(
      epochs: 4, batch: 64, optimizer: try #require(Optimizer(name: optimizer)), rate: 0.1, seed: 4)
    let preparation = try Preparation.fitted(to: plain)
    let first = try trained(plain, recipe, Self.quietArchitecture, preparation: preparation)
    let second = try trained(
      Dataset(empty, origin: "random"), recipe, Self.quietArchitecture, preparation: preparation)
    #expect(distance(second.autoencoder.block, first.autoencoder.block.map(Double.init)) < 2e-6)
    #expect(distance(second.epochs.map { Float($0.loss) }, first.epochs.map(\.loss)) < 1e-6)
  }

  @Test("a weight of 2 is the sample twice, a weight of 0 is none", arguments: ["sgd", "lbfgs"])
  func twice(_ optimizer: String) throws {
    let plain = try random(12)
    let recipe = Recipe(
      epochs: 4, batch: 64, optimizer: try #require(Optimizer(name: optimizer)), rate: 0.1, seed: 4)
    let preparation = try Preparation.fitted(to: plain)
    let positions: [UInt32] = [0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 7]
    let weights: [Float] = [2, 1, 1, 2, 1, 1, 1, 2, 0, 0, 0, 0]
    func run(_ dataset: Dataset) throws -> Trainer {
      try trained(dataset, recipe, Self.quietArchitecture, held: dataset, preparation: preparation)
    }
    let (repeated, weighted) = try (run(plain.subset(positions)), run(plain.weighted(weights)))
    #expect(distance(weighted.autoencoder.block, repeated.autoencoder.block.map(Double.init)) < 5e-6)
    #expect(distance(weighted.epochs.map { Float($0.loss) }, repeated.epochs.map(\.loss)) < 2e-6)
    let (found, expected) = (
      weighted.epochs.compactMap(\.validationLoss), repeated.epochs.compactMap(\.validationLoss)
    )
    #expect(distance(found.map { Float($0) }, expected) < 2e-6)
    #expect(try run(plain).epochs[0].loss != weighted.epochs[0].loss)
    // The linear control counts the same way.
    let (one, two) = try (weighted.finishedModel(), repeated.finishedModel())
    let (first, second) = try (#require(one.control), #require(two.control))
    #expect(distance(first.mean, second.mean.map(Double.init)) < 1e-6)
    #expect(distance(first.variances.map { Float($0) }, second.variances) < 1e-5)
  }

  @Test("weights that are all alike change no byte")
  func alike() throws {
    let recipe = Recipe(epochs: 3, batch: 16, seed: 4)
    let plain = try random(70)
    let files = try [nil, 1, 0.3].map { (weight: Float?) in
      let dataset = try plain.weighted(weight.map { [Float](repeating: $0, count: 70) })
      let (training, held) = try dataset.split(holdingOut: 0.2, seed: 1)
      let model = try trained(training, recipe, held: held).model
      return try model.bytes()
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }

  // MARK: - Threads, stops and draws

  private func balanced(epochs: Int = 3) -> Recipe {
    var recipe = Recipe(epochs: epochs, batch: 16, rate: 0.01, seed: 9)
    recipe.isBalanced = true
    recipe.batchSchedule = .step(every: 1, factor: 1.5)
    recipe.average = 0.9
    return recipe
  }

  private func hard() throws -> (training: Dataset, held: Dataset) {
    try random(90, weights: Draws.uniform(90, seed: 8)).split(holdingOut: 0.2, seed: 1)
  }

  @Test("any number of threads gives the same bytes")
  func threads() throws {
    let width = 96
    var values = Draws.normal(512 * width, seed: 3)
    for index in stride(from: 0, to: values.count, by: 7) { values[index] = .nan }
    let data = try Dataset(
      Tensor([512, width], values), labels: (0..<512).map { $0 % 3 }, weights: Draws.uniform(512, seed: 1),
      origin: "wide")
    let architecture = Architecture.dense(input: [width], layers: [80], latent: 24)
    for recipe in [balanced(epochs: 2), Recipe(epochs: 2, optimizer: .lbfgs(), seed: 1)] {
      var recipe = recipe
      recipe.batch = 256
      let files = try (1...4).map {
        try trained(data, recipe, architecture, held: data, threads: $0).finishedModel().bytes()
      }
      #expect(files.allSatisfy { $0 == files[0] })
    }
  }

  @Test("a balanced and weighted training goes on after any step as if it had never stopped")
  func resume() throws {
    let folder = try Folder()
    let (training, held) = try hard()
    func trainer() throws -> Trainer {
      try Trainer(Autoencoder(Self.architecture, seed: 2), balanced(), on: training, validating: held)
    }
    let whole = try trainer()
    var steps = 0
    while try whole.nextStep() != nil { steps += 1 }
    let expected = try whole.finishedModel().bytes()
    for stop in 1..<steps {
      let first = try trainer()
      for _ in 0..<stop { _ = try first.nextStep() }
      try first.checkpoint(to: folder.file("c"))
      let second = try trainer()
      #expect(try second.resume(from: folder.file("c")))
      try second.finish()
      #expect(try second.finishedModel().bytes() == expected, "after step \(stop)")
    }
    // Other weights are other data.
    let first = try trainer()
    _ = try first.nextStep()
    try first.checkpoint(to: folder.file("c"))
    let other = try Trainer(
      Autoencoder(Self.architecture, seed: 2), balanced(), on: training.weighted(nil), validating: held)
    #expect(complaint { _ = try other.resume(from: folder.file("c")) }.contains("the same data"))
  }

  @Test("classes are drawn equally often, and weights count within them")
  func draws() throws {
    // Nothing is learned, so that the loss of an epoch is the mean loss of those who were drawn.
    let count = 2000
    let samples = (0..<count).flatMap { row in [Float](repeating: row < 100 ? 3 : 1, count: 2) }
    let labels = (0..<count).map { Int32($0 < 100 ? 1 : 0) }
    let weights = (0..<count).map { row in Float(row < 100 ? 6 : 2) }
    let plain = try Dataset(Tensor([count, 2], samples), labels: labels, origin: "classes")
    let architecture = Architecture.dense(input: [2], layers: [], latent: 1, activation: nil)
    func loss(_ dataset: Dataset, isBalanced: Bool) throws -> Double {
      var recipe = Recipe(epochs: 20, batch: 256, optimizer: .sgd(), rate: 1e-20, seed: 5)
      recipe.isBalanced = isBalanced
      let trainer = try trained(
        dataset, recipe, architecture, preparation: .fitted(Samples.unscaled, to: dataset))
      return try #require(Statistics.mean(trainer.epochs.map(\.loss)))
    }
    let model = Model(
      try Autoencoder(architecture, seed: 2), try .fitted(Samples.unscaled, to: plain))
    let scores = try model.scores(plain).doubles
    let (rare, common) = (scores[0], scores[count - 1])
    #expect(rare > 4 * common)
    #expect(abs(try loss(plain, isBalanced: false) - (0.05 * rare + 0.95 * common)) < 1e-5)
    // 40 000 draws: the share of a class has a deviation of 0.0025.
    let share = (try loss(plain, isBalanced: true) - common) / (rare - common)
    #expect(abs(share - 0.5) < 0.01 && share != 0.5)
    // Shares are 6 / 4 and 2 / 4, for (6 + 2) / 2 is the mean weight of a draw.
    let weighted = try loss(plain.weighted(weights), isBalanced: true)
    #expect(abs(weighted - (0.5 * 1.5 * rare + 0.5 * 0.5 * common)) < 0.01 * (1.5 * rare - 0.5 * common))
  }

  @Test("what cannot be is refused")
  func refusals() throws {
    let recipe = balanced()
    let unlabelled = try Dataset(random(20).samples, origin: "u")
    #expect(
      complaint { _ = try trained(unlabelled, recipe) }.contains("u: expects the class of each sample"))
    var full = Recipe(optimizer: .lbfgs())
    full.isBalanced = true
    #expect(complaint { try full.check() }.contains("optimizer lbfgs: expects every sample once"))
    let half = try random(20, weights: (0..<20).map { $0 < 10 ? 1 : 0 })
    let nothing = half.subset(10..<20)
    #expect(complaint { _ = try trained(nothing, Recipe()) }.contains("a weight above 0"))
    #expect(complaint { _ = try trained(half, Recipe(), held: nothing) }.contains("a weight above 0"))
  }

  @Test("a recipe says in JSON that it draws by class, and nothing where it does not")
  func coding() throws {
    let text = try JSONText.line(balanced())
    #expect(text.contains(#""balanced":true"#))
    #expect(try JSONText.decode(text, place: "") as Recipe == balanced())
    #expect(try !JSONText.line(Recipe()).contains("balanced"))
  }
}
