import Foundation
import Hourglass

/// A model for the doctor, and what is known to be wrong with it.
struct DoctorPatient {
  let name: String
  let expected: Set<Doctor.Kind>
  let doctor: Doctor
  let model: Model

  init(
    _ name: String, expecting expected: Set<Doctor.Kind> = [], _ model: Model, on dataset: Dataset,
    training: Dataset? = nil
  ) throws {
    self.name = name
    self.expected = expected
    self.model = model
    doctor = try Doctor(model, on: dataset, training: training)
  }

  var found: Set<Doctor.Kind> { Set(doctor.findings.map(\.kind)) }
  var falseAlarms: Set<Doctor.Kind> { found.subtracting(expected) }

  /// What was found, with its numbers.
  var words: String {
    doctor.findings.map { finding in
      let measure = finding.measure
      return "\(finding.kind.rawValue) (\(measure.name) \(Float(measure.value)), threshold "
        + "\(Float(measure.threshold)))"
    }
    .joined(separator: ", ")
  }

  /// A training from the first to the last epoch, as `hourglass train` does it.
  static func train(
    _ architecture: Architecture, _ recipe: Recipe, on dataset: Dataset, holdingOut fraction: Double? = 0.1,
    scaling: Scaling.Kind? = nil, start change: (inout Autoencoder) -> Void = { _ in }
  ) throws -> Model {
    let parts: (training: Dataset, held: Dataset?) =
      if let fraction {
        try dataset.split(holdingOut: fraction, seed: recipe.seed)
      } else {
        (dataset, nil)
      }
    var autoencoder = try Autoencoder(architecture, seed: recipe.seed)
    change(&autoencoder)
    let trainer = try Trainer(
      autoencoder, recipe, on: parts.training, validating: parts.held,
      preparation: Preparation.fitted(scaling, to: parts.training))
    while try trainer.nextEpoch() != nil {}
    return try trainer.finishedModel()
  }
}

extension Autoencoder {
  /// Changes the values of a weight, given their place in it and the length of its last axis.
  mutating func change(_ name: String, _ value: (_ row: Int, _ column: Int, _ old: Float) -> Float) {
    guard let placed = outline.weights.first(where: { $0.name == name }) else {
      preconditionFailure("no weight \(name)")
    }
    let columns = placed.weight.shape.dimensions.last ?? 1
    for index in 0..<placed.weight.shape.count {
      let place = placed.offset + index
      block[place] = value(index / columns, index % columns, block[place])
    }
  }
}

/// What the doctor said of some patients, to be read by people.
struct DoctorTable {
  private(set) var patients: [DoctorPatient] = []
  private var skipped: [String] = []

  mutating func add(_ patient: DoctorPatient) { patients.append(patient) }
  mutating func skip(_ path: String) { skipped.append(path) }

  func show(_ title: String) {
    func cell(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let width = patients.map(\.name.count).max() ?? 0
    var lines = [cell(title, width) + "  " + cell("built to have", 24) + "  found"]
    for patient in patients {
      let expected = patient.expected.map(\.rawValue).joined(separator: ", ")
      let found = patient.doctor.findings.isEmpty ? "–" : patient.words
      lines.append(
        cell(patient.name, width) + "  " + cell(expected.isEmpty ? "–" : expected, 24) + "  " + found)
    }
    let faults = patients.reduce(0) { $0 + $1.expected.count }
    let found = patients.reduce(0) { $0 + $1.expected.intersection($1.found).count }
    let alarms = patients.reduce(0) { $0 + $1.falseAlarms.count }
    let tally = faults == 0 ? "no faults" : "\(found) of \(faults) faults found"
    lines.append(
      "\(patients.count) \(title): \(tally), \(alarms) false alarms"
        + (skipped.isEmpty ? "" : "; not here: \(skipped.joined(separator: ", "))"))
    print(lines.joined(separator: "\n"))
  }
}

extension Architecture {
  /// The same with dense layers that begin he-uniform before a rectifier, else glorot-uniform: what depends
  /// on how far a training has come in so many steps was found with these.
  var heOrGlorot: Architecture {
    func named(_ layers: [Layer]) -> [Layer] {
      layers.indices.map { index in
        guard case .dense(let units, nil, let bias) = layers[index] else { return layers[index] }
        let isRectified =
          switch layers.dropFirst(index + 1).first {
          case .relu, .leakyRelu, .prelu, .elu, .gelu: true
          default: false
          }
        return .dense(units: units, initializer: isRectified ? .heUniform : .glorotUniform, bias: bias)
      }
    }
    var other = self
    (other.encoder, other.decoder) = (named(encoder), named(decoder))
    return other
  }
}
