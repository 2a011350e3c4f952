import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// First weights that make dense layers a given projection, against the projection worked out in Double.
@Suite("Linear start")
struct LinearStartTests {
  /// Three directions of ten values: pairs of axes, which are orthonormal.
  private static let width = 10
  private static let directions: [[Float]] = [(0, 3, 0.6, 0.8), (1, 4, 0.8, -0.6), (2, 7, -1, 0)].map {
    one, other, first, second in
    (0..<width).map { $0 == one ? first : $0 == other ? second : 0 }
  }
  private static let mean = (0..<width).map { 0.3 * Float($0) - 1 }

  private func codes(_ sample: [Float]) -> [Double] {
    Self.directions.map { direction in
      zip(direction, zip(sample, Self.mean)).reduce(0) {
        $0 + Double($1.0) * Double($1.1.0 - $1.1.1)
      }
    }
  }

  private func projection(_ sample: [Float]) -> [Double] {
    let codes = codes(sample)
    return (0..<Self.width).map { index in
      zip(codes, Self.directions).reduce(Double(Self.mean[index])) { $0 + $1.0 * Double($1.1[index]) }
    }
  }

  private func beginning(_ architecture: Architecture) throws -> Autoencoder {
    try Autoencoder(architecture, seed: 4)
      .beginning(atMean: Self.mean, components: Self.directions.flatMap { $0 })
  }

  static let activations = ["linear", "relu", "leaky-relu", "prelu", "gelu", "softplus"]

  @Test("every activation that can, at every depth, gives the projection", arguments: activations)
  func projects(_ name: String) throws {
    let activation = Layer.activations.first { $0.name == name }?.layer
    let samples = Tensor([40, 2, 5], Draws.normal(400, seed: 2))
    for layers in [[], [6], [9, 6], [12, 7, 20]] {
      // A code that is wider than there are directions has values that say nothing yet.
      for latent in [3, 5] where layers.allSatisfy({ $0 >= 2 * latent }) || latent == 3 {
        let architecture = Architecture.dense(
          input: [2, 5], layers: layers, latent: latent, activation: activation)
        let autoencoder = try beginning(architecture)
        let (found, rows) = (try autoencoder.reconstruct(samples), samples.doubleRows)
        #expect(
          distance(found.values, rows.flatMap { projection($0.map(Float.init)) }) < 1e-5,
          "\(name) \(layers) \(latent)")
        let first = try autoencoder.encode(samples).doubleRows.flatMap { $0.prefix(3).map(Float.init) }
        #expect(distance(first, rows.flatMap { codes($0.map(Float.init)) }) < 1e-5, "\(name) \(layers)")
      }
    }
  }

  @Test("units that it does not need keep the weights into them")
  func free() throws {
    let architecture = Architecture.dense(input: [10], layers: [8], latent: 3)
    let (drawn, begun) = (try Autoencoder(architecture, seed: 4), try beginning(architecture))
    let (one, other) = (
      try #require(drawn.weight("encoder.0.weight")), try #require(begun.weight("encoder.0.weight"))
    )
    for place in 0..<80 where place % 8 >= 6 {
      #expect(one.values[place] == other.values[place] && one.values[place] != 0)
    }
    let out = try #require(begun.weight("encoder.2.weight"))
    #expect(out.shape == [8, 3] && out.values.suffix(6).allSatisfy { $0 == 0 })
  }

  @Test("what it cannot do is refused by name")
  func refusals() throws {
    func complaint(_ architecture: Architecture) -> String {
      do {
        try architecture.checkLinearStart()
        return ""
      } catch {
        return "\(error)"
      }
    }
    func dense(_ layers: [Int] = [8], _ change: (inout Architecture.Pattern) -> Void) -> Architecture {
      var pattern = Architecture.Pattern(input: [10], layers: layers, latent: 3)
      change(&pattern)
      return .dense(pattern)
    }
    #expect(complaint(dense { _ in }) == "")
    #expect(
      complaint(dense([5]) { _ in })
        == "encoder.0.weight: expects at least twice as many units as the code has values, 6, to begin at PCA, "
        + "found 5; begin with drawn weights")
    #expect(
      complaint(dense([8, 2]) { $0.activation = nil }).hasPrefix("encoder.1.weight: expects at least as many")
    )
    #expect(complaint(dense { $0.activation = .tanh }).hasSuffix("found .tanh; begin with drawn weights"))
    #expect(complaint(dense { $0.codeActivation = .relu }).hasPrefix("encoder[3]: expects dense layers"))
    #expect(complaint(dense { $0.outputActivation = .sigmoid }).contains("found .sigmoid"))
    #expect(complaint(dense { $0.normalisation = .batchNorm() }).contains("found .batchNorm"))
    #expect(complaint(dense { $0.isTied = true }).contains("found .tied(to: 2)"))
    #expect(complaint(dense { $0.reconstruction = .bernoulli }).contains("mse, mae or huber"))
    #expect(complaint(dense { $0.code = .gaussian() }).hasPrefix("code: expects a vector"))
    #expect(
      complaint(dense { $0.condition = Condition(classes: ["a", "b"]) }).contains("the classes of samples"))
    #expect(
      complaint(.convolutionalSeries(.init(input: [16], layers: [4], latent: 3))).contains("found .conv"))
    let autoencoder = try Autoencoder(dense { _ in }, seed: 1)
    #expect(throws: ModelError.self) { try autoencoder.beginning(atMean: [0, 1], components: []) }
    #expect(throws: ModelError.self) {
      try autoencoder.beginning(atMean: Self.mean, components: [Float](repeating: 0, count: 40))
    }
  }
}
