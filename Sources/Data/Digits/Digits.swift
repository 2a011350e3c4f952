public import HourglassTensor

/// Hand-drawn-looking digits made from strokes: data the program has at hand, with everything known about
/// them.
///
/// Each class has several ways to write it, each a few curves through control points. A sample jitters the
/// points, slants, stretches, turns and shifts the figure, and draws it with a pen whose width wanders. Grey
/// levels are those of MNIST: 28×28 bytes, white ink (255) on black (0), the figure about 20 pixels high.
///
/// A sample is a pure function of (seed, index), by basic arithmetic and square roots alone: the same bytes
/// on every machine, however many are made.
public enum Digits {
  /// Pixels along a side.
  public static let side = 28

  /// What varies from sample to sample, in the order of ``Sample/factors``:
  ///
  /// - slant: horizontal displacement per height, positive to the right;
  /// - thickness: width of the pen, pixels;
  /// - height: of the figure before it is turned, pixels;
  /// - aspect: stretch in width, 1 for none;
  /// - rotation: tangent of half the angle, clockwise;
  /// - shift x, shift y: of the centre, pixels, right and down;
  /// - style: the way of writing it, counted from 0.
  public static let factorNames = [
    "slant", "thickness", "height", "aspect", "rotation", "shift x", "shift y", "style",
  ]

  /// What the classes are called: "0" to "9".
  public static let classNames = (0...9).map { "\($0)" }

  public struct Sample: Hashable, Sendable {
    /// Row by row from the top, ``Digits/side`` squared of them.
    public let pixels: [UInt8]
    /// 0 to 9.
    public let label: Int
    /// By the names in ``Digits/factorNames``.
    public let factors: [Float]
  }

  /// One digit. Its class is drawn alike from the ten.
  ///
  /// - Precondition: index ≥ 0.
  public static func sample(index: Int, seed: UInt64 = 0) -> Sample {
    var canvas = Canvas(side: side)
    let figure = Figure(index: index, seed: seed)
    figure.draw(on: &canvas)
    return Sample(
      pixels: [UInt8](unsafeUninitializedCapacity: side * side) { pixels, count in
        canvas.develop(into: UnsafeMutableRawBufferPointer(pixels))
        count = side * side
      }, label: figure.label, factors: figure.factors)
  }

  /// The digits 0..<count: samples `[count, 28, 28]` of bytes, labelled, with their factors.
  ///
  /// - Throws: ``DataError`` unless 1 ≤ count < 2³².
  public static func dataset(count: Int, seed: UInt64 = 0) throws -> Dataset {
    let origin = "builtin:digits:\(count)" + (seed == 0 ? "" : ":\(seed)")
    guard count > 0, count <= Int(UInt32.max) else {
      throw DataError(
        place: origin, expected: "a count from 1 to \(UInt32.max)", found: "\(count)",
        remedy: "builtin:digits:5000 makes 5000 digits")
    }
    var labels: [Int32] = []
    var factors: [Float] = []
    labels.reserveCapacity(count)
    factors.reserveCapacity(count * factorNames.count)
    var canvas = Canvas(side: side)
    let size = side * side
    let storage = Storage(count: count * size) { bytes in
      for index in 0..<count {
        let figure = Figure(index: index, seed: seed)
        labels.append(Int32(figure.label))
        factors += figure.factors
        canvas.clear()
        figure.draw(on: &canvas)
        canvas.develop(
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[(index * size)..<(index * size + size)]))
      }
    }
    return try Dataset(
      Tensor([count, side, side], .uint8, in: storage), labels: labels, classNames: classNames, origin: origin
    ).with(factors: Factors(names: factorNames, values: factors))
  }

  /// The factors of the digits 0..<count: `[count, factorNames.count]`, `float32`. Draws nothing.
  public static func factors(count: Int, seed: UInt64 = 0) -> Tensor {
    Tensor(
      [count, factorNames.count],
      (0..<count).flatMap { Figure(index: $0, seed: seed).factors })
  }
}
