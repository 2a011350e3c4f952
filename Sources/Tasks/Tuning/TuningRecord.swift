import HourglassFormats
import HourglassModels
import HourglassTensor
import HourglassTraining

/// A search with every trial: what `tune.json` holds. Nothing in it depends on the clock, so the same plan,
/// seed and number of trials give the same file.
public struct TuningRecord: Sendable {
  /// The version of the file that this program writes.
  public static let format = 1

  public let plan: TuningPlan
  var search: Search

  public var trials: [Trial] { search.trials }

  /// The number of the best trial so far; nil before the first result.
  public var best: Int? { search.leader }

  /// The architecture and the recipe that a trial stands for.
  public func design(of trial: Trial) -> Design { plan.designs.design(of: trial) }

  /// Trials that have a result, the best first.
  public var leaderboard: [Trial] {
    search.trials.filter { $0.latest != nil }.sorted { ($0.objective, $0.number) < ($1.objective, $1.number) }
  }

  /// Where a trial stands.
  public func state(of trial: Trial) -> String {
    if trial.fault != nil { return "failed" }
    if trial.results.count == search.halving.rungs.count { return "complete" }
    let isPending = (search.pending + (search.finals ?? [])).contains { $0.trial == trial.number }
    return isPending ? "running" : "paused"
  }
}

extension TuningRecord {
  /// The trial's own values, and what follows from them for a person to read.
  private struct Line: Encodable {
    let trial: Trial
    let state: String
    let design: Design

    private enum Key: String, CodingKey {
      case state, architecture, recipe
      case parameterCount = "parameter_count"
    }

    func encode(to encoder: any Encoder) throws {
      try trial.encode(to: encoder)
      var values = encoder.container(keyedBy: Key.self)
      try values.encode(state, forKey: .state)
      try values.encode(design.architecture, forKey: .architecture)
      try values.encode(design.recipe, forKey: .recipe)
      try values.encodeIfPresent(try? design.architecture.outline().parameterCount, forKey: .parameterCount)
    }
  }

  /// What is read back.
  private struct Contents: Decodable {
    let format: Int
    let plan: TuningPlan
    let trials: [Trial]
    let pending: [Search.Job]
    let finals: [Search.Job]?
  }

  /// The file's text: a trial a line.
  public func text() throws -> String {
    var text = "{\n\"format\": \(TuningRecord.format),\n\"plan\": \(try JSONText.line(plan)),\n"
    text += "\"best\": \(best.map { "\($0)" } ?? "null"),\n\"trials\": [\n"
    let designs = plan.designs
    let lines = try trials.map { trial in
      try JSONText.line(Line(trial: trial, state: state(of: trial), design: designs.design(of: trial)))
    }
    text += lines.joined(separator: ",\n")
    text += "\n],\n\"pending\": \(try JSONText.line(search.pending)),\n"
    text += "\"finals\": \(try search.finals.map { try JSONText.line($0) } ?? "null")\n}\n"
    return text
  }

  /// Writes the file whole or not at all.
  ///
  /// - Throws: `FormatError` where the folder or the disk refuses.
  public func write(to path: String) throws {
    var text = try text()
    try AtomicFile.write(to: path) { file in
      try text.withUTF8 { try file.write(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Reads what ``text()`` gave.
  ///
  /// - Throws: `TrainingError` naming the place in the text that is no record of a search.
  public init(_ text: String, place: String) throws(TrainingError) {
    let contents: Contents = try JSONText.decode(
      text, place: place, expecting: "trials as JSON, as tune writes them")
    guard contents.format == TuningRecord.format else {
      throw TrainingError(
        place: place, expected: "format \(TuningRecord.format)", found: "format \(contents.format)",
        remedy: "go on with the version of hourglass that wrote it, or begin anew")
    }
    plan = contents.plan
    search = contents.plan.search()
    search.trials = contents.trials
    search.pending = contents.pending
    search.finals = contents.finals
    let jobs = contents.pending + (contents.finals ?? [])
    let rungs = search.halving.rungs
    let isWhole =
      rungs == contents.plan.rungs
      && contents.trials.enumerated().allSatisfy { $0 == $1.number && $1.results.count <= rungs.count }
      && jobs.allSatisfy { contents.trials.indices.contains($0.trial) && rungs.indices.contains($0.rung) }
    guard isWhole else {
      throw TrainingError(
        place: place, expected: "trials numbered from 0, with jobs and rungs that are theirs",
        found: "others",
        remedy: "leave the file as tune wrote it, or begin anew")
    }
  }
}
