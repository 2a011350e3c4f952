import HourglassData
import HourglassEngine
import HourglassFormats
import HourglassModels
import HourglassTensor

/// Going on from a training that is complete, and what makes two trainings the same.
extension Trainer {
  /// Goes on behind the last epoch of a training that is complete, with its best parameters.
  ///
  /// A finished model holds the parameters of its best epoch and the losses of all; what the optimizer
  /// remembered is gone, so it begins anew: this is a warm start, and not to the byte what more epochs would
  /// have given from the beginning. Schedules are those of the new number of epochs, from here on.
  ///
  /// - Returns: whether an epoch is left to do; where none is, the model is what there is to be had.
  /// - Throws: ``TrainingError`` if architecture, recipe or data are others than the model's.
  public func resume(after model: Model) throws -> Bool {
    guard let provenance = model.provenance else {
      throw TrainingError(
        place: "resume", expected: "a model that says how it was trained", found: "one that does not",
        remedy: "begin anew without --resume")
    }
    try checkSame(as: model, provenance: provenance, isSameData: nil)
    let count = session.parameters.count
    guard model.autoencoder.block.count == count else {
      throw TrainingError(
        place: "resume", expected: "\(count) parameters", found: "\(model.autoencoder.block.count)")
    }
    _ = session.parameters.update(fromContentsOf: model.autoencoder.block)
    average?.array = model.autoencoder.block
    beginMean()
    best = model.autoencoder.block
    course = Course()
    course.start = provenance.start
    for (index, record) in provenance.history.enumerated() {
      let counted = record.validationLoss ?? record.loss
      let lowest =
        course.epochs.last { $0.isBest }?.countedLoss ?? provenance.start?.validationLoss ?? .infinity
      course.finish(
        Epoch(
          number: index + 1, loss: record.loss, validationLoss: record.validationLoss, seconds: 0,
          samples: training.count, rate: record.rate,
          isBest: !start.architecture.isRankedByLoss || counted < lowest))
      course.steps += quasiNewton == nil ? Trainer.cut(sampler, recipe, epoch: index).batches : 1
    }
    course.stepsBefore = course.steps
    return !isFinished
  }

  /// - Parameter isSameData: whether the rows are; nil where that is not known beyond their number and
  ///   scaling.
  /// - Throws: ``TrainingError`` naming what differs.
  func checkSame(
    as model: Model, provenance: Provenance?, isSameData: Bool?
  ) throws(TrainingError) {
    func refuse(_ what: String, _ theirs: String?, _ ours: String?, _ remedy: String) -> TrainingError {
      func behind(_ words: String?) -> String { words.map { " (\($0))" } ?? "" }
      return TrainingError(
        place: "resume", expected: "the same \(what) as the training that was stopped" + behind(theirs),
        found: "another" + behind(ours), remedy: remedy + ", or begin anew without --resume")
    }
    let (other, own) = (model.autoencoder.architecture, start.architecture)
    guard other == own else {
      let parts = other.parts(unlike: own)
      throw refuse("architecture", nil, parts.joined(separator: ", "), "give the options of the first run")
    }
    var first = provenance?.recipe
    // More epochs, and more patience, are no other training.
    first?.epochs = recipe.epochs
    first?.patience = recipe.patience
    guard first == recipe else {
      let (theirs, ours) = Recipe.differences(first, recipe)
      throw refuse("recipe", theirs, ours, "give the options of the first run")
    }
    let counts = [provenance?.samples, provenance?.validationSamples]
    guard counts == [training.count, held?.count] else {
      func words(_ counts: [Int?]) -> String { "\(counts[0] ?? 0) samples and \(counts[1] ?? 0) held out" }
      throw refuse(
        "data", words(counts), words([training.count, held?.count]),
        "give the source of the first run, and what it held out")
    }
    guard model.preparation == preparation, isSameData != false else {
      throw refuse("data", nil, nil, "give the source of the first run")
    }
  }
}

extension Architecture {
  /// The parts in which it differs from another, as its JSON calls them.
  fileprivate func parts(unlike other: Architecture) -> [String] {
    [
      ("input", input == other.input), ("encoder", encoder == other.encoder), ("code", code == other.code),
      ("decoder", decoder == other.decoder), ("reconstruction", reconstruction == other.reconstruction),
      ("penalties", penalties == other.penalties), ("corruption", corruption == other.corruption),
      ("condition", condition == other.condition), ("critic", critic == other.critic),
      ("heads", heads == other.heads), ("consistency", consistency == other.consistency),
      ("reconstruction_weight", reconstructionWeight == other.reconstructionWeight),
    ].filter { !$0.1 }.map(\.0)
  }
}

extension Recipe {
  /// In which choices two recipes differ, in words for each; nil where that cannot be told.
  fileprivate static func differences(_ first: Recipe?, _ second: Recipe) -> (String?, String?) {
    guard let first, let one = try? members(first), let other = try? members(second) else {
      return (nil, nil)
    }
    let keys = Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
    func words(_ members: [String: JSONValue]) -> String {
      keys.map { "\($0.replacing("_", with: " ")) \(members[$0]?.words ?? "as usual")" }
        .joined(separator: ", ")
    }
    return (words(one), words(other))
  }

  private static func members(_ recipe: Recipe) throws -> [String: JSONValue] {
    try JSONText.decode(JSONText.line(recipe), place: "recipe", expecting: "a recipe")
  }
}

/// Any value of JSON, to be compared and told.
private enum JSONValue: Decodable, Hashable {
  case truth(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])
  case null

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let truth = try? value.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  /// `0.5`, `cosine cycles 1`.
  var words: String {
    switch self {
    case .truth(let truth): truth ? "on" : "off"
    case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(Float(number))"
    case .text(let text): text
    case .list(let list): list.map(\.words).joined(separator: ", ")
    case .object(let members):
      ([members["name"]?.words].compactMap(\.self)
        + members.keys.sorted().filter { $0 != "name" }.map { "\($0) \(members[$0]?.words ?? "")" })
        .joined(separator: " ")
    case .null: "none"
    }
  }
}
