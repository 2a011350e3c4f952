import Hourglass
import HourglassAllocations
import Testing

/// A step asks the heap for nothing that grows with the number of steps, but what oneDNN's products ask for
/// themselves.
@Suite("Allocations", .enabled(if: allocations_are_counted()))
struct TrainingAllocationTests {
  /// Blocks that this thread, the only worker, asks for in the second epoch of so many steps.
  private func count(
    steps: Int, _ critic: Critic? = nil, _ optimizer: Optimizer = .adam(),
    progress: @escaping (Int, Double) -> Void = { _, _ in }
  ) throws -> UInt64 {
    #expect(allocations_set_apart("libdnnl"), "the products' library is not loaded")
    var architecture = Architecture.dense(
      input: [6], layers: [5], latent: 2, activation: .prelu, normalisation: .batchNorm(),
      dropout: .dropout(rate: 0.1),
      penalties: [.weights(l2: 1e-4), .activity(l1: 1e-4)])
    architecture.critic = critic
    var recipe = Recipe(epochs: 2, batch: 4, optimizer: optimizer)
    recipe.clipNorm = 1
    recipe.average = 0.9
    recipe.maximumNorm = 3
    recipe.schedule = .cosine()
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 0), recipe, on: Samples.flat(4 * steps, 6, rank: 2), threads: 1)
    _ = try trainer.nextEpoch()
    var counts = (allocations_count(), allocations_count())
    withUnsafeMutablePointer(to: &counts.0) { allocations_note($0, 0) }
    _ = try trainer.nextEpoch(progress)
    withUnsafeMutablePointer(to: &counts.1) { allocations_note($0, 0) }
    return counts.1.ours - counts.0.ours
  }

  @Test(
    "an epoch of 1000 steps asks for no more blocks than one of 100",
    arguments: [nil, Critic(of: .outputs, layers: Critic.dense([5]), objective: .wasserstein())])
  func steps(_ critic: Critic?) throws {
    let (few, many) = (try count(steps: 100, critic), try count(steps: 1000, critic))
    // Lists that grow at times make a block of difference.
    #expect(many <= few + 3)
    #expect(many < 20)
  }

  @Test(
    "nor with an optimizer that takes matrices as a whole",
    arguments: [Optimizer.muon(), .soap(every: 7)])
  func matrices(_ optimizer: Optimizer) throws {
    let (few, many) = (try count(steps: 100, nil, optimizer), try count(steps: 1000, nil, optimizer))
    #expect(many <= few + 3)
    #expect(many < 20)
  }

  @Test("an allocation a step would be seen")
  func seen() throws {
    var kept: [[Int]] = []
    let count = try count(steps: 200) { done, _ in kept.append(Array(repeating: done, count: done % 7 + 1)) }
    #expect(count >= 200 && kept.count == 200)
  }
}
