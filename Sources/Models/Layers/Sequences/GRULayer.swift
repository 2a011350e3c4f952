import HourglassEngine
import HourglassTensor

/// A gated recurrent unit over a sequence: Cho et al. 2014, with the reset behind the product, as PyTorch and
/// Keras have it.
///
///     r, z = sigmoid(x W + h U + b)   n = tanh(x W + b + r (h U + b'))   h = (1 - z) n + z h
///
/// - Weights: `weight [features, 3 units]`, `recurrentWeight [units, 3 units]` in the order r, z, n; `bias [4
///   units]`, whose last part is b'.
struct GRULayer: RecurrentForm {
  static let name = "gru"
  static let title = "GRU"
  static let cell = Recurrence.Cell.gru
  static let sums = 3
  static func layer(_ numbers: Recurrent) -> Layer { .gru(numbers) }
  static var examples: [Layer.Example] {
    [(.gru(5), [4, 3], [4, 5]), (.gru(3, output: .last), [3, 2], [3]), (.gru(2, .both), [3, 2], [3, 4])]
  }

  let numbers: Recurrent
}

extension Layer {
  /// A ``gru(_:)`` by its numbers.
  public static func gru(
    _ units: Int, _ direction: Recurrent.Direction = .forward, output: Recurrent.Output = .sequence
  ) -> Layer {
    .gru(Recurrent(units: units, direction: direction, output: output))
  }
}
