public import HourglassTensor

/// How values are scaled before a model sees them.
///
///     y = (x - shift) · scale        x = y / scale + shift
///
/// One shift and scale stand for the whole sample, or there is one a feature. They are fitted on the training
/// part alone, stored in the model, applied to whatever the model is used on, and undone on what it gives
/// back. A value that is missing (NaN) takes no part in the fitting and stays missing.
///
/// Values that lie far from 0 and close together (times in seconds, say) lose their differences in single
/// precision. Where the training data have such a feature the scaling is far: see ``isFar``.
public struct Scaling: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Values as they are.
    case none
    /// To [0, 1] by the smallest and largest training value.
    case minMax = "min-max"
    /// To mean 0 and standard deviation 1 (that of the training values as a population: Σ / n).
    case standard
    /// Divided by 255: bytes to [0, 1].
    case by255 = "255"
  }

  public let kind: Kind
  /// One value, or one a feature.
  public let shift: [Float]
  /// What single precision leaves of each shift, which is ``shift`` + this then; empty unless the scaling is
  /// far.
  public let shiftRemainder: [Float]
  /// As many as ``shift``, none of them 0.
  public let scale: [Float]
  /// Whether every training value came out in [0, 1]: a sigmoid output and binary cross-entropy fit then.
  /// Values seen later may lie outside.
  public let isUnitInterval: Bool

  /// - Precondition: as many shifts as scales, at least one; as many remainders or none; all finite, no scale
  ///   0.
  public init(
    _ kind: Kind, shift: [Float], shiftRemainder: [Float] = [], scale: [Float], isUnitInterval: Bool
  ) {
    precondition(
      Scaling.areValid(shift: shift, shiftRemainder, scale: scale),
      "Scaling: \(shift.count) shifts and \(scale.count) scales, which must be as many, finite, no scale 0")
    self.kind = kind
    self.shift = shift
    self.shiftRemainder = shiftRemainder
    self.scale = scale
    self.isUnitInterval = isUnitInterval
  }

  static func areValid(shift: [Float], _ remainder: [Float], scale: [Float]) -> Bool {
    shift.count == scale.count && !shift.isEmpty && shift.allSatisfy(\.isFinite)
      && (remainder.isEmpty || remainder.count == shift.count) && remainder.allSatisfy(\.isFinite)
      && scale.allSatisfy { $0.isFinite && $0 != 0 }
  }

  /// Values as they are; `isUnitInterval` says whether they are known to lie in [0, 1].
  public static func none(isUnitInterval: Bool) -> Scaling {
    Scaling(.none, shift: [0], scale: [1], isUnitInterval: isUnitInterval)
  }

  /// Whether each feature has its own shift and scale.
  public var isPerFeature: Bool { shift.count > 1 }

  /// Whether differences from the shift are taken in double precision, for values of any type, and values
  /// that are undone have it: single precision would lose more than 2⁻¹² of a scaled value.
  public var isFar: Bool { !shiftRemainder.isEmpty }

  /// Scaled values, as `float32`, for samples as they come: `[samples, sample shape…]` or one sample.
  ///
  /// Integers of 32 bits and more and `float64` are shifted and scaled in double precision, others in single
  /// unless the scaling is far.
  ///
  /// - Precondition: with a scaling per feature, a sample has as many values as there are features.
  public func apply(_ tensor: Tensor) -> Tensor {
    if kind == .none { return tensor.asFloat32 }
    let width = width(of: tensor)
    return Tensor(tensor.shape) { target in
      var application = Application(scaling: self, width: width, target: target)
      tensor.read(&application)
    }
  }

  /// Values as they were before ``apply(_:)``, up to rounding, as `float32`; where the scaling is far as
  /// `float64`, rounded to the decimal that is at most a ten-millionth of the feature's scale.
  ///
  /// - Precondition: with a scaling per feature, a sample has as many values as there are features.
  public func undo(_ tensor: Tensor) -> Tensor {
    if kind == .none { return tensor.asFloat32 }
    let width = width(of: tensor)
    if isFar { return undoneFar(tensor, width: width) }
    let values = tensor.values
    return Tensor(tensor.shape) { target in
      for index in 0..<target.count {
        let feature = isPerFeature ? index % width : 0
        target[index] = values[index] / scale[feature] + shift[feature]
      }
    }
  }

  private func width(of tensor: Tensor) -> Int {
    if !isPerFeature { return tensor.shape.dimensions.last ?? 1 }
    precondition(
      tensor.count % shift.count == 0,
      "Scaling: fitted to \(shift.count) features, used on \(tensor.shape)")
    return shift.count
  }

  /// - Precondition: one shift for all, or one a feature.
  func checkWidth(_ width: Int) {
    precondition(
      shift.count == 1 || shift.count == width,
      "Scaling: fitted to \(shift.count) features, used on \(width)")
  }
}

extension Scaling {
  /// Scales one row of features into `target`, which holds as many.
  func write<Value: Readable>(_ values: Values<Value>, into target: UnsafeMutablePointer<Float>) {
    if isFar { return writeFar(values, into: target) }
    guard isPerFeature else {
      let (shift, scale) = (shift[0], scale[0])
      for index in 0..<values.count { target[index] = values[index].scaled(shift, scale) }
      return
    }
    shift.withUnsafeBufferPointer { shift in
      scale.withUnsafeBufferPointer { scale in
        for index in 0..<values.count {
          target[index] = values[index].scaled(shift[index], scale[index])
        }
      }
    }
  }
}

private struct Application: Reading {
  let scaling: Scaling
  let width: Int
  let target: UnsafeMutableBufferPointer<Float>

  func read<Value: Readable>(_ values: Values<Value>) {
    guard let start = target.baseAddress else { return }
    for row in 0..<(values.count / width) {
      scaling.write(values.row(row, width: width), into: start + row * width)
    }
  }
}
