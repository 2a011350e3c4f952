import Hourglass
import HourglassTestSupport
import Testing

/// Columns of which a few values lie orders of magnitude further out than all others.
@Suite("Heavy tails")
struct HeavyTailTests {
  enum Tail: CaseIterable {
    /// exp(3 g), g from the standard normal.
    case logNormal
    /// The ratio of two normal draws.
    case cauchy
    /// One row a million times as far out as the others.
    case oneRow
  }

  private static let rows = 10_000

  private func dataset(_ tail: Tail) throws -> Dataset {
    let width = 6
    let draws = Draws.normal(2 * Self.rows * width, seed: 11)
    let values = (0..<(Self.rows * width)).map { index -> Float in
      let draw = draws[index]
      return switch tail {
      case .logNormal: Float(Double(3 * draw).exponential)
      case .cauchy: draw / draws[Self.rows * width + index]
      case .oneRow: index / width == 77 ? 1e6 * draw : draw
      }
    }
    return try Dataset(Tensor([Self.rows, width], values), origin: "\(tail)")
  }

  @Test("do not bring a variational training to infinity", arguments: Tail.allCases)
  func variational(_ tail: Tail) throws {
    for limit in [Preparation.usualInputLimit, nil] {
      var architecture = Architecture.dense(
        .init(input: [6], layers: [24], latent: 2, code: .gaussian()))
      architecture.inputLimit = limit
      let trainer = try Trainer(
        Autoencoder(architecture, seed: 3), Recipe(epochs: 2, batch: 256, seed: 3), on: dataset(tail))
      let losses = try trainer.finish().map(\.loss)
      // A code that carries nothing leaves the variance, 1. One draw of a variance of e¹⁰ costs 10⁴.
      #expect(losses.allSatisfy { $0.isFinite && $0 < 1e5 }, "\(tail): \(losses)")
    }
  }

  @Test("an outlier of any size has a score, the highest", arguments: [1e4, 1e9, 1e18, 1e30] as [Float])
  func outlier(_ value: Float) throws {
    for code in [Code.vector, .gaussian()] {
      var architecture = Architecture.dense(.init(input: [3], layers: [8], latent: 1, code: code))
      architecture.inputLimit = Preparation.usualInputLimit
      let training = try Samples.flat(200, 3, rank: 3)
      let trainer = try Trainer(
        Autoencoder(architecture, seed: 1), Recipe(epochs: 2, batch: 32), on: training)
      try trainer.finish()
      var values = Draws.normal(30, seed: 5)
      values[4] = value
      let scores = try trainer.model.scores(Dataset(Tensor([10, 3], values), origin: "far")).values
      #expect(scores.allSatisfy { !$0.isNaN }, "\(scores)")
      #expect(scores.indices.max { scores[$0] < scores[$1] } == 1, "\(scores)")
    }
  }

  @Test("what comes to infinity all the same is told in words", arguments: [Code.vector, .gaussian()])
  func words(_ code: Code) throws {
    let trainer = try Trainer(
      Autoencoder(.dense(.init(input: [6], layers: [8], latent: 2, code: code)), seed: 1),
      Recipe(epochs: 2, batch: 256, optimizer: .sgd(), rate: 1e4), on: dataset(.oneRow))
    let text = complaint { try trainer.finish() }
    #expect(text.hasPrefix("step ") && !text.contains("chain"), "\(text)")
    #expect(
      text.contains("with --rate, clip the gradient (--clip 1), or scale the data (--scaling standard)"))
    #expect(text.contains("in row 77, value"), "\(text)")
  }
}
