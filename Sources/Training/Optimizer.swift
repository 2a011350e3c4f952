import HourglassEngine
import HourglassKernels

/// How parameters follow their gradient. g is the gradient, p the parameters, η the learning rate, t the step from 1.
public enum Optimizer: Hashable, Sendable {
  /// v ← momentum · v + g;  p ← p - η v. Polyak 1964, in the form of Sutskever et al. 2013; momentum 0 is plain descent.
  case sgd(momentum: Float = 0)
  /// m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  p ← p - η m̂ / (√v̂ + ε) with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ).
  /// Kingma and Ba 2015, with the defaults of their section 2.
  case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)

  /// The word of the command line.
  public var name: String {
    switch self {
    case .sgd: "sgd"
    case .adam: "adam"
    }
  }

  /// The words of the command line.
  public static let names = ["sgd", "adam"]

  /// Blocks as long as the parameters that the rule keeps from step to step.
  var stateCount: Int {
    switch self {
    case .sgd: 1
    case .adam: 2
    }
  }

  /// The learning rate that its authors give.
  public var usualRate: Float {
    switch self {
    case .sgd: 0.01
    case .adam: 0.001
    }
  }

  /// What the engine applies at step `step`, counted from 1.
  func update(rate: Float, step: Int, state: [UnsafeMutablePointer<Float>]) -> Update {
    var numbers = hourglass_update_numbers()
    numbers.rate = rate
    switch self {
    case .sgd(let momentum):
      numbers.a = momentum
      return Update(rule: hourglass_update_sgd, numbers: numbers, first: state[0])
    case .adam(let beta1, let beta2, let epsilon):
      // p -= (η / (1 - β₁ᵗ)) m / (√v / √(1 - β₂ᵗ) + ε)
      let first = 1 - Optimizer.power(beta1, step)
      let second = 1 - Optimizer.power(beta2, step)
      numbers.a = beta1
      numbers.b = beta2
      numbers.c = Float(Double(rate) / first)
      numbers.d = Float(1 / second.squareRoot())
      numbers.e = epsilon
      return Update(rule: hourglass_update_adam, numbers: numbers, first: state[0], second: state[1])
    }
  }

  /// base^exponent by squaring, in double precision: the same bits wherever it runs.
  static func power(_ base: Float, _ exponent: Int) -> Double {
    var result = 1.0
    var square = Double(base)
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result *= square }
      square *= square
      left >>= 1
    }
    return result
  }

  /// - Throws: ``TrainingError`` for numbers outside their range.
  func check() throws(TrainingError) {
    func inside(_ name: String, _ value: Float, _ range: Range<Float>) throws(TrainingError) {
      guard range.contains(value) else {
        throw TrainingError(
          place: "optimizer \(self.name)",
          expected: "\(name) of at least \(range.lowerBound) and below \(range.upperBound)", found: "\(value)"
        )
      }
    }
    switch self {
    case .sgd(let momentum): try inside("a momentum", momentum, 0..<1)
    case .adam(let beta1, let beta2, let epsilon):
      try inside("beta1", beta1, 0..<1)
      try inside("beta2", beta2, 0..<1)
      try inside("epsilon", epsilon, Float.leastNormalMagnitude..<1)
    }
  }
}
