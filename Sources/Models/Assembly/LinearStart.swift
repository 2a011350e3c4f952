import HourglassTensor

/// First weights with which dense layers compute an affine projection exactly.
///
///     decode(encode(x)) = μ + Σ uᵢ uᵢᵀ (x - μ),   i = 1 … k
///
/// With f for the activation of a hidden layer and f(z) - f(-z) = c z, as of the rectifiers below, two of its
/// units carry a value z from layer to layer, f(z) and f(-z); without an activation one does. The code begins
/// as zᵢ = uᵢᵀ (x - μ). All other units begin as drawn and with weights 0 out of them into those that carry:
/// they add nothing at first, and learn from the first step on.
///
/// - Source: the optimum of linear autoencoders, Baldi and Hornik 1989; pairs of rectifiers that keep a value
///   whole, Shang et al. 2016.
struct LinearStart {
  /// One dense layer, and c of the activation behind it; nil: none.
  private struct Step {
    let weight: Outline.Placed
    let bias: Outline.Placed
    var pairs: Float?

    var inputs: Int { weight.weight.shape[0] }
    var units: Int { weight.weight.shape[1] }
  }

  private let steps: [Step]
  private let width: Int

  /// - Throws: ``ModelError`` naming what of the architecture is in the way.
  init(_ outline: Outline, _ architecture: Architecture) throws(ModelError) {
    let loss = architecture.reconstruction
    guard outline.coding == .vector else {
      throw LinearStart.refusal("code", "a vector", "\(outline.coding)")
    }
    guard !loss.isFromLogits else {
      throw LinearStart.refusal("loss", "one of the values themselves: mse, mae or huber", loss.name)
    }
    guard outline.condition == nil, outline.critic.isEmpty else {
      let found = outline.condition == nil ? "a critic" : "the classes of samples"
      throw LinearStart.refusal("architecture", "encoder and decoder alone", found)
    }
    width = outline.code.count
    steps =
      try LinearStart.steps(outline.encoder, "encoder", width)
      + LinearStart.steps(outline.decoder, "decoder", width)
  }

  private static func refusal(_ place: String, _ expected: String, _ found: String) -> ModelError {
    ModelError(
      place: place, expected: "\(expected), to begin at PCA", found: found, remedy: "begin with drawn weights"
    )
  }

  private static func steps(
    _ entries: [Outline.Entry], _ part: String, _ width: Int
  ) throws(ModelError) -> [Step] {
    let computing = entries.filter { !$0.layer.isIdentityOnUse }
    var steps: [Step] = []
    for (index, entry) in computing.enumerated() {
      if case .dense = entry.layer, entry.weights.count == 2 {
        steps.append(Step(weight: entry.weights[0], bias: entry.weights[1]))
      } else if let gain = entry.layer.pairGain, let last = steps.last, last.pairs == nil,
        index < computing.count - 1
      {
        steps[steps.count - 1].pairs = gain
      } else {
        throw refusal(
          entry.place,
          "dense layers with a bias, between them relu, leaky-relu, prelu, gelu, softplus or nothing, and "
            + "nothing behind the last", "\(entry.layer)")
      }
    }
    guard let last = steps.last else { throw refusal(part, "a dense layer", "none") }
    for step in steps {
      let least = step.pairs == nil ? width : 2 * width
      guard step.units >= least || step.weight == last.weight else {
        throw refusal(
          step.weight.name,
          "at least \(step.pairs == nil ? "" : "twice ")as many units as the code has values, \(least)",
          "\(step.units)")
      }
    }
    return steps
  }

  /// Puts the projection into a block of weights.
  ///
  /// - Parameters:
  ///   - mean: μ.
  ///   - components: uᵢ, one after the other; at most as many as the code has values.
  func place(mean: [Float], components: [Float], into block: inout [Float]) {
    let count = components.count / mean.count
    func component(_ number: Int, _ feature: Int) -> Float { components[number * mean.count + feature] }
    let offsets = (0..<count).map { number in
      -mean.indices.reduce(0.0) { $0 + Double(mean[$1]) * Double(component(number, $1)) }
    }
    for (index, step) in steps.enumerated() {
      let (isFirst, isLast) = (index == 0, index == steps.count - 1)
      let before = index == 0 ? nil : steps[index - 1].pairs
      /// The share of an input in the value that is carried under a number.
      func share(_ input: Int, _ number: Int) -> Float {
        if isFirst { return component(number, input) }
        guard let before else { return input == number ? 1 : 0 }
        return input == number ? 1 / before : input == count + number ? -1 / before : 0
      }
      if isLast {
        for input in 0..<step.inputs {
          let number = before != nil && input >= count ? input - count : input
          for unit in 0..<step.units {
            block[step.weight.offset + input * step.units + unit] =
              number < count ? share(input, number) * component(number, unit) : 0
          }
        }
        block.replaceSubrange(step.bias.offset..<(step.bias.offset + step.units), with: mean)
        continue
      }
      for unit in 0..<(step.pairs == nil ? count : 2 * count) {
        let (number, sign): (Int, Float) = unit < count ? (unit, 1) : (unit - count, -1)
        for input in 0..<step.inputs {
          block[step.weight.offset + input * step.units + unit] = sign * share(input, number)
        }
        block[step.bias.offset + unit] = isFirst ? sign * Float(offsets[number]) : 0
      }
    }
  }
}

extension Layer {
  /// c of an activation f with f(z) - f(-z) = c z; nil of any other layer.
  fileprivate var pairGain: Float? {
    switch self {
    case .relu, .gelu, .softplus: 1
    case .leakyRelu(let slope): 1 + slope
    // The slope that it begins with.
    case .prelu: 1.25
    default: nil
    }
  }
}

extension Architecture {
  /// Makes sure that the first weights can be those of a linear autoencoder:
  /// ``Autoencoder/beginning(atMean:components:)``.
  ///
  /// - Throws: ``ModelError`` naming what is in the way.
  public func checkLinearStart() throws(ModelError) {
    _ = try LinearStart(outline(), self)
  }
}

extension Autoencoder {
  /// The same with weights that give every sample x its projection:
  ///
  ///     decode(encode(x)) = μ + Σ uᵢ uᵢᵀ (x - μ)
  ///
  /// Units that this does not need keep the weights into them, and add nothing yet.
  ///
  /// - Parameters:
  ///   - mean: μ, a value a feature.
  ///   - components: uᵢ, one after the other, each as long as the mean.
  /// - Throws: ``ModelError`` for an architecture that cannot compute it: it takes dense layers with biases,
  ///   between them no activation, or a rectifier and at least twice as many units as the code has values.
  public func beginning(atMean mean: [Float], components: [Float]) throws(ModelError) -> Autoencoder {
    let start = try LinearStart(outline, architecture)
    guard mean.count == outline.input.count, components.count % max(1, mean.count) == 0,
      components.count <= mean.count * outline.code.count
    else {
      throw ModelError(
        place: "components", expected: "at most \(outline.code.count) of \(outline.input.count) values",
        found: "\(components.count) values, and a mean of \(mean.count)")
    }
    var copy = self
    start.place(mean: mean, components: components, into: &copy.block)
    return copy
  }
}
