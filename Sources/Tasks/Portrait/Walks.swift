import HourglassModels
import HourglassTensor
import HourglassTraining

/// New samples of a model whose codes follow a distribution: drawn from it, along single values of the code,
/// and on the way from one sample to another.
public struct Walks: Sendable {
  /// `[n, sample…]` in the units of the data, as all of them.
  public let drawn: Tensor
  /// Values of the code that samples are shown along, those that do most first; none of a discrete code.
  public let dimensions: [Int]
  /// `[dimensions · steps, sample…]`
  public let traversals: Tensor?
  /// `[steps, sample…]` each.
  public let interpolations: [Tensor]

  public static let steps = 9
  /// Standard deviations to either side that a value of the code goes.
  public static let reach: Float = 3
  private static let (drawnCount, dimensionCount, pairs) = (24, 8, 4)

  /// Nil for a model whose codes follow no distribution.
  init?(_ model: Model, _ random: Examples, _ activity: CodeActivity, seed: UInt64, threads: Int) throws {
    let architecture = model.autoencoder.architecture
    guard architecture.hasPrior || model.prior != nil else { return nil }
    drawn = try model.generate(Walks.drawnCount, seed: seed, threads: threads)
    switch architecture.code {
    case .vector, .gaussian: break
    case .codebook, .categorical:
      (dimensions, traversals, interpolations) = ([], nil, [])
      return
    }
    let width = model.autoencoder.outline.code.count
    let weights = activity.divergences ?? activity.variances
    let chosen = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }.prefix(Walks.dimensionCount)
    dimensions = Array(chosen)
    let number = try model.number(ofClass: nil)
    traversals = try model.traverse(
      dimensions, from: Array(repeating: 0, count: width), over: -Walks.reach...Walks.reach,
      steps: Walks.steps,
      class: number, threads: threads)
    let codes = try model.encode(random.dataset, threads: threads).values
    interpolations = try (0..<min(Walks.pairs, random.count / 2)).map { pair in
      let first = 2 * pair * width
      return try model.interpolate(
        from: Array(codes[first..<(first + width)]), to: Array(codes[(first + width)..<(first + 2 * width)]),
        steps: Walks.steps, class: number, threads: threads)
    }
  }
}
