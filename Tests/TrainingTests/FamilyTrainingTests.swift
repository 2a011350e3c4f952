import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// What is asked of every family while it trains: the same bytes on any number of threads, and after a stop.
@Suite("Training of families")
struct FamilyTrainingTests {
  struct Family: Sendable, CustomTestStringConvertible {
    let name: String
    var code = Code.vector
    var last: Layer = .tanh
    var penalties: [Penalty] = []
    var corruption: [Corruption] = []
    var isTied = false
    var isConditional = false
    var critic: Critic?

    var testDescription: String { name }

    func architecture(_ dataset: Dataset) throws -> Architecture {
      let width = code.inputs(for: 3)
      return Architecture(
        input: [8],
        encoder: [.dense(units: 300), .tanh, .dense(units: width)] + (code == .vector ? [last] : []),
        code: code,
        decoder: isTied
          ? [.tied(to: 2), .tanh, .tied(to: 0)] : [.dense(units: 300), .tanh, .dense(units: 8)],
        penalties: penalties, corruption: corruption,
        condition: isConditional ? try Condition(ofClassesIn: dataset) : nil, critic: critic)
    }
  }

  static let families: [Family] = [
    Family(name: "tied", isTied: true),
    Family(name: "sparse", last: .sigmoid, penalties: [.sparsity(target: 0.2, weight: 0.1)]),
    Family(name: "top k", last: .topK(count: 2)),
    Family(name: "contractive", penalties: [.contraction(weight: 0.01)]),
    Family(name: "denoising", corruption: [.gaussian(deviation: 0.3), .masking(rate: 0.2)]),
    Family(name: "variational", code: .gaussian(.init(warmUp: 2)), penalties: [.totalCorrelation(weight: 2)]),
    Family(name: "importance-weighted", code: .gaussian(.init(draws: 3))),
    Family(name: "pseudo-inputs", code: .gaussian(.init(pseudoInputs: 4))),
    Family(name: "wasserstein", penalties: [.mmd(weight: 1)]),
    Family(name: "orthogonal", penalties: [.orthogonality(weight: 0.01)]),
    Family(name: "conditional", code: .gaussian(), isConditional: true),
    Family(
      name: "variational, with a critic of outputs", code: .gaussian(),
      critic: Critic(of: .outputs, layers: Critic.dense([20]))),
    Family(
      name: "conditional, with a critic of codes", isConditional: true,
      critic: Critic(of: .codes, layers: Critic.dense([20]), objective: .wasserstein())),
  ]

  private func dataset() throws -> Dataset {
    try Dataset(
      Tensor([150, 8], Draws.normal(1200, seed: 3)), labels: (0..<150).map { Int32($0 % 3) },
      classNames: ["x", "y", "z"], origin: "drawn")
  }

  private func trainer(_ family: Family, threads: Int = 2) throws -> Trainer {
    let dataset = try dataset()
    let (training, held) = try dataset.split(holdingOut: 0.2, seed: 1)
    return try Trainer(
      try Autoencoder(family.architecture(dataset), seed: 9), Recipe(epochs: 3, batch: 64, seed: 9),
      on: training, validating: held, threads: threads)
  }

  private func bytes(_ trainer: Trainer) throws -> [UInt8] {
    while try trainer.nextStep() != nil {}
    return try Array(trainer.finishedModel().safeTensors().bytes())
  }

  @Test("the same bytes on any number of threads, and after a stop in the middle", arguments: families)
  func reproduces(_ family: Family) throws {
    let expected = try bytes(trainer(family, threads: 1))
    for threads in [2, 3] { #expect(try bytes(trainer(family, threads: threads)) == expected) }
    let file = FileManager.default.temporaryDirectory.appending(path: "f-\(UUID().uuidString).st").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let first = try trainer(family)
    for _ in 0..<3 { _ = try first.nextStep() }
    try first.checkpoint(to: file)
    let second = try trainer(family)
    #expect(try second.resume(from: file))
    #expect(try bytes(second) == expected)
  }

  @Test("the loss falls, and the file holds all that the model is", arguments: families)
  func learns(_ family: Family) throws {
    let trainer = try trainer(family)
    while try trainer.nextEpoch() != nil {}
    let losses = trainer.epochs.map(\.loss)
    #expect(losses.allSatisfy { $0.isFinite })
    if family.code == .vector { #expect((losses.last ?? 0) < losses[0]) }
    let model = try trainer.finishedModel()
    let file = FileManager.default.temporaryDirectory.appending(path: "f-\(UUID().uuidString).st").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try model.write(to: file)
    let read = try Model(contentsOf: file)
    #expect(read.autoencoder.architecture == model.autoencoder.architecture)
    #expect(try read.reconstruct(dataset()) == model.reconstruct(dataset()))
  }

  @Test("a code that carries nothing is told of once, with a number", arguments: [1, 1000] as [Float])
  func collapse(_ beta: Float) throws {
    let dataset = try dataset()
    let architecture = Family(name: "variational", code: .gaussian(.init(beta: beta)))
    let trainer = try Trainer(
      try Autoencoder(architecture.architecture(dataset), seed: 9), Recipe(epochs: 30, batch: 32, seed: 9),
      on: dataset)
    var notices: [String] = []
    while try trainer.nextEpoch() != nil {
      if let notice = trainer.takeNotice() { notices.append(notice) }
    }
    if beta == 1 {
      #expect(notices.isEmpty, "\(notices)")
    } else {
      #expect(notices.count == 1 && notices[0].contains("posterior collapse"), "\(notices)")
      #expect(notices.first?.contains("nats a sample") == true)
    }
  }

  @Test("a model with a condition asks for classes that it knows")
  func classes() throws {
    let family = try #require(Self.families.last)
    let trainer = try trainer(family)
    while try trainer.nextEpoch() != nil {}
    let model = try trainer.finishedModel()
    let strange = try dataset().labelled((0..<150).map { Int32($0 % 2) }, classNames: ["x", "w"])
    for data in [try Dataset(dataset().samples, origin: "bare"), strange] {
      #expect(throws: TrainingError.self) { try model.encode(data) }
    }
    // The order of the names is not the model's: only what they say counts.
    let turned = try dataset().labelled((0..<150).map { Int32(2 - $0 % 3) }, classNames: ["z", "y", "x"])
    #expect(try model.encode(turned) == model.encode(dataset()))
    #expect(try model.generate(4, of: "y", seed: 1).rows == 4)
    #expect(throws: TrainingError.self) { try model.generate(4, of: "w", seed: 1) }
  }
}
