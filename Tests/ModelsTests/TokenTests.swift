import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Samples that are whole numbers, and models of what comes next.
@Suite("Tokens")
struct TokenTests {
  /// An autoregressive model of sequences of `steps` tokens.
  static func model(_ steps: Int, _ entries: Int, _ layers: [Layer] = [.lstm(Recurrent(units: 4))]) throws
    -> Autoencoder
  {
    let architecture = Architecture(
      input: [steps], encoder: [.embedding(entries: entries, features: 3), .delay] + layers,
      decoder: [.densePerStep(units: entries)], reconstruction: .tokens(entries: entries))
    var autoencoder = try Autoencoder(architecture, seed: 3)
    let noise = Draws.normal(autoencoder.block.count, seed: 4)
    for index in autoencoder.block.indices { autoencoder.block[index] += 0.3 * noise[index] }
    return autoencoder
  }

  /// No layer of sequences, so that missing values are a matter of the term alone.
  private static func dense() throws -> Autoencoder {
    try Autoencoder(
      Architecture(
        input: [4], encoder: [.dense(units: 5), .tanh],
        decoder: [.dense(units: 12), .reshape([4, 3])], reconstruction: .tokens(entries: 3)), seed: 3)
  }

  private func samples(_ rows: Int, _ steps: Int, _ entries: Int) -> Tensor {
    let drawn = Draws.uniform(rows * steps, seed: 8)
    return Tensor([rows, steps], drawn.map { ($0 * Float(entries)).rounded(.down) })
  }

  @Test("losses, gradients and what is read of them are those of the formula", arguments: [2, 5])
  func formula(_ entries: Int) throws {
    let autoencoder = try Self.model(4, entries)
    let samples = samples(9, 4, entries)
    let slow = SlowAutoencoder(autoencoder)
    let run = Run(.training(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(distance(run.results[0], [slow.objective(samples.doubleRows)]) < 1e-6)
    #expect(distance(run.gradients, slow.gradient(samples.doubleRows)) < 3e-6)
    let found = try autoencoder.reconstruct(samples)
    #expect(found.shape == samples.shape)
    #expect(found.doubles == samples.doubleRows.flatMap { slow.reconstruct($0) })
  }

  @Test("values that are missing are passed over")
  func missing() throws {
    let autoencoder = try Self.dense()
    var values = samples(9, 4, 3).values
    for index in values.indices where index % 5 == 1 || index < 4 { values[index] = .nan }
    let samples = Tensor([9, 4], values)
    let slow = SlowAutoencoder(autoencoder)
    let assembly = Assembly.training(autoencoder.outline, autoencoder.architecture, gaps: true)
    let run = Run(assembly, autoencoder.block, samples)
    #expect(distance(run.results[0], [slow.objective(samples.doubleRows)]) < 1e-6)
    #expect(distance(run.gradients, slow.gradient(samples.doubleRows)) < 3e-6)
  }

  /// The chain rule: the probabilities of all sequences there are sum up to 1, though none was normalised.
  @Test("a model that looks back only gives every sequence its probability", arguments: [0, 1, 2])
  func probabilities(_ number: Int) throws {
    let layers: [[Layer]] = [
      [.lstm(Recurrent(units: 4))], [.gru(Recurrent(units: 3)), .lstm(Recurrent(units: 2))],
      [.densePerStep(units: 4), .tanh],
    ]
    let (steps, entries) = (4, 3)
    let autoencoder = try Self.model(steps, entries, layers[number])
    let count = Int(pow(Double(entries), Double(steps)))
    let values = (0..<count).flatMap { sequence in
      (0..<steps).map { Float(sequence / Int(pow(Double(entries), Double($0))) % entries) }
    }
    let run = Run(
      .reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block,
      Tensor([count, steps], values))
    let probabilities = run.results[1].map { exp(-Double($0) * Double(steps)) }
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
    #expect(Set(run.results[1]).count > 10)
  }

  @Test("what is said of a step does not depend on it, nor on what follows")
  func causality() throws {
    let autoencoder = try Self.model(5, 4)
    let base: [Float] = [1, 3, 0, 2, 1]
    func odds(_ values: [Float]) -> [Float] {
      Run(
        .outputs(autoencoder.outline, autoencoder.architecture), autoencoder.block, Tensor([1, 5], values)
      ).results[0]
    }
    let expected = odds(base)
    for step in 0..<5 {
      var other = base
      for later in step..<5 { other[later] = 3 - other[later] }
      let found = odds(other)
      #expect(found[..<(4 * (step + 1))] == expected[..<(4 * (step + 1))])
      if step < 4 { #expect(found[(4 * (step + 1))...] != expected[(4 * (step + 1))...]) }
    }
  }

  @Test("a delayed sequence of one step is 0, and what is missing is passed on as 0")
  func delay() throws {
    let one = try Autoencoder(
      Architecture(input: [1, 3], encoder: [.delay], decoder: [.densePerStep(units: 3)]), seed: 1)
    #expect(try one.encode(Tensor([2, 1, 3], Draws.normal(6, seed: 2))).values == [0, 0, 0, 0, 0, 0])
    let more = try Autoencoder(
      Architecture(input: [4, 2], encoder: [.delay], decoder: [.densePerStep(units: 2)]), seed: 1)
    let samples = Tensor([1, 4, 2], [1, 2, .nan, .nan, 5, 6, 7, 8] as [Float])
    let run = Run(.encoder(more.outline, gaps: true), more.block, samples)
    #expect(run.results[0] == [0, 0, 1, 2, 0, 0, 5, 6])
    // A layer before it may leave something at a step that is missing.
    let behind = try Autoencoder(
      Architecture(
        input: [4, 2], encoder: [.densePerStep(units: 2), .sigmoid, .delay],
        decoder: [.densePerStep(units: 2)]), seed: 1)
    let found = Run(.encoder(behind.outline, gaps: true), behind.block, samples).results[0]
    #expect(found[4] == 0 && found[5] == 0 && found[6] > 0)
  }

  @Test("shapes and numbers that do not fit are refused by name")
  func refusals() throws {
    func complaint(_ term: Reconstruction, _ decoder: [Layer]) -> String {
      do {
        _ = try Architecture(
          input: [4], encoder: [.embedding(entries: 3, features: 2)], decoder: decoder, reconstruction: term
        ).outline()
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(complaint(.tokens(entries: 3), [.densePerStep(units: 3)]) == "")
    let narrow = complaint(.tokens(entries: 3), [.densePerStep(units: 2)])
    #expect(narrow.contains("[4, 3]") && narrow.contains("found [4, 2]"), "\(narrow)")
    #expect(complaint(.tokens(entries: 1), [.densePerStep(units: 1)]).contains("between 2"))
    let many = Architecture(
      input: [4], encoder: [.embedding(entries: 9, features: 2)], decoder: [.densePerStep(units: 3)],
      reconstruction: .tokens(entries: 3))
    #expect(many.entriesRead == 3)
    let data = try JSONEncoder().encode(many)
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == many)
  }
}
