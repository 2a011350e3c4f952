import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

@Suite("Penalties")
struct PenaltyTests {
  static let lists: [[Penalty]] = [
    [.weights(l1: 0.01)], [.weights(l2: 0.02)], [.activity(l1: 0.03)], [.activity(l2: 0.04)],
    [.weights(l1: 0.01, l2: 0.02), .activity(l1: 0.03, l2: 0.04), .activity(l1: 0.01)], [.weights()],
  ]

  @Test("objectives and gradients are those of the formula", arguments: lists)
  func objective(_ penalties: [Penalty]) throws {
    let architecture = Architecture.dense(
      input: [5], layers: [4], latent: 3, activation: .tanh, normalisation: .batchNorm(), penalties: penalties
    )
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let samples = Tensor([20, 5], Draws.normal(100, seed: 6))
    let slow = SlowAutoencoder(autoencoder)
    let noise = SlowNoise(seed: Run.seed, step: Run.step)
    let training = Run(.training(autoencoder.outline, architecture), autoencoder.block, samples)
    #expect(distance(training.results[0], [slow.objective(samples.doubleRows, noise: noise)]) < 1e-6)
    #expect(distance(training.gradients, slow.gradient(samples.doubleRows, noise: noise)) < 3e-6)

    let losses = Run(.losses(autoencoder.outline, architecture), autoencoder.block, samples)
    let ofWeights = losses.results.count > 1 ? losses.results[1][0] : 0
    let mean = losses.results[0].reduce(0, +) / 20 + ofWeights
    #expect(distance([mean], [slow.objective(samples.doubleRows)]) < 1e-6)
  }

  @Test("the loss of a reconstruction has no penalty in it")
  func apart() throws {
    let plain = Architecture.dense(input: [5], layers: [4], latent: 3)
    var heavy = plain
    heavy.penalties = [.weights(l2: 10), .activity(l1: 10)]
    let samples = Tensor([20, 5], Draws.normal(100, seed: 6))
    let autoencoder = try Autoencoder(plain, seed: 2)
    let expected = Run(.reconstruction(autoencoder.outline, plain), autoencoder.block, samples)
    let found = Run(.reconstruction(try heavy.outline(), heavy), autoencoder.block, samples)
    #expect(found.results == expected.results)
  }
}
