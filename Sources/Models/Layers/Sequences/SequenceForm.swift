import HourglassEngine
import HourglassTensor

/// A layer of sequences `[steps, features]` that keeps the steps.
protocol SequenceForm: LayerForm {}

extension SequenceForm {
  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    _ = try sequence(input, at: place)
    return input
  }

  func passage(from input: Shape, to output: Shape) -> Setting.Passage { .kept(axis: 0) }
}

extension LayerForm {
  /// - Throws: ``ModelError`` where the input has other than two axes.
  func sequence(
    _ input: Shape, _ expected: String = "[steps, features]", at place: String
  ) throws(ModelError) -> (steps: Int, features: Int) {
    guard input.rank == 2 else {
      throw ModelError(
        place: place, expected: expected, found: "\(input)", remedy: "add .reshape before it")
    }
    return (input[0], input[1])
  }
}
