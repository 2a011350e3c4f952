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
/// Five sources are looked at: the errors of the model beside its three controls, the curve of its training
/// that the model file or a log holds, what its units do on the samples, what its code carries, and the
/// samples themselves.
public struct Doctor: Hashable, Sendable {
  /// Faults before warnings, causes before what follows from them; empty for a model with nothing wrong.
  public let findings: [Finding]
  /// The errors of the model and its controls on the samples that it is judged by.
  public let evaluation: Evaluation
  /// Whether those samples were held out of the training, as far as is known.
  public let isJudgedByHeldSamples: Bool

  /// What the model knows of all samples that were given; nil where that is not known.
  public let familiarity: Familiarity?

  /// Whether the model is no better than one of its controls.
  public var isBeaten: Bool { !evaluation.unbeaten.isEmpty }

  /// - Parameters:
  ///   - dataset: samples to examine the model on. Those that it was trained on are told apart, and the model
  ///     is judged by the others.
  ///   - training: the samples it was trained on, where `dataset` holds others.
  ///   - history: the epochs of its training; nil: those that the model keeps.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init(
    _ model: Model, on dataset: Dataset, training: Dataset? = nil, history: [Provenance.Record]? = nil,
    threads: Int = Team.processors
  ) throws {
    try model.preparation.check(dataset)
    let (judged, familiarity) = try model.judged(of: dataset)
    self.familiarity = familiarity
    evaluation = try Evaluation(model, on: judged, threads: threads)
    let training = try training.map { try Doctor.trainedPart(of: $0, model) }
    let copies = training.map { Doctor.copies(in: judged, of: $0) }
    isJudgedByHeldSamples = familiarity?.isTest ?? copies.map { $0 < judged.count } ?? false
    var findings = try Doctor.causes(model, dataset, judged, evaluation, history, threads: threads)
    let controls = Doctor.controls(evaluation, model, causes: findings)
    if !evaluation.areAlike {
      if let copies {
        findings += Doctor.duplicates(copies, of: judged.count)
      } else if let known = model.known, let held = model.provenance?.validationSamples {
        findings += Doctor.duplicates(known.copies, of: held)
      }
      if let training = training ?? familiarity?.trainedPart(of: dataset) {
        findings += try Doctor.gap(model, training, evaluation, threads: threads)
      }
    }
    self.findings =
      findings.filter { $0.severity == .fault } + controls
      + findings.filter { $0.severity == .warning }
  }

  /// The samples that a model was trained on among those that were given as such: as the model remembers
  /// them; all, where it does not, or knows none of them.
  private static func trainedPart(of training: Dataset, _ model: Model) throws -> Dataset {
    guard model.known != nil, let uses = try model.familiarity(with: training)?.uses else { return training }
    let trained = (0..<UInt32(uses.count)).filter { uses[Int($0)] == .trained }
    return trained.isEmpty ? training : training.subset(trained)
  }

  /// What may be the cause of errors, that of others first.
  private static func causes(
    _ model: Model, _ dataset: Dataset, _ judged: Dataset, _ evaluation: Evaluation,
    _ history: [Provenance.Record]?, threads: Int
  ) throws -> [Finding] {
    // Where there is nothing to learn, no unit and no curve is at fault.
    if evaluation.areAlike { return data(evaluation, model) }
    let collapse = try collapse(model, judged, threads: threads)
    var findings = heavy(model) + collapse + data(evaluation, model)
    if case .flat = evaluation.obstacle { return findings }
    findings += try units(model, dataset, isCollapsed: !collapse.isEmpty, threads: threads)
    findings += range(model, dataset)
    if !findings.contains(where: { $0.severity == .fault }) {
      findings += try output(model, judged, threads: threads)
    }
    if let history = history ?? model.provenance?.history {
      findings += Curve(
        history, model.provenance?.recipe, start: model.provenance?.start, linearLoss: evaluation.pcaLoss,
        isTuned: model.provenance?.trials != nil,
        word: model.autoencoder.architecture.isObjectiveError ? "loss" : "objective"
      )
      .findings(share: evaluation.unexplained)
    }
    return findings
  }
}

extension Evaluation {
  /// The share of the samples' variance that the reconstructions miss; nil where the mean is not known.
  var unexplained: Double? { decisive.mean.flatMap { $0 > 0 ? decisive.model / $0 : nil } }
}
