import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The whole autoencoder of blocks of attention.
@Suite("Pattern of attention")
struct AttentionPatternTests {
  @Test func layersOfASeries() throws {
    let pattern = Architecture.Pattern(
      input: [2, 6], layers: [8, 4], latent: 3, activation: .gelu, codeActivation: .tanh,
      outputActivation: .sigmoid, initializer: .orthogonal, dropout: .dropout(rate: 0.1))
    let architecture = Architecture.attention(pattern, heads: 2)
    func step(_ units: Int) -> Layer { .densePerStep(units: units, initializer: .orthogonal) }
    func block(_ width: Int) -> [Layer] {
      [
        .residual([.layerNorm(), .attention(heads: 2), .dropout(rate: 0.1)]),
        .residual([.layerNorm(), step(4 * width), .gelu, step(width), .dropout(rate: 0.1)]),
      ]
    }
    let encoder: [Layer] =
      [.transpose, step(8), .positionalEncoding] + block(8) + [step(4)] + block(4)
      + [.layerNorm(), .flatten, .dense(units: 3, initializer: .orthogonal), .tanh]
    let decoder: [Layer] =
      [.dense(units: 24, initializer: .orthogonal), .reshape([6, 4]), .positionalEncoding] + block(4)
      + [step(8)] + block(8) + [.layerNorm(), step(2), .transpose, .sigmoid]
    #expect(architecture.encoder == encoder)
    #expect(architecture.decoder == decoder)
    #expect(try architecture.codeShape() == [3])
  }

  @Test func stepsOfOneChannel() throws {
    let pattern = Architecture.Pattern(input: [10], layers: [8], latent: 2)
    let autoencoder = try Autoencoder(.attention(pattern), seed: 1)
    let samples = Tensor([3, 10], Draws.normal(30, seed: 2))
    #expect(try autoencoder.reconstruct(samples).shape == [3, 10])
    let slow = SlowAutoencoder(autoencoder)
    let expected = samples.doubleRows.flatMap { slow.reconstruct($0) }
    #expect(distance(try autoencoder.reconstruct(samples).values, expected) < 2e-6)
  }

  @Test func headsThatDoNotFit() {
    let pattern = Architecture.Pattern(input: [1, 10], layers: [6], latent: 2)
    let error = #expect(throws: ModelError.self) { try Architecture.attention(pattern).outline() }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.hasPrefix("encoder[3]") && text.contains("heads that divide 6 features"), "\(text)")
  }
}
