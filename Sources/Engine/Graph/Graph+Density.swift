import HourglassKernels
import HourglassTensor

/// Laws whose logarithms nearly cancel, so that single precision would leave nothing of large counts.
public enum Density: Hashable, Sendable, CaseIterable {
  /// Counts of mean e^a; b is not read.
  ///
  ///     e^a - x a + log Γ(x + 1)
  case poisson
  /// Counts of mean μ = e^a and variance μ + μ² / θ, θ = e^b.
  ///
  ///     θ log(1 + μ / θ) + x log(1 + θ / μ) - log Γ(x + θ) + log Γ(θ) + log Γ(x + 1)
  case negativeBinomial
  /// Numbers above 0 of mean e^a and shape k = e^b; with z = log x - a
  ///
  ///     log Γ(k) - k b + k (e^z - z) + log x
  ///
  /// where e^z goes on in a straight line from z = 30, and x counts as 1e-30 at least.
  case gamma

  var operation: hourglass_operation {
    switch self {
    case .poisson: HOURGLASS_DENSITY_POISSON
    case .negativeBinomial: HOURGLASS_DENSITY_NEGATIVE_BINOMIAL
    case .gamma: HOURGLASS_DENSITY_GAMMA
    }
  }

  var slope: hourglass_operation {
    switch self {
    case .poisson: preconditionFailure("Density.poisson has one parameter")
    case .negativeBinomial: HOURGLASS_DENSITY_NEGATIVE_BINOMIAL_SLOPE
    case .gamma: HOURGLASS_DENSITY_GAMMA_SLOPE
    }
  }
}

extension Graph {
  /// -log p(x | a, b) in nats, of a value and its parameters, place by place. The shapes are one shape, or
  /// one number.
  ///
  /// Of counts and of the value itself no derivative is taken: the gradient by x is 0. The gradient may be
  /// taken once by b, and as often as one likes by a.
  ///
  /// - Precondition: a within ±300 and b within ±20; x from 0 on.
  public mutating func surprise(_ density: Density, of x: Value, _ a: Value, _ b: Value? = nil) -> Value {
    append(density, .surprise(density), x, a, b ?? a)
  }

  private mutating func append(_ density: Density, _ op: Op, _ x: Value, _ a: Value, _ b: Value) -> Value {
    let values = [x, a, b]
    let whole = values.map { shape(of: $0) }.max { $0.count < $1.count } ?? [1]
    precondition(
      values.allSatisfy { shape(of: $0) == whole || shape(of: $0).count == 1 },
      "surprise: \(values.map { shape(of: $0) })")
    let batched = values.contains { isBatched($0) }
    let inputs = values.map { value in
      let full = expand(value, whole)
      return batched ? broadcast(full) : full
    }
    return append(op, inputs, shape: whole, batched: batched)
  }

  mutating func densityRule(_ node: Node, _ g: Value) -> [(Value, Value)] {
    guard case .surprise(let density) = node.op else {
      preconditionFailure("gradient: the slope of a surprise by its second parameter has no derivative")
    }
    let (x, a, b) = (node.inputs[0], node.inputs[1], node.inputs[2])
    switch density {
    case .poisson:
      // e^a - x
      return [(a, multiply(g, subtract(unary(.exponential, a), x)))]
    case .negativeBinomial:
      // (μ - x) θ / (θ + μ)
      let share = unary(.sigmoid, subtract(b, a))
      let first = multiply(subtract(unary(.exponential, a), x), share)
      return [(a, multiply(g, first)), (b, multiply(g, append(density, .surpriseSlope(density), x, a, b)))]
    case .gamma:
      // k (1 - x / μ)
      let ratio = multiply(x, unary(.exponential, unary(.negate, a)))
      let bounded = binary(.minimum, ratio, constant(Float(30.0.exponential)))
      let first = multiply(unary(.exponential, b), subtract(constant(1), bounded))
      return [(a, multiply(g, first)), (b, multiply(g, append(density, .surpriseSlope(density), x, a, b)))]
    }
  }
}
