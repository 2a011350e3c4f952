import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// A value of a sample that can be odd by itself: a cell of a record, a column of a table, a pixel, a step.
public struct DetectionField: Hashable, Sendable {
  /// Its place among the values of a sample.
  public let slot: Int
  /// The column's name; of samples without names `value_7`, of several axes the place along each.
  public let name: String
}

extension Model {
  /// The values that are judged one by one; none of text, whose values have no spread.
  public var detectionFields: [DetectionField] {
    if let schema = preparation.fields {
      let slots = schema.slots
      return slots.indices.filter { slots[$0].isGiven }.map { DetectionField(slot: $0, name: slots[$0].name) }
    }
    if case .tokens = autoencoder.architecture.reconstruction { return [] }
    let shape = preparation.sampleShape
    let kind = SampleKind(preparation)
    let names =
      preparation.featureNames
      ?? (shape.rank == 1
        ? Preparation.valueNames(shape.count) : (0..<shape.count).map { kind.words(ofPlace: $0, in: shape) })
    return names.enumerated().map { DetectionField(slot: $0, name: $1) }
  }
}

extension SampleKind {
  /// A place among the values in words: `row 3, column 17`, `step 4, channel 1`; numbers from 0, and of a
  /// single channel none.
  fileprivate func words(ofPlace place: Int, in shape: Shape) -> String {
    let axes: [String] =
      switch self {
      case .image: ["channel", "row", "column"]
      case .series, .sound: ["channel", "step"]
      case .spectrogram: ["channel", "band", "frame"]
      case .row: []
      }
    var (rest, numbers) = (place, [(axis: String, number: Int, length: Int)]())
    for (depth, length) in shape.dimensions.reversed().enumerated() {
      let axis = depth < axes.count ? axes[axes.count - 1 - depth] : "axis \(shape.rank - 1 - depth)"
      numbers.append((axis, rest % length, length))
      rest /= length
    }
    let told = numbers.filter { $0.axis != "channel" || $0.length > 1 }
    let order = told.filter { $0.axis != "channel" }.reversed() + told.filter { $0.axis == "channel" }
    return order.map { "\($0.axis) \($0.number)" }.joined(separator: ", ")
  }
}
