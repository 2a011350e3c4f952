import Foundation
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The layers of sequences, held against PyTorch: `Tests/Golden/torch_sequences.json`.
@Suite("Layers of sequences against PyTorch")
struct SequenceGoldenTests {
  struct Golden: Decodable {
    let samples: Int
    let cases: [Case]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let layers: [Layer]
    let input: Shape
    let samples, output: [Double]
    let presence: [[Double]]?
    let weights, gradients: [String: [Double]]
    let inputGradient: [Double]?

    private enum CodingKeys: String, CodingKey {
      case layers, input, samples, output, presence, weights, gradients
      case inputGradient = "input_gradient"
    }

    /// Of all gradients the largest value: others are differences of sums of that size, the gradient by a
    /// key's bias of exactly equal ones.
    var scale: Double {
      (gradients.values + [inputGradient ?? []]).joined().reduce(1) { max($0, abs($1)) }
    }

    var testDescription: String { "\(layers) on \(input)" + (presence == nil ? "" : " with gaps") }
  }

  static let golden: Golden? = TorchGolden.load("torch_sequences", keys: .useDefaultKeys)

  @Test func areThere() throws {
    let golden = try #require(Self.golden)
    #expect(golden.cases.count == 14)
    #expect(golden.cases.count { $0.presence != nil } == 3)
  }

  /// The layers as an encoder, with the weights of the case, and a decoder of zeros: nothing of the
  /// reconstruction comes through it, and the penalty Σ y² is what is differentiated.
  private func made(_ example: Case, behind first: [Layer] = [], input: Shape) throws -> Autoencoder {
    let architecture = Architecture(
      input: input, encoder: first + example.layers,
      decoder: [.flatten, .dense(units: input.count), .reshape(input)], penalties: [.activity(l2: 1)])
    var autoencoder = try Autoencoder(architecture, seed: 1)
    for placed in autoencoder.outline.weights where placed.name.hasPrefix("decoder") {
      replace(placed, in: &autoencoder) { _ in 0 }
    }
    for (name, placed) in Self.places(of: example, in: autoencoder.outline, behind: first.count) {
      let values = try #require(example.weights[name])
      #expect(values.count == placed.weight.shape.count)
      replace(placed, in: &autoencoder) { Float(values[$0]) }
    }
    return autoencoder
  }

  private func replace(
    _ placed: Outline.Placed, in autoencoder: inout Autoencoder, _ value: (Int) -> Float
  ) {
    for index in 0..<placed.weight.shape.count { autoencoder.block[placed.offset + index] = value(index) }
  }

  private static func places(
    of example: Case, in outline: Outline, behind count: Int
  ) -> [(String, Outline.Placed)] {
    outline.weights.compactMap { placed in
      let parts = placed.name.split(separator: ".", maxSplits: 2)
      guard parts[0] == "encoder", let number = Int(parts[1]), number >= count else { return nil }
      return ("\(number - count).\(parts[2])", placed)
    }
  }

  @Test(arguments: golden?.cases ?? [])
  func agrees(_ example: Case) throws {
    let count = try #require(Self.golden).samples
    let autoencoder = try made(example, input: example.input)
    let each = example.input.count / example.input[0]
    var samples = example.samples.map { Float($0) }
    for (sample, steps) in (example.presence ?? []).enumerated() {
      for (step, isThere) in steps.enumerated() where isThere == 0 {
        let start = (sample * steps.count + step) * each
        for index in start..<(start + each) { samples[index] = .nan }
      }
    }
    let (outline, architecture) = (autoencoder.outline, autoencoder.architecture)
    let rows = Tensor(example.input.batch(count), samples)
    let hasGaps = example.presence != nil
    let codes = Run(Assembly.encoder(outline, gaps: hasGaps), autoencoder.block, rows).results[0]
    #expect(distance(codes, example.output) < 2e-6)
    let run = Run(Assembly.training(outline, architecture, gaps: hasGaps), autoencoder.block, rows)
    #expect(example.weights.count == Self.places(of: example, in: outline, behind: 0).count)
    for (name, placed) in Self.places(of: example, in: outline, behind: 0) {
      let found = (0..<placed.weight.shape.count).map { Float(count) * run.gradients[placed.offset + $0] }
      let expected = try #require(example.gradients[name])
      #expect(farthest(found, expected) < 2e-6 * example.scale, "\(name)")
    }
  }

  /// Each sample brings a feature of its own, whose weights in a first dense layer are zero and have the
  /// gradient by the sample.
  @Test(arguments: golden?.cases.filter { $0.inputGradient != nil } ?? [])
  func gradientByTheInput(_ example: Case) throws {
    let samples = try #require(Self.golden).samples
    let count = example.input.count
    let first: [Layer] = [.dense(units: count, bias: false), .reshape(example.input)]
    var autoencoder = try made(example, behind: first, input: [count + samples])
    let identity = try #require(autoencoder.outline.weights.first)
    replace(identity, in: &autoencoder) { $0 / count == $0 % count ? 1 : 0 }
    var table: [Float] = []
    for sample in 0..<samples {
      table += example.samples[(sample * count)..<((sample + 1) * count)].map { Float($0) }
      for other in 0..<samples { table.append(other == sample ? 1 : 0) }
    }
    let run = Run(
      Assembly.training(autoencoder.outline, autoencoder.architecture), autoencoder.block,
      Tensor([samples, count + samples], table))
    let found = (0..<(samples * count)).map {
      Float(samples) * run.gradients[identity.offset + count * count + $0]
    }
    #expect(farthest(found, try #require(example.inputGradient)) < 2e-6 * example.scale)
  }

  private func farthest(_ found: [Float], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
  }
}
