import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Steps that are missing change nothing at those that are there.
@Suite("Padded sequences")
struct PaddingTests {
  private static let channels = 3
  private static let real = 5

  /// Sequences of `steps` steps, of which the first ones are real.
  private func samples(_ steps: Int, rows: Int = 6) -> Tensor {
    let drawn = Draws.normal(rows * Self.real * Self.channels, seed: 31)
    let values = (0..<rows).flatMap { row in
      (0..<(steps * Self.channels)).map { place in
        place < Self.real * Self.channels ? drawn[row * Self.real * Self.channels + place] : Float.nan
      }
    }
    return Tensor([rows, steps, Self.channels], values)
  }

  private func block(_ heads: Int) -> [Layer] {
    [
      .residual([.layerNorm(), .attention(heads: heads)]),
      .residual([.layerNorm(), .densePerStep(units: 6), .gelu, .densePerStep(units: 8)]),
    ]
  }

  private func encoder(_ heads: Int) -> [Layer] {
    [.densePerStep(units: 8), .positionalEncoding] + block(heads) + block(heads)
  }

  /// The codes of a network whose weights do not depend on the number of steps.
  private func codes(_ layers: [Layer], _ samples: Tensor, gaps: Bool) throws -> [Float] {
    let shape = samples.shape.sample
    let architecture = Architecture(
      input: shape, encoder: layers, decoder: [.flatten, .dense(units: shape.count), .reshape(shape)])
    var autoencoder = try Autoencoder(architecture, seed: 4)
    // Weights are drawn by their place in the block, which the steps do not move in the encoder.
    for placed in autoencoder.outline.weights where placed.name.hasSuffix("bias") {
      for index in 0..<placed.weight.shape.count {
        autoencoder.block[placed.offset + index] = 0.1 * Float(index % 5)
      }
    }
    return Run(Assembly.encoder(autoencoder.outline, gaps: gaps), autoencoder.block, samples).results[0]
  }

  @Test(arguments: [1, 2, 4])
  func realStepsAreTheSameUnderAnyPadding(_ heads: Int) throws {
    let plain = try codes(encoder(heads), samples(Self.real), gaps: false)
    for steps in [Self.real, 6, 9, 16, 40] {
      let padded = try codes(encoder(heads), samples(steps), gaps: true)
      let kept = (0..<6).flatMap { row in
        padded[(row * steps * 8)..<((row * steps + Self.real) * 8)].map { Double($0) }
      }
      #expect(distance(plain, kept) < 1e-6, "\(steps) steps")
    }
  }

  /// Behind a flattening there is nothing of the padding: the first weights of a dense layer decide alone.
  @Test func aFlattenedCodeIsTheSameToo() throws {
    let plain = try codes(encoder(2) + [.flatten], samples(Self.real), gaps: false)
    let padded = try codes(encoder(2) + [.flatten], samples(9), gaps: true)
    for row in 0..<6 {
      let (start, end) = (row * 9 * 8, (row + 1) * 9 * 8)
      let real = padded[start..<(start + Self.real * 8)].map { Double($0) }
      #expect(distance(Array(plain[(row * Self.real * 8)..<((row + 1) * Self.real * 8)]), real) < 1e-6)
      #expect(padded[(start + Self.real * 8)..<end].allSatisfy { $0 == 0 })
    }
  }

  /// A transposed series is masked along the axis that became the steps.
  @Test func theSameOfSeriesWithChannelsFirst() throws {
    func turned(_ samples: Tensor) -> Tensor {
      let (rows, steps) = (samples.rows, samples.shape[1])
      let values = samples.values
      return Tensor(
        [rows, Self.channels, steps],
        (0..<(rows * steps * Self.channels)).map { place in
          let (row, rest) = (place / (steps * Self.channels), place % (steps * Self.channels))
          return values[(row * steps + rest % steps) * Self.channels + rest / steps]
        })
    }
    let first = try codes(encoder(2), samples(9), gaps: true)
    let second = try codes([.transpose] + encoder(2), turned(samples(9)), gaps: true)
    #expect(first == second)
  }

  /// A step with a single value is there; and a sample without any gives numbers all the same.
  @Test func halfAndWhollyMissingSamples() throws {
    var values = samples(Self.real).values
    for index in values.indices where index % 3 != 1 { values[index] = .nan }
    for index in 0..<(Self.real * Self.channels) { values[index] = .nan }
    let holed = Tensor([6, Self.real, Self.channels], values)
    let filled = Tensor([6, Self.real, Self.channels], values.map { $0.isNaN ? 0 : $0 })
    let found = try codes(encoder(2), holed, gaps: true)
    #expect(found.allSatisfy { $0.isFinite })
    let each = Self.real * 8
    let expected = try codes(encoder(2), filled, gaps: false)
    #expect(distance(Array(found[each...]), expected[each...].map { Double($0) }) < 1e-6)
  }

  /// Training on padded sequences is training on the sequences: the same loss and gradient, but for the
  /// weights of the padded steps.
  @Test func gradientsAreTheSame() throws {
    func run(_ steps: Int, gaps: Bool) throws -> (loss: Float, gradients: [String: [Float]]) {
      let architecture = Architecture(
        input: [steps, Self.channels], encoder: [.densePerStep(units: 8), .positionalEncoding] + block(2),
        decoder: block(2) + [.densePerStep(units: Self.channels)])
      let autoencoder = try Autoencoder(architecture, seed: 4)
      let run = Run(
        Assembly.training(autoencoder.outline, architecture, gaps: gaps), autoencoder.block, samples(steps))
      let named = autoencoder.outline.weights.map { placed in
        (placed.name, Array(run.gradients[placed.offset..<(placed.offset + placed.weight.shape.count)]))
      }
      return (run.results[0][0], Dictionary(uniqueKeysWithValues: named))
    }
    let plain = try run(Self.real, gaps: false)
    let padded = try run(12, gaps: true)
    #expect(distance([padded.loss], [Double(plain.loss)]) < 2e-6)
    for (name, values) in plain.gradients {
      #expect(distance(values, try #require(padded.gradients[name]).map { Double($0) }) < 2e-6, "\(name)")
    }
  }
}
