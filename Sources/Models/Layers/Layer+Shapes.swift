import HourglassTensor

extension Layer {
  /// Units or values above which a layer is taken for a mistake.
  static let widest = 1 << 24

  /// The shape of a sample after this layer.
  ///
  /// - Throws: ``ModelError`` that names the layer where the input does not fit.
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkNumbers(at: place)
    switch self {
    case .dense(let units, _, _):
      guard (1...Layer.widest).contains(units) else {
        throw ModelError(
          place: place, expected: "between 1 and \(Layer.widest) units", found: "\(units)")
      }
      guard input.rank == 1 else {
        throw ModelError(
          place: place, expected: "[inputs]", found: "\(input)", remedy: "add .flatten before it")
      }
      return [units]
    case .relu, .leakyRelu, .prelu, .elu, .gelu, .sigmoid, .tanh, .softplus, .dropout, .gaussianDropout,
      .batchNorm, .layerNorm:
      return input
    case .flatten:
      return [input.count]
    case .topK, .tied: return try outputOfCoded(input, at: place)
    case .reshape(let shape):
      guard shape.count == input.count else {
        throw ModelError(
          place: place, expected: "\(shape.count) values", found: "\(input), which are \(input.count)",
          remedy: "give a shape with as many values")
      }
      return shape
    case .conv, .deconv, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool, .residual:
      return try outputOfImage(input, at: place)
    case .lstm(let numbers), .gru(let numbers): return try numbers.output(of: input, at: place)
    case .attention, .positionalEncoding, .positionEmbedding, .embedding, .densePerStep, .repeatSteps,
      .delay, .transpose:
      return try outputOfSequence(input, at: place)
    }
  }

  /// - Throws: ``ModelError`` for a number outside its range, whatever the input.
  private func checkNumbers(at place: String) throws(ModelError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String) throws(ModelError) {
      if !isRight { throw ModelError(place: place, expected: expected, found: found) }
    }
    switch self {
    case .leakyRelu(let number), .elu(let number):
      try require(number.isFinite && number >= 0, "a number of at least 0", "\(number)")
    case .dropout(let rate), .gaussianDropout(let rate):
      try require(rate >= 0 && rate < 1, "a rate of at least 0 and below 1", "\(rate)")
    case .batchNorm(let momentum, let epsilon):
      try require(
        momentum > 0 && momentum <= 1 && epsilon > 0 && epsilon.isFinite,
        "a momentum in (0, 1] and an epsilon above 0", "\(momentum) and \(epsilon)")
    case .layerNorm(let epsilon):
      try require(epsilon > 0 && epsilon.isFinite, "an epsilon above 0", "\(epsilon)")
    case .dense, .relu, .prelu, .gelu, .sigmoid, .tanh, .softplus, .flatten, .reshape, .conv, .deconv,
      .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool, .residual, .lstm, .gru,
      .attention,
      .positionalEncoding, .positionEmbedding, .embedding, .densePerStep, .repeatSteps, .delay, .transpose,
      .tied, .topK:
      break
    }
  }

  /// What this layer learns, for an input it accepts.
  ///
  /// - Parameter next: the layer behind it, which the choice of an initializer looks at.
  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    switch self {
    case .dense(let units, let initializer, let bias):
      let start = Weight.Start.drawn(initializer, before: next)
      let weight = Weight(name: "weight", shape: [input.count, units], start: start)
      return bias ? [weight, Weight(name: "bias", shape: [units], start: .constant(0))] : [weight]
    case .prelu:
      return [Weight(name: "slope", shape: input, start: .constant(0.25))]
    case .conv(let convolution): return convolution.weights(for: input, before: next)
    case .deconv(let convolution): return convolution.transposedWeights(for: input, before: next)
    case .residual(let layers): return Layer.residualWeights(layers, input, before: next)
    case .lstm(let numbers): return numbers.weights(for: input, sums: 4)
    case .gru(let numbers): return numbers.weights(for: input, sums: 3)
    case .attention, .positionEmbedding, .embedding, .densePerStep:
      return weightsOfSequence(for: input, before: next)
    case .batchNorm:
      let features: Shape = [input.dimensions.first ?? 1]
      return [
        Weight(name: "scale", shape: features, start: .constant(1)),
        Weight(name: "shift", shape: features, start: .constant(0)),
        Weight(name: "mean", shape: features, start: .constant(0), isTrained: false),
        Weight(name: "variance", shape: features, start: .constant(1), isTrained: false),
      ]
    case .layerNorm:
      let features: Shape = [input.dimensions.last ?? 1]
      return [
        Weight(name: "scale", shape: features, start: .constant(1)),
        Weight(name: "shift", shape: features, start: .constant(0)),
      ]
    case .relu, .leakyRelu, .elu, .gelu, .sigmoid, .tanh, .softplus, .dropout, .gaussianDropout, .flatten,
      .reshape, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool,
      .positionalEncoding, .repeatSteps, .delay, .transpose, .topK, .tied:
      return []
    }
  }
}

/// One named block of numbers that a layer learns.
public struct Weight: Hashable, Sendable {
  public let name: String
  public let shape: Shape
  public let start: Start
  /// Whether it follows a gradient; the running statistics of a normalisation do not.
  public let isTrained: Bool
  /// Values that each output is a sum over, and outputs that each input is a part of: what an initializer
  /// looks at.
  public let inputs: Int
  public let outputs: Int

  /// - Parameter fan: inputs and outputs; nil: those of a matrix `[inputs, outputs]`.
  public init(
    name: String, shape: Shape, start: Start, isTrained: Bool = true, fan: (inputs: Int, outputs: Int)? = nil
  ) {
    self.name = name
    self.shape = shape
    self.start = start
    self.isTrained = isTrained
    inputs = fan?.inputs ?? shape.dimensions.first ?? 1
    outputs =
      fan?.outputs
      ?? shape.dimensions.dropFirst().reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
  }

  /// How it begins.
  public enum Start: Hashable, Sendable {
    /// Draws that are multiplied by the gain.
    case drawn(Initializer, gain: Float = 1)
    case constant(Float)
    /// `count` values of each number, one after the other.
    case runs(of: Int, [Float])

    /// The initializer given; else orthogonal, with the gain √2 before a rectifier, which leaves half of a
    /// signal's variance (He et al. 2015), and 1 before all else.
    ///
    /// The choice that all layers share which name none. How it was found: Documentation/defaults.md.
    static func drawn(_ initializer: Initializer?, before next: Layer?) -> Start {
      if let initializer { return .drawn(initializer) }
      return .drawn(.orthogonal, gain: next?.isRectifier == true ? Float(2).squareRoot() : 1)
    }
  }
}
