import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How to go from one code to another.
public enum Path: String, Hashable, Sendable, CaseIterable {
  /// (1 - t) a + t b
  case linear
  /// sin((1 - t) ω) / sin ω a + sin(t ω) / sin ω b, ω the angle between a and b: it keeps to lengths that a
  /// normal law in many dimensions has. Shoemake 1985; White 2016.
  case spherical

  /// `steps` codes from a to b, both included: `[steps, width]`.
  public func codes(from a: [Float], to b: [Float], steps: Int) -> Tensor {
    precondition(a.count == b.count && steps > 1, "Path: \(a.count) and \(b.count) values, \(steps) steps")
    func dot(_ x: [Float], _ y: [Float]) -> Double {
      zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let lengths = (dot(a, a) * dot(b, b)).squareRoot()
    let cosine = lengths > 0 ? max(-1, min(1, dot(a, b) / lengths)) : 1
    let angle = cosine.arccosine
    // Along one line, and between opposites, no circle is singled out.
    let isCircle = self == .spherical && angle.sine > 1e-6
    return Tensor([steps, a.count]) { values in
      for step in 0..<steps {
        let t = Double(step) / Double(steps - 1)
        let (first, second) =
          isCircle
          ? (((1 - t) * angle).sine / angle.sine, (t * angle).sine / angle.sine) : (1 - t, t)
        for index in a.indices {
          values[step * a.count + index] = Float(first * Double(a[index]) + second * Double(b[index]))
        }
      }
    }
  }
}

extension Model {
  /// The samples on the way from one code to another, both ends included, in the units of the data.
  ///
  /// - Parameter number: the class of all samples, of a model with a condition.
  /// - Throws: ``TrainingError`` for codes of another length than the model's.
  public func interpolate(
    from a: [Float], to b: [Float], steps: Int, along path: Path = .linear, class number: Int? = nil,
    threads: Int = Team.processors
  ) throws -> Tensor {
    let width = autoencoder.outline.code.count
    guard a.count == width, b.count == width, steps > 1 else {
      throw TrainingError(
        place: "interpolate", expected: "two codes of \(width) values and at least 2 steps",
        found: "\(a.count) and \(b.count) values, \(steps) steps")
    }
    return try decode(
      path.codes(from: a, to: b, steps: steps), classes: number.map { Array(repeating: $0, count: steps) },
      threads: threads)
  }

  /// Samples whose codes differ in one dimension alone, which goes from one end of the range to the other in
  /// even steps: `[dimensions · steps, sample…]`, dimension by dimension, in the units of the data.
  ///
  /// - Parameters:
  ///   - code: the values of the other dimensions.
  ///   - number: the class of all samples, of a model with a condition.
  /// - Throws: ``TrainingError`` for a dimension that the code does not have.
  public func traverse(
    _ dimensions: [Int], from code: [Float], over range: ClosedRange<Float>, steps: Int,
    class number: Int? = nil, threads: Int = Team.processors
  ) throws -> Tensor {
    let width = autoencoder.outline.code.count
    guard code.count == width, steps > 1 else {
      throw TrainingError(
        place: "traverse", expected: "a code of \(width) values and at least 2 steps",
        found: "\(code.count) values, \(steps) steps")
    }
    for dimension in dimensions where !(0..<width).contains(dimension) {
      throw TrainingError(
        place: "traverse", expected: "dimensions of the code, 0 to \(width - 1)", found: "\(dimension)")
    }
    let codes = Tensor([dimensions.count * steps, width]) { values in
      for (row, dimension) in dimensions.enumerated() {
        for step in 0..<steps {
          let place = (row * steps + step) * width
          for index in 0..<width { values[place + index] = code[index] }
          let share = Float(step) / Float(steps - 1)
          values[place + dimension] = range.lowerBound + share * (range.upperBound - range.lowerBound)
        }
      }
    }
    return try decode(
      codes, classes: number.map { Array(repeating: $0, count: codes.rows) }, threads: threads)
  }
}
