import HourglassTensor

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
