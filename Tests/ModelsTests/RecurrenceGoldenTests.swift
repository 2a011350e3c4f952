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

  static let golden: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/torch_recurrence.json")))
      .flatMap { try? decoder.decode(Golden.self, from: $0) }
  }()

  /// The formula that the script draws its values from.
  private func values(_ count: Int, from start: Int) -> [Float] {
    (start..<(start + count)).map {
      Float((256 * sin(1.7 * Double($0) + 0.3 * Double($0 % 7))).rounded(.toNearestOrEven) / 256)
    }
  }

  @Test func areThere() throws {
    #expect(try #require(Self.golden).cases.count == 18)
  }

  /// The penalty Σ y² is what is differentiated, behind a first layer that passes the sample on: each sample
  /// brings a feature of its own, whose weights there are zero and have the gradient by the sample.
  @Test(arguments: golden?.cases ?? [])
  func agrees(_ example: Case) throws {
    let samples = try #require(Self.golden).samples
    let count = example.input.count
    let architecture = Architecture(
      input: [count + samples],
      encoder: [.dense(units: count, bias: false), .reshape(example.input), example.layer],
      decoder: [.flatten, .dense(units: count + samples)], penalties: [.activity(l2: 1)])
    var autoencoder = try Autoencoder(architecture, seed: 1)
    var next = samples * count
    for placed in autoencoder.outline.weights {
      let size = placed.weight.shape.count
      var new = [Float](repeating: 0, count: size)
      if placed.name == "encoder.0.weight" {
        new = (0..<size).map { $0 / count == $0 % count ? 1 : 0 }
      } else if placed.name.hasPrefix("encoder.2.") {
        new = values(size, from: next)
        next += size
      }
      autoencoder.block.replaceSubrange(placed.offset..<(placed.offset + size), with: new)
    }
    let drawn = values(samples * count, from: 0)
    var table: [Float] = []
    for sample in 0..<samples {
      table += drawn[(sample * count)..<((sample + 1) * count)]
      for other in 0..<samples { table.append(other == sample ? 1 : 0) }
    }
    let rows = Tensor([samples, count + samples], table)
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
