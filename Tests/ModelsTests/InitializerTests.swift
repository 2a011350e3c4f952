import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// How first weights are drawn, seen from outside: through a dense layer.
@Suite("Initializers")
struct InitializerTests {
  private func draw(
    _ initializer: Initializer?, _ inputs: Int, _ outputs: Int, seed: UInt64 = 4, _ next: Layer? = nil
  ) throws -> [Float] {
    let encoder: [Layer] =
      [.dense(units: outputs, initializer: initializer)] + [next].compactMap { $0 }
    let architecture = Architecture(input: [inputs], encoder: encoder, decoder: [.dense(units: inputs)])
    return try #require(try Autoencoder(architecture, seed: seed).weight("encoder.0.weight")).values
  }

  /// Mean, variance and the largest |value|.
  private func moments(_ values: [Float]) -> (mean: Double, variance: Double, largest: Double) {
    let doubles = values.map { Double($0) }
    return (
      Statistics.mean(doubles) ?? .nan, Statistics.variance(doubles) ?? .nan,
      doubles.map { abs($0) }.max() ?? .nan
    )
  }

  /// The variance that the paper gives for 200 inputs and 120 outputs, and the end of the range in
  /// deviations.
  static let drawn: [(Initializer, Double, Double)] = [
    (.glorotUniform, 2.0 / 320, 3.0.squareRoot()), (.glorotNormal, 2.0 / 320, 8),
    (.heUniform, 2.0 / 200, 3.0.squareRoot()), (.heNormal, 2.0 / 200, 8),
    (.lecunUniform, 1.0 / 200, 3.0.squareRoot()), (.lecunNormal, 1.0 / 200, 8),
    // ±2 deviations of the normal before the cut, whose variance was 1 / 0.8796² larger.
    (.truncatedNormal, 2.0 / 320, 2 / 0.879_625_661),
  ]

  @Test("have the mean, variance and range of their papers", arguments: drawn)
  func variances(_ initializer: Initializer, _ variance: Double, _ range: Double) throws {
    let found = moments(try draw(initializer, 200, 120))
    // 24 000 draws: the mean is good to 1 / 155 of the deviation, the variance to about 1 %.
    #expect(abs(found.mean) < 4 * (variance / 24_000).squareRoot())
    #expect(abs(found.variance / variance - 1) < 0.04)
    #expect(found.largest <= range * variance.squareRoot() * (1 + 1e-6))
    if range < 3 { #expect(found.largest > 0.99 * range * variance.squareRoot()) }
    if range == 8 { #expect(found.largest > 3.3 * variance.squareRoot()) }
  }

  @Test("normal draws have normal tails, uniform ones a flat top")
  func distributions() throws {
    func share(_ initializer: Initializer, within deviations: Double) throws -> Double {
      let values = try draw(initializer, 200, 120)
      let limit = deviations * moments(values).variance.squareRoot()
      return Double(values.filter { Double(abs($0)) < limit }.count) / Double(values.count)
    }
    for initializer in [Initializer.glorotNormal, .heNormal, .lecunNormal] {
      #expect(abs(try share(initializer, within: 1) - 0.6827) < 0.015)
      #expect(abs(try share(initializer, within: 2) - 0.9545) < 0.01)
    }
    for initializer in [Initializer.glorotUniform, .heUniform, .lecunUniform] {
      #expect(abs(try share(initializer, within: 1) - 0.5774) < 0.015)
    }
  }

  /// The last three are beyond what Gram and Schmidt's way is taken for, the first of them a power of two.
  @Test(
    "orthogonal matrices have orthonormal rows or columns, whichever are fewer",
    arguments: [(40, 12), (12, 40), (17, 17), (1, 9), (9, 1), (1, 1), (256, 130), (140, 215), (170, 170)])
  func orthogonality(_ inputs: Int, _ outputs: Int) throws {
    let values = try draw(.orthogonal, inputs, outputs)
    #expect(overlapError(values, inputs, outputs, gain: 1) < 1e-6)
    if values.count > 30_000 {
      // As many within one deviation, √(1 / the longer side), as of normal draws.
      let limit = (1 / Double(max(inputs, outputs))).squareRoot()
      let share = Double(values.count { Double(abs($0)) < limit }) / Double(values.count)
      #expect(abs(share - 0.6827) < 0.015)
    }
  }

  /// The largest deviation of Qᵀ Q, or of Q Qᵀ where it is smaller, from gain² times the identity.
  private func overlapError(_ values: [Float], _ rows: Int, _ columns: Int, gain: Double) -> Double {
    let (count, length) = (min(rows, columns), max(rows, columns))
    let vectors = (0..<count).map { number in
      (0..<length).map {
        Double(rows >= columns ? values[$0 * columns + number] : values[number * columns + $0])
      }
    }
    var error = 0.0
    for left in 0..<count {
      for right in 0...left {
        var overlap = 0.0
        for place in 0..<length { overlap += vectors[left][place] * vectors[right][place] }
        error = max(error, abs(overlap - (left == right ? gain * gain : 0)))
      }
    }
    return error
  }

  @Test("constants are constant")
  func constants() throws {
    #expect(try draw(.zeros, 5, 3) == Array(repeating: 0, count: 15))
    #expect(try draw(.ones, 5, 3) == Array(repeating: 1, count: 15))
    #expect(try draw(.constant, 5, 3) == Array(repeating: 0.05, count: 15))
    #expect(try draw(.identity, 3, 2) == [1, 0, 0, 1, 0, 0])
    #expect(try draw(.identity, 2, 3) == [1, 0, 0, 0, 1, 0])
  }

  @Test("the same seed draws the same, another seed another", arguments: Initializer.allCases)
  func seeds(_ initializer: Initializer) throws {
    let first = try draw(initializer, 9, 8)
    #expect(try draw(initializer, 9, 8) == first)
    let isDrawn = ![.zeros, .ones, .constant, .identity].contains(initializer)
    #expect((try draw(initializer, 9, 8, seed: 5) != first) == isDrawn)
    #expect((try draw(initializer, 9, 8, seed: 4 + 1 << 40) != first) == isDrawn)
  }

  @Test("layers of one network are drawn apart")
  func apart() throws {
    let architecture = Architecture(
      input: [6], encoder: [.dense(units: 6), .dense(units: 6)], decoder: [.dense(units: 6)])
    let autoencoder = try Autoencoder(architecture, seed: 1)
    let drawn = try autoencoder.outline.weights.filter { $0.weight.shape.rank == 2 }
      .map { try #require(autoencoder.weight($0.name)).values }
    #expect(drawn.count == 3)
    #expect(Set(drawn.flatMap { $0 }).count > 100)
  }

  @Test("large orthogonal matrices too are the seed's own, and each layer's")
  func largeSeeds() throws {
    let first = try draw(.orthogonal, 170, 180)
    #expect(try draw(.orthogonal, 170, 180) == first)
    #expect(try draw(.orthogonal, 170, 180, seed: 5) != first)
    let architecture = Architecture(
      input: [170], encoder: [.dense(units: 170), .dense(units: 170)], decoder: [.dense(units: 170)])
    let autoencoder = try Autoencoder(architecture, seed: 1)
    let (one, two) = (autoencoder.weight("encoder.0.weight"), autoencoder.weight("encoder.1.weight"))
    let pairs = zip(try #require(one).values, try #require(two).values)
    // The overlap of independent draws: a sum of 28 900 products with the deviation 1 / 170.
    #expect(abs(pairs.reduce(0) { $0 + Double($1.0) * Double($1.1) }) < 4)
  }

  @Test("none given is orthogonal, times √2 before a rectifier, seen through a normalisation")
  func choice() throws {
    let orthogonal = try draw(.orthogonal, 50, 30)
    for layer in [Layer.relu, .leakyRelu(), .prelu, .elu(), .gelu] {
      #expect(try draw(nil, 50, 30, layer) == orthogonal.map { $0 * Float(2).squareRoot() })
    }
    for layer in [Layer.sigmoid, .tanh, .softplus, .dense(units: 30), .dropout(rate: 0.1)] {
      #expect(try draw(nil, 50, 30, layer) == orthogonal)
    }
    #expect(try draw(nil, 50, 30, nil) == orthogonal)
    let through = Architecture(
      input: [5], encoder: [.dense(units: 5), .batchNorm(), .relu], decoder: [.dense(units: 5)])
    let first = try #require(try through.outline().weights.first)
    #expect(first.weight.start == .drawn(.orthogonal, gain: Float(2).squareRoot()))
  }

  /// What stands behind the layer, the rows of its matrix, and the variance worked out: gain² over the
  /// longer side.
  static let kinds: [(encoder: [Layer], input: Shape, rows: Int, variance: Double)] = [
    ([.dense(units: 20), .relu], [10], 10, 2.0 / 20), ([.dense(units: 4)], [10], 10, 1.0 / 10),
    ([.dense(units: 20), .tanh], [10], 10, 1.0 / 20),
    // 16 filters over 3 channels by 9 taps.
    ([.conv(16), .relu], [3, 8, 8], 16, 2.0 / 27), ([.conv(40)], [3, 8, 8], 40, 1.0 / 40),
    // 6 channels, each laid over 2 by 3 by 3 places.
    ([.deconv(2, stride: 2), .elu()], [6, 4, 4], 6, 2.0 / 18), ([.conv(8), .relu], [2, 9], 8, 2.0 / 8),
    ([.densePerStep(units: 12), .relu], [5, 6], 6, 2.0 / 12),
    ([.densePerStep(units: 3)], [5, 6], 6, 1.0 / 6),
  ]

  @Test("each kind of layer begins with the variance and the angles of its default", arguments: kinds)
  func start(of kind: (encoder: [Layer], input: Shape, rows: Int, variance: Double)) throws {
    let architecture = Architecture(
      input: kind.input, encoder: kind.encoder + [.flatten, .dense(units: 3)],
      decoder: [.dense(units: kind.input.count), .reshape(kind.input)])
    let weight = try #require(try Autoencoder(architecture, seed: 2).weight("encoder.0.weight"))
    let doubles = weight.values.map { Double($0) }
    let (rows, columns) = (kind.rows, weight.count / kind.rows)
    // Vectors of one length fix the mean square exactly.
    let square = doubles.reduce(0) { $0 + $1 * $1 } / Double(doubles.count)
    #expect(abs(square / kind.variance - 1) < 1e-5)
    let gain = (kind.variance * Double(max(rows, columns))).squareRoot()
    #expect(overlapError(weight.values, rows, columns, gain: gain) < 1e-5)
  }
}
