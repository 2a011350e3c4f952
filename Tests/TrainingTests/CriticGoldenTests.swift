import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// Whole adversarial trainings against PyTorch's in float64, with the same draws.
@Suite("Golden critics")
struct CriticGoldenTests {
  struct Golden: Decodable {
    let turns, steps: Int
    let cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let subject, objective, optimizer: String
    let reconstruction: Float
    let losses: [Double]
    let accuracy: Double
    let parameters: [[Double]]

    var testDescription: String { "\(subject) \(objective) \(optimizer) \(reconstruction)" }
  }

  static let golden: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/torch_critics.json")))
      .flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()

  private func architecture(_ example: Case, turns: Int) throws -> Architecture {
    let objectives: [String: Critic.Objective] = [
      "nonSaturating": .nonSaturating, "hinge": .hinge, "wasserstein": .wasserstein(),
    ]
    let critic = Critic(
      of: try #require(Critic.Subject(rawValue: example.subject)),
      layers: [.dense(units: 7), .leakyRelu(slope: 0.2)],
      objective: try #require(objectives[example.objective]), weight: 3, turns: turns, rate: 0.5,
      reconstruction: example.reconstruction)
    return Architecture(
      input: [6], encoder: [.dense(units: 4), .tanh, .dense(units: 3)],
      decoder: [.dense(units: 4), .tanh, .dense(units: 6)], critic: critic)
  }

  /// The first weights by the formula of the file.
  private func start(_ architecture: Architecture) throws -> Autoencoder {
    var autoencoder = try Autoencoder(architecture, seed: 0)
    for (number, placed) in autoencoder.outline.weights.enumerated() {
      let k = 1.1 * Double(number / 2)
      for index in 0..<placed.weight.shape.count {
        let i = Double(index)
        autoencoder.block[placed.offset + index] = Float(
          placed.weight.shape.rank == 2
            ? sin(0.7 * i + 0.3 + k) / Double(placed.weight.shape[0]).squareRoot()
            : 0.1 * sin(0.9 * i + 0.5 + k))
      }
    }
    return autoencoder
  }

  @Test("losses, accuracies and last parameters are PyTorch's", arguments: golden?.cases ?? [])
  func agrees(_ example: Case) throws {
    let golden = try #require(Self.golden)
    let rows = (0..<96).map { Float(0.5 + 0.5 * sin(1.3 * Double($0))) }
    let count = 16 * golden.steps
    // One epoch whose steps all see the rows in their order.
    var values = [Float](repeating: 0, count: count * 6)
    for (place, row) in Sampler(count: count, batch: 16, seed: 5).order(epoch: 0).enumerated() {
      for column in 0..<6 { values[Int(row) * 6 + column] = rows[place % 16 * 6 + column] }
    }
    let dataset = try Dataset(Tensor([count, 6], values), origin: "formula")
    let isSGD = example.optimizer == "sgd"
    let recipe = Recipe(
      epochs: 1, batch: 16, optimizer: isSGD ? .sgd(momentum: 0.9) : .adam(), rate: isSGD ? 0.05 : 0.01,
      seed: 5)
    let trainer = try Trainer(
      start(architecture(example, turns: golden.turns)), recipe, on: dataset,
      preparation: .fitted(Scaling.Kind.none, to: dataset))
    var (done, sum) = (0, 0.0)
    for expected in example.losses {
      let step = try #require(try trainer.nextStep())
      let all = Double(step.done) * step.loss
      let found = (all - sum) / Double(step.done - done)
      (done, sum) = (step.done, all)
      #expect(abs(found - expected) < 1e-5, "\(found), not \(expected)")
    }
    #expect(abs(try #require(trainer.epochs.last?.criticAccuracy) - example.accuracy) < 1e-6)
    let slow = SlowAutoencoder(trainer.autoencoder)
    for (placed, expected) in zip(slow.outline.weights, example.parameters) {
      let found = slow.values(placed).map { Float($0) }
      #expect(distance(found, expected) < (isSGD ? 2e-5 : 2e-4), "\(placed.name)")
    }
  }

  @Test("the file is there, with every objective of both subjects")
  func coverage() throws {
    let cases = try #require(Self.golden).cases
    #expect(Set(cases.map { $0.subject + $0.objective }).count == 6)
    #expect(Set(cases.map(\.reconstruction)) == [0, 0.25, 1])
  }
}
