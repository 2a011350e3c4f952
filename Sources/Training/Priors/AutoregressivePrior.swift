import HourglassData
import HourglassEngine
import HourglassFormats
import HourglassModels
import HourglassTensor

/// The law of the places of a discrete code, each place given the ones before it:
///
///     p(k) = Π over t of p(k[t] | k[0], …, k[t - 1])
///
/// A small recurrent model of tokens, trained on the places of the training samples once the autoencoder is
/// done: van den Oord et al. 2017, section 3.3, with a long short-term memory for their convolutions. The
/// places of a position's books follow each other; a place of book b is the token b · entries + place.
public struct AutoregressivePrior: Sendable {
  /// The model of tokens: `.embedding`, `.delay`, `.positionEmbedding`, `.lstm`, and a dense layer a step.
  public let model: Autoencoder
  /// Books, or 1.
  let groups: Int

  /// Units of the memory.
  public static let usualUnits = 128

  /// The architecture for places of a shape.
  public static func architecture(
    steps: Int, tokens: Int, units: Int = AutoregressivePrior.usualUnits
  ) -> Architecture {
    Architecture(
      input: [steps],
      encoder: [
        .embedding(entries: tokens, features: units / 2), .delay, .positionEmbedding,
        .lstm(Recurrent(units: units)),
      ], decoder: [.densePerStep(units: tokens)], reconstruction: .tokens(entries: tokens))
  }

  /// What the places of a code are: how many a sample has, the entries of each, and books.
  ///
  /// - Throws: ``TrainingError`` for a code that is not discrete.
  static func measures(_ outline: Outline) throws(TrainingError) -> (steps: Int, entries: Int, groups: Int) {
    switch outline.coding {
    case .codebook(let numbers): return (outline.codeNumbers, numbers.entries, numbers.books)
    case .categorical(let numbers): return (numbers.variables, numbers.classes, 1)
    case .vector, .gaussian:
      throw TrainingError(
        place: "prior autoregressive", expected: "a discrete code, whose places it learns",
        found: "a code of \(outline.coding.words)",
        remedy: "train with --family quantised or categorical, or choose --prior mixture")
    }
  }

  /// Fits the law to the places of samples.
  ///
  /// - Parameters:
  ///   - autoencoder: a trained model with a discrete code.
  ///   - recipe: how the model of tokens is trained.
  ///   - told: what each epoch came to; what it throws ends the training.
  /// - Throws: ``TrainingError`` for a code that is not discrete or a loss that is not finite; `DataError`
  ///   for samples of another kind.
  public init(
    fittedTo autoencoder: Model, on training: Dataset, validating held: Dataset? = nil,
    units: Int = AutoregressivePrior.usualUnits, _ recipe: Recipe, threads: Int = Team.processors,
    told: (Epoch) throws -> Void = { _ in }
  ) throws {
    let (steps, entries, groups) = try AutoregressivePrior.measures(autoencoder.autoencoder.outline)
    func tokens(_ dataset: Dataset) throws -> Dataset {
      let places = try autoencoder.places(of: dataset, threads: threads)
      let numbered = places.values.enumerated().map { $1 + Float($0 % groups * entries) }
      return try Dataset(Tensor([dataset.count, steps], numbered), origin: "places of \(dataset.origin)")
    }
    let architecture = AutoregressivePrior.architecture(steps: steps, tokens: entries * groups, units: units)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: recipe.seed), recipe, on: tokens(training),
      validating: held.map(tokens), threads: threads)
    while let epoch = try trainer.nextEpoch() { try told(epoch) }
    model = trainer.bestAutoencoder
    self.groups = groups
  }

  private init(_ model: Autoencoder, groups: Int) {
    self.model = model
    self.groups = groups
  }

  private var steps: Int { model.architecture.input.count }
  private var tokens: Int { model.architecture.entriesRead ?? 1 }
  private var entries: Int { tokens / groups }

  /// Places of codes that are drawn step by step: `[count, place…]` as one row a code.
  ///
  /// - Parameters:
  ///   - random: draw t of code n is its number at position n · steps + t.
  ///   - temperature: what the log-odds are divided by; below 1 likelier places are drawn more often still.
  public func draw(
    _ count: Int, _ random: Random, temperature: Double = 1, threads: Int = Team.processors
  ) -> Tensor {
    var tokens = [Float](repeating: 0, count: count * steps)
    let inference = Inference(model, .outputs, rows: count, threads: threads)
    let (steps, all, entries) = (steps, self.tokens, self.entries)
    for step in 0..<steps {
      let first = step % groups * entries
      let before = tokens
      before.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        inference.run(count: count) { start in
          Feed(floats: base + start * steps)
        } _: { start, outputs, _ in
          for row in 0..<(outputs.count / (steps * all)) {
            let place = (row * steps + step) * all + first
            let odds = outputs[place..<(place + entries)].map { Double($0) / temperature }
            let draw = random.uniform(position: UInt64((start + row) * steps + step))
            tokens[(start + row) * steps + step] = Float(
              first + AutoregressivePrior.place(odds, Double(draw)))
          }
        }
      }
    }
    for index in tokens.indices { tokens[index] -= Float(index % groups * entries) }
    return Tensor([count, steps], tokens)
  }

  /// The place at which the sum of shares passes a draw from 0 to 1.
  private static func place(_ odds: [Double], _ draw: Double) -> Int {
    let highest = odds.max() ?? 0
    let powers = odds.map { ($0 - highest).exponential }
    var left = draw * powers.reduce(0, +)
    for (place, power) in powers.enumerated() {
      left -= power
      if left < 0 { return place }
    }
    return powers.lastIndex { $0 > 0 } ?? 0
  }

  /// -log₂ p of the code of each sample, in the mean: the bits that say it.
  public func bits(of autoencoder: Model, on dataset: Dataset, threads: Int = Team.processors) throws
    -> Double
  {
    let places = try autoencoder.places(of: dataset, threads: threads).values
    let tokens = places.enumerated().map { $1 + Float($0 % groups * entries) }
    let inference = Inference(model, .reconstruct, rows: dataset.count, threads: threads)
    var sums: [Double] = []
    tokens.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      inference.run(count: dataset.count) { start in
        Feed(floats: base + start * steps)
      } _: { _, _, losses in
        sums.append(Statistics.sum((losses.map(Array.init) ?? []).map(Double.init)))
      }
    }
    return Statistics.sum(sums) / Double(dataset.count) * Double(steps) / 2.0.logarithm
  }
}

/// In a model file: the weights under `prior.`, the architecture in the header.
extension AutoregressivePrior {
  private static let prefix = "prior."
  static let metadata = "hourglass.prior"

  var tensors: [NamedTensor] {
    model.outline.weights.compactMap { placed in
      model.weight(placed.name).map {
        NamedTensor(name: AutoregressivePrior.prefix + placed.name, tensor: $0)
      }
    }
  }

  /// The architecture as JSON.
  func header() throws -> String { try JSONText.line(model.architecture) }

  /// The law in a model file whose header holds `text`.
  ///
  /// - Parameter outline: of the autoencoder whose codes it draws.
  /// - Throws: ``TrainingError`` where its parts do not fit together or to the code.
  init(
    _ text: String, _ tensors: [String: Tensor], for outline: Outline, _ name: String
  ) throws(TrainingError) {
    let architecture: Architecture = try JSONText.decode(
      text, place: "\(name), \(AutoregressivePrior.metadata)",
      expecting: "the architecture of a prior as JSON",
      remedy: "the file is damaged: get it again, or train anew")
    let (steps, entries, groups) = try AutoregressivePrior.measures(outline)
    guard architecture.input == [steps], architecture.entriesRead == entries * groups,
      architecture.reconstruction == .tokens(entries: entries * groups)
    else {
      throw TrainingError(
        place: "\(name), \(AutoregressivePrior.metadata)",
        expected: "a model of \(steps) tokens out of \(entries * groups), as the code has",
        found: "\(architecture.input), \(architecture.reconstruction)")
    }
    do {
      self.init(
        try Autoencoder(architecture) { tensors[AutoregressivePrior.prefix + $0] }, groups: groups)
    } catch {
      throw TrainingError(
        place: "\(name) prior \(error.place)", expected: error.expected, found: error.found,
        remedy: error.remedy)
    }
  }
}

extension AutoregressivePrior: Hashable {
  public static func == (left: AutoregressivePrior, right: AutoregressivePrior) -> Bool {
    left.groups == right.groups && left.model.architecture == right.model.architecture
      && left.model.block == right.model.block
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(model.architecture)
    hasher.combine(model.block)
  }
}
