import HourglassData
import HourglassModels
import HourglassTensor

/// Values of samples that lie outside the domain of a model's loss: see `Reconstruction.Domain`.
public struct OutsideValues: Hashable, Sendable {
  /// How many there are, and the samples that have some.
  public let values: Int
  public let samples: Int
  /// The position of the sample whose value lies furthest outside, and the place of that value in it.
  public let row: Int
  public let feature: Int
  /// That value, on the model's own scale.
  public let value: Float
}

extension Preparation {
  /// The values of samples that lie outside a domain once they are scaled; nil where none does. Complexity:
  /// one pass over the samples, none where there can be no such value.
  public func valuesOutside(_ domain: Reconstruction.Domain, of dataset: Dataset) -> OutsideValues? {
    guard domain != .any, !canOnlyBeInside(domain, dataset) else { return nil }
    let width = dataset.sampleShape.count
    var (values, samples, distance) = (0, 0, -1.0)
    var furthest = (row: 0, feature: 0, value: Float(0))
    let together = max(1, (1 << 20) / width)
    for start in stride(from: 0, to: dataset.count, by: together) {
      let rows = start..<min(dataset.count, start + together)
      let scaled = scaling.apply(dataset.tensor(rows)).values
      for row in rows {
        let first = (row - start) * width
        let before = values
        for index in first..<(first + width) where !domain.contains(scaled[index]) {
          values += 1
          let value = Double(scaled[index])
          let away = abs(value - domain.nearest(to: value))
          if away > distance { (distance, furthest) = (away, (row, index - first, scaled[index])) }
        }
        if values > before { samples += 1 }
      }
    }
    guard values > 0 else { return nil }
    return OutsideValues(
      values: values, samples: samples, row: furthest.row, feature: furthest.feature, value: furthest.value)
  }

  /// Whether no value that the samples' type can have lies outside.
  private func canOnlyBeInside(_ domain: Reconstruction.Domain, _ dataset: Dataset) -> Bool {
    guard dataset.element == .uint8 else { return false }
    return switch (domain, scaling.kind) {
    case (.unitInterval, .by255), (.notNegative, .by255), (.notNegative, .none): true
    default: false
    }
  }
}

extension Model {
  /// Makes sure that samples are of the kind the model was trained on, and that its loss and its layers have
  /// entries for them, where they read whole numbers.
  ///
  /// - Throws: `DataError`, ``TrainingError``.
  func check(_ dataset: Dataset) throws {
    try preparation.check(dataset)
    try Trainer.checkEntries(autoencoder.architecture, preparation, [dataset])
  }
}

extension Trainer {
  /// The samples must lie in the domain of the loss.
  ///
  /// - Throws: ``TrainingError`` naming the first value that does not.
  static func checkDomain(
    _ reconstruction: Reconstruction, _ preparation: Preparation, _ training: Dataset
  ) throws(TrainingError) {
    let scaling = preparation.scaling.kind.rawValue
    switch reconstruction.domain {
    case .any, .entries: return
    case .unitInterval:
      guard !preparation.scaling.isUnitInterval else { return }
      throw TrainingError(
        place: training.origin, expected: "values in [0, 1] for the loss bce",
        found: "values outside it after scaling \"\(scaling)\"",
        remedy: "choose the scaling min-max, or the loss mse")
    case .notNegative:
      guard let outside = preparation.valuesOutside(reconstruction.domain, of: training) else { return }
      throw TrainingError(
        place: "\(training.origin) row \(outside.row) value \(outside.feature) (counted from 0)",
        expected: "shares or counts, from 0 on, for the loss \(reconstruction.name)",
        found: "\(outside.value)" + (scaling == "none" ? "" : " after scaling \"\(scaling)\""),
        remedy: scaling == "none" ? "choose the loss mse" : "choose the scaling none, or the loss mse")
    }
  }
}
