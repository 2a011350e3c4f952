import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What a model and its members make of samples, before anything is measured by a baseline.
struct RawReadings {
  let count: Int
  /// `[n, fields]`: the surprise of each; NaN where a value is missing.
  var surprises: [Float] = []
  /// `[n, fields]`: what the mean reconstruction leaves of values on the model's scale; of records none.
  var residuals: [Float] = []
  /// `[n, fields]` on the model's scale; of records none.
  var values: [Float] = []
  /// Of each member `[n, k]`.
  var codes: [[Float]] = []
  /// The model's own loss above the least it can be, the mean of all members; NaN where no value is there.
  var errors: [Float] = []
  /// Of each member the loss itself, as it comes.
  var losses: [[Float]] = []
  /// Minus the evidence lower bound at the mean of the code, the mean of all members; of variational models.
  var bounds: [Float] = []
}

/// A model and its members made ready to read samples. Confined to one task.
final class RawReader {
  private let model: Model
  private let fields: [DetectionField]
  private let members: [Autoencoder]
  private let reconstructions: [PreparedPart]
  private let terms: [PreparedPart]
  private let encoders: [PreparedPart]
  private let bounds: [PreparedPart]

  /// - Parameters:
  ///   - rows: that will come at a time at most, if known.
  ///   - needsCodes: whether codes are asked for.
  ///   - needsBound: whether the bound is asked for.
  init(_ model: Model, rows: Int, needsCodes: Bool, needsBound: Bool, threads: Int) {
    self.model = model
    fields = model.detectionFields
    let members = [model.autoencoder] + model.members
    self.members = members
    let gaps = model.preparation.allowsGaps || model.autoencoder.outline.record != nil
    func parts(_ part: Inference.Part) -> [PreparedPart] {
      members.map { PreparedPart(model, $0, part, rows: rows, gaps: gaps, threads: threads) }
    }
    reconstructions = parts(.reconstruct)
    terms = model.autoencoder.outline.record == nil ? [] : parts(.terms)
    encoders = needsCodes ? parts(.encode) : []
    bounds = needsBound ? parts(.bound) : []
  }

  /// - Throws: `TrainingError` for a class that the model does not know.
  func read(_ dataset: Dataset) throws -> RawReadings {
    var raw = RawReadings(count: dataset.count)
    if terms.isEmpty { try readValues(dataset, &raw) } else { try readTerms(dataset, &raw) }
    for encoder in encoders { raw.codes.append(try encoder.outputs(dataset).values) }
    try readBounds(dataset, &raw)
    return raw
  }

  private var share: Float { 1 / Float(members.count) }

  private func readValues(_ dataset: Dataset, _ raw: inout RawReadings) throws {
    let (count, width) = (dataset.count, model.autoencoder.architecture.input.count)
    let term = model.autoencoder.architecture.reconstruction
    let lastAxis = model.preparation.lastAxis
    raw.values = model.preparation.scaling.apply(dataset.tensor(0..<count)).values
    var mean = [Float](repeating: 0, count: count * width)
    raw.errors = [Float](repeating: 0, count: count)
    for part in reconstructions {
      let (outputs, losses) = try part.outputs(dataset)
      raw.losses.append(losses)
      for index in outputs.indices { mean[index] += share * outputs[index] }
      raw.values.withUnsafeBufferPointer { values in
        for row in 0..<count {
          let sample = UnsafeBufferPointer(rebasing: values[(row * width)..<((row + 1) * width)])
          let isEmpty = sample.allSatisfy(\.isNaN)
          raw.errors[row] +=
            isEmpty ? .nan : share * term.surprise(losses[row], of: sample, lastAxis: lastAxis)
        }
      }
    }
    guard !fields.isEmpty else {
      raw.values = []
      return
    }
    raw.residuals = zip(raw.values, mean).map { $0 - $1 }
    raw.surprises = surprises(of: mean, for: raw.values, count: count, width: width)
  }

  /// What of each value's term is surprise, `[count, width]`.
  private func surprises(of outputs: [Float], for values: [Float], count: Int, width: Int) -> [Float] {
    let term = model.autoencoder.architecture.reconstruction
    let lastAxis = model.preparation.lastAxis
    var surprises = [Float](repeating: 0, count: count * width)
    var row = [Double](repeating: 0, count: width)
    values.withUnsafeBufferPointer { values in
      outputs.withUnsafeBufferPointer { outputs in
        row.withUnsafeMutableBufferPointer { row in
          for place in 0..<count {
            let range = (place * width)..<((place + 1) * width)
            term.writeSurprises(
              of: UnsafeBufferPointer(rebasing: outputs[range]),
              for: UnsafeBufferPointer(rebasing: values[range]), lastAxis: lastAxis, to: row)
            for index in 0..<width { surprises[place * width + index] = Float(row[index]) }
          }
        }
      }
    }
    return surprises
  }

  private func readTerms(_ dataset: Dataset, _ raw: inout RawReadings) throws {
    let (count, width) = (dataset.count, model.autoencoder.architecture.input.count)
    let values = dataset.tensor(0..<count).values
    raw.surprises = [Float](repeating: 0, count: count * fields.count)
    raw.errors = [Float](repeating: 0, count: count)
    for part in terms {
      let outputs = try part.outputs(dataset).values
      for row in 0..<count {
        for (place, field) in fields.enumerated() {
          let isMissing = values[row * width + field.slot].isNaN
          raw.surprises[row * fields.count + place] +=
            isMissing ? .nan : share * outputs[row * width + field.slot]
        }
      }
    }
    for part in reconstructions {
      let losses = try part.outputs(dataset).losses
      raw.losses.append(losses)
      for row in 0..<count { raw.errors[row] += share * losses[row] }
    }
    for row in 0..<count
    where fields.indices.allSatisfy({ raw.surprises[row * fields.count + $0].isNaN }) {
      raw.errors[row] = .nan
    }
  }

  private func readBounds(_ dataset: Dataset, _ raw: inout RawReadings) throws {
    guard !bounds.isEmpty else { return }
    let architecture = model.autoencoder.architecture
    let count = Float(architecture.reconstruction.values(of: architecture.input))
    raw.bounds = [Float](repeating: 0, count: dataset.count)
    for (place, part) in bounds.enumerated() {
      let divergences = try part.outputs(dataset).losses
      for row in 0..<dataset.count {
        raw.bounds[row] += share * (count * raw.losses[place][row] + divergences[row])
      }
    }
    for row in raw.bounds.indices where raw.errors[row].isNaN { raw.bounds[row] = .nan }
  }
}
