import HourglassTensor

extension Layer {
  /// Units or values above which a layer is taken for a mistake.
  static let widest = 1 << 24

  /// The shape of a sample after this layer.
  ///
  /// - Throws: ``ModelError`` that names the layer where the input does not fit.
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
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
    case .relu, .prelu, .gelu, .sigmoid, .tanh, .softplus:
      return input
    case .leakyRelu(let number), .elu(let number):
      guard number.isFinite, number >= 0 else {
        throw ModelError(place: place, expected: "a number of at least 0", found: "\(number)")
      }
      return input
    case .flatten:
      return [input.count]
    case .reshape(let shape):
      guard shape.count == input.count else {
        throw ModelError(
          place: place, expected: "\(shape.count) values", found: "\(input), which are \(input.count)",
          remedy: "give a shape with as many values")
      }
      return shape
    }
  }

  /// What this layer learns, for an input it accepts.
  ///
  /// - Parameter next: the layer behind it, which the choice of an initializer looks at.
  func weights(for input: Shape, before next: Layer?) -> [Weight] {
    switch self {
    case .dense(let units, let initializer, let bias):
      let chosen = initializer ?? (next?.isRectifier == true ? .heUniform : .glorotUniform)
      let weight = Weight(name: "weight", shape: [input.count, units], start: .drawn(chosen))
      return bias ? [weight, Weight(name: "bias", shape: [units], start: .constant(0))] : [weight]
    case .prelu:
      return [Weight(name: "slope", shape: input, start: .constant(0.25))]
    case .relu, .leakyRelu, .elu, .gelu, .sigmoid, .tanh, .softplus, .flatten, .reshape:
      return []
    }
  }
}

/// One named block of numbers that a layer learns.
public struct Weight: Hashable, Sendable {
  public let name: String
  public let shape: Shape
  public let start: Start

  /// How it begins.
  public enum Start: Hashable, Sendable {
    case drawn(Initializer)
    case constant(Float)
  }
}
