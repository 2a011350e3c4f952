import Hourglass

/// The losses of a training's epochs, from the folder of `train --log`, one of its event files, or the lines
/// that `train --json` prints.
struct LossLog {
  private let place: String
  private let records: [Int: Provenance.Record]

  /// How far losses of one training may lie apart, relative to the larger: event files hold them as `Float`.
  private static let rounding = 1e-5
  /// Bytes of JSON that are read at most: more than a million epochs.
  private static let limit = 1 << 28

  /// - Throws: an error naming the place if there is no file, or it holds no losses.
  init(_ path: String) throws {
    place = path
    records =
      System.startsJSON(path) ? try LossLog.lines(of: path) : try LossLog.events(in: path)
  }

  /// The epochs from the first to the last: those of the log, and what the log lacks from the model.
  ///
  /// - Throws: ``Failure`` where the two are of different trainings, or neither has some epoch.
  func history(of model: Model) throws -> [Provenance.Record] {
    let own = model.provenance?.history ?? []
    for (index, record) in own.enumerated() {
      guard let logged = records[index + 1], !LossLog.isSame(logged, record) else { continue }
      throw Failure.data(
        "\(place): expected the log of the training that made the model, found another: the loss of epoch "
          + "\(index + 1) is \(logged.loss) there, \(record.loss) in the model")
    }
    let last = max(records.keys.max() ?? 0, own.count)
    guard last > 0 else { throw Failure.data("\(place): expected epochs from 1 to 1000000, found none") }
    return try (1...last).map { epoch in
      if let record = records[epoch] { return record }
      if own.indices.contains(epoch - 1) { return own[epoch - 1] }
      throw Failure.data("\(place): expected every epoch to \(last), found no epoch \(epoch)")
    }
  }

  private static func isSame(_ one: Provenance.Record, _ other: Provenance.Record) -> Bool {
    func isClose(_ one: Double, _ other: Double) -> Bool {
      abs(one - other) <= rounding * max(abs(one), abs(other))
    }
    guard let first = one.validationLoss, let second = other.validationLoss else {
      return isClose(one.loss, other.loss)
    }
    return isClose(one.loss, other.loss) && isClose(first, second)
  }

  // MARK: - Event files

  private static func events(in path: String) throws -> [Int: Provenance.Record] {
    let curves = try EventCurves(contentsOf: path).points
    typealias Tag = TrainingLog.Tag
    guard let losses = curves[Tag.loss] ?? curves[Tag.objective], !losses.isEmpty else {
      let found = curves.keys.sorted().prefix(10).joined(separator: ", ")
      throw Failure.data(
        "\(path): expected the curve \(Tag.loss), as train --log writes it, found "
          + (found.isEmpty ? "no curves" : found))
    }
    func values(_ tags: String...) -> [Int: Double] {
      let points = tags.lazy.compactMap { curves[$0] }.first ?? []
      return Dictionary(points.map { ($0.step, $0.value) }) { $1 }
    }
    let (validation, rates) = (values(Tag.validationLoss, Tag.validationObjective), values(Tag.rate))
    var records: [Int: Provenance.Record] = [:]
    for point in losses where epochs.contains(point.step) {
      records[point.step] = Provenance.Record(
        loss: point.value, validationLoss: validation[point.step], rate: Float(rates[point.step] ?? 0))
    }
    return records
  }

  /// What `train` can number.
  private static let epochs = 1...1_000_000

  // MARK: - Lines of JSON

  /// What is read of a line; those of other events have nothing but the first.
  private struct Line: Decodable {
    var event: String
    var epoch: Int?
    var loss: Double?
    var validationLoss: Double?
    var rate: Float?

    private enum CodingKeys: String, CodingKey {
      case event, epoch, loss, rate
      case validationLoss = "validation_loss"
    }
  }

  private static func lines(of path: String) throws -> [Int: Provenance.Record] {
    let lines = try System.text(of: path, limit: limit).split(
      separator: "\n", omittingEmptySubsequences: false)
    var records: [Int: Provenance.Record] = [:]
    for (index, text) in lines.enumerated() where text.contains(where: { !$0.isWhitespace }) {
      let line: Line
      do {
        line = try JSONText.decode(
          String(text), place: "\(path) line \(index + 1)", expecting: "an epoch as JSON")
      } catch {
        // Behind the last line end stands what a killed run wrote of a line.
        if index == lines.count - 1, !records.isEmpty { break }
        throw Failure.data(
          "\(error.place): expected a line of train --json, found \(error.found)")
      }
      guard line.event == "epoch" else { continue }
      guard let epoch = line.epoch, epochs.contains(epoch), let loss = line.loss else {
        throw Failure.data(
          "\(path) line \(index + 1): expected an epoch and its loss, found one of them missing")
      }
      // A divergence led back to an epoch of before: what came after it is said again.
      for later in epoch... {
        if records.removeValue(forKey: later) == nil { break }
      }
      records[epoch] = Provenance.Record(
        loss: loss, validationLoss: line.validationLoss, rate: line.rate ?? 0)
    }
    guard !records.isEmpty else {
      throw Failure.data("\(path): expected lines of train --json, found none of an epoch")
    }
    return records
  }
}
