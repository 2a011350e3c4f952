import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How odd one value of a sample is by itself.
public struct FieldShare: Hashable, Sendable {
  /// Its place among ``Detector/fields``.
  public let field: Int
  /// (1 + #{calibrating samples whose field is at least as surprising}) / (n + 1)
  public let pValue: Double
  /// The surprise above its usual, in units of its usual.
  public let strength: Double

  /// The oddest of ``shares(of:row:_:)``, without a list of all.
  public static func first(
    of readings: Detector.Readings, row: Int, _ calibration: Calibration
  ) -> FieldShare? {
    let width = calibration.baseline.centres.count
    guard width > 0, readings.surprises.count >= (row + 1) * width else { return nil }
    var best: FieldShare?
    for field in 0..<width {
      guard let share = share(field, readings.surprises[row * width + field], calibration) else { continue }
      if let best, (share.pValue, -share.strength) >= (best.pValue, -best.strength) { continue }
      best = share
    }
    return best
  }

  /// The fields of a sample, the oddest first: by p-value, and among equal ones by strength.
  ///
  /// - Parameter row: of the readings, whose surprises were asked for.
  public static func shares(
    of readings: Detector.Readings, row: Int, _ calibration: Calibration
  ) -> [FieldShare] {
    let width = calibration.baseline.centres.count
    guard width > 0, readings.surprises.count >= (row + 1) * width else { return [] }
    return (0..<width).compactMap { field in
      share(field, readings.surprises[row * width + field], calibration)
    }.sorted { ($0.pValue, -$0.strength, $0.field) < ($1.pValue, -$1.strength, $1.field) }
  }

  /// Nil of a value that is missing.
  private static func share(_ field: Int, _ surprise: Float, _ calibration: Calibration) -> FieldShare? {
    guard !surprise.isNaN else { return nil }
    return FieldShare(
      field: field, pValue: calibration.pValue(of: surprise, ofField: field),
      strength: Double(calibration.baseline.strength(of: surprise, ofField: field)))
  }
}

extension Model {
  /// What each of some values would have to be, by the model, for the rest of its sample: the value is hidden
  /// from the model, or where it cannot read gaps taken for the model's 0, and reconstructed from the others.
  ///
  /// - Parameter cells: the position of a sample and the slot of a value, each.
  /// - Returns: the values in the units of the data; of records as samples hold them.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func counterfactuals(
    _ cells: [(position: Int, slot: Int)], of dataset: Dataset, threads: Int = Team.processors
  ) throws -> [Float] {
    guard !cells.isEmpty else { return [] }
    let width = dataset.sampleShape.count
    let hidden = try dataset.replacing(cells, by: cells.map { _ in .nan })
    let made = try allowingGaps().reconstruct(hidden, threads: threads).values
    return cells.enumerated().map { made[$0.offset * width + $0.element.slot] }
  }
}

extension Dataset {
  /// A sample for each cell, the one that has it, with another value there.
  ///
  /// - Precondition: as many values as cells.
  func replacing(_ cells: [(position: Int, slot: Int)], by others: [Float]) throws -> Dataset {
    let width = sampleShape.count
    var values: [Float] = []
    values.reserveCapacity(cells.count * width)
    for (cell, other) in zip(cells, others) {
      let start = values.count
      values += tensor(cell.position..<(cell.position + 1)).values
      values[start + cell.slot] = other
    }
    let replaced = try Dataset(
      Tensor(sampleShape.batch(cells.count), values), featureNames: featureNames,
      hasGaps: hasGaps || others.contains(where: \.isNaN), origin: origin)
    guard let labels = orderedLabels else { return replaced }
    return try replaced.labelled(cells.map { labels[$0.position] }, classNames: classNames)
  }
}
