import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// The prior that is the mean of the laws of learned samples: Tomczak and Welling 2018.
@Suite("Pseudo-inputs")
struct PseudoInputTests {
  /// Points on two lines that lie far apart.
  private static func dataset() throws -> Dataset {
    let rows = 600
    let (along, noise) = (Draws.uniform(rows, seed: 1), Draws.normal(rows * 6, seed: 2))
    let values = (0..<rows * 6).map { index in
      let row = index / 6
      return (row % 2 == 0 ? 2 : -2) + along[row] * Float(index % 6 - 2) * 0.3 + 0.05 * noise[index]
    }
    return try Dataset(Tensor([rows, 6], values), origin: "drawn")
  }

  private static func architecture(_ code: Code.Gaussian) -> Architecture {
    Architecture(
      input: [6], encoder: [.dense(units: 12), .tanh, .dense(units: 4)], code: .gaussian(code),
      decoder: [.dense(units: 12), .tanh, .dense(units: 6)])
  }

  private static func model(_ code: Code.Gaussian, epochs: Int = 20) throws -> Model {
    let dataset = try dataset()
    let trainer = try Trainer(
      Autoencoder(architecture(code), seed: 3), Recipe(epochs: epochs, batch: 50), on: dataset, threads: 1)
    while try trainer.nextEpoch() != nil {}
    return try trainer.finishedModel()
  }

  @Test("they begin as samples of the training, and follow the gradient")
  func start() throws {
    let dataset = try Self.dataset()
    let untrained = try Autoencoder(Self.architecture(.init(pseudoInputs: 5)), seed: 3)
    #expect(untrained.weight("code.pseudoInputs")?.values.allSatisfy { $0 == 0 } == true)
    let model = try Self.model(.init(pseudoInputs: 5), epochs: 1)
    let found = try #require(model.autoencoder.weight("code.pseudoInputs"))
    #expect(found.shape == [5, 6])
    let scaled = model.preparation.scaling.apply(dataset.tensor(0..<dataset.count)).doubleRows
    for row in found.doubleRows {
      let nearest = scaled.map { sample in zip(sample, row).reduce(0) { $0 + pow($1.0 - $1.1, 2) } }.min()
      let distance = try #require(nearest)
      #expect(distance > 0 && distance < 0.1)
    }
  }

  @Test("the bound is not worse than under the standard normal, and codes come of all laws")
  func bound() throws {
    let dataset = try Self.dataset()
    let plain = try #require(try EvidenceBound(Self.model(.init()), on: dataset))
    let model = try Self.model(.init(pseudoInputs: 8))
    let found = try #require(try EvidenceBound(model, on: dataset))
    #expect(found.total < plain.total)
    let codes = try model.autoencoder.draw(4000, Random(seed: 5, stream: .latent)).doubleRows
    let own = try model.encode(dataset, threads: 1).doubleRows
    for unit in 0..<2 {
      let (drawn, encoded) = (codes.map { $0[unit] }, own.map { $0[unit] })
      let (a, b) = (drawn.reduce(0, +) / 4000, encoded.reduce(0, +) / 600)
      let spread = encoded.map { pow($0 - b, 2) }.reduce(0, +) / 600
      #expect(abs(a - b) < 0.5 * spread.squareRoot())
    }
    let samples = try model.generate(500, seed: 2, threads: 1)
    #expect(samples == (try model.generate(500, seed: 2, threads: 3)))
    // The colder, the nearer to the means.
    let random = Random(seed: 5, stream: .latent)
    let still = try model.autoencoder.draw(300, random, temperature: 1e-6)
    let half = try model.autoencoder.draw(300, random, temperature: 0.5).values
    let whole = try model.autoencoder.draw(300, random).values
    let middles = zip(still.values, whole).map { ($0 + $1) / 2 }
    #expect(zip(half, middles).allSatisfy { abs($0 - $1) < 1e-4 })
    // Nothing is drawn between the lines.
    let means = samples.doubleRows.map { $0.reduce(0, +) / 6 }
    #expect(means.filter { abs($0) < 1 }.count < 25, "\(means.filter { abs($0) < 1 }.count) of 500")
    #expect(means.contains { $0 > 1 } && means.contains { $0 < -1 })
  }

  @Test("the log-likelihood is the integral over the code under this prior")
  func integral() throws {
    let rows = 20
    let samples = Tensor([rows, 4], Draws.uniform(rows * 4, seed: 2).map { $0.rounded() })
    let dataset = try Dataset(samples, origin: "drawn")
    let architecture = Architecture(
      input: [4], encoder: [.dense(units: 3), .tanh, .dense(units: 2)],
      code: .gaussian(.init(pseudoInputs: 3)),
      decoder: [.dense(units: 3), .tanh, .dense(units: 4)], reconstruction: .bernoulli)
    let autoencoder = try Autoencoder(architecture, seed: 4)
      .placingPseudoInputs { Draws.uniform(4, seed: 20 + UInt64($0)) }
    let model = try Model(autoencoder, .fitted(Scaling.Kind.none, to: dataset))
    let slow = SlowAutoencoder(autoencoder)
    let laws = try #require(autoencoder.weight("code.pseudoInputs")).doubleRows.map(slow.output)
    let expected = try LikelihoodTests.negativeLog(of: samples, autoencoder) { z in
      laws.reduce(0.0) { $0 + exp(-(pow(z - $1[0], 2) * exp(-$1[1]) + $1[1]) / 2) / 3 }
    }
    let found = try Likelihood(model, on: dataset, draws: 2000, seed: 3)
    #expect(abs(found.negativeLog - expected) < 0.01, "found \(found.negativeLog), expected \(expected)")
  }

  @Test("what cannot stand beside them is refused by name")
  func refusals() throws {
    func refusal(_ change: (inout Architecture) -> Void) -> String {
      var architecture = Self.architecture(.init(pseudoInputs: 4))
      change(&architecture)
      do { _ = try architecture.outline() } catch { return "\(error)" }
      return "taken"
    }
    #expect(refusal { $0.encoder.insert(.topK(count: 3), at: 2) }.contains("encoder[2] .topK"))
    #expect(refusal { $0.condition = Condition(classes: ["a", "b"]) }.contains("of no class"))
    #expect(refusal { $0.penalties = [.mmd(weight: 1)] }.contains("penalty mmd"))
    #expect(refusal { $0.critic = Critic(of: .codes) }.contains("pseudoInputs: 4"))
    #expect(refusal { $0.code = .gaussian(.init(freeBits: 1, pseudoInputs: 4)) }.contains("freeBits"))
    #expect(refusal { $0.code = .gaussian(.init(pseudoInputs: -1)) }.contains("-1"))
    #expect(refusal { _ in } == "taken")
  }
}
