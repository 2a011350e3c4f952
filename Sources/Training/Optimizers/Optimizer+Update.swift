import HourglassEngine
import HourglassKernels
import HourglassTensor

extension Optimizer {
  /// Blocks as long as the parameters that the rule keeps from step to step.
  var stateCount: Int {
    switch self {
    case .sgd, .adagrad, .lion: 1
    case .adadelta, .rmsprop, .adam, .adamw, .nadam, .muon, .soap: 2
    case .scheduleFree: 3
    case .lbfgs: 0
    }
  }

  /// What the engine applies at step `step`, counted from 1; nil for a rule that is no function of one
  /// gradient.
  ///
  /// - Parameter share: of this step in the mean of all so far, for a rule that takes one.
  func update(rate: Float, decay: Float, step: Int, share: Float = 1, state: [Block]) -> Update? {
    guard let rule = rule(rate, step) else { return nil }
    var numbers = rule.numbers
    numbers.rate = rate
    if takesMatrices {
      // What becomes of the gradient is decided behind the plan; here it is only cut.
      numbers.keep = 1
    } else if averagesItself {
      (numbers.c, numbers.f) = (rate * decay, share)
    } else {
      numbers.keep = 1 - rate * decay
    }
    return Update(
      rule: rule.function, numbers: numbers, first: state.first?.pointer,
      second: state.count > 1 ? state[1].pointer : nil, third: state.count > 2 ? state[2].pointer : nil)
  }

  private typealias Rule = (function: hourglass_update_rule, numbers: hourglass_update_numbers)

  private func rule(_ rate: Float, _ step: Int) -> Rule? {
    var numbers = hourglass_update_numbers()
    switch self {
    case .sgd(let momentum, let nesterov):
      numbers.a = momentum
      return (nesterov ? hourglass_update_nesterov : hourglass_update_sgd, numbers)
    case .adagrad(let epsilon):
      numbers.e = epsilon
      return (hourglass_update_adagrad, numbers)
    case .adadelta(let rho, let epsilon):
      numbers.a = rho
      numbers.e = epsilon
      return (hourglass_update_adadelta, numbers)
    case .rmsprop(let rho, let momentum, let epsilon):
      numbers.a = rho
      numbers.b = momentum
      numbers.e = epsilon
      return (hourglass_update_rmsprop, numbers)
    case .adam(let beta1, let beta2, let epsilon), .adamw(let beta1, let beta2, let epsilon):
      numbers = Optimizer.moments(beta1, beta2, epsilon, step)
      // p -= (η / (1 - β₁ᵗ)) m / (√v / √(1 - β₂ᵗ) + ε)
      numbers.c = Float(Double(rate) / (1 - Optimizer.power(beta1, step)))
      return (hourglass_update_adam, numbers)
    case .nadam(let beta1, let beta2, let epsilon):
      numbers = Optimizer.moments(beta1, beta2, epsilon, step)
      let (now, next, product) = Optimizer.schedule(beta1, step)
      numbers.f = Float(Double(rate) * (1 - now) / (1 - product))
      numbers.c = Float(Double(rate) * next / (1 - product * next))
      return (hourglass_update_nadam, numbers)
    case .lion(let beta1, let beta2):
      numbers.a = beta1
      numbers.b = beta2
      return (hourglass_update_lion, numbers)
    case .scheduleFree(let beta1, let beta2, let epsilon):
      return (hourglass_update_schedule_free, Optimizer.moments(beta1, beta2, epsilon, step))
    case .muon, .soap: return (hourglass_update_none, numbers)
    case .lbfgs: return nil
    }
  }

  static func moments(
    _ beta1: Float, _ beta2: Float, _ epsilon: Float, _ step: Int
  ) -> hourglass_update_numbers {
    var numbers = hourglass_update_numbers()
    numbers.a = beta1
    numbers.b = beta2
    numbers.d = Float(1 / (1 - power(beta2, step)).squareRoot())
    numbers.e = epsilon
    return numbers
  }

  /// Dozat's momentum at this step and the next, and the product of all up to this one.
  private static func schedule(_ beta1: Float, _ step: Int) -> (now: Double, next: Double, product: Double) {
    func momentum(_ step: Int) -> Double {
      Double(beta1) * (1 - 0.5 * 0.96.raised(to: Double(step) * 0.004))
    }
    // Far out every factor is about β₁ / 2 to β₁, and the product has long vanished.
    var product = 1.0
    for earlier in 1...min(step, 2000) { product *= momentum(earlier) }
    return (momentum(step), momentum(step + 1), step > 2000 ? 0 : product)
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

  /// - Throws: ``TrainingError`` for a number outside its range.
  private func inside(_ name: String, _ value: Float, _ range: Range<Float>) throws(TrainingError) {
    guard range.contains(value) else {
      throw TrainingError(
        place: "optimizer \(self.name)",
        expected: "\(name) of at least \(range.lowerBound) and below \(range.upperBound)", found: "\(value)"
      )
    }
  }

  /// The same of the rule that what is no matrix follows.
  private func checkRest() throws(TrainingError) {
    guard case .adam(let beta1, let beta2, let epsilon) = ofRest else { return }
    try inside("beta1", beta1, 0..<1)
    try inside("beta2", beta2, 0..<1)
    try inside("epsilon", epsilon, Float.leastNormalMagnitude..<1)
  }

  /// - Throws: ``TrainingError`` for numbers outside their range.
  func check() throws(TrainingError) {
    let small = Float.leastNormalMagnitude..<1
    switch self {
    case .sgd(let momentum, let nesterov):
      try inside("a momentum", momentum, 0..<1)
      if nesterov, momentum == 0 {
        throw TrainingError(
          place: "optimizer sgd", expected: "a momentum above 0 with nesterov", found: "0",
          remedy: "give a momentum, 0.9 is usual")
      }
    case .adagrad(let epsilon): try inside("epsilon", epsilon, small)
    case .adadelta(let rho, let epsilon):
      try inside("rho", rho, 0..<1)
      try inside("epsilon", epsilon, small)
    case .rmsprop(let rho, let momentum, let epsilon):
      try inside("rho", rho, 0..<1)
      try inside("a momentum", momentum, 0..<1)
      try inside("epsilon", epsilon, small)
    case .adam(let beta1, let beta2, let epsilon), .adamw(let beta1, let beta2, let epsilon),
      .nadam(let beta1, let beta2, let epsilon), .scheduleFree(let beta1, let beta2, let epsilon):
      try inside("beta1", beta1, 0..<1)
      try inside("beta2", beta2, 0..<1)
      try inside("epsilon", epsilon, small)
    case .lion(let beta1, let beta2):
      try inside("beta1", beta1, 0..<1)
      try inside("beta2", beta2, 0..<1)
    case .muon(let momentum, _, _, _):
      try inside("a momentum", momentum, 0..<1)
      try checkRest()
    case .soap(_, _, _, let every, let side):
      try inside("every", Float(every), 1..<1_000_001)
      try inside("a side", Float(side), 1..<16_385)
      try checkRest()
    case .lbfgs(let memory): try inside("a memory", Float(memory), 1..<1001)
    }
  }
}
