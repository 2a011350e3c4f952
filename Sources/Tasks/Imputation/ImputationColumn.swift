import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// One value of the samples whose gaps are filled, and the scale that it is judged on.
struct ImputationColumn {
  /// What its values are.
  enum Form {
    /// Judged after division by a deviation.
    case number(deviation: Double)
    /// The same after ln(1 + x).
    case count(deviation: Double)
    case flag
    case level(isOrdered: Bool)
  }

  let name: String
  let form: Form
  /// Whether the model reads it and gives it: what cannot be given, or is never read, is not hidden.
  let isHidden: Bool

  var isNumber: Bool { measure == .distance }
  /// Whether a linear model can read it as a number.
  var isLinear: Bool {
    if case .level(let isOrdered) = form { isOrdered } else { true }
  }

  var measure: ImputationTest.Measure {
    switch form {
    case .number, .count: .distance
    case .flag, .level: .wrong
    }
  }

  /// A value on the scale that it is judged on.
  func standing(_ value: Double) -> Double {
    switch form {
    case .number(let deviation): value / deviation
    case .count(let deviation): max(0, value).logarithmOfOnePlus / deviation
    case .flag: value > 0.5 ? 1 : 0
    case .level: value
    }
  }

  /// The squared distance of numbers, else 1 where a level is wrong.
  func error(_ filled: Double, _ truth: Double) -> Double { error(standing: standing(filled), truth) }

  func error(standing filled: Double, _ truth: Double) -> Double {
    let distance = filled - standing(truth)
    return isNumber ? distance * distance : distance == 0 ? 0 : 1
  }

  /// Of a model's samples; the deviations are those of the training values where the model keeps them, else
  /// of the values given.
  static func all(of model: Model, _ dataset: Dataset) -> [ImputationColumn] {
    if let record = model.autoencoder.outline.record { return all(of: record) }
    let (scaling, width) = (model.preparation.scaling, dataset.sampleShape.count)
    let hasOwn = scaling.kind == .standard && scaling.scale.count == width
    let deviations =
      hasOwn
      ? scaling.scale.map { $0 > 0 ? 1 / Double($0) : 1 }
      : ColumnMoments.of(dataset.tensor.values.map(Double.init), width).1
    return (0..<width).map { place in
      ImputationColumn(
        name: dataset.featureNames?[place] ?? "value \(place)",
        form: .number(deviation: deviations[place]), isHidden: true)
    }
  }

  private static func all(of record: Record) -> [ImputationColumn] {
    record.slots.map { slot in
      let form: Form =
        switch slot.kind {
        case .number: .number(deviation: 1)
        case .count(_, let deviation): .count(deviation: max(Double(deviation), 1e-6))
        case .flag: .flag
        case .category: .level(isOrdered: false)
        case .ordinal: .level(isOrdered: true)
        }
      return ImputationColumn(name: slot.name, form: form, isHidden: slot.role == .both)
    }
  }
}
