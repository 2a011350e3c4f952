import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// A value of a sample that can be odd by itself: a cell of a record, a column of a table, a pixel, a step.
public struct DetectionField: Hashable, Sendable {
  /// Its place among the values of a sample.
  public let slot: Int
  /// The column's name; of samples without names `value_7`, of several axes with the place along each.
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
    let names =
      preparation.featureNames
      ?? (shape.rank == 1
        ? Preparation.valueNames(shape.count) : (0..<shape.count).map { shape.words(ofPlace: $0) })
    return names.enumerated().map { DetectionField(slot: $0, name: $1) }
  }
}

extension Shape {
  /// A place among the values in words: `3, 17, 0`, one number an axis, from 0.
  fileprivate func words(ofPlace place: Int) -> String {
    var (rest, numbers) = (place, [Int]())
    for length in dimensions.reversed() {
      numbers.append(rest % length)
      rest /= length
    }
    return numbers.reversed().map(String.init).joined(separator: ", ")
  }
}
