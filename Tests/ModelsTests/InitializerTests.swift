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

  @Test(
    "orthogonal matrices have orthonormal rows or columns, whichever are fewer",
    arguments: [(40, 12), (12, 40), (17, 17), (1, 9), (9, 1), (1, 1)])
  func orthogonality(_ inputs: Int, _ outputs: Int) throws {
    let values = try draw(.orthogonal, inputs, outputs).map { Double($0) }
    let isTall = inputs >= outputs
    let (count, length) = (min(inputs, outputs), max(inputs, outputs))
    func value(_ number: Int, _ place: Int) -> Double {
      isTall ? values[place * outputs + number] : values[number * outputs + place]
    }
    for left in 0..<count {
      for right in 0..<count {
        let overlap = (0..<length).reduce(0) { $0 + value(left, $1) * value(right, $1) }
        #expect(abs(overlap - (left == right ? 1 : 0)) < 1e-6, "\(left) and \(right)")
      }
    }
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

  @Test("none given is he-uniform before a rectifier, seen through a normalisation, else glorot-uniform")
  func choice() throws {
    for layer in [Layer.relu, .leakyRelu(), .prelu, .elu(), .gelu, .dropout(rate: 0.1)] {
      let isRectifier = layer != .dropout(rate: 0.1)
      let expected = try draw(isRectifier ? .heUniform : .glorotUniform, 50, 30, layer)
      #expect(try draw(nil, 50, 30, layer) == expected)
    }
    for layer in [Layer.sigmoid, .tanh, .softplus, .dense(units: 30)] {
      #expect(try draw(nil, 50, 30, layer) == draw(.glorotUniform, 50, 30, layer))
    }
    let through = Architecture(
      input: [5], encoder: [.dense(units: 5), .batchNorm(), .relu], decoder: [.dense(units: 5)])
    let first = try #require(try through.outline().weights.first)
    #expect(first.weight.start == .drawn(.heUniform))
  }
}
