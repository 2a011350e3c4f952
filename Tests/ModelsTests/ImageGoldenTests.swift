import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The layers of images on random shapes, held against PyTorch: `Tests/Golden/torch_images.json`.
@Suite("Layers of images against PyTorch")
struct ImageGoldenTests {
  struct Golden: Decodable {
    let samples: Int
    let cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let layer: Layer
    let input: Shape
    let outputShape: Shape
    let output, inputGradient: [Double]
    let weightGradient, biasGradient: [Double]?

    var testDescription: String { "\(layer) on \(input)" }
  }

  static let golden: Golden? = TorchGolden.load("torch_images")

  @Test func areThere() throws {
    let golden = try #require(Self.golden)
    #expect(golden.cases.count == 54)
  }

  /// The penalty Σ y² is what is differentiated: the decoder is all zeros, so that nothing of the
  /// reconstruction comes through it. Each sample brings a feature of its own, whose weights in the first
  /// layer are zero and have the gradient by the sample.
  @Test(arguments: golden?.cases ?? [])
  func agrees(_ example: Case) throws {
    let samples = try #require(Self.golden).samples
    let count = example.input.count
    let architecture = TorchGolden.architecture(of: example.layer, on: example.input, samples: samples)
    var autoencoder = try Autoencoder(architecture, seed: 1)
    var places: [String: Outline.Placed] = [:]
    for placed in autoencoder.outline.weights {
      places[placed.name] = placed
      let size = placed.weight.shape.count
      let new: [Float] =
        switch placed.name {
        case "encoder.0.weight": TorchGolden.passing(count, size: size)
        case "encoder.2.weight", "encoder.2.scale": TorchGolden.values(size, from: 5)
        case "encoder.2.bias", "encoder.2.shift": TorchGolden.values(size, from: 9)
        default: Array(repeating: 0, count: size)
        }
      autoencoder.block.replaceSubrange(placed.offset..<(placed.offset + size), with: new)
    }
    #expect(autoencoder.outline.code == example.outputShape)
    let rows = TorchGolden.rows(samples, of: count, from: 1)
    let run = Run(Assembly.training(autoencoder.outline, architecture), autoencoder.block, rows)
    func gradient(_ name: String, from start: Int = 0) throws -> [Float] {
      let placed = try #require(places[name])
      return (start..<placed.weight.shape.count).map { Float(samples) * run.gradients[placed.offset + $0] }
    }
    let isNormalised = places["encoder.2.scale"] != nil
    if !isNormalised {
      #expect(distance(try autoencoder.encode(rows).values, example.output) < 2e-6)
    }
    let first = try gradient("encoder.0.weight", from: count * count)
    #expect(distance(first, example.inputGradient) < (isNormalised ? 2e-4 : 1e-5))
    if let expected = example.weightGradient {
      #expect(distance(try gradient(isNormalised ? "encoder.2.scale" : "encoder.2.weight"), expected) < 1e-5)
    }
    if let expected = example.biasGradient {
      #expect(distance(try gradient(isNormalised ? "encoder.2.shift" : "encoder.2.bias"), expected) < 1e-5)
    }
  }
}
