import HourglassTensor

extension Preparation {
  /// Deviations from the mean beyond which an encoder is given the same for all values; after a scaling to
  /// [0, 1] as many times the training's range. A value z deviations out stands in a column of more than z²
  /// values, and in their mean of squares weighs as much as all others together.
  public static let usualInputLimit: Float = 100

  /// The limit that suits the scaling; nil where values have a unit or a range of their own.
  public var inputLimit: Float? {
    switch scaling.kind {
    case .standard, .minMax: Preparation.usualInputLimit
    case .none, .by255: nil
    }
  }

  /// The value that lies furthest from 0 once it is scaled, and where in a sample it stands. Complexity: one
  /// pass over the samples.
  ///
  /// - Throws: what fitting a scaling to the samples throws.
  public func furthestValue(of dataset: Dataset) throws -> (value: Float, feature: Int) {
    let extents = try Columns(of: dataset).extents
    var furthest = (value: Float(0), feature: 0)
    for (index, extent) in extents.enumerated() where !extent.isEmpty {
      let group = scaling.isPerFeature ? index : 0
      for end in [extent.lowest, extent.highest] {
        let value = Float((end - Double(scaling.shift[group])) * Double(scaling.scale[group]))
        if value.magnitude > furthest.value.magnitude { furthest = (value, index) }
      }
    }
    return furthest
  }
}
