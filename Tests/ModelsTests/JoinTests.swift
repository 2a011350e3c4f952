import Foundation
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Heads that join what the encoder has within it.
@Suite("Skip connections to a head")
struct JoinTests {
  private static func architecture(_ layers: [Layer], shape: Shape) -> Architecture {
    var architecture = Architecture(
      input: [4, 6], encoder: [.reshape([1, 4, 6]), .conv(2, stride: 2), .tanh, .flatten, .dense(units: 3)],
      decoder: [.dense(units: 24), .reshape([4, 6])])
    architecture.heads = [
      Head("mask", shape: shape, law: .categorical(levels: 2), layers: layers, classes: ["back", "front"])
    ]
    return architecture
  }

  private static let samples = Tensor([3, 4, 6], Draws.normal(72, seed: 3))

  private func weight(_ autoencoder: Autoencoder, _ name: String) -> [Double] {
    autoencoder.weight(name)?.doubles ?? []
  }

  @Test("stand behind the channels of what is read, at every place of the encoder")
  func values() throws {
    // The sample itself, then what the convolution has.
    for (after, shape, layer) in [(0, [4, 6] as Shape, 24), (3, [2, 3] as Shape, 6)] {
      let architecture = Self.architecture(
        [
          .dense(units: layer), .reshape(Shape([1] + shape.dimensions)), .join(after: after),
          .conv(2, kernel: 1),
        ], shape: shape)
      let autoencoder = try Autoencoder(architecture, seed: 2)
      let found = Run(.heads(autoencoder.outline), autoencoder.block, Self.samples).results[0]
      let codes = Run(.encoder(autoencoder.outline), autoencoder.block, Self.samples).results[0]
      let (matrix, bias) = (weight(autoencoder, "heads.0.0.weight"), weight(autoencoder, "heads.0.0.bias"))
      let mixing = weight(autoencoder, "heads.0.3.weight")
      let kernel = weight(autoencoder, "encoder.1.weight")
      let places = shape.count
      for row in 0..<3 {
        let x = (0..<24).map { Double(Self.samples.values[24 * row + $0]) }
        let own = (0..<places).map { place in
          (0..<3).reduce(bias[place]) { $0 + Double(codes[3 * row + $1]) * matrix[$1 * places + place] }
        }
        /// The encoder's part, a channel after the other.
        let joined: [[Double]] =
          after == 0
          ? [x]
          : (0..<2).map { channel in
            (0..<6).map { place in
              // Padding same, stride 2, of even sides: none in front.
              let (top, left) = (2 * (place / 3), 2 * (place % 3))
              var sum = 0.0
              for i in 0..<3 {
                for j in 0..<3 where top + i < 4 && left + j < 6 {
                  sum += kernel[channel * 9 + 3 * i + j] * x[(top + i) * 6 + left + j]
                }
              }
              return tanh(sum)
            }
          }
        let channels = [own] + joined
        for level in 0..<2 {
          for place in 0..<places {
            let expected = channels.indices.reduce(0) {
              $0 + mixing[level * channels.count + $1] * channels[$1][place]
            }
            let value = Double(found[row * 2 * places + level * places + place])
            #expect(abs(value - expected) < 1e-5)
          }
        }
      }
    }
  }

  @Test("gradients reach the encoder through them")
  func gradients() throws {
    var architecture = Self.architecture(
      [.dense(units: 6), .reshape([1, 2, 3]), .join(after: 3), .conv(2, kernel: 1)], shape: [2, 3])
    architecture.reconstructionWeight = 0
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let targets = (0..<18).map { $0 % 5 == 4 ? Float.nan : Float($0 % 2) }
    func step(_ block: [Float]) -> (Double, [Float]) {
      let session = Session(
        Assembly.training(autoencoder.outline, architecture, rows: 3).plan(capacity: 3), parameters: block,
        team: Team(count: 1))
      session.setScalar(Assembly.Scalar.inverseLabelled, 1)
      return ([1 / 3, 1 / 3, 1 / 3] + targets).withUnsafeBufferPointer { values in
        Self.samples.withBytes { bytes in
          guard let base = bytes.baseAddress, let start = values.baseAddress else { return (0, []) }
          session.setFeed(samples: Feed(base: base, element: .float32), gaps: false)
          session.setFeed(Assembly.Slot.sampleWeights, Feed(floats: start))
          session.setFeed(targets: Feed(floats: start + 3))
          session.run(rows: 3)
          return (Double(session.fixedResult(0)[0]), Array(session.gradients))
        }
      }
    }
    let (_, gradient) = step(autoencoder.block)
    for name in ["encoder.1.weight", "encoder.4.weight", "heads.0.0.weight", "heads.0.3.weight"] {
      let placed = try #require(autoencoder.outline.weights.first { $0.name == name })
      for place in placed.offset..<(placed.offset + min(6, placed.weight.shape.count)) {
        var (high, low) = (autoencoder.block, autoencoder.block)
        high[place] += 1e-2
        low[place] -= 1e-2
        let slope = (step(high).0 - step(low).0) / 2e-2
        #expect(abs(slope - Double(gradient[place])) < 1e-3, "\(name) \(place)")
      }
    }
  }

  @Test("a U-shape ends in the classes of each place, whatever the sides")
  func pictureHead() throws {
    for input in [[12, 10], [3, 16, 16], [1, 9, 7]] as [Shape] {
      var architecture = Architecture.convolutional(
        Architecture.Pattern(input: input, layers: [4, 6], latent: 5))
      let head = try architecture.pictureHead("mask", classes: ["back", "cell", "edge"])
      architecture.heads = [head]
      let outline = try architecture.outline()
      #expect(outline.heads[0].last?.output == Shape([3] + input.dimensions.suffix(2)))
      #expect(outline.heads[0].count { "\($0.layer)".hasPrefix(".join") } == 3)
    }
    #expect(throws: ModelError.self) {
      try Architecture.dense(input: [4], layers: [3], latent: 2).pictureHead("mask", classes: ["a", "b"])
    }
  }

  @Test("refuse places that fit nothing, by name")
  func refusals() {
    func refusal(_ layers: [Layer], decoder: [Layer]? = nil) -> String {
      var architecture = Self.architecture(layers, shape: [2, 3])
      if let decoder { architecture.decoder = decoder }
      do {
        _ = try architecture.outline()
        return ""
      } catch {
        return "\(error)"
      }
    }
    let start: [Layer] = [.dense(units: 6), .reshape([1, 2, 3])]
    #expect(refusal(start + [.join(after: 9), .conv(2, kernel: 1)]).contains("0 to 5"))
    #expect(refusal(start + [.join(after: 0), .conv(2, kernel: 1)]).contains("the sides of [1, 2, 3]"))
    #expect(
      refusal(start + [.conv(2, kernel: 1)], decoder: [.dense(units: 24), .join(after: 0)]).contains(
        "the layers of a head"))
  }
}
