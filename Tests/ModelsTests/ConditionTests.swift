import Foundation
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// What encoder and decoder are told of a sample's class.
@Suite("Conditions")
struct ConditionTests {
  static let classes = Condition(classes: ["a", "b", "c"])

  static let architectures: [NamedArchitecture] = [
    .init(
      name: "dense",
      architecture: Architecture(
        input: [5], encoder: [.dense(units: 4), .tanh, .dense(units: 2)],
        decoder: [.dense(units: 4), .tanh, .dense(units: 5)], condition: classes)),
    .init(
      name: "images",
      architecture: Architecture(
        input: [4, 6], encoder: [.reshape([1, 4, 6]), .conv(2, stride: 2), .flatten, .dense(units: 2)],
        decoder: [.dense(units: 24), .reshape([4, 6])], condition: classes)),
    .init(
      name: "steps",
      architecture: Architecture(
        input: [2, 3], encoder: [.transpose, .gru(4, output: .last), .dense(units: 2)],
        decoder: [.repeatSteps(count: 3), .lstm(4), .densePerStep(units: 2), .transpose],
        condition: classes)),
  ]

  /// The same network without a condition that is given the class as further inputs.
  @Test("a dense network reads the class as further inputs")
  func dense() throws {
    let architecture = Self.architectures[0].architecture
    let autoencoder = try Autoencoder(architecture, seed: 3)
    #expect(autoencoder.weight("encoder.0.weight")?.shape == [8, 4])
    #expect(autoencoder.weight("decoder.0.weight")?.shape == [5, 4])
    let samples = Tensor([6, 5], Draws.normal(30, seed: 5))
    let numbers = [0, 1, 2, 2, 0, 1]
    let codes = try autoencoder.encode(samples, classes: numbers)
    func layer(_ x: [Double], _ name: String) -> [Double] {
      let weight = autoencoder.weight("\(name).weight")?.doubles ?? []
      let bias = autoencoder.weight("\(name).bias")?.doubles ?? []
      return bias.indices.map { unit in
        x.indices.reduce(bias[unit]) { $0 + x[$1] * weight[$1 * bias.count + unit] }
      }
    }
    let mark = { (number: Int) in (0..<3).map { $0 == number ? 1.0 : 0 } }
    let expected = zip(samples.doubleRows, numbers).flatMap { sample, number in
      layer(layer(sample + mark(number), "encoder.0").map { Foundation.tanh($0) }, "encoder.2")
    }
    #expect(distance(codes.values, expected) < 2e-6)
    let outputs = try autoencoder.decode(codes, classes: numbers)
    let decoded = zip(codes.doubleRows, numbers).flatMap { code, number in
      layer(layer(code + mark(number), "decoder.0").map { Foundation.tanh($0) }, "decoder.2")
    }
    #expect(distance(outputs.values, decoded) < 2e-6)
    #expect(try autoencoder.reconstruct(samples, classes: numbers) == outputs)
  }

  @Test("a critic is told the class too", arguments: Critic.Subject.allCases)
  func critic(_ subject: Critic.Subject) throws {
    var architecture = Self.architectures[0].architecture
    architecture.critic = Critic(of: subject, layers: Critic.dense([7]))
    let autoencoder = try Autoencoder(architecture, seed: 3)
    let placed = try #require(autoencoder.outline.critic.first { !$0.weights.isEmpty }?.weights.first)
    #expect(placed.weight.shape == [(subject == .codes ? 2 : 5) + 3, 7])
    let samples = Tensor([6, 5], Draws.normal(30, seed: 5))
    let results = [[0, 1, 2, 2, 0, 1], [0, 1, 2, 2, 0, 2]].map { numbers in
      Run(
        .critic(autoencoder.outline, architecture), autoencoder.block, samples,
        classes: numbers.map { Float($0) }
      ).results
    }
    #expect(results[0][0] != results[1][0])
    // The part of the first layer that reads the class has a gradient.
    let run = Run(
      .critic(autoencoder.outline, architecture), autoencoder.block, samples, classes: [0, 1, 2, 2, 0, 1])
    let offset = placed.offset + (placed.weight.shape[0] - 3) * 7
    #expect(run.gradients[offset..<(offset + 21)].contains { $0 != 0 })
  }

  @Test("every kind of first layer sees the class, in encoder and decoder", arguments: architectures)
  func kinds(_ example: NamedArchitecture) throws {
    let autoencoder = try Autoencoder(example.architecture, seed: 3)
    let input = example.architecture.input
    let samples = Tensor(input.batch(2), Draws.normal(2 * input.count, seed: 5))
    let (first, second) = (
      try autoencoder.encode(samples, classes: [0, 1]), try autoencoder.encode(samples, classes: [0, 2])
    )
    #expect(first.values.prefix(2) == second.values.prefix(2))
    #expect(first.values.suffix(2) != second.values.suffix(2))
    #expect(
      try autoencoder.decode(first, classes: [0, 1]).values
        != autoencoder.decode(first, classes: [2, 1]).values)
  }

  @Test("classes that are missing or not known, and layers that cannot read them, are refused")
  func refusals() throws {
    let autoencoder = try Autoencoder(Self.architectures[0].architecture, seed: 3)
    let samples = Tensor([2, 5], Draws.normal(10, seed: 5))
    for wrong in [nil, [0], [0, 3], [-1, 0]] as [[Int]?] {
      #expect(throws: ModelError.self) { try autoencoder.encode(samples, classes: wrong) }
    }
    var architecture = Self.architectures[0].architecture
    architecture.encoder.insert(.relu, at: 0)
    #expect(throws: ModelError.self) { try architecture.outline() }
    architecture.condition = Condition(classes: ["a", "a"])
    #expect(throws: ModelError.self) { try architecture.outline() }
    architecture.condition = nil
    _ = try architecture.outline()
  }

  @Test("the JSON form keeps the classes", arguments: architectures)
  func coding(_ example: NamedArchitecture) throws {
    let data = try JSONEncoder().encode(example.architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == example.architecture)
  }
}
