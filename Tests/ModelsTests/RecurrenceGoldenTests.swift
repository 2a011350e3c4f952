import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Recurrent layers on random shapes, held against PyTorch: `Tests/Golden/torch_recurrence.json`.
@Suite("Recurrent layers against PyTorch")
struct RecurrenceGoldenTests {
  struct Golden: Decodable {
    let samples: Int
    let cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let layer: Layer
    let input: Shape
    let output, inputGradient: [Double]
    let weightGradients: [[Double]]

    var testDescription: String { "\(layer) on \(input)" }
  }

  static let golden: Golden? = TorchGolden.load("torch_recurrence")

  @Test func areThere() throws {
    #expect(try #require(Self.golden).cases.count == 18)
  }

  /// The penalty Σ y² is what is differentiated, behind a first layer that passes the sample on: each sample
  /// brings a feature of its own, whose weights there are zero and have the gradient by the sample.
  @Test(arguments: golden?.cases ?? [])
  func agrees(_ example: Case) throws {
    let samples = try #require(Self.golden).samples
    let count = example.input.count
    let architecture = TorchGolden.architecture(of: example.layer, on: example.input, samples: samples)
    var autoencoder = try Autoencoder(architecture, seed: 1)
    var next = samples * count
    for placed in autoencoder.outline.weights {
      let size = placed.weight.shape.count
      var new = [Float](repeating: 0, count: size)
      if placed.name == "encoder.0.weight" {
        new = TorchGolden.passing(count, size: size)
      } else if placed.name.hasPrefix("encoder.2.") {
        new = TorchGolden.values(size, from: next)
        next += size
      }
      autoencoder.block.replaceSubrange(placed.offset..<(placed.offset + size), with: new)
    }
    let rows = TorchGolden.rows(samples, of: count, from: 0)
    #expect(distance(try autoencoder.encode(rows).values, example.output) < 2e-6)
    let run = Run(Assembly.training(autoencoder.outline, architecture), autoencoder.block, rows)
    let weights = autoencoder.outline.weights
    func gradient(_ placed: Outline.Placed, from start: Int = 0) -> [Float] {
      (start..<placed.weight.shape.count).map { Float(samples) * run.gradients[placed.offset + $0] }
    }
    #expect(distance(gradient(weights[0], from: count * count), example.inputGradient) < 1e-5)
    let own = weights.filter { $0.name.hasPrefix("encoder.2.") }
    #expect(own.count == example.weightGradients.count)
    for (placed, expected) in zip(own, example.weightGradients) {
      #expect(distance(gradient(placed), expected) < 1e-5, "\(placed.name)")
    }
  }
}
