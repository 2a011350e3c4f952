public import HourglassData
import HourglassEngine
public import HourglassModels

/// A training begun twice, in single precision and with products of bf16, to see whether both go the same
/// way: the same samples in the same order, the same first weights and draws.
///
/// It says nothing about how a training ends: one that comes down to errors below a hundred-thousandth of
/// the data's variance is one for `f32`.
public struct PrecisionTrial: Sendable {
  /// Steps that were taken by each.
  public let steps: Int
  /// The mean loss over the last half of the steps.
  public let exact: Double
  public let rounded: Double

  /// Steps of a trial at most.
  public static let mostSteps = 32
  /// How far the two losses may be apart, as a share of the exact one.
  public static let tolerance = 0.002

  /// Whether the losses agree.
  public var agrees: Bool {
    rounded.isFinite && (rounded - exact).magnitude <= Self.tolerance * exact.magnitude
  }

  package init(steps: Int, exact: Double, rounded: Double) {
    (self.steps, self.exact, self.rounded) = (steps, exact, rounded)
  }

  /// Begins the training both ways.
  ///
  /// - Parameter threads: they change the time, never the result.
  /// - Returns: nil where there is nothing to try: the processor does not multiply bf16, the recipe does not
  ///   allow it, or no product is large enough to be rounded.
  public init?(
    of autoencoder: Autoencoder, _ recipe: Recipe, on training: Dataset, preparation: Preparation,
    threads: Int
  ) throws {
    guard Precision.bfloat16.isSupported else { return nil }
    var rough = recipe
    (rough.precision, rough.trim) = (.bfloat16, nil)
    guard (try? rough.check()) != nil else { return nil }
    // At the full rate from the start, so that there is something to see.
    (rough.schedule, rough.warmup) = (.constant, 0)
    let most = Self.mostSteps * recipe.batch
    let samples = training.count > most ? training.subset(0..<most) : training
    let first = try Trainer(autoencoder, rough, on: samples, preparation: preparation, threads: threads)
    guard first.roundsProducts else { return nil }
    (steps, rounded) = Self.course(of: first)
    rough.precision = .float32
    exact =
      Self.course(
        of: try Trainer(autoencoder, rough, on: samples, preparation: preparation, threads: threads)
      ).loss
  }

  /// The mean loss over the last half of the steps, and how many those were in all; NaN where one was none.
  private static func course(of trainer: Trainer) -> (steps: Int, loss: Double) {
    var batches: [(sum: Double, count: Int)] = []
    var before = (sum: 0.0, count: 0)
    while batches.count < mostSteps, let step = try? trainer.nextStep() {
      let now = (sum: step.loss * Double(step.done), count: step.done)
      batches.append((now.sum - before.sum, now.count - before.count))
      before = step.epoch == nil ? now : (0, 0)
    }
    let last = batches.suffix((batches.count + 1) / 2)
    return (batches.count, last.reduce(0) { $0 + $1.sum } / Double(last.reduce(0) { $0 + $1.count }))
  }
}

extension Trainer {
  /// Whether steps have products whose factors are rounded.
  fileprivate var roundsProducts: Bool { session.plan.roundsProducts }
}
