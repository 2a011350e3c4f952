import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTraining

/// Trainings of models that tell something of their samples.
@Suite("Training with a target")
struct HeadTrainingTests {
  /// Three clouds, whose classes are known of every `every`-th sample.
  static func clouds(_ rows: Int, every: Int = 1, seed: UInt64 = 1) throws -> Dataset {
    let noise = Draws.normal(rows * 5, seed: seed)
    let labels = (0..<rows).map { Int32($0 % 3) }
    let values = (0..<(rows * 5)).map { place in
      noise[place] + (place % 5 == Int(labels[place / 5]) ? 4 : 0)
    }
    return try Dataset(
      Tensor([rows, 5], values),
      labels: labels.enumerated().map { $0 / 3 % every == 0 ? $1 : Dataset.unlabelled },
      classNames: ["red", "green", "blue"], origin: "clouds")
  }

  static func architecture(_ consistency: Consistency? = nil) -> Architecture {
    var architecture = Architecture(
      input: [5], encoder: [.dense(units: 8), .batchNorm(), .relu, .dropout(rate: 0.1), .dense(units: 3)],
      decoder: [.dense(units: 5)])
    architecture.heads = [.classifier("class", classes: ["red", "green", "blue"])]
    architecture.consistency = consistency
    architecture.corruption = [.gaussian(deviation: 0.1)]
    return architecture
  }

  private func trainer(
    _ architecture: Architecture, _ recipe: Recipe, on training: Dataset, held: Dataset? = nil,
    threads: Int = 2,
    start: Autoencoder? = nil
  ) throws -> Trainer {
    try Trainer(
      start ?? Autoencoder(architecture, seed: 4), recipe, on: training, validating: held, threads: threads)
  }

  private func recipe(_ epochs: Int = 12) -> Recipe { Recipe(epochs: epochs, batch: 32, rate: 0.01, seed: 3) }

  static let consistencies: [Consistency?] = [
    nil, Consistency(), Consistency(threshold: 0.8), Consistency(.adversarial(radius: 0.5)),
  ]

  @Test("learns classes of which few are known, the same on any threads, and tells others", arguments: 0..<4)
  func learns(_ number: Int) throws {
    let training = try Self.clouds(300, every: 10)
    #expect(training.labelledCount == 30)
    let held = try Self.clouds(150, seed: 8)
    var models: [Model] = []
    for threads in [1, 3] {
      let trainer = try trainer(
        Self.architecture(Self.consistencies[number]), recipe(), on: training, held: held, threads: threads)
      try trainer.finish()
      models.append(try trainer.finishedModel())
    }
    #expect(models[0].autoencoder.block == models[1].autoencoder.block)
    let outputs = try models[0].headOutputs(held).values
    let targets = try models[0].targets(of: models[0].autoencoder.architecture.heads[0], in: held)
    let right = (0..<150).count { sample in
      let logits = outputs[(3 * sample)..<(3 * sample + 3)]
      return logits.max() == logits[3 * sample + Int(targets[sample])]
    }
    #expect(right > 140)
    #expect(models[0].autoencoder.architecture.heads[0].temperature != 1)
    let file = try models[0].safeTensors()
    let again = try Model(file, name: "again").autoencoder
    #expect(
      again.block == models[0].autoencoder.block && again.architecture == models[0].autoencoder.architecture)
  }

  @Test("goes on after any step as if it had never stopped")
  func resumes() throws {
    var recipe = recipe(3)
    recipe.augmentation = try Augmentation(text: "noise=0.1")
    recipe.encoderRate = 0.5
    let training = try Self.clouds(90, every: 5)
    let folder = try Folder()
    let architecture = Self.architecture(Consistency(threshold: 0.5))
    let whole = try trainer(architecture, recipe, on: training)
    var steps = 0
    while try whole.nextStep() != nil { steps += 1 }
    let expected = try whole.finishedModel().safeTensors().bytes()
    for stop in 1..<steps {
      let first = try trainer(architecture, recipe, on: training)
      for _ in 0..<stop { _ = try first.nextStep() }
      try first.checkpoint(to: folder.file("c"))
      let second = try trainer(architecture, recipe, on: training)
      #expect(try second.resume(from: folder.file("c")))
      try second.finish()
      #expect(try second.finishedModel().safeTensors().bytes() == expected, "stopped after step \(stop)")
    }
  }

  @Test("a frozen encoder stays as it is to the bit, statistics included; a slow one moves at its share")
  func encoderRates() throws {
    let training = try Self.clouds(90)
    let start = try Autoencoder(Self.architecture(), seed: 4)
    func change(
      _ rate: Float, decay: Float = 0, steps: Int
    ) throws -> (encoder: [Float], statistics: [Float], rest: [Float]) {
      var recipe = recipe(4)
      recipe.optimizer = .sgd()
      recipe.rate = 0.05
      recipe.encoderRate = rate
      recipe.decay = decay
      let trainer = try trainer(Self.architecture(), recipe, on: training, start: start)
      for _ in 0..<steps { _ = try trainer.nextStep() }
      let block = trainer.autoencoder.block
      let ofEncoder = start.outline.encoder.flatMap(\.weights)
      func difference(_ placed: [Outline.Placed]) -> [Float] {
        placed.flatMap { part in
          (part.offset..<(part.offset + part.weight.shape.count)).map { block[$0] - start.block[$0] }
        }
      }
      return (
        difference(ofEncoder.filter(\.weight.isTrained)),
        difference(ofEncoder.filter { !$0.weight.isTrained }),
        difference((start.outline.decoder + start.outline.heads.joined()).flatMap(\.weights))
      )
    }
    let frozen = try change(0, decay: 0.1, steps: 8)
    #expect((frozen.encoder + frozen.statistics).allSatisfy { $0 == 0 } && frozen.rest.allSatisfy { $0 != 0 })
    let (whole, half) = (try change(1, steps: 1), try change(0.5, steps: 1))
    #expect(whole.rest == half.rest)
    let pairs = zip(whole.encoder, half.encoder)
    #expect(pairs.allSatisfy { abs($0 - 2 * $1) < 1e-5 } && pairs.contains { $0.0 != 0 })
    #expect(whole.statistics == half.statistics && whole.statistics.count == 16)
    for optimizer in [Optimizer.muon(), .lbfgs(), .scheduleFree()] {
      var recipe = Recipe(epochs: 2, optimizer: optimizer)
      recipe.encoderRate = 0.5
      #expect(throws: TrainingError.self) { try recipe.check() }
    }
  }

  @Test("begins with the weights of another wherever they fit")
  func begins() throws {
    let plain = try Autoencoder(
      Architecture(
        input: [5], encoder: [.dense(units: 8), .batchNorm(), .relu, .dropout(rate: 0.1), .dense(units: 3)],
        decoder: [.dense(units: 5)]), seed: 77)
    let own = try Autoencoder(Self.architecture(), seed: 4)
    let begun = own.taking(weightsOf: plain)
    for placed in own.outline.weights {
      let source = placed.name.hasPrefix("heads") ? own : plain
      #expect(begun.weight(placed.name)?.values == source.weight(placed.name)?.values, "\(placed.name)")
    }
  }

  @Test("temperature is where the mean loss is lowest")
  func temperature() throws {
    // Logits ±2 of which a quarter are wrong: p = 3/4 where 4 / T = ln 3.
    let count = 400
    let outputs = (0..<count).flatMap { _ -> [Float] in [2, -2] }
    let targets = (0..<count).map { Float($0 % 4 == 0 ? 1 : 0) }
    let found = try #require(
      Temperature(
        outputs, stride: 2, from: 0, levels: 2, places: 1, isPicture: false, targets: targets))
    #expect(abs(Double(found.value) - 4 / 3.0.logarithm) < 1e-3)
    #expect(
      Temperature(
        outputs, stride: 2, from: 0, levels: 2, places: 1, isPicture: false,
        targets: targets.map { _ in .nan }) == nil)
  }

  @Test("intervals hold as many as the level says")
  func margins() {
    var head = Head.regressor("x")
    head.residuals = (1...99).map { Float($0) }
    #expect(head.margin(0.9) == 90 && head.margin(0.99) == 99 && head.margin(0.995) == nil)
    head.residuals = []
    #expect(head.margin(0.5) == nil)
  }

  @Test("says what is missing in a sentence")
  func refusals() throws {
    let plain = try Dataset(Tensor([30, 5], Draws.normal(150, seed: 1)), origin: "bare")
    #expect(throws: TrainingError.self) { try trainer(Self.architecture(), recipe(), on: plain) }
    let none = try Self.clouds(30).labelled([Int32](repeating: Dataset.unlabelled, count: 30))
    #expect(throws: TrainingError.self) { try trainer(Self.architecture(), recipe(), on: none) }
    var balanced = recipe()
    balanced.isBalanced = true
    #expect(throws: TrainingError.self) {
      try trainer(Self.architecture(), balanced, on: Self.clouds(90, every: 5))
    }
    let strange = try Self.clouds(30).labelled(
      [Int32](repeating: 2, count: 30), classNames: ["a", "b", "odd"])
    #expect(throws: TrainingError.self) { try trainer(Self.architecture(), recipe(), on: strange) }
  }
}

@Suite("Draws of samples with a label")
struct LabelledSamplerTests {
  @Test("each step has its share of them, all as often as any other; others come once at most")
  func shares() {
    let marks = (0..<200).map { $0 % 20 == 0 }
    let sampler = Sampler(count: 200, batch: 32, seed: 5, draw: .labelled(marks, share: 0.25))
    var counts: [UInt32: Int] = [:]
    for epoch in 0..<10 {
      let order = sampler.order(epoch: epoch)
      #expect(order.count == 200 && order == sampler.order(epoch: epoch))
      for step in 0..<sampler.batches {
        let range = sampler.range(step: step)
        let own = Sampler.labelled(of: range.count, share: 0.25)
        #expect(order[range].prefix(own).allSatisfy { marks[Int($0)] })
        for position in order[range].prefix(own) { counts[position, default: 0] += 1 }
        let rest = order[range].dropFirst(own)
        #expect(Set(rest).count == rest.count)
      }
    }
    #expect(counts.count == 10 && (counts.values.max() ?? 0) - (counts.values.min() ?? 0) <= 20)
    #expect(sampler.order(epoch: 0) != sampler.order(epoch: 1))
  }
}
