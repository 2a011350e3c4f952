import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// The first ten losses of whole trainings against PyTorch's in float64, for every reconstruction term,
/// activation, optimizer, penalty, clipping and normalisation that both have.
///
/// Tolerance: ten times as far as PyTorch's own float32 parts from its float64, at least 1e-6 of the loss.
@Suite("Golden losses")
struct GoldenTests {
  /// What we do not have, on purpose: one slope for a whole layer, the centred and the never-forgetting
  /// variant, decay that is part of the gradient or spares biases.
  static let apart: Set<String> = [
    "activation/prelu", "optimizer/rmsprop centered", "optimizer/adam amsgrad", "optimizer/adamw weights",
    "optimizer/lion decay weights", "decay/sgd weights", "decay/adam all", "decay/adam weights",
  ]

  static let names = (Golden.all?.names ?? []).filter { !apart.contains($0) }

  @Test("the file is there, with a case of every term, activation and first-order optimizer")
  func coverage() throws {
    let golden = try #require(Golden.all)
    let cases = try Self.names.map { try #require(golden.find($0)) }
    #expect(Set(cases.map(\.optimizer.name)) == Set(Optimizer.names).subtracting(["lbfgs"]))
    #expect(Set(cases.map(\.reconstruction)).count == Reconstruction.names.count)
    let activations = Set(cases.map { $0.activation.replacingOccurrences(of: " ", with: "-") })
    #expect(activations == Set(Layer.activations.map(\.name)))
    #expect(Self.apart.isSubset(of: Set(golden.names)))
  }

  @Test("losses, last parameters and running variances are PyTorch's", arguments: names)
  func losses(_ name: String) throws {
    let golden = try #require(Golden.all)
    let one = try #require(golden.find(name))
    let tolerance = max(1e-6, 10 * one.relativeDifference)
    let (losses, trainer) = try run(one, golden)
    // A batch of 5 leaves one of 16 samples for the fourth step, after which the order would be another.
    #expect(losses.count == (one.batch == 5 ? 4 : golden.steps))
    for (step, (found, expected)) in zip(losses, one.float64.totals).enumerated() {
      #expect(abs(found - expected) <= tolerance * expected, "step \(step): \(found), not \(expected)")
    }
    guard one.batch != 5 else { return }
    let slow = SlowAutoencoder(trainer.autoencoder)
    func values(_ isChosen: (Outline.Placed) -> Bool) -> [Double] {
      slow.outline.weights.filter(isChosen).flatMap { slow.values($0) }
    }
    guard let variances = one.float64.runningVariances else {
      let norm = values(\.weight.isTrained).reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(norm - one.float64.lastParameterNorm) < tolerance * norm)
      return
    }
    // A bias in front of a batch normalisation has no gradient but rounding, which Adam scales up to whole
    // steps, and the running mean follows it: there PyTorch's float32 parts from its float64 by 0.02 as well.
    let found = values { $0.weight.name == "variance" }.map { Float($0) }
    #expect(distance(found, variances.flatMap { $0 }) < 3e-6)
  }

  /// The loss of each step, and the trainer behind the last.
  private func run(_ one: Golden.Case, _ golden: Golden) throws -> ([Double], Trainer) {
    let recipe = try one.recipe()
    let rows = one.rows(golden)
    // Batches of all rows come in any order; smaller ones must come in the file's, so they make up a single
    // epoch.
    let isWhole = one.batch == rows.count
    let count = isWhole || one.batch == 5 ? rows.count : golden.steps * one.batch
    var placed = [[Double]](repeating: [], count: count)
    let order = Sampler(count: count, batch: one.batch, seed: recipe.seed).order(epoch: 0)
    for (place, row) in order.enumerated() { placed[Int(row)] = rows[place % rows.count] }
    let dataset = try Dataset(Tensor([count, 6], placed.flatMap { $0 }.map { Float($0) }), origin: "formula")
    let trainer = try Trainer(
      one.autoencoder(golden), recipe, on: dataset, preparation: .fitted(Scaling.Kind.none, to: dataset))
    var losses: [Double] = []
    var (done, sum) = (0, 0.0)
    while losses.count < golden.steps, let step = try trainer.nextStep() {
      let all = Double(step.done) * step.loss
      losses.append((all - sum) / Double(step.done - done))
      (done, sum) = step.epoch == nil ? (step.done, all) : (0, 0)
      if step.epoch != nil && !isWhole { break }
    }
    return (losses, trainer)
  }
}
