import HourglassData
import HourglassTensor

/// Which samples of a data set a model knows from its training: what stands apart from a test.
public struct Familiarity: Hashable, Sendable {
  /// What a sample was to the training.
  public enum Use: Hashable, Sendable {
    /// Trained on, or equal to one that was.
    case trained
    /// Among those by whose loss the epoch was chosen that was kept.
    case judged
    case new
    /// Left out of the training, since it shares values with samples that were held out; it shares some with
    /// training samples too.
    case leftOut
    /// Without weight, or without any value: in no figure.
    case weightless
    /// The model does not remember all of its samples, and of this one it cannot be told.
    case unknown
  }

  /// Of each sample, in the data set's order.
  public let uses: [Use]
  /// Samples that were trained on beyond as many as the training had: they are equal to one of those.
  public let copies: Int

  /// - Parameter trainingSamples: how many the model was trained on, where that is known.
  init(uses: [Use], trainingSamples: Int? = nil) {
    self.uses = uses
    let trained = uses.count { $0 == .trained }
    copies = uses.contains(.unknown) ? 0 : max(0, trained - (trainingSamples ?? trained))
  }

  /// Samples that were trained on. Where some cannot be told, of those that can.
  public var trained: Int { uses.count { $0 == .trained } }
  /// Samples that the epoch was chosen by, and no others: a mild use.
  public var judged: Int { uses.count { $0 == .judged } }
  /// Samples of which it is known.
  public var told: Int { uses.count { $0 != .unknown } }

  /// Whether samples are there that were not trained on. Where none of those that can be told was, none is
  /// taken to be.
  public var isTest: Bool { trained == 0 || !judgedPositions.isEmpty }

  /// The positions by which a verdict is given: of the samples that were not trained on; all, where none was,
  /// or all were.
  public var positions: [UInt32] {
    let others = judgedPositions
    return trained == 0 || others.isEmpty ? [UInt32](0..<UInt32(uses.count)) : others
  }

  /// The samples that were trained on, where others were not; nil elsewhere.
  package func trainedPart(of dataset: Dataset) -> Dataset? {
    guard trained > 0, isTest else { return nil }
    return dataset.subset((0..<UInt32(uses.count)).filter { uses[Int($0)] == .trained })
  }

  private var judgedPositions: [UInt32] {
    (0..<UInt32(uses.count)).filter { uses[Int($0)] == .judged || uses[Int($0)] == .new }
  }
}

extension Model {
  /// Which samples of a data set the model knows from its training; nil where that is not known: the model
  /// was saved before it could be, or is a checkpoint, and the data are not those that it names.
  ///
  /// - Throws: `DataError` where no sample counts.
  public func familiarity(with dataset: Dataset) throws -> Familiarity? {
    guard var uses = try uses(of: dataset) else { return nil }
    if let shares = try dataset.shares() {
      for position in uses.indices where shares[position] == 0 { uses[position] = .weightless }
    }
    let samples = provenance.map { $0.samples - ($0.weightless ?? 0) }
    return Familiarity(uses: uses, trainingSamples: samples)
  }

  private func uses(of dataset: Dataset) throws -> [Familiarity.Use]? {
    if let known { return known.use(of: dataset) }
    guard let parts = try parts(of: dataset) else { return nil }
    var uses = [Familiarity.Use](repeating: .unknown, count: dataset.count)
    for position in parts.training { uses[Int(position)] = .trained }
    for position in parts.held { uses[Int(position)] = .judged }
    return uses
  }

  /// The samples by which the model is judged on a data set, with what is known of all of them.
  public func judged(of dataset: Dataset) throws -> (samples: Dataset, familiarity: Familiarity?) {
    guard let familiarity = try familiarity(with: dataset) else { return (dataset, nil) }
    let positions = familiarity.positions
    return (positions.count == dataset.count ? dataset : dataset.subset(positions), familiarity)
  }

  /// Where the training and the validation part of the data that this model was trained on stand, for a model
  /// that does not remember its samples; nil for other data, or where nothing was held out of them.
  ///
  /// The parts are drawn again by the seed of the recipe, as `hourglass train` draws them, and held against
  /// the mean of the training samples that the model keeps.
  private func parts(of dataset: Dataset) throws -> (training: [UInt32], held: [UInt32])? {
    guard let provenance, let size = provenance.validationSamples,
      provenance.validation == provenance.source,
      size > 0, provenance.samples > 0, dataset.count >= provenance.samples + size
    else { return nil }
    let split = try? dataset.split(
      holdingOut: Double(size) / Double(dataset.count), by: provenance.holdOut ?? .random,
      seed: provenance.recipe.seed)
    guard let split, split.held.count == size, split.training.count == provenance.samples else {
      return nil
    }
    guard let control else { return dataset.origin == provenance.source ? split.positions : nil }
    guard control.mean.count == dataset.sampleShape.count else { return nil }
    return try isMean(control.mean, of: split.training) ? split.positions : nil
  }

  /// Whether the scaled samples have this mean, to a hundred-thousandth of the largest value: another split
  /// of the same data differs by more, up to some ten million samples.
  private func isMean(_ mean: [Float], of dataset: Dataset) throws -> Bool {
    let found = PrincipalComponents.mean(of: dataset, preparation.scaling, try dataset.shares())
    return zip(found.values, mean).allSatisfy { value, mean in
      (value - Double(mean)).magnitude <= 1e-5 * found.largest
    }
  }
}
