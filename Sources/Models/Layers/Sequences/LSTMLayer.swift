import HourglassEngine
import HourglassTensor

/// A long short-term memory over a sequence `[steps, features]`: Hochreiter and Schmidhuber 1997, with the
/// forget gate of Gers et al. 2000.
///
///     i, f, o = sigmoid(x W + h U + b)   g = tanh(x W + h U + b)
///     c = f c + i g                      h = o tanh(c)
///
/// - Weights: `weight [features, 4 units]`, `recurrentWeight [units, 4 units]`, `bias [4 units]`, in the
///   order i, f, g, o; of a second direction the same under `backward.`. The bias of the forget gate begins
///   at 1.
struct LSTMLayer: RecurrentForm {
  static let name = "lstm"
  static let title = "LSTM"
  static let cell = Recurrence.Cell.lstm
  static let sums = 4
  static func layer(_ numbers: Recurrent) -> Layer { .lstm(numbers) }
  static var examples: [Layer.Example] {
    [
      (.lstm(5), [4, 3], [4, 5]), (.lstm(3, .backward, output: .last), [3, 2], [3]),
      (.lstm(2, .both), [3, 2], [3, 4]), (.lstm(2, .both, output: .last), [4, 1], [4]),
    ]
  }

  let numbers: Recurrent
}

extension Layer {
  /// A ``lstm(_:)`` by its numbers.
  public static func lstm(
    _ units: Int, _ direction: Recurrent.Direction = .forward, output: Recurrent.Output = .sequence
  ) -> Layer {
    .lstm(Recurrent(units: units, direction: direction, output: output))
  }
}
