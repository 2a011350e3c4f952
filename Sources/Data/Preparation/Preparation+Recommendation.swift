import HourglassFormats
import HourglassTensor

extension Preparation {
  /// The preparation for a training part: its shape and names, whether it has gaps, and a scaling fitted to
  /// it.
  ///
  /// - Parameters:
  ///   - kind: the scaling; nil: the recommended one.
  ///   - range: where values must lie once they are scaled, if anywhere: what the recommendation sees to, if
  ///     one of the scalings can.
  ///   - gaps: whether values may be missing later even if none is in this part.
  /// - Throws: what ``Scaling/fitted(_:to:)`` throws.
  public static func fitted(
    _ kind: Scaling.Kind? = nil, within range: ClosedRange<Double>? = nil, to training: Dataset,
    gaps: Bool = false
  ) throws -> Preparation {
    let columns = try Columns(of: training)
    return Preparation(
      sampleShape: training.sampleShape, element: training.element,
      scaling: try .fitted(kind ?? recommendedScaling(for: columns, within: range), to: columns),
      featureNames: training.featureNames, allowsGaps: gaps || training.hasGaps, form: training.form,
      takenColumns: training.takenColumns)
  }

  /// How to scale data about which nothing else is known. Pictures are samples of two axes and more, whatever
  /// the type of their values; rows are tables, of bytes too.
  ///
  /// - bytes of pictures that are all 0 or 1: not at all;
  /// - bytes of pictures that use more than half of their range, as pixels do, and the same as whole numbers
  ///   of another type: divided by 255;
  /// - bytes of pictures of fewer levels: to [0, 1] as a whole;
  /// - pictures of 16 bits: to [0, 1] as a whole, since a sensor seldom uses all of them;
  /// - other values that are all in [0, 1]: not at all, unless a sample is a short row: the columns of a
  ///   table may differ in spread by orders of magnitude even there;
  /// - anything else: to mean 0 and standard deviation 1.
  ///
  /// - Parameter range: where values must lie once they are scaled. Where the above does not lead there, what
  ///   does is chosen: values as they are, bytes divided by 255, or each column to [0, 1].
  public static func recommendedScaling(
    for dataset: Dataset, within range: ClosedRange<Double>? = nil
  ) throws -> Scaling.Kind {
    recommendedScaling(for: try Columns(of: dataset), within: range)
  }

  private static func recommendedScaling(
    for columns: Columns, within range: ClosedRange<Double>?
  ) -> Scaling.Kind {
    let usual = usualScaling(for: columns)
    guard let range else { return usual }
    let whole = Extent.whole(columns.extents)
    func leads(_ kind: Scaling.Kind) -> Bool {
      switch kind {
      case .none: range.contains(whole.lowest) && range.contains(whole.highest)
      case .by255: range.contains(whole.lowest / 255) && range.contains(whole.highest / 255)
      case .minMax: range == 0...1 || usual == .minMax
      case .standard: false
      }
    }
    var kinds = [usual, .none]
    if columns.dataset.element == .uint8, whole.highest > dimmest { kinds.append(.by255) }
    return (kinds + [.minMax]).first(where: leads) ?? usual
  }

  private static func usualScaling(for columns: Columns) -> Scaling.Kind {
    let whole = Extent.whole(columns.extents)
    let dataset = columns.dataset
    if dataset.element == .uint8, !dataset.isPerFeature {
      if whole.highest <= 1 { return .none }
      return whole.highest > dimmest ? .by255 : .minMax
    }
    if dataset.element == .uint16, dataset.isPicture, dataset.form != nil || whole.highest > 255 {
      return .minMax
    }
    let isTable = dataset.isPerFeature && columns.extents.count < smallestPicture
    if whole.lowest >= 0, whole.highest <= 1, !isTable { return .none }
    return dataset.isPicture && areBytes(dataset, whole) ? .by255 : .standard
  }

  /// Whether values are bytes in fact, over more than half of their range, whatever type they came in.
  private static func areBytes(_ dataset: Dataset, _ whole: Extent) -> Bool {
    guard whole.lowest >= 0, whole.highest > dimmest, whole.highest <= 255 else { return false }
    var search = FractionSearch(dataset: dataset)
    if !dataset.element.isInteger { dataset.scan(&search) }
    return !search.hasFraction
  }

  /// The highest value of bytes that are not taken for pixels' brightness: half of their range.
  private static let dimmest = 127.0

  /// Values of the smallest pictures that people keep as rows: 8 by 8.
  private static let smallestPicture = 64
}

extension Dataset {
  /// Pixels along the shorter side of the smallest picture.
  private static let shortestSide = 5

  /// Whether samples have the shape of pictures, and are not known to be anything else.
  var isPicture: Bool {
    switch form {
    case .images: return true
    case .series, .sounds: return false
    case nil: break
    }
    let sides = sampleShape.dimensions.suffix(2)
    return (2...3).contains(sampleShape.rank) && sides.allSatisfy { $0 >= Dataset.shortestSide }
  }
}

/// A pass over the rows for a value that is no whole number.
private struct FractionSearch: Reading {
  let dataset: Dataset
  var hasFraction = false

  init(dataset: Dataset) { self.dataset = dataset }

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    let width = dataset.sampleShape.count
    for position in 0..<dataset.count {
      let sample = values.row(dataset.row(position), width: width)
      for column in 0..<width where !sample[column].isGap {
        let value = sample[column].exact
        guard value == value.rounded() else {
          hasFraction = true
          return
        }
      }
    }
  }
}
