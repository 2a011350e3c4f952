import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Values that lie far from 0 and close together: differences first, rounding after.
extension Scaling {
  /// Spreads of a feature that lie between its values and 0, from which on its scaling is far: rounded to 24
  /// bits, a value is off by up to 2⁻²⁴ of itself, 2⁻¹² of the spread.
  static let farthest = 4096.0

  /// A center in double precision as a shift and what is left of it.
  static func parts(_ center: Double) -> (shift: Float, remainder: Float) {
    let shift = Float(center)
    return (shift, Float(center - Double(shift)))
  }

  /// What is to be taken off a feature so that scaled values have the mean 0 instead of `mean`.
  ///
  ///     (x - shift) scale - mean = (x - (shift + mean / scale)) scale
  package func center(of feature: Int, mean: Double) -> (shift: Float, remainder: Float) {
    if kind == .none { return (Float(mean), 0) }
    let index = isPerFeature ? feature : 0
    let distance = mean / Double(scale[index])
    guard isFar else { return (shift[index] + Float(distance), 0) }
    return Scaling.parts(Double(shift[index]) + Double(shiftRemainder[index]) + distance)
  }

  /// Scales one row of features in double precision.
  func writeFar<Value: Readable>(_ values: Values<Value>, into target: UnsafeMutablePointer<Float>) {
    let step = isPerFeature ? 1 : 0
    for index in 0..<values.count {
      let difference =
        values[index].exact - Double(shift[index * step]) - Double(shiftRemainder[index * step])
      target[index] = Float(difference * Double(scale[index * step]))
    }
  }

  /// ``undo(_:)`` in double precision.
  func undoneFar(_ tensor: Tensor, width: Int) -> Tensor {
    let grids = scale.map(DecimalGrid.init)
    var values = tensor.doubles
    for index in values.indices {
      let feature = isPerFeature ? index % width : 0
      let value =
        values[index] / Double(scale[feature]) + Double(shift[feature]) + Double(shiftRemainder[feature])
      values[index] = grids[feature].nearest(value)
    }
    return Tensor(tensor.shape, values)
  }
}

/// The decimals that a value of single precision on a model's scale can tell apart: digits behind them are
/// noise, which nobody should read in a table.
private struct DecimalGrid {
  private let power: Double
  private let isFraction: Bool

  /// - Parameter scale: of the feature; a step of the grid is the power of ten at or below 10⁻⁷ / scale.
  init(scale: Float) {
    let exponent = (-log10(Double(scale.magnitude)) - 7).rounded(.down)
    isFraction = exponent < 0
    // Powers of ten up to this one are exact.
    power = exponent.magnitude <= 22 ? pow(10, exponent.magnitude) : 0
  }

  func nearest(_ value: Double) -> Double {
    guard power > 0, value.isFinite else { return value }
    return isFraction ? (value * power).rounded() / power : (value / power).rounded() * power
  }
}
