import HourglassEngine
import HourglassTensor

/// A layer of images `[channels, height, width]` and series `[channels, length]`, which on a graph have their
/// channels last.
protocol ImageForm: LayerForm {}

extension ImageForm {
  func channels(rank: Int) -> Layer.Channels { .last }

  /// Of a series positions that are as many as before are the same steps.
  func passage(from input: Shape, to output: Shape) -> Setting.Passage {
    input.rank == 2 && output.rank == 2 && input[0] == output[0] ? .kept(axis: 1) : .lost
  }

  /// - Throws: ``ModelError`` where the input is neither an image nor a series.
  func checkImage(_ input: Shape, at place: String, remedy: String) throws(ModelError) {
    guard input.rank == 2 || input.rank == 3 else {
      throw ModelError(
        place: place, expected: "[channels, height, width] or [channels, length]", found: "\(input)",
        remedy: remedy)
    }
  }
}

extension Graph {
  /// The window that was found right when the shapes were worked out, for a value with its channels last.
  func window(_ x: Value, _ make: (Shape) throws(ModelError) -> Window) -> Window {
    let shape = shape(of: x)
    let channels = shape.dimensions.last ?? 1
    do {
      return try make(Shape([channels] + shape.dimensions.dropLast()))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// With its bias, and as a series again where it was one.
  ///
  /// - Parameter rank: axes of what the layer read.
  mutating func finished(_ y: Value, _ weights: [Value] = [], rank: Int) -> Value {
    let shape = shape(of: y)
    let y = rank == 3 ? y : reshape(y, [shape[1], shape[2]])
    return weights.count > 1 ? add(y, weights[1]) : y
  }

  /// `[channels, …]` → `[…, channels]`.
  mutating func channelsLast(_ x: Value) -> Value {
    let shape = shape(of: x)
    guard shape.rank > 1 else { return x }
    let matrix = transpose(reshape(x, [shape[0], shape.count / shape[0]]))
    return reshape(matrix, Shape(shape.dimensions.dropFirst() + [shape[0]]))
  }

  /// `[…, channels]` → `[channels, …]`.
  mutating func channelsFirst(_ x: Value) -> Value {
    let shape = shape(of: x)
    guard shape.rank > 1, let channels = shape.dimensions.last else { return x }
    let matrix = transpose(reshape(x, [shape.count / channels, channels]))
    return reshape(matrix, Shape([channels] + shape.dimensions.dropLast()))
  }
}
