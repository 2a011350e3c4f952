import HourglassTensor

extension Scaling {
  /// A scaling of the training part of some data.
  ///
  /// Samples of one axis (a table, a list of features) are scaled feature by feature, as every column has a
  /// unit of its own; samples of more axes (images) as a whole, as all their values share one; windows of
  /// series channel by channel. A feature that
  /// never varies is shifted but not stretched: its scale is 1.
  ///
  /// Values that are missing are passed over, as if the others were all there is.
  ///
  /// Sums run in `Double`, down the columns in the order of the rows: the same data give the same bytes.
  /// Complexity: one pass over the data, two for ``Kind/standard``.
  ///
  /// Differences that single precision would lose are taken in double: see ``isFar``.
  ///
  /// - Throws: ``DataError`` if the values of a feature lie so far apart that single precision cannot hold
  ///   their difference, or so far from 0 that double precision, or without a shift single precision, cannot
  ///   tell them apart; if every value of it is missing.
  public static func fitted(_ kind: Kind, to dataset: Dataset) throws -> Scaling {
    try fitted(kind, to: Columns(of: dataset))
  }

  static func fitted(_ kind: Kind, to columns: Columns) throws -> Scaling {
    try columns.check(kind)
    let whole = Extent.whole(columns.extents)
    switch kind {
    case .none:
      return .none(isUnitInterval: whole.lowest >= 0 && whole.highest <= 1)
    case .by255:
      return Scaling(
        .by255, shift: [0], scale: [1 / 255], isUnitInterval: whole.lowest >= 0 && whole.highest <= 255)
    case .minMax:
      let parts = columns.groupExtents
      return Scaling(
        .minMax, centers: parts.map(\.lowest),
        scale: parts.map { reciprocal($0.highest - $0.lowest, of: $0) }, columns, isUnitInterval: true)
    case .standard:
      return standard(columns)
    }
  }

  private static func standard(_ columns: Columns) -> Scaling {
    let groups = columns.groups
    func means(_ sums: [Double]) -> [Double] {
      groups.map { group in
        Statistics.sum(group.map { sums[$0] }) / Double(group.reduce(0) { $0 + columns.counts[$1] })
      }
    }
    let centers = means(columns.sums)
    let squares = ColumnSquares(
      of: columns.dataset,
      from: groups.count == 1 ? columns.sums.map { _ in centers[0] } : columns.spread(centers))
    let scale = zip(means(squares.sums), columns.groupExtents).map { variance, extent in
      reciprocal(variance.squareRoot(), of: extent)
    }
    return Scaling(.standard, centers: centers, scale: scale, columns, isUnitInterval: false)
  }

  /// - Parameters:
  ///   - centers, scale: one a group of values.
  private init(
    _ kind: Kind, centers: [Double], scale: [Float], _ columns: Columns, isUnitInterval: Bool
  ) {
    let isFar =
      columns.dataset.element.isWide
      && zip(columns.groupExtents, scale).contains { extent, scale in
        extent.reach * Double(scale) > Scaling.farthest && !extent.isHeldBySinglePrecision
      }
    let parts = centers.map(Scaling.parts)
    self.init(
      kind, shift: columns.spread(parts.map(\.shift)),
      shiftRemainder: isFar ? columns.spread(parts.map(\.remainder)) : [], scale: columns.spread(scale),
      isUnitInterval: isUnitInterval)
  }

  /// 1 / spread, or 1 where the values do not vary or the reciprocal is no number of single precision.
  private static func reciprocal(_ spread: Double, of extent: Extent) -> Float {
    guard extent.lowest < extent.highest, spread > 0 else { return 1 }
    let scale = Float(1 / spread)
    return scale.isFinite && scale > 0 ? scale : 1
  }
}

extension Element {
  /// Whether values may have more digits than single precision.
  var isWide: Bool {
    switch self {
    case .int32, .int64, .float64: true
    case .uint8, .int8, .uint16, .int16, .float32: false
    }
  }
}
