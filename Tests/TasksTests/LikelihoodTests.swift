import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@Suite("Log-likelihoods")
struct LikelihoodTests {
  /// The mean of -log p(x) of binary samples: with one value in the code the integral over it can be taken by
  /// the trapezoidal rule.
  ///
  /// - Parameter density: p(z), times the root of 2π.
  static func negativeLog(
    of samples: Tensor, _ autoencoder: Autoencoder, prior density: (Double) -> Double
  ) throws -> Double {
    let grid = (0...1600).map { Float($0) * 0.01 - 8 }
    let chances = try autoencoder.decode(Tensor([grid.count, 1], grid)).doubleRows
    let exact = samples.doubleRows.map { sample in
      let terms = zip(grid, chances).map { z, p in
        let likelihood = zip(sample, p).reduce(1.0) { $0 * ($1.0 == 1 ? $1.1 : 1 - $1.1) }
        return likelihood * density(Double(z)) / (2 * Double.pi).squareRoot() * 0.01
      }
      return -log(terms.reduce(0, +))
    }
    return exact.reduce(0, +) / Double(samples.rows)
  }

  @Test("the estimate is the integral over the code")
  func integral() throws {
    let rows = 30
    let samples = Tensor([rows, 4], Draws.uniform(rows * 4, seed: 2).map { $0.rounded() })
    let dataset = try Dataset(samples, origin: "drawn")
    let architecture = Architecture(
      input: [4], encoder: [.dense(units: 3), .tanh, .dense(units: 2)], code: .gaussian(),
      decoder: [.dense(units: 3), .tanh, .dense(units: 4)], reconstruction: .bernoulli)
    var autoencoder = try Autoencoder(architecture, seed: 4)
    // Laws near the prior cover what the decoder makes likely.
    for placed in autoencoder.outline.weights {
      let factor: Float = placed.name.hasPrefix("encoder") ? 0.3 : 1.5
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        autoencoder.block[index] *= factor
      }
    }
    let model = try Model(autoencoder, .fitted(Scaling.Kind.none, to: dataset))
    let expected = try Self.negativeLog(of: samples, autoencoder) { exp(-$0 * $0 / 2) }
    let found = try Likelihood(model, on: dataset, draws: 2000, seed: 3)
    #expect(found.draws == 2000)
    #expect(abs(found.negativeLog - expected) < 0.01, "found \(found.negativeLog), expected \(expected)")
    // Few draws bound it from above, one of them being the evidence lower bound.
    let few = try Likelihood(model, on: dataset, draws: 5, seed: 3)
    let bound = try #require(try EvidenceBound(model, on: dataset))
    #expect(expected < few.negativeLog + 0.02 && few.negativeLog < bound.total + 0.1)
    #expect(
      try Likelihood(model, on: dataset, draws: 50, seed: 3, threads: 1)
        == Likelihood(model, on: dataset, draws: 50, seed: 3, threads: 3))
  }

  @Test("models without a likelihood are refused")
  func refusals() throws {
    for term in [Reconstruction.gaussian, .bernoulli] {
      let example = try TrainedExample(term)
      #expect(throws: TrainingError.self) { try Likelihood(example.model, on: example.dataset) }
    }
  }
}

@Suite("Paths between codes")
struct PathsTests {
  @Test("a line and an arc begin and end at the codes, and an arc keeps its length")
  func paths() {
    let (a, b): ([Float], [Float]) = ([3, 0, 0], [0, 3, 0])
    for path in Path.allCases {
      let codes = path.codes(from: a, to: b, steps: 5).doubleRows
      #expect(codes.count == 5)
      #expect(distance(a, codes[0]) < 1e-6 && distance(b, codes[4]) < 1e-6)
    }
    let arc = Path.spherical.codes(from: a, to: b, steps: 5).doubleRows
    for code in arc { #expect(abs(code.reduce(0) { $0 + $1 * $1 } - 9) < 1e-5) }
    #expect(abs(arc[2][0] - 3 / 2.0.squareRoot()) < 1e-6)
    let line = Path.linear.codes(from: a, to: b, steps: 5).doubleRows
    #expect(distance([1.5, 1.5, 0], line[2]) < 1e-6)
    // Opposites, equals and zeros have no arc of their own.
    for other: [Float] in [[-3, 0, 0], [3, 0, 0], [0, 0, 0]] {
      let codes = Path.spherical.codes(from: a, to: other, steps: 3).doubleRows
      #expect(codes.allSatisfy { $0.allSatisfy { $0.isFinite } } && distance(other, codes[2]) < 1e-6)
    }
  }

  @Test("a traversal changes one dimension alone")
  func traversal() throws {
    let example = try TrainedExample(.gaussian)
    let model = example.model
    let width = model.autoencoder.outline.code.count
    let code = (0..<width).map { Float($0) * 0.1 }
    let samples = try model.traverse([width - 1], from: code, over: -2...2, steps: 3)
    var moved = code
    moved[width - 1] = 2
    let last = try model.decode(Tensor([1, width], moved))
    #expect(samples.rows == 3 && distance(Array(samples.values.suffix(last.count)), last.doubles) < 1e-6)
    #expect(throws: TrainingError.self) { try model.traverse([width], from: code, over: -1...1, steps: 3) }
    let way = try model.interpolate(from: code, to: moved, steps: 2)
    #expect(distance(Array(way.values.suffix(last.count)), last.doubles) < 1e-6)
  }
}
