import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// The law of what comes next, on chains whose law is known.
@Suite("Autoregressive priors")
struct AutoregressivePriorTests {
  fileprivate static let steps = 5
  private static let entries = 4
  /// The next place is the one above with this probability, else any of the others.
  private static let chance = 0.85

  /// Chains of whole numbers: the first is any, each other one follows the one before it.
  fileprivate static func chains(_ rows: Int, seed: UInt64) throws -> Dataset {
    let draws = Draws.uniform(2 * rows * steps, seed: seed)
    var values: [Float] = []
    for row in 0..<rows {
      var place = 0
      for step in 0..<steps {
        let (first, second) = (draws[2 * (row * steps + step)], draws[2 * (row * steps + step) + 1])
        if step == 0 {
          place = Int(first * Float(entries))
        } else {
          let other = 1 + Int(second * Float(entries - 1))
          place = (place + (Double(first) < chance ? 1 : 1 + other)) % entries
        }
        values.append(Float(place))
      }
    }
    return try Dataset(Tensor([rows, steps], values), origin: "chains")
  }

  /// Bits of a chain: log₂ of the entries, then the entropy of each step.
  private static var bits: Double {
    let rest = (1 - chance) / Double(entries - 1)
    let each = -chance * log2(chance) - Double(entries - 1) * rest * log2(rest)
    return log2(Double(entries)) + Double(steps - 1) * each
  }

  /// A model that changes nothing: its code is the sample, and the places of the code its values.
  fileprivate static func model(_ dataset: Dataset, books: Int = 1) throws -> Model {
    let code = Code.Codebook(entries: entries, width: 1, books: books, restart: nil)
    let architecture = Architecture(input: [steps], encoder: [], code: .codebook(code), decoder: [])
    var autoencoder = try Autoencoder(architecture, seed: 1)
    for placed in autoencoder.outline.ofCode where placed.name.hasSuffix("entries") {
      // Of a second book every entry but the first is far away.
      let scale: Float = placed.name.contains(".0.") ? 1 : 100
      for entry in 0..<entries { autoencoder.block[placed.offset + entry] = scale * Float(entry) }
    }
    return try Model(autoencoder, .fitted(Samples.unscaled, to: dataset))
  }

  fileprivate static func recipe(_ epochs: Int = 12) -> Recipe {
    Recipe(epochs: epochs, batch: 50, rate: 0.01, seed: 3)
  }

  @Test("codes take as many bits as their law has, and draws follow it")
  func law() throws {
    let training = try Self.chains(3000, seed: 1)
    let held = try Self.chains(2000, seed: 2)
    let model = try Self.model(training)
    #expect(try model.places(of: training).values == training.samples.values)
    let law = try AutoregressivePrior(
      fittedTo: model, on: training, validating: held, units: 16, Self.recipe())
    let bits = try law.bits(of: model, on: held)
    #expect(abs(bits - Self.bits) < 0.15, "found \(bits), expected \(Self.bits)")
    let count = 4000
    let drawn = law.draw(count, Random(seed: 7, stream: .prior)).values.map { Int($0) }
    var followed = 0
    var firsts = [Int](repeating: 0, count: Self.entries)
    for row in 0..<count {
      firsts[drawn[row * Self.steps]] += 1
      for step in 1..<Self.steps {
        let (before, after) = (drawn[row * Self.steps + step - 1], drawn[row * Self.steps + step])
        if after == (before + 1) % Self.entries { followed += 1 }
      }
    }
    let share = Double(followed) / Double(count * (Self.steps - 1))
    #expect(abs(share - Self.chance) < 0.03, "\(share)")
    #expect(firsts.allSatisfy { abs(Double($0) / Double(count) - 0.25) < 0.06 }, "\(firsts)")
    // Colder draws keep to what is likely.
    let cold = law.draw(200, Random(seed: 7, stream: .prior), temperature: 0.05).values.map { Int($0) }
    let kept = (0..<200).allSatisfy { row in
      (1..<Self.steps).allSatisfy {
        cold[row * Self.steps + $0] == (cold[row * Self.steps + $0 - 1] + 1) % Self.entries
      }
    }
    #expect(kept)
  }

  @Test("the same seed draws the same, on any number of threads, and row by row")
  func determinism() throws {
    let training = try Self.chains(300, seed: 1)
    let model = try Self.model(training, books: 2)
    let laws = try [1, 2].map { threads in
      try AutoregressivePrior(
        fittedTo: model, on: training, units: 8, Self.recipe(2), threads: threads)
    }
    #expect(laws[0] == laws[1])
    let random = Random(seed: 7, stream: .prior)
    let drawn = laws[0].draw(9, random)
    #expect(drawn.shape == [9, 2 * Self.steps])
    #expect(drawn.values.allSatisfy { $0 >= 0 && $0 < Float(Self.entries) && $0 == $0.rounded() })
    #expect(laws[0].draw(9, random, threads: 3) == drawn)
    #expect(laws[0].draw(4, random) == drawn[0..<4])
    #expect(laws[0].draw(9, Random(seed: 8, stream: .prior)) != drawn)
  }

  @Test(
    "a codebook's codes are put together again from their places",
    arguments: [[5], [4, 2], [2, 4, 5]] as [Shape])
  func codesAtPlaces(_ input: Shape) throws {
    let code = Code.Codebook(entries: 6, width: 3, books: 2)
    let (encoder, decoder): ([Layer], [Layer]) =
      switch input.rank {
      case 1: ([.dense(units: 6)], [.dense(units: 5)])
      case 2: ([.densePerStep(units: 3)], [.densePerStep(units: 2)])
      default: ([.conv(3, stride: 2)], [.flatten, .dense(units: 40), .reshape(input)])
      }
    let architecture = Architecture(
      input: input, encoder: encoder, code: .codebook(code), decoder: decoder)
    let autoencoder = try Autoencoder(architecture, seed: 4)
    let dataset = try Dataset(
      Tensor(input.batch(11), Draws.normal(11 * input.count, seed: 5)), origin: "drawn")
    let model = try Model(autoencoder, .fitted(Samples.unscaled, to: dataset))
    let codes = try autoencoder.codes(at: model.places(of: dataset))
    let expected = try model.encode(dataset)
    #expect(codes.shape == expected.shape)
    #expect(distance(codes.values, expected.doubles) < 1e-6)
  }

  @Test("a code without places has no such law")
  func refusals() throws {
    let dataset = try Samples.flat(20, 4, rank: 2)
    let plain = try Model(
      Autoencoder(.dense(input: [4], layers: [], latent: 2), seed: 1),
      .fitted(Samples.unscaled, to: dataset))
    let text = complaint { _ = try AutoregressivePrior(fittedTo: plain, on: dataset, Self.recipe()) }
    #expect(text.contains("discrete") && text.contains("quantised"), "\(text)")
    #expect(complaint { _ = try plain.autoencoder.codes(at: Tensor([1, 2], [0, 0] as [Float])) } != "")
  }
}

extension AutoregressivePriorTests {
  @Test("a model with such a law generates, and its file keeps it")
  func file() throws {
    let training = try Self.chains(400, seed: 1)
    var model = try Self.model(training, books: 2)
    let without = complaint { _ = try model.generate(3, seed: 1) }
    #expect(without.contains("--prior"), "\(without)")
    model.prior = .autoregressive(
      try AutoregressivePrior(fittedTo: model, on: training, units: 8, Self.recipe(3)))
    let samples = try model.generate(30, seed: 4)
    #expect(samples.shape == [30, Self.steps])
    #expect(samples.values.allSatisfy { $0 == $0.rounded() })
    let folder = try Folder()
    try model.write(to: folder.file("model.safetensors"))
    let read = try Model(contentsOf: folder.file("model.safetensors"))
    #expect(read.prior == model.prior && read.prior != nil)
    #expect(try read.generate(30, seed: 4) == samples)
    #expect(try read.generate(30, seed: 5) != samples)
    // A law that is none of this code's is refused by name.
    var file = try model.safeTensors()
    file.tensors.removeAll { $0.name == "prior.encoder.3.bias" }
    let text = complaint { _ = try Model(file, name: "broken") }
    #expect(text.contains("prior") && text.contains("encoder.3.bias"), "\(text)")
    file = try model.safeTensors()
    let header = try #require(file.metadata["hourglass.prior"])
    file.metadata["hourglass.prior"] = header.replacing("\"input\":[10]", with: "\"input\":[9]")
    #expect(complaint { _ = try Model(file, name: "broken") }.contains("10 tokens"))
  }
}
