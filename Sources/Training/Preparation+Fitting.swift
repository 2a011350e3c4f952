import HourglassData
import HourglassModels

extension Preparation {
  /// The recommended preparation, unless the loss needs samples in [0, 1] and has them without any.
  public static func fitted(for reconstruction: Reconstruction, to training: Dataset) throws -> Preparation {
    if case .tokens = reconstruction { return try Preparation.fitted(Scaling.Kind.none, to: training) }
    let usual = try Preparation.fitted(to: training)
    guard reconstruction == .bernoulli, !usual.scaling.isUnitInterval else { return usual }
    let plain = try Preparation.fitted(Scaling.Kind.none, to: training)
    return plain.scaling.isUnitInterval ? plain : usual
  }
}
