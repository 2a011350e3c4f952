import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite struct TunerTests {
  /// Three factors behind nine columns, bent, with noise.
  private static func data(_ count: Int = 200) throws -> (training: Dataset, held: Dataset) {
    let random = Random(seed: 11, stream: .data)
    let tensor = Tensor([count, 9]) { values in
      for row in 0..<count {
        let factors = (0..<3).map { Double(random.normal(step: 1, position: UInt64(row * 3 + $0))) }
        for column in 0..<9 {
          let noise = 0.1 * Double(random.normal(step: 2, position: UInt64(row * 9 + column)))
          let bent = (factors[column % 3] * (1 + Double(column) / 5)).hyperbolicTangent
          values[row * 9 + column] = Float(bent + factors[(column / 3) % 3] * 0.3 + noise)
        }
      }
    }
    return try Dataset(tensor, origin: "factors").split(holdingOut: 0.2, seed: 3)
  }

  private static let architecture = Architecture.dense(input: [9], layers: [16], latent: 3)

  private static func tuner(epochs: Int = 9, latent: ClosedRange<Int>? = nil) throws -> Tuner {
    let (training, held) = try data()
    return try Tuner(
      architecture, Recipe(epochs: epochs, batch: 32, seed: 4), on: training, validating: held, latent: latent
    )
  }

  private static func outcome(
    _ tuner: Tuner, trials: Int, threads: Int = 2, memory: Int = 1 << 30, record: TuningRecord? = nil
  ) async throws -> Tuner.Outcome {
    try await tuner.run(record, until: .init(trials: trials), threads: threads, memory: memory)
  }

  @Test func threadsAndMemoryDoNotChangeTheFiles() async throws {
    let tuner = try TunerTests.tuner()
    let one = try await TunerTests.outcome(tuner, trials: 30, threads: 1)
    let two = try await TunerTests.outcome(tuner, trials: 30, threads: 2)
    let tight = try await TunerTests.outcome(tuner, trials: 30, threads: 2, memory: 1)
    let text = try one.record.text()
    #expect(try two.record.text() == text && tight.record.text() == text)
    let model = try #require(try one.model?.safeTensors().bytes())
    #expect(try two.model?.safeTensors().bytes() == model)
    #expect(try tight.model?.safeTensors().bytes() == model)
  }

  @Test func resumeFromTheFileEqualsUninterrupted() async throws {
    let tuner = try TunerTests.tuner()
    var texts: [String] = []
    let whole = try await tuner.run(until: .init(trials: 25), threads: 2) {
      texts.append(try $0.record.text())
    }
    let model = try #require(try whole.model?.safeTensors().bytes())
    for text in [texts[3], texts[20], try #require(texts.last)] {
      let record = try TuningRecord(text, place: "tune.json")
      #expect(try record.text() == text)
      let resumed = try await TunerTests.outcome(tuner, trials: 25, record: record)
      #expect(try resumed.record.text() == whole.record.text())
      #expect(try resumed.model?.safeTensors().bytes() == model)
    }
  }

  @Test(arguments: [1, 2, 12])
  func theResultIsNeverWorseThanTheDefault(_ trials: Int) async throws {
    let tuner = try TunerTests.tuner()
    let outcome = try await TunerTests.outcome(tuner, trials: trials)
    let model = try #require(outcome.model)
    // The default by a training of its own.
    let (training, held) = (tuner.training, tuner.held)
    let trainer = try Trainer(
      Autoencoder(TunerTests.architecture, seed: 4), Recipe(epochs: 9, batch: 32, seed: 4), on: training,
      validating: held, threads: 1)
    while try trainer.nextEpoch() != nil {}
    let usual = try Evaluation(trainer.finishedModel(), on: held).loss
    let best = try Evaluation(model, on: held).loss
    #expect(best <= usual + 1e-6)
    #expect(abs((outcome.record.trials[0].latest?.loss ?? 0) - usual) < 1e-6)
    #expect(abs((outcome.record.leaderboard.first?.objective ?? 0) - best) < 1e-6)
    #expect(model.control != nil)
    if trials == 1 {
      var alone = try trainer.finishedModel()
      alone.provenance?.trials = 1
      #expect(try model.safeTensors().bytes() == alone.safeTensors().bytes())
    }
  }

  @Test func everyTrialCanBeTrainedFromTheFile() async throws {
    let outcome = try await TunerTests.outcome(TunerTests.tuner(), trials: 40)
    let record = outcome.record
    #expect(record.trials.count == 40)
    for trial in record.trials {
      let design = record.design(of: trial)
      let text = try JSONText.encode(design.architecture)
      let read: Architecture = try JSONText.decode(text, place: "architecture")
      #expect(read == design.architecture)
      let outline = try read.outline()
      #expect(outline.code == [3] && outline.parameterCount <= record.plan.parameterLimit)
      try design.recipe.check()
      #expect(try record.text().contains(JSONText.line(design.architecture)))
    }
    // A search of forty has met more than one of everything.
    let designs = record.trials.map(record.design(of:))
    #expect(Set(designs.map(\.recipe.optimizer.name)).count > 3)
    #expect(designs.contains { !$0.architecture.penalties.isEmpty })
    #expect(designs.contains { $0.recipe.decay > 0 })
  }

  /// A penalty is no part of what trials are compared by.
  @Test func penaltiesAreLeftOutOfTheLoss() async throws {
    let tuner = try TunerTests.tuner()
    let outcome = try await TunerTests.outcome(tuner, trials: 60)
    let record = outcome.record
    let penalised = try #require(
      record.trials.first { $0.parameters["l1"] != nil && $0.results.count == 1 && $0.fault == nil })
    let design = record.design(of: penalised)
    let trainer = try Trainer(
      Autoencoder(design.architecture, seed: 4), design.recipe, on: tuner.training, validating: tuner.held)
    _ = try trainer.nextEpoch()
    let loss = try Evaluation(trainer.model, on: tuner.held).loss
    #expect(abs((penalised.latest?.loss ?? 0) - loss) < 1e-5)
    let withPenalty = try #require(trainer.epochs.first?.validationLoss)
    #expect(withPenalty > loss)
  }

  @Test func theDefaultIsAPointOfTheSpace() throws {
    let designs = try TunerTests.tuner().plan.designs
    #expect(designs.design(designs.space.usual) == designs.usual)
  }

  @Test func networksStayWithinTheLimit() throws {
    let plan = try Tuner(
      TunerTests.architecture, Recipe(), on: try TunerTests.data().training,
      validating: try TunerTests.data().held, parameterLimit: 700
    ).plan
    for trial in 1...300 {
      var sequence = RandomSequence(seed: 1, trial: trial)
      let design = plan.designs.design(plan.designs.space.random(&sequence))
      #expect(try design.architecture.outline().parameterCount <= 700)
      try design.recipe.check()
    }
  }

  @Test func aWidthOfTheCodeHasItsPrice() async throws {
    let tuner = try TunerTests.tuner(latent: 1...6)
    let outcome = try await TunerTests.outcome(tuner, trials: 30)
    let widths = try outcome.record.trials.map {
      try outcome.record.design(of: $0).architecture.codeShape().count
    }
    #expect(Set(widths).count > 3 && widths.allSatisfy((1...6).contains))
    for (trial, width) in zip(outcome.record.trials, widths) where trial.fault == nil {
      let result = try #require(trial.latest)
      let expected = result.loss * 1.01.raised(to: Double(width))
      #expect(abs(result.objective - expected) < 1e-9 * expected)
    }
    let record = try TuningRecord(try outcome.record.text(), place: "tune.json")
    #expect(record.trials == outcome.record.trials)
  }

  @Test func anotherSearchIsNotGoneOnWith() async throws {
    let outcome = try await TunerTests.outcome(TunerTests.tuner(), trials: 3)
    let (training, held) = try TunerTests.data(150)
    let other = try Tuner(
      TunerTests.architecture, Recipe(epochs: 9, batch: 32, seed: 4), on: training, validating: held)
    await #expect(throws: TrainingError.self) {
      _ = try await other.run(outcome.record, until: .init(trials: 4))
    }
    #expect(throws: TrainingError.self) { _ = try TuningRecord("{\"format\": 1}", place: "x") }
    let text = try outcome.record.text()
    let wrong = text.replacing("\"pending\": []", with: "\"pending\": [{\"trial\":99,\"rung\":0}]")
    #expect(wrong != text)
    #expect(throws: TrainingError.self) { _ = try TuningRecord(wrong, place: "x") }
  }

  @Test func timeFitsTheEpochs() throws {
    var tuner = try TunerTests.tuner(epochs: 5)
    try tuner.fit(seconds: 60)
    #expect(tuner.plan.recipe.epochs > 5 && tuner.plan.recipe.epochs <= 500)
    #expect(tuner.plan.rungs.last == tuner.plan.recipe.epochs)
    var short = try TunerTests.tuner(epochs: 1_000_000)
    try short.fit(seconds: 1)
    #expect(short.plan.recipe.epochs < 1_000_000)
    var fixed = try TunerTests.tuner(epochs: 5)
    try fixed.fit(seconds: 60, epochs: false)
    #expect(fixed.plan.recipe.epochs == 5)
  }
}
