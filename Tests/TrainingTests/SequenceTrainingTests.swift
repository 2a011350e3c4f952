import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// Trainings of networks of sequences.
@Suite("Training on sequences")
struct SequenceTrainingTests {
  /// Waves of a random phase and rate, in two channels.
  private func waves(_ rows: Int, steps: Int = 16, seed: UInt64, gaps: Bool = false) throws -> Dataset {
    let draws = Draws.uniform(2 * rows, seed: seed)
    var values: [Float] = []
    for row in 0..<rows {
      let (phase, rate) = (6.28 * Double(draws[2 * row]), 0.3 + 0.4 * Double(draws[2 * row + 1]))
      for channel in 0..<2 {
        for step in 0..<steps {
          let isMissing = gaps && step >= steps - row % 5
          let angle = phase + rate * Double(step) + 1.5 * Double(channel)
          values.append(isMissing ? .nan : Float(sin(angle)))
        }
      }
    }
    return try Dataset(Tensor([rows, 2, steps], values), origin: "waves")
  }

  private func model(_ steps: Int = 16, dropout: Layer? = nil) throws -> Autoencoder {
    let pattern = Architecture.Pattern(
      input: [2, steps], layers: [8, 8], latent: 4, activation: .gelu, dropout: dropout)
    return try Autoencoder(.attention(pattern, heads: 2), seed: 3)
  }

  @Test("attention learns waves that no plane holds", arguments: [false, true])
  func learns(_ gaps: Bool) throws {
    let dataset = try waves(400, seed: 5, gaps: gaps)
    let trainer = try Trainer(
      model(), Recipe(epochs: 40, batch: 20, optimizer: .adam(), rate: 0.003), on: dataset)
    try trainer.finish()
    let evaluation = try Evaluation(trainer.finishedModel(), on: waves(100, seed: 6, gaps: gaps))
    let mean = try #require(evaluation.meanMSE)
    #expect(evaluation.mse < 0.2 * mean, "\(evaluation)")
    guard let components = evaluation.pcaMSE else { return }
    #expect(evaluation.mse < components, "\(evaluation)")
  }

  @Test("eight sequences are learned by heart")
  func memorises() throws {
    let dataset = try waves(8, seed: 7)
    let trainer = try Trainer(
      model(), Recipe(epochs: 400, batch: 8, optimizer: .adam(), rate: 0.003), on: dataset)
    try trainer.finish()
    let last = try #require(trainer.epochs.last)
    #expect(last.loss < 0.003, "\(last)")
  }

  @Test("the same bytes on any number of threads", arguments: [false, true])
  func threads(_ gaps: Bool) throws {
    let dataset = try waves(300, seed: 8, gaps: gaps)
    func block(_ threads: Int) throws -> [Float] {
      let trainer = try Trainer(
        model(dropout: .dropout(rate: 0.1)), Recipe(epochs: 2, batch: 100), on: dataset, threads: threads)
      try trainer.finish()
      return trainer.autoencoder.block
    }
    let one = try block(1)
    #expect(try block(2) == one)
    #expect(try block(3) == one)
  }

  /// A number in the place of a missing value is a value, though it be the one that the network is given.
  @Test("codes know which steps are missing")
  func codesWithGaps() throws {
    let dataset = try waves(50, seed: 9, gaps: true)
    let filled = try Dataset(
      Tensor(dataset.samples.shape, dataset.samples.values.map { $0.isNaN ? 0 : $0 }), origin: "filled")
    let trainer = try Trainer(
      model(), Recipe(epochs: 2, batch: 10), on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset))
    try trainer.finish()
    let codes = try trainer.model.encode(dataset).values
    let others = try trainer.model.encode(filled).values
    for row in 0..<50 {
      let range = (4 * row)..<(4 * row + 4)
      let apart = zip(codes[range], others[range]).map { abs($0 - $1) }.max() ?? 0
      #expect(row % 5 == 0 ? apart < 1e-5 : apart > 1e-3, "row \(row): \(apart)")
    }
  }

  private func complaintOfTokens(_ values: [Float], scaling: Scaling.Kind) -> String {
    let architecture = Architecture(
      input: [3], encoder: [.embedding(entries: 4, features: 2), .flatten, .dense(units: 2)],
      decoder: [.dense(units: 3)])
    return complaint {
      let dataset = try Dataset(Tensor([2, 3], values), origin: "tokens")
      _ = try Trainer(
        Autoencoder(architecture, seed: 1), on: dataset, preparation: .fitted(scaling, to: dataset))
    }
  }

  @Test("an embedding is given whole numbers that it has entries for")
  func tokens() {
    #expect(complaintOfTokens([0, 1, 2, 3, 3, 0], scaling: .none) == "")
    #expect(
      complaintOfTokens([0, 1, 2, 3, 4, 0], scaling: .none)
        == "tokens row 1 value 1 (counted from 0): expects a whole number from 0 to 3, which the embedding has "
        + "entries for, found 4.0; give the embedding more entries, or number the samples' values")
    #expect(complaintOfTokens([0, 1.5, 2, 3, 0, 0], scaling: .none).contains("row 0 value 1"))
    #expect(complaintOfTokens([0, 1, -1, 3, 0, 0], scaling: .none).contains("found -1.0"))
    let scaled = complaintOfTokens([0, 1, 2, 3, 3, 0], scaling: .standard)
    #expect(scaled.hasSuffix("after scaling \"standard\"; choose the scaling none"), "\(scaled)")
  }
}
