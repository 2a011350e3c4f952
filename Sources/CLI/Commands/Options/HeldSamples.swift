import Hourglass

/// What `--validation` and `--held-out` ask for.
struct HeldSamples {
  private enum Part {
    case none
    case fraction(Double)
    /// Where nothing is said: a tenth, if two samples are left to train on.
    case usual
    case data(String)
  }

  private let part: Part
  private let manner: HoldOut?
  /// The share of samples that are kept from training and validation to calibrate on.
  private let calibrated: Double?

  init(_ arguments: Arguments) throws(Failure) {
    part = try HeldSamples.part(arguments)
    manner = try arguments[TrainOption.heldOut].flatMap(HoldOut.init(rawValue:))
    calibrated = try arguments[TrainOption.calibrate]
    guard manner != nil else { return }
    switch part {
    case .fraction, .usual: return
    case .none:
      throw Failure.commandLine(
        "--held-out says which samples are held out; --validation 0 holds out none")
    case .data(let name):
      throw Failure.commandLine(
        "--held-out says which samples of SOURCE are held out; --validation \(name) holds out none of them"
      )
    }
  }

  private static func part(_ arguments: Arguments) throws(Failure) -> Part {
    guard let text = try arguments[TrainOption.validation] else { return .usual }
    guard let fraction = Double(text) else { return .data(text) }
    guard fraction >= 0, fraction < 1 else {
      throw Failure.commandLine(
        "--validation expects a fraction from 0 to below 1, or data, found '\(text)'")
    }
    return fraction == 0 ? .none : .fraction(fraction)
  }

  var source: String? {
    if case .data(let name) = part { name } else { nil }
  }

  /// The parts of a source.
  struct Parts {
    var training: Dataset
    var held: Dataset?
    /// How the two were made of one; nil where they were not.
    var split: Split?
    var calibrating: Dataset?

    /// The same where only so many samples to train on of each class have theirs; nil: all.
    func keepingLabels(of count: Int?, seed: UInt64) throws -> Parts {
      guard let count else { return self }
      var parts = self
      parts.training = try training.keepingLabels(of: count, seed: seed)
      return parts
    }
  }

  func split(_ session: Session, seed: UInt64) throws -> Parts {
    let begun = try session.modelToBeginFrom()
    let whole = try paired(session.open(session.operand(0), for: begun).markingUnlabelled(), session)
    guard let calibrated else { return try parts(of: whole, session, seed: seed) }
    guard whole.count >= 10 else {
      throw Failure.data(
        "\(whole.origin): expected 10 samples or more for --calibrate, found \(whole.count); an alarm rate of 1 % "
          + "takes some 100 to calibrate on")
    }
    // Another seed than the validation's: a part of the same size would be the same samples.
    let apart = try whole.split(holdingOut: calibrated, by: manner, seed: seed &+ 0x5EED)
    var parts = try parts(of: apart.training, session, seed: seed)
    parts.calibrating = try session.refitted(apart.held, like: parts.training, of: whole, apart)
    return parts
  }

  /// With the samples that the network is to read in place of these, where such are given.
  private func paired(_ whole: Dataset, _ session: Session) throws -> Dataset {
    guard let name = try session.arguments[DataOption.inputField] else { return whole }
    if let source {
      throw Failure.commandLine(
        "--input-field has no samples beside those of --validation \(source); give a fraction to hold out")
    }
    return try whole.paired(with: session.open(name, like: whole, isOther: true))
  }

  private func parts(of dataset: Dataset, _ session: Session, seed: UInt64) throws -> Parts {
    let fraction: Double
    switch part {
    case .none: return Parts(training: dataset)
    case .usual where dataset.count < 3: return Parts(training: dataset)
    case .usual: fraction = 0.1
    case .fraction(let given): fraction = given
    case .data(let name):
      let begun = try session.modelToBeginFrom()
      let held = try session.open(name, for: begun, like: dataset, isOther: true)
      return Parts(training: dataset, held: try held.markingUnlabelled())
    }
    let split = try session.fitted(dataset.split(holdingOut: fraction, by: manner, seed: seed), of: dataset)
    return Parts(training: split.training, held: split.held, split: split)
  }
}

extension Split {
  /// How many are held out and how: `123 held out: 3 of 30 series`.
  var words: String {
    let count = "\(Figures.grouped(held.count)) held out"
    let rest =
      leftOut > 0
      ? ", \(Figures.grouped(leftOut)) left out that share values with them" : ""
    switch manner {
    case .random:
      return count
        + (sharesValues ? " at random, which share values with those trained on" : " at random")
    case .last: return count + (groups == nil ? ": the last rows" : ": the last in time") + rest
    case .group:
      let kind = held.spans == nil ? "classes" : held.sampleNames == nil ? "series" : "files"
      return count + (groups.map { ": \($0.held) of \($0.count) \(kind)" } ?? "") + rest
    }
  }
}
