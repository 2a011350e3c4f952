public import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Trains an encoder on so that its codes lie in groups around centres, which are trained with it.
///
///     q(k | z) = (1 + ‖z - cₖ‖²)⁻¹ / Σⱼ (1 + ‖z - cⱼ‖²)⁻¹
///     p(k | z) = q² / fₖ, divided by the sum over k;   fₖ = Σ over all samples of q(k | z)
///
/// Targets p are those of all samples, renewed every ``Recipe/interval`` steps; what is lowered is the
/// divergence of q from p (DEC), or a tenth of it beside the reconstruction loss (IDEC). It ends when between
/// two renewals fewer than ``Recipe/tolerance`` of the samples go to another group.
///
/// The result depends on model, samples, centres and seed alone, not on the number of threads.
///
/// - Source: Xie, Girshick and Farhadi 2016 (DEC); Guo et al. 2017 (IDEC, γ = 0.1 of the clustering term).
public struct ClusterRefinement {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case dec, idec

    /// What the clustering term counts beside the reconstruction; nil: alone.
    var gamma: Float? { self == .idec ? 0.1 : nil }
  }

  public struct Recipe: Hashable, Sendable {
    public var batch = 256
    /// Of Adam.
    public var rate: Float = 0.001
    /// Steps from one renewal of the targets to the next.
    public var interval = 140
    /// The share of the samples of which fewer must change for it to end.
    public var tolerance = 0.001
    /// Passes over the samples at most.
    public var epochs = 100

    public init() {}
  }

  /// The model with the refined encoder; of what was fitted to the old codes nothing is kept.
  public private(set) var model: Model
  /// `[count, width of the code]`.
  public private(set) var centres: [Float]
  /// q of every sample: `[n, count]`.
  public private(set) var shares: [Float]
  /// The group of which each sample has the largest share.
  public private(set) var assignments: [Int]
  public private(set) var steps = 0
  /// The share of the samples that changed at each renewal but the first.
  public private(set) var changes: [Double] = []

  /// - Parameters:
  ///   - centres: where they begin: rows of values of a code.
  ///   - progress: told at every renewal of the targets how many steps are done and how many samples changed.
  /// - Throws: ``TrainingError`` for a model that is told classes, and where the loss is not finite.
  public init(
    _ model: Model, on dataset: Dataset, _ kind: Kind, centres: [[Double]], recipe: Recipe = Recipe(),
    seed: UInt64 = 1, threads: Int = Team.processors,
    progress: (_ steps: Int, _ changed: Double?) throws -> Void = { _, _ in }
  ) throws {
    guard model.autoencoder.architecture.condition == nil else {
      throw TrainingError(
        place: "refinement of clusters", expected: "a model that is not told classes",
        found: "a conditional one", remedy: "train without --conditional")
    }
    let rows = try RefinementRows(dataset, model, kind, count: centres.count, recipe, threads: threads)
    rows.centres = centres.flatMap { $0.map { Float($0) } }
    shares = rows.shares()
    assignments = ClusterRefinement.greatest(shares, centres.count)
    try progress(0, nil)
    let sampler = Sampler(count: dataset.count, batch: rows.batch, seed: seed)
    let limit = recipe.epochs * sampler.batches
    while steps < limit {
      rows.setTargets(from: shares)
      let until = min(limit, steps + recipe.interval)
      while steps < until {
        try rows.step(sampler, number: steps, rate: recipe.rate)
        steps += 1
      }
      shares = rows.shares()
      let found = ClusterRefinement.greatest(shares, centres.count)
      let changed = zip(found, assignments).count { $0 != $1 }
      assignments = found
      changes.append(Double(changed) / Double(dataset.count))
      try progress(steps, changes.last)
      if (changes.last ?? 0) < recipe.tolerance { break }
    }
    self.centres = rows.centres
    self.model = ClusterRefinement.refined(model, rows.block)
  }

  private static func refined(_ model: Model, _ block: [Float]) -> Model {
    var autoencoder = model.autoencoder
    autoencoder.block = block
    var refined = Model(
      autoencoder, model.preparation, model.provenance, control: model.control, known: model.known)
    refined.precision = model.precision
    return refined
  }

  private static func greatest(_ shares: [Float], _ count: Int) -> [Int] {
    (0..<(shares.count / max(1, count))).map { row in
      var best = 0
      for group in 1..<max(1, count) where shares[row * count + group] > shares[row * count + best] {
        best = group
      }
      return best
    }
  }
}

/// The samples of a refinement and what is computed of them.
private final class RefinementRows {
  let batch: Int
  private let dataset: Dataset
  private let scaling: Scaling
  private let count: Int
  private let hasGaps: Bool
  private let length: Int
  private let training: Session
  private let judging: Session
  private let state: [Block]
  private let optimizer = Optimizer.adam()
  private let values: Block
  private let weights: Block
  private let wanted: Block
  /// `[n, count]`: of each sample the targets.
  private var targets: [Float] = []
  private var order: [UInt32] = []
  private var epoch = -1

  private static let together = 1024

  init(
    _ dataset: Dataset, _ model: Model, _ kind: ClusterRefinement.Kind, count: Int,
    _ recipe: ClusterRefinement.Recipe, threads: Int
  ) throws {
    (self.dataset, self.count, scaling) = (dataset, count, model.preparation.scaling)
    batch = min(recipe.batch, dataset.count)
    let (outline, architecture) = (model.autoencoder.outline, model.autoencoder.architecture)
    hasGaps = outline.asksForGaps(dataset.hasGaps)
    length = outline.blockCount
    let block = model.autoencoder.block + Array(repeating: Float(0), count: count * outline.code.count)
    let team = Team(count: max(1, threads))
    training = Session(
      Assembly.clusters(outline, architecture, centres: count, gamma: kind.gamma, gaps: hasGaps)
        .plan(capacity: batch), parameters: block, team: team)
    judging = Session(
      Assembly.clusterShares(outline, centres: count, gaps: hasGaps)
        .plan(capacity: min(RefinementRows.together, dataset.count)), parameters: block, team: team)
    state = (0..<optimizer.stateCount).map { _ in Block(count: block.count) }
    values = Block(count: max(batch, min(RefinementRows.together, dataset.count)) * dataset.sampleShape.count)
    (weights, wanted) = (Block(count: batch), Block(count: batch * count))
  }

  var centres: [Float] {
    get { Array(training.parameters[length...]) }
    set { for (place, value) in newValue.enumerated() { training.parameters[length + place] = value } }
  }

  var block: [Float] { Array(training.parameters[..<length]) }

  private func feed(_ positions: ArraySlice<UInt32>, _ session: Session) {
    let width = dataset.sampleShape.count
    positions.withUnsafeBufferPointer { positions in
      dataset.gather(
        positions, scaling: scaling,
        into: UnsafeMutableBufferPointer(rebasing: values.values[0..<(positions.count * width)]))
    }
    if let start = values.pointer { session.setFeed(samples: Feed(floats: start), gaps: hasGaps) }
  }

  /// q of every sample.
  func shares() -> [Float] {
    _ = judging.parameters.update(fromContentsOf: training.parameters)
    var shares: [Float] = []
    shares.reserveCapacity(dataset.count * count)
    for start in stride(from: 0, to: dataset.count, by: RefinementRows.together) {
      let range = start..<min(dataset.count, start + RefinementRows.together)
      feed(ArraySlice(range.map { UInt32($0) }), judging)
      judging.run(rows: range.count, firstRow: start)
      shares += judging.rowsResult(0).prefix(range.count * count)
    }
    return shares
  }

  func setTargets(from shares: [Float]) {
    var sums = [Double](repeating: 0, count: count)
    for (place, share) in shares.enumerated() { sums[place % count] += Double(share) }
    targets = Array(repeating: 0, count: shares.count)
    for row in 0..<dataset.count {
      let raised = (0..<count).map { group -> Double in
        let share = Double(shares[row * count + group])
        return sums[group] > 0 ? share * share / sums[group] : 0
      }
      let sum = raised.reduce(0, +)
      for group in 0..<count { targets[row * count + group] = sum > 0 ? Float(raised[group] / sum) : 0 }
    }
  }

  func step(_ sampler: Sampler, number: Int, rate: Float) throws {
    let now = number / sampler.batches
    if now != epoch {
      order = sampler.order(epoch: now)
      epoch = now
    }
    let range = sampler.range(step: number % sampler.batches)
    feed(order[range], training)
    for (place, position) in order[range].enumerated() {
      weights.values[place] = 1 / Float(range.count)
      for group in 0..<count { wanted.values[place * count + group] = targets[Int(position) * count + group] }
    }
    if let weights = weights.pointer, let wanted = wanted.pointer {
      training.setFeed(Assembly.Slot.sampleWeights, Feed(floats: weights))
      training.setFeed(Assembly.Slot.clusterTargets, Feed(floats: wanted))
    }
    training.run(
      rows: range.count, update: optimizer.update(rate: rate, decay: 0, step: number + 1, state: state),
      step: UInt32(truncatingIfNeeded: number + 1))
    let loss = training.fixedResult(0)[0]
    guard loss.isFinite else {
      throw TrainingError(
        place: "refinement, step \(number + 1)", expected: "a finite loss", found: "\(loss)",
        remedy: "check the samples and the model (doctor)")
    }
  }
}
