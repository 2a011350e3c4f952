import HourglassTensor

extension Scaling {
  /// A scaling of the training part of some data.
  ///
  /// Samples of one axis (a table, a list of features) are scaled feature by feature, as every column has a
  /// unit of its own; samples of more axes (images) as a whole, as all their values share one. A feature that
  /// never varies is shifted but not stretched: its scale is 1.
  ///
  /// Sums run in `Double`, down the columns in the order of the rows: the same data give the same bytes.
  ///
  /// - Throws: ``DataError`` if the values of a feature lie so far apart, or so far from 0, that single
  ///   precision cannot hold their difference.
  public static func fitted(_ kind: Kind, to dataset: Dataset) throws -> Scaling {
    let extents = try Extent.all(of: dataset)
    let whole = Extent(
      lowest: extents.lazy.map(\.lowest).min() ?? 0, highest: extents.lazy.map(\.highest).max() ?? 0)
    switch kind {
    case .none:
      return .none(isUnitInterval: whole.lowest >= 0 && whole.highest <= 1)
    case .by255:
      return Scaling(
        .by255, shift: [0], scale: [1 / 255], isUnitInterval: whole.lowest >= 0 && whole.highest <= 255)
    case .minMax:
      let parts = dataset.isPerFeature ? extents : [whole]
      return Scaling(
        .minMax, shift: parts.map { Float($0.lowest) },
        scale: parts.map { reciprocal($0.highest - $0.lowest, of: $0) }, isUnitInterval: true)
    case .standard:
      return standard(dataset, extents: dataset.isPerFeature ? extents : [whole])
    }
  }

  private static func standard(_ dataset: Dataset, extents: [Extent]) -> Scaling {
    let count = Double(dataset.count)
    let width = dataset.sampleShape.count
    func perFeature(_ sums: [Double]) -> [Double] {
      dataset.isPerFeature ? sums.map { $0 / count } : [Statistics.sum(sums) / (count * Double(width))]
    }
    var sums = ColumnSums(dataset, of: .values)
    dataset.samples.read(&sums)
    let means = perFeature(sums.columns)
    let centers = dataset.isPerFeature ? means : [Double](repeating: means[0], count: width)
    var squares = ColumnSums(dataset, of: .squares(from: centers))
    dataset.samples.read(&squares)
    let scale = zip(perFeature(squares.columns), extents).map { reciprocal($0.squareRoot(), of: $1) }
    return Scaling(.standard, shift: means.map { Float($0) }, scale: scale, isUnitInterval: false)
  }

  /// 1 / spread, or 1 where the values do not vary or the reciprocal is no number of single precision.
  private static func reciprocal(_ spread: Double, of extent: Extent) -> Float {
    guard extent.lowest < extent.highest, spread > 0 else { return 1 }
    let scale = Float(1 / spread)
    return scale.isFinite && scale > 0 ? scale : 1
  }
}
