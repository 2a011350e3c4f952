import HourglassData
import HourglassModels

extension Preparation {
  /// The recommended preparation for a loss: one that leads into its domain, where one does. Numbers of
  /// entries stay what they are.
  ///
  /// - Parameter kind: the scaling; nil: the recommended one.
  public static func fitted(
    for reconstruction: Reconstruction?, _ kind: Scaling.Kind? = nil, to training: Dataset,
    gaps: Bool = false
  ) throws -> Preparation {
    if kind == nil, case .tokens? = reconstruction {
      return try Preparation.fitted(Scaling.Kind.none, to: training, gaps: gaps)
    }
    return try Preparation.fitted(kind, within: reconstruction?.domain.range, to: training, gaps: gaps)
  }
}

extension Reconstruction.Domain {
  /// The interval that it is, where it is one.
  fileprivate var range: ClosedRange<Double>? {
    switch self {
    case .any, .entries: nil
    case .unitInterval: 0...1
    case .notNegative: 0...(.infinity)
    }
  }
}
