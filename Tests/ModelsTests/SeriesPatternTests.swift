import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The whole autoencoder of convolutions over the steps of a series.
@Suite("Pattern of convolutions over steps")
struct SeriesPatternTests {
  private static func conv(_ channels: Int) -> Layer {
    .conv(channels, kernel: 5, stride: 2, padding: .explicit(2), initializer: .orthogonal)
  }

  private static func deconv(_ channels: Int, _ added: Int) -> Layer {
    .deconv(
      channels, kernel: 5, stride: 2, padding: .explicit(2), outputPadding: Sides([added]),
      initializer: .orthogonal)
  }

  @Test func layersOfASeries() throws {
    let pattern = Architecture.Pattern(
      input: [3, 14], layers: [8, 6], latent: 2, activation: .gelu, codeActivation: .tanh,
      outputActivation: .sigmoid, initializer: .orthogonal, normalisation: .batchNorm(),
      dropout: .dropout(rate: 0.1))
    let architecture = Architecture.convolutionalSeries(pattern)
    let behind: [Layer] = [.batchNorm(), .gelu, .dropout(rate: 0.1)]
    let encoder: [Layer] =
      [Self.conv(8)] + behind + [Self.conv(6)] + behind
      + [.flatten, .dense(units: 2, initializer: .orthogonal), .tanh]
    // 14 steps become 7 and 4, and 4 become 7 and 14.
    let decoder: [Layer] =
      [.dense(units: 24, initializer: .orthogonal)] + behind + [.reshape([6, 4])]
      + [Self.deconv(8, 0)] + behind + [Self.deconv(3, 1), .sigmoid]
    #expect(architecture.encoder == encoder)
    #expect(architecture.decoder == decoder)
    #expect(try architecture.codeShape() == [2])
  }

  @Test(arguments: [[], [4], [4, 3], [4, 3, 2, 2]])
  func everyLengthComesBack(_ layers: [Int]) throws {
    for steps in Array(1...40) + [251, 10_000] {
      for input in [Shape([2, steps]), Shape([steps])] {
        let pattern = Architecture.Pattern(input: input, layers: layers, latent: 1)
        let outline = try Architecture.convolutionalSeries(pattern).outline()
        #expect(outline.decoder.last?.output == input, "\(steps) steps")
      }
    }
  }

  @Test func valuesAreThoseOfTheSlowForm() throws {
    for input in [Shape([2, 11]), Shape([12])] {
      let pattern = Architecture.Pattern(input: input, layers: [4, 3], latent: 2)
      let autoencoder = try Autoencoder(.convolutionalSeries(pattern), seed: 1)
      let samples = Tensor(input.batch(3), Draws.normal(3 * input.count, seed: 2))
      let slow = SlowAutoencoder(autoencoder)
      let expected = samples.doubleRows.flatMap { slow.reconstruct($0) }
      #expect(distance(try autoencoder.reconstruct(samples).values, expected) < 2e-6)
    }
  }

  @Test func aCodebookHasAVectorAPosition() throws {
    let book = Code.Codebook(entries: 8, width: 5)
    let pattern = Architecture.Pattern(input: [2, 16], layers: [4, 3], latent: 1, code: .codebook(book))
    let outline = try Architecture.convolutionalSeries(pattern).outline()
    #expect(outline.code == [5, 4])
    #expect(outline.decoder.last?.output == [2, 16])
  }

  /// A convolution reads nothing behind the end of a series that is filled up, whatever a bias before it left
  /// there: the positions of the series are the same under any padding, and behind it a flattening gives 0.
  @Test func realStepsAreTheSameUnderAnyPadding() throws {
    let (channels, rows) = (3, 4)
    let layers: [Layer] = [
      .conv(4, kernel: 5, stride: 2, padding: .explicit(2)), .gelu,
      .conv(6, kernel: 5, stride: 2, padding: .explicit(2)), .gelu, .conv(5, kernel: 3),
    ]
    for real in [4, 5, 6, 7, 8] {
      let drawn = Draws.normal(rows * real * channels, seed: 31)
      func samples(_ steps: Int) -> Tensor {
        let values = (0..<(rows * channels * steps)).map { place in
          place % steps < real ? drawn[place / steps * real + place % steps] : Float.nan
        }
        return Tensor([rows, channels, steps], values)
      }
      func codes(_ samples: Tensor, gaps: Bool) throws -> [[Double]] {
        let shape = samples.shape.sample
        let architecture = Architecture(
          input: shape, encoder: layers + [.flatten], decoder: [.dense(units: shape.count), .reshape(shape)])
        var autoencoder = try Autoencoder(architecture, seed: 4)
        for placed in autoencoder.outline.weights where placed.name.hasSuffix("bias") {
          for index in 0..<placed.weight.shape.count {
            autoencoder.block[placed.offset + index] = 0.3 + 0.1 * Float(index % 5)
          }
        }
        let found = Run(Assembly.encoder(autoencoder.outline, gaps: gaps), autoencoder.block, samples)
          .results[0]
        let positions = found.count / (rows * 5)
        return stride(from: 0, to: found.count, by: positions).map { start in
          found[start..<(start + positions)].map { Double($0) }
        }
      }
      let plain = try codes(samples(real), gaps: false)
      for steps in [real + 1, real + 2, real + 5, 30] {
        let padded = try codes(samples(steps), gaps: true)
        for (short, long) in zip(plain, padded) {
          #expect(distance(long[..<short.count].map { Float($0) }, short) < 1e-6, "\(real) of \(steps) steps")
          #expect(long[short.count...].allSatisfy { $0 == 0 }, "\(real) of \(steps) steps")
        }
      }
    }
  }
}
