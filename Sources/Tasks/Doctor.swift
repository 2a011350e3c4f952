import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What is wrong with a trained model, each finding backed by a number.
///
/// ```swift
/// let doctor = try Doctor(model, on: dataset)
/// for finding in doctor.findings { print(finding.problem, finding.remedy) }
/// ```
///
/// Four sources are looked at: the errors of the model beside its three controls, the curve of its training
/// that the model file or a log holds, what its units do on the samples, and the samples themselves.
public struct Doctor: Hashable, Sendable {
  /// Faults before warnings; empty for a model with nothing wrong.
  public let findings: [Finding]
  /// The errors of the model and its controls on the samples that it is judged by.
  public let evaluation: Evaluation
  /// Whether those samples were held out of the training, as far as is known.
  public let isJudgedByHeldSamples: Bool

  /// Whether the model is no better than one of its controls.
  public var isBeaten: Bool { !evaluation.unbeaten.isEmpty }

  /// - Parameters:
  ///   - dataset: samples to examine the model on. If they are those that it was trained and validated with,
  ///     the two parts are told apart again and the model is judged by the second.
  ///   - training: the samples it was trained on, where `dataset` holds others.
  ///   - history: the epochs of its training; nil: those that the model keeps.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init(
    _ model: Model, on dataset: Dataset, training: Dataset? = nil, history: [Provenance.Record]? = nil,
    threads: Int = Team.processors
  ) throws {
    let parts = try training.map { (training: $0, held: dataset) } ?? model.parts(of: dataset)
    let judged = parts?.held ?? dataset
    evaluation = try Evaluation(model, on: judged, threads: threads)
    isJudgedByHeldSamples = parts != nil
    var findings = Doctor.controls(evaluation, model)
    findings += try Doctor.units(model, dataset, threads: threads)
    findings += Doctor.range(model, dataset)
    if let history = history ?? model.provenance?.history {
      findings += Curve(history, model.provenance?.recipe, linearLoss: evaluation.pcaLoss)
        .findings(share: evaluation.unexplained)
    }
    if let parts {
      findings += try Doctor.duplicates(parts.training, parts.held)
      findings += try Doctor.gap(model, parts.training, evaluation, threads: threads)
    }
    self.findings =
      findings.filter { $0.severity == .fault } + findings.filter { $0.severity == .warning }
  }
}

extension Evaluation {
  /// The share of the samples' variance that the reconstructions miss; nil where the mean is not known.
  var unexplained: Double? { meanMSE.flatMap { $0 > 0 ? mse / $0 : nil } }
}
