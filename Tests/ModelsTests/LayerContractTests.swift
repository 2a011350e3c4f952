import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// A layer with an input it accepts.
struct LayerExample: Sendable, CustomTestStringConvertible {
  let layer: Layer
  let input: Shape
  let output: Shape

  var lastAxis: Int { input.dimensions.last ?? 1 }

  var testDescription: String { "\(layer) on \(input)" }

  /// The layer between dense ones, so that gradients go into it and through it, on `reconstruction`.
  func autoencoder(_ reconstruction: Reconstruction = .gaussian) throws -> Autoencoder {
    let architecture = Architecture(
      input: [5], encoder: [.dense(units: input.count), .reshape(input), layer],
      decoder: [.flatten, .dense(units: 5)], reconstruction: reconstruction)
    var autoencoder = try Autoencoder(architecture, seed: 11)
    // Biases and slopes too are then some number of their own.
    let noise = Draws.normal(autoencoder.block.count, seed: 12)
    for placed in autoencoder.outline.weights {
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        autoencoder.block[index] += 0.1 * noise[index]
      }
    }
    return autoencoder
  }

  /// The layer alone, as an encoder that a dense layer leads back from.
  func alone() throws -> Autoencoder {
    try Autoencoder(
      Architecture(
        input: input, encoder: [layer], decoder: [.flatten, .dense(units: input.count), .reshape(input)]),
      seed: 3)
  }
}

extension LayerExample {
  fileprivate static func weightsOfAttention(_ features: Int) -> [String] {
    ["query", "key", "value", "output"].flatMap {
      ["\($0).weight [\(features), \(features)]", "\($0).bias [\(features)]"]
    }
  }
}

/// What every layer must do; a new layer is put through it by its example.
@Suite("Layer contract")
struct LayerContractTests {
  static let examples: [LayerExample] = Layer.examples.map {
    LayerExample(layer: $0.layer, input: $0.input, output: $0.output)
  }

  static func samples(_ rows: Int, _ shape: Shape, seed: UInt64 = 21) -> Tensor {
    Tensor(shape.batch(rows), Draws.normal(rows * shape.count, seed: seed))
  }

  @Test("there is an example of every layer that the JSON form knows")
  func everyLayer() throws {
    let shown = try Layer.examples.map { example in
      let data = try JSONEncoder().encode(example.layer)
      return try #require(try JSONDecoder().decode([String: Nothing].self, from: data).keys.first)
    }
    // A tied layer is none without an encoder: FamilyTests has its own.
    #expect(Set(shown) == Set(Layer.names).subtracting(["tied", "join"]))
    #expect(Layer.names.count == Set(Layer.names).count)
  }

  private struct Nothing: Decodable {}

  @Test("declared shapes are those that run", arguments: examples)
  func shapes(_ example: LayerExample) throws {
    let autoencoder = try example.alone()
    let entry = autoencoder.outline.encoder[0]
    #expect(entry.input == example.input)
    #expect(entry.output == example.output)
    #expect(autoencoder.outline.code == example.output)
    let codes = try autoencoder.encode(Self.samples(3, example.input))
    #expect(codes.shape == example.output.batch(3))
    #expect(codes.values.allSatisfy { $0.isFinite })
  }

  @Test("weights have the shapes that are written at the layer", arguments: examples)
  func weights(_ example: LayerExample) throws {
    let autoencoder = try example.alone()
    let found = autoencoder.outline.encoder[0].weights.map { "\($0.weight.name) \($0.weight.shape)" }
    let expected: [String] =
      switch example.layer {
      case .dense(let units, _, true): ["weight [\(example.input.count), \(units)]", "bias [\(units)]"]
      case .dense(let units, _, false): ["weight [\(example.input.count), \(units)]"]
      case .prelu: ["slope \(example.input)"]
      case .batchNorm: ["scale", "shift", "mean", "variance"].map { "\($0) [\(example.input[0])]" }
      case .conv(let numbers):
        numbers.expectedWeights(example.input.rank, [numbers.channels, example.input[0] / numbers.groups])
      case .deconv(let numbers):
        numbers.expectedWeights(example.input.rank, [example.input[0], numbers.channels / numbers.groups])
      case .residual(let layers) where layers.count == 4 && example.input.rank == 3:
        [
          "0.weight [2, 2, 3, 3]", "0.bias [2]", "1.slope [2, 4, 3]", "2.scale [2]", "2.shift [2]",
          "2.mean [2]", "2.variance [2]", "3.weight [2, 2, 1, 1]", "3.bias [2]",
        ]
      case .residual(let layers) where layers.first == .layerNorm() && layers.count == 3:
        ["0.scale [4]", "0.shift [4]"] + LayerExample.weightsOfAttention(4).map { "1.\($0)" }
      case .residual(let layers) where layers.first == .layerNorm():
        [
          "0.scale [4]", "0.shift [4]", "1.weight [4, 6]", "1.bias [6]", "3.weight [6, 4]", "3.bias [4]",
        ]
      case .residual:
        [
          "0.weight [4, 3]", "0.bias [3]", "2.0.weight [3, 3]", "2.0.bias [3]", "3.weight [3, 4]",
          "3.bias [4]",
        ]
      case .lstm(let numbers): numbers.expectedWeights(example.lastAxis, sums: 4)
      case .gru(let numbers): numbers.expectedWeights(example.lastAxis, sums: 3)
      case .attention: LayerExample.weightsOfAttention(example.lastAxis)
      case .positionEmbedding: ["weight \(example.input)"]
      case .embedding(let entries, let features): ["weight [\(entries), \(features)]"]
      case .densePerStep(let units, _, let bias):
        ["weight [\(example.lastAxis), \(units)]"] + (bias ? ["bias [\(units)]"] : [])
      case .layerNorm: ["scale", "shift"].map { "\($0) [\(example.lastAxis)]" }
      default: []
      }
    #expect(found == expected)
    for placed in autoencoder.outline.weights {
      #expect(autoencoder.weight(placed.name)?.shape == placed.weight.shape)
      #expect(placed.offset % 16 == 0, "\(placed.name) begins in a cache line at \(placed.offset)")
    }
  }

  @Test("gives what its formula says", arguments: examples)
  func values(_ example: LayerExample) throws {
    let autoencoder = try example.alone()
    let samples = Self.samples(40, example.input)
    let expected = samples.doubleRows.flatMap { SlowAutoencoder(autoencoder).encode($0) }
    #expect(distance(try autoencoder.encode(samples).values, expected) < 1e-6)
  }

  @Test("gives a sample alone what it gives it among others", arguments: examples)
  func alone(_ example: LayerExample) throws {
    let autoencoder = try example.autoencoder()
    let samples = Self.samples(70, [5])
    let together = try autoencoder.encode(samples)
    for row in [0, 1, 31, 32, 33, 63, 69] {
      let alone = try autoencoder.encode(samples[row..<(row + 1)])
      #expect(distance(alone.values, together[row..<(row + 1)].doubles) < 1e-6, "row \(row)")
    }
  }

  @Test("has the gradient of its formula", arguments: examples)
  func gradient(_ example: LayerExample) throws {
    let autoencoder = try example.autoencoder()
    let samples = Self.samples(9, [5])
    let slow = SlowAutoencoder(autoencoder)
    let noise = SlowNoise(seed: Run.seed, step: Run.step)
    let expected = slow.gradient(samples.doubleRows, noise: noise)
    let assembly = Assembly.training(autoencoder.outline, autoencoder.architecture)
    let run = Run(assembly, autoencoder.block, samples)
    #expect(distance(run.results[0], [slow.objective(samples.doubleRows, noise: noise)]) < 1e-6)
    #expect(distance(run.gradients, expected) < 3e-6)
    #expect(expected.contains { abs($0) > 0.01 })
  }

  @Test("is the same after JSON", arguments: examples)
  func coding(_ example: LayerExample) throws {
    let data = try JSONEncoder().encode(example.layer)
    #expect(try JSONDecoder().decode(Layer.self, from: data) == example.layer)
  }

  @Test("gives the same bytes each time and on any number of threads", arguments: examples)
  func determinism(_ example: LayerExample) throws {
    let (first, second) = (try example.autoencoder(), try example.autoencoder())
    #expect(first.block == second.block)
    let samples = Self.samples(300, [5])
    let assembly = Assembly.training(first.outline, first.architecture)
    let expected = Run(assembly, first.block, samples)
    for threads in [1, 2, 3, 8] {
      let run = Run(assembly, second.block, samples, threads: threads)
      #expect(run.gradients == expected.gradients)
      #expect(run.results == expected.results)
      let codes = try second.encode(samples, threads: threads)
      #expect(try first.encode(samples, threads: 1) == codes)
    }
  }
}

extension Convolution {
  /// Its weight begins with these channels, and goes on with its kernel.
  fileprivate func expectedWeights(_ rank: Int, _ channels: [Int]) -> [String] {
    let sides =
      kernel.numbers.count == 1 ? Array(repeating: kernel.numbers[0], count: rank - 1) : kernel.numbers
    return ["weight \(channels + sides)"] + (bias ? ["bias [\(self.channels)]"] : [])
  }
}

extension Recurrent {
  fileprivate func expectedWeights(_ features: Int, sums: Int) -> [String] {
    (direction == .both ? ["", "backward."] : [""]).flatMap { part in
      [
        "\(part)weight [\(features), \(sums * units)]", "\(part)recurrentWeight [\(units), \(sums * units)]",
        "\(part)bias [\(4 * units)]",
      ]
    }
  }
}
