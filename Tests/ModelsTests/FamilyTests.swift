import Foundation
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// An architecture with a name, for lists of tests.
struct NamedArchitecture: Sendable, CustomTestStringConvertible {
  let name: String
  let architecture: Architecture

  var testDescription: String { name }
}

/// The coordinates of the families, one after the other and some together, against the slow oracle.
@Suite("Families")
struct FamilyTests {
  private static func narrow(
    _ last: [Layer] = [.tanh], code: Code = .vector, penalties: [Penalty] = [], corruption: [Corruption] = []
  ) -> Architecture {
    let units = code == .vector ? 3 : 6
    return Architecture(
      input: [5], encoder: [.dense(units: 4), .tanh, .dense(units: units)] + (code == .vector ? last : []),
      code: code, decoder: [.dense(units: 4), .tanh, .dense(units: 5)], penalties: penalties,
      corruption: corruption)
  }

  private static func image(_ corruption: Corruption, _ input: Shape) -> Architecture {
    Architecture(
      input: input, encoder: [.flatten, .dense(units: 3), .tanh],
      decoder: [.dense(units: input.count), .reshape(input)], corruption: [corruption])
  }

  static let families: [NamedArchitecture] = [
    .init(name: "gaussian noise", architecture: narrow(corruption: [.gaussian(deviation: 0.4)])),
    .init(name: "masking", architecture: narrow(corruption: [.masking(rate: 0.4)])),
    .init(
      name: "salt and pepper",
      architecture: narrow(corruption: [.saltAndPepper(rate: 0.5, low: -2, high: 2)])),
    .init(name: "speckle", architecture: narrow(corruption: [.speckle(deviation: 0.4)])),
    .init(
      name: "two kinds", architecture: narrow(corruption: [.masking(rate: 0.3), .gaussian(deviation: 0.2)])),
    .init(name: "blocks of an image", architecture: image(.blocks(size: 2, rate: 0.5), [2, 3, 4])),
    .init(name: "blocks over the edge", architecture: image(.blocks(size: [2, 3], rate: 0.5), [5, 7])),
    .init(name: "blocks of a row", architecture: image(.blocks(size: 3, rate: 0.5), [7])),
    .init(name: "columns", architecture: image(.columns(rate: 0.5), [2, 3])),
    .init(
      name: "sparsity", architecture: narrow([.sigmoid], penalties: [.sparsity(target: 0.1, weight: 0.3)])),
    .init(name: "contraction", architecture: narrow(penalties: [.contraction(weight: 0.2)])),
    .init(
      name: "contraction of a corrupted sample",
      architecture: narrow(
        [.sigmoid], penalties: [.contraction(weight: 0.2)], corruption: [.gaussian(deviation: 0.3)])),
    .init(name: "mmd, imq", architecture: narrow(penalties: [.mmd(weight: 0.5)])),
    .init(name: "mmd, rbf", architecture: narrow(penalties: [.mmd(weight: 0.5, kernel: .rbf)])),
    .init(
      name: "mmd of a gaussian code", architecture: narrow(code: .gaussian(), penalties: [.mmd(weight: 2)])),
    .init(
      name: "total correlation",
      architecture: narrow(code: .gaussian(), penalties: [.totalCorrelation(weight: 3)])),
    .init(name: "orthogonality", architecture: narrow(penalties: [.orthogonality(weight: 0.3)])),
    .init(name: "importance weights", architecture: narrow(code: .gaussian(.init(draws: 4)))),
    .init(name: "importance weights, beta", architecture: narrow(code: .gaussian(.init(beta: 2, draws: 2)))),
    .init(name: "pseudo-inputs", architecture: narrow(code: .gaussian(.init(beta: 0.7, pseudoInputs: 3)))),
    .init(
      name: "pseudo-inputs, warm-up", architecture: narrow(code: .gaussian(.init(warmUp: 2, pseudoInputs: 2)))
    ),
    .init(
      name: "pseudo-inputs, importance weights",
      architecture: narrow(code: .gaussian(.init(draws: 3, pseudoInputs: 4)))),
    .init(name: "top k", architecture: narrow([.topK(count: 2)])),
    .init(name: "tied", architecture: tied),
  ]

  private static let tied = Architecture(
    input: [5], encoder: [.dense(units: 4), .tanh, .dense(units: 3, bias: false)],
    decoder: [.tied(to: 2), .tanh, .tied(to: 0)], penalties: [.weights(l2: 0.01)])

  @Test("objectives and gradients are those of the formula", arguments: families)
  func objective(_ family: NamedArchitecture) throws {
    let architecture = family.architecture
    let autoencoder = try Autoencoder(architecture, seed: 2)
      .placingPseudoInputs { Draws.normal(5, seed: 40 + UInt64($0)) }
    let count = architecture.input.count
    let samples = Tensor(architecture.input.batch(20), Draws.normal(20 * count, seed: 6))
    let slow = SlowAutoencoder(autoencoder)
    let noise = SlowNoise(seed: Run.seed, step: Run.step)
    let shares = (0..<20).map { 0.6 + 0.04 * Float($0) }
    let weighs = !architecture.penalties.contains { $0.comparesSamples && $0.name != "sparsity" }
    let training = Run(
      .training(autoencoder.outline, architecture, rows: 24), autoencoder.block, samples,
      shares: weighs ? shares : nil)
    let oracle = weighs ? shares.map(Double.init) : nil
    let progress = Double(Run.progress)
    let objective = slow.objective(samples.doubleRows, noise: noise, shares: oracle, progress: progress)
    #expect(distance(training.results[0], [objective]) < 2e-6)
    let gradient = slow.gradient(samples.doubleRows, noise: noise, shares: oracle, progress: progress)
    #expect(distance(training.gradients, gradient) < 5e-6)
  }

  @Test("results are the same to the byte whatever the threads", arguments: families)
  func threads(_ family: NamedArchitecture) throws {
    // Wide enough that the batch is cut into shards.
    var architecture = family.architecture
    let input = architecture.input
    architecture.encoder.insert(
      contentsOf: [.flatten, .dense(units: 1200), .tanh, .dense(units: input.count), .reshape(input)], at: 0)
    architecture.decoder = architecture.decoder.map {
      if case .tied(let place, let bias) = $0 { .tied(to: place + 5, bias: bias) } else { $0 }
    }
    guard architecture.encoder.filter({ $0 == .flatten }).count == 1 else { return }
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let samples = Tensor(input.batch(200), Draws.normal(200 * input.count, seed: 6))
    let runs = [1, 2, 3].map {
      Run(
        .training(autoencoder.outline, architecture, rows: 200), autoencoder.block, samples, threads: $0)
    }
    #expect(runs[0].results == runs[1].results && runs[0].results == runs[2].results)
    #expect(runs[0].gradients == runs[1].gradients && runs[0].gradients == runs[2].gradients)
  }

  @Test("the JSON form keeps every number", arguments: families)
  func coding(_ family: NamedArchitecture) throws {
    let data = try JSONEncoder().encode(family.architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == family.architecture)
  }

  @Test("a model in use corrupts nothing and counts no penalty", arguments: families)
  func use(_ family: NamedArchitecture) throws {
    var plain = family.architecture
    (plain.corruption, plain.penalties) = ([], [])
    let autoencoder = try Autoencoder(family.architecture, seed: 2)
    let samples = Tensor(plain.input.batch(4), Draws.normal(4 * plain.input.count, seed: 6))
    let found = Run(.reconstruction(autoencoder.outline, family.architecture), autoencoder.block, samples)
    let expected = Run(.reconstruction(try plain.outline(), plain), autoencoder.block, samples)
    #expect(found.results == expected.results)
    let slow = SlowAutoencoder(autoencoder)
    #expect(distance(found.results[0], samples.doubleRows.flatMap(slow.reconstruct)) < 2e-6)
  }

  @Test("an estimate of the contraction along random directions has the exact one as its mean")
  func estimate() throws {
    // A reshape in front makes the encoder one that is not known to be dense.
    var architecture = Self.narrow(penalties: [.contraction(weight: 1)])
    architecture.encoder.insert(.reshape([5]), at: 0)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let sample = Draws.normal(5, seed: 6)
    let rows = 20_000
    let samples = Tensor([rows, 5], (0..<rows).flatMap { _ in sample })
    let run = Run(.training(autoencoder.outline, architecture, rows: rows), autoencoder.block, samples)
    let slow = SlowAutoencoder(autoencoder)
    let exact = slow.objective([sample.map(Double.init)])
    let reconstruction = slow.loss(sample.map(Double.init))
    let found = Double(run.results[0][0]) - reconstruction
    #expect(abs(found / (exact - reconstruction) - 1) < 0.03)
  }

  @Test("MMD of samples of the prior itself is near 0, of samples far from it is not")
  func discrepancy() throws {
    for kernel in Penalty.Kernel.allCases {
      let architecture = Architecture(
        input: [4], encoder: [], decoder: [], penalties: [.mmd(weight: 1, kernel: kernel)])
      let outline = try architecture.outline()
      func mmd(_ samples: [Float]) -> Float {
        Run(.training(outline, architecture, rows: 400), [], Tensor([400, 4], samples)).results[0][0]
      }
      let near = mmd(Draws.normal(1600, seed: 3))
      let far = mmd(Draws.normal(1600, seed: 3).map { $0 + 1.5 })
      #expect(abs(near) < 0.02 && far > 0.3, "\(kernel): \(near), \(far)")
    }
  }

  @Test("tied weights stand in the block once, and follow both their gradients")
  func tiedWeights() throws {
    let outline = try Self.tied.outline()
    #expect(
      outline.weights.map(\.name) == [
        "encoder.0.weight", "encoder.0.bias", "encoder.2.weight", "decoder.0.bias", "decoder.2.bias",
      ])
    let free = try Architecture(
      input: [5], encoder: [.dense(units: 4), .tanh, .dense(units: 3, bias: false)],
      decoder: [.dense(units: 4), .tanh, .dense(units: 5)]
    ).outline()
    #expect(free.parameterCount - outline.parameterCount == 32)
  }

  @Test("coordinates that make no sense together are refused by name")
  func refusals() throws {
    let wrong: [(Architecture, [String])] = [
      (Self.narrow(penalties: [.sparsity(weight: 1)]), ["penalty sparsity", "(0, 1)", ".sigmoid"]),
      (
        Self.narrow(code: .gaussian(), penalties: [.contraction(weight: 1)]),
        ["penalty contraction", "vector code"]
      ),
      (Self.narrow(penalties: [.totalCorrelation(weight: 1)]), ["totalCorrelation", "gaussian"]),
      (Self.narrow(penalties: [.mmd(weight: -1)]), ["penalty mmd", "at least 0", "-1.0"]),
      (Self.narrow(corruption: [.masking(rate: 1)]), ["corruption masking", "below 1"]),
      (Self.narrow(corruption: [.gaussian(deviation: -1)]), ["corruption gaussian", "above 0"]),
      (Self.narrow(corruption: [.blocks(size: 6, rate: 0.5)]), ["corruption blocks", "[5]"]),
      (Self.narrow([.topK(count: 4)]), [".topK(4)", "between 1 and 3"]),
      (Self.narrow(code: .gaussian(.init(draws: 0))), ["code gaussian", "draws"]),
      (Self.narrow(code: .gaussian(.init(freeBits: 1, draws: 3))), ["code gaussian", "one draw"]),
      (Self.tied(to: 1), ["decoder[0] .tied(to: 1)", "a dense layer", "0, 2"]),
      (Self.tied(to: 0), ["decoder[0] .tied(to: 0)", "[4]", "[3]"]),
      (Self.tied(to: 7), ["decoder[0] .tied(to: 7)", "0 to 2"]),
    ]
    for (architecture, words) in wrong {
      do {
        _ = try architecture.outline()
        Issue.record("\(words) was taken")
      } catch {
        for word in words { #expect("\(error)".contains(word), "\(error)") }
      }
    }
    let recurrent = Architecture(
      input: [6], encoder: [.reshape([3, 2]), .lstm(2, output: .last)], decoder: [.dense(units: 6)],
      penalties: [.contraction(weight: 1)])
    do {
      _ = try recurrent.outline()
      Issue.record("a contraction of an lstm was taken")
    } catch {
      #expect("\(error)".contains(".lstm") && "\(error)".contains("twice"))
    }
  }

  private static func tied(to place: Int) -> Architecture {
    var architecture = tied
    architecture.decoder[0] = .tied(to: place)
    return architecture
  }
}
