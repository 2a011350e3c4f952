import HourglassData
import HourglassModels
import HourglassTensor

/// Records of a model whose decoder is told some of their fields: those of the role in.
extension Model {
  /// The names of the fields that the decoder is told, in the order of the slots.
  public var conditions: [String] {
    guard let record = autoencoder.outline.record, record.toldCount > 0 else { return [] }
    return record.slots.filter { $0.role == .told && $0.source == nil }.map(\.name)
  }

  /// So many records that are like no other in particular; nil of a model that is told none.
  func typicalRecords(_ count: Int) -> Tensor? {
    guard let record = autoencoder.outline.record, record.toldCount > 0 else { return nil }
    return Tensor([count, record.count], (0..<count).flatMap { _ in record.typical })
  }

  /// Records for so many codes, those given in turn; nil of a model that is told none.
  ///
  /// - Throws: ``TrainingError`` where none are given to a model that is told some, or some to another.
  public func records(_ given: Tensor?, count: Int) throws(TrainingError) -> Tensor? {
    let names = conditions
    guard !names.isEmpty else {
      guard given == nil else {
        throw TrainingError(
          place: "given values", expected: "none: the model is told no field", found: "some",
          remedy: "train one with --field NAME=in")
      }
      return nil
    }
    guard let given, given.rows > 0 else {
      throw TrainingError(
        place: "given values", expected: "values of \(names.map { "'\($0)'" }.joined(separator: ", "))",
        found: "none", remedy: "give a table that has them (--given FILE)")
    }
    let (values, width) = (given.values, given.shape.sample.count)
    return Tensor([count, width]) { rows in
      for row in 0..<count {
        for place in 0..<width { rows[row * width + place] = values[row % given.rows * width + place] }
      }
    }
  }
}

extension Record {
  /// Samples with what the decoder was told in its place.
  ///
  /// - Parameter records: a record a sample; nil: the samples stay as they are.
  public func keeping(conditionsOf records: Tensor?, in samples: Tensor) -> Tensor {
    guard toldCount > 0, let records, records.shape == samples.shape else { return samples }
    let told = slots.indices.filter { slots[$0].role == .told }
    var values = samples.values
    let given = records.values
    for start in stride(from: 0, to: values.count, by: slots.count) {
      for place in told { values[start + place] = given[start + place] }
    }
    return Tensor(samples.shape, values)
  }
}
