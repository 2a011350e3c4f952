import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// What the heads of a model are to tell of each row of a data set, one head behind the other, on their own
/// scale; NaN where nobody knows.
final class TargetRows {
  /// Values a row.
  let width: Int
  /// Whether the sample at a position has a value of some target.
  let isLabelled: [Bool]
  private let values: UnsafeMutablePointer<Float>

  /// - Throws: ``TrainingError`` for samples without a target, or with classes that a head does not know.
  ///
  /// - Parameter isOptional: whether samples may lack a target altogether.
  init(_ heads: [Head], _ dataset: Dataset, isOptional: Bool = false) throws(TrainingError) {
    width = heads.reduce(0) { $0 + $1.count }
    let parts = try heads.map { head throws(TrainingError) in
      (head.count, try isOptional && !head.isKnown(in: dataset) ? [] : head.targets(in: dataset))
    }
    let rows = 1 + ((0..<dataset.count).map(dataset.row).max() ?? 0)
    values = .allocate(capacity: max(1, rows * width))
    var start = 0
    for (count, part) in parts {
      for row in 0..<rows {
        for value in 0..<count {
          (values + row * width + start + value).initialize(
            to: part.isEmpty ? .nan : part[row * count + value])
        }
      }
      start += count
    }
    let (own, width) = (values, width)
    isLabelled = (0..<dataset.count).map { position in
      let row = dataset.row(position)
      return (0..<width).contains { !own[row * width + $0].isNaN }
    }
    labelledShare = Double(isLabelled.count { $0 }) / Double(max(1, isLabelled.count))
  }

  deinit { values.deallocate() }

  /// The share of the samples that have a target.
  let labelledShare: Double

  /// The targets of a row.
  func row(_ row: Int) -> UnsafePointer<Float> { UnsafePointer(values + row * width) }

  /// The targets of the rows that stand there one after the other.
  func feed(rows: UnsafePointer<UInt32>) -> Feed {
    Feed(base: UnsafeRawPointer(values), element: .float32, rows: rows)
  }
}

extension Head {
  /// Whether samples come with its target.
  func isKnown(in dataset: Dataset) -> Bool {
    dataset.target(name) != nil || (tellsClasses && !isPicture && dataset.labels != nil)
  }

  /// The values of its target, a row of the data set's samples after the other, on the head's own scale.
  ///
  /// - Throws: ``TrainingError`` for samples without it.
  func targets(in dataset: Dataset) throws(TrainingError) -> [Float] {
    if let target = dataset.target(name) {
      guard target.values.shape.sample.count == count else {
        throw TrainingError(
          place: "\(dataset.origin) '\(name)'", expected: "targets of \(shape), as the head tells",
          found: "\(target.values.shape.sample)")
      }
      if tellsClasses { return try checkedPlaces(target.values.values, dataset) }
      return target.values.doubles.map { Float(($0 - shift) / scale) }
    }
    guard tellsClasses, !isPicture, let labels = dataset.labels else {
      throw TrainingError(
        place: dataset.origin, expected: "what the head '\(name)' tells of each sample", found: "none",
        remedy: "name it (--target)")
    }
    return try numbers(of: labels, dataset)
  }

  /// Numbers of classes must be some of the head's own, or missing.
  private func checkedPlaces(_ values: [Float], _ dataset: Dataset) throws(TrainingError) -> [Float] {
    guard let odd = values.first(where: { !$0.isNaN && !classes.indices.contains(Int($0)) }) else {
      return values
    }
    throw TrainingError(
      place: "\(dataset.origin) '\(name)'", expected: "classes from 0 to \(classes.count - 1)",
      found: "\(odd)")
  }

  /// The number of each row's class among those of the head; NaN where it is not known.
  private func numbers(of labels: [Int32], _ dataset: Dataset) throws(TrainingError) -> [Float] {
    let known = Dictionary(classes.enumerated().map { ($1, Float($0)) }) { first, _ in first }
    var found: [Int32: Float] = [Dataset.unlabelled: .nan]
    var numbers: [Float] = []
    numbers.reserveCapacity(labels.count)
    for label in labels {
      if let number = found[label] {
        numbers.append(number)
        continue
      }
      let name = dataset.className(ofLabel: label)
      guard let number = known[name] else {
        throw TrainingError(
          place: dataset.origin,
          expected: "classes that the model tells: " + classes.prefix(20).joined(separator: ", "),
          found: "'\(name)'", remedy: "leave samples of this class out, or train with them")
      }
      found[label] = number
      numbers.append(number)
    }
    return numbers
  }

  /// The classes that samples have, and all rows beside them, in the order of their numbers.
  ///
  /// - Throws: `TrainingError` for samples without classes, or of one alone.
  public static func classes(in dataset: Dataset) throws(TrainingError) -> [String] {
    guard let labels = dataset.labels else {
      throw TrainingError(
        place: dataset.origin, expected: "the class of each sample, which is to be told", found: "none",
        remedy: "name the column or file of the classes (--target)")
    }
    let names = Set(labels).subtracting([Dataset.unlabelled]).sorted().map(dataset.className(ofLabel:))
    guard names.count > 1 else {
      throw TrainingError(
        place: dataset.origin, expected: "at least two classes to tell apart",
        found: names.first.map { "'\($0)' alone" } ?? "no sample with a class")
    }
    return names
  }
}
