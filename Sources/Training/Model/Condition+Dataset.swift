import HourglassData
import HourglassModels
import HourglassTensor

extension Condition {
  /// What a model is told of samples: all classes that they have.
  ///
  /// - Throws: `TrainingError` for samples whose classes are not known.
  public init(ofClassesIn dataset: Dataset) throws(TrainingError) {
    guard let labels = dataset.orderedLabels else { throw Condition.unknown(dataset) }
    self.init(classes: Set(labels).sorted().map { Condition.name($0, dataset) })
  }

  /// The number of each sample's class among ``classes``, in the data set's order.
  func numbers(of dataset: Dataset) throws(TrainingError) -> [Float] {
    guard let labels = dataset.orderedLabels else { throw Condition.unknown(dataset) }
    let known = Dictionary(classes.enumerated().map { ($1, Float($0)) }) { first, _ in first }
    var numbers: [Float] = []
    numbers.reserveCapacity(labels.count)
    for label in labels {
      let name = Condition.name(label, dataset)
      guard let number = known[name] else {
        throw TrainingError(
          place: dataset.origin,
          expected: "classes that the model was trained with: "
            + classes.prefix(20).joined(separator: ", "), found: "'\(name)'",
          remedy: "leave samples of this class out, or train with them")
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func name(_ label: Int32, _ dataset: Dataset) -> String {
    guard let names = dataset.classNames, names.indices.contains(Int(label)) else { return "\(label)" }
    return names[Int(label)]
  }

  private static func unknown(_ dataset: Dataset) -> TrainingError {
    TrainingError(
      place: dataset.origin, expected: "the class of each sample, which the model is told", found: "none",
      remedy: "name the column or file of the classes (--label)")
  }
}
