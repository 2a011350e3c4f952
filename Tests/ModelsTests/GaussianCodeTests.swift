import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

@Suite("Variational codes")
struct GaussianCodeTests {
  static let codes: [Code.Gaussian] = [
    .init(), .init(beta: 4), .init(beta: 0), .init(beta: 2, freeBits: 0.3), .init(beta: 1.5, warmUp: 3),
    .init(beta: 3, capacity: 0.8), .init(beta: 3, warmUp: 2, capacity: 0.8),
  ]

  private func architecture(_ code: Code.Gaussian, _ term: Reconstruction = .gaussian) -> Architecture {
    Architecture(
      input: [5], encoder: [.dense(units: 4), .tanh, .dense(units: 6)], code: .gaussian(code),
      decoder: [.dense(units: 4), .tanh, .dense(units: 5)], reconstruction: term,
      penalties: [.activity(l1: 0.02)])
  }

  @Test("objectives and gradients are those of the formula", arguments: codes)
  func objective(_ code: Code.Gaussian) throws {
    let architecture = architecture(code)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let samples = Tensor([20, 5], Draws.normal(100, seed: 6))
    let slow = SlowAutoencoder(autoencoder)
    let noise = SlowNoise(seed: Run.seed, step: Run.step)
    let progress = Double(Run.progress)
    let training = Run(.training(autoencoder.outline, architecture), autoencoder.block, samples)
    let objective = slow.objective(samples.doubleRows, noise: noise, progress: progress)
    #expect(distance(training.results[0], [objective]) < 1e-6)
    let gradient = slow.gradient(samples.doubleRows, noise: noise, progress: progress)
    #expect(distance(training.gradients, gradient) < 3e-6)
  }

  /// The encoder is the identity: μ = 1.5, l = 200 and -30 after the cut 10 and -10.
  @Test("log-variances lie within bounds, and are drawn back from beyond")
  func bounds() throws {
    let architecture = Architecture(
      input: [4], encoder: [.prelu], code: .gaussian(), decoder: [.dense(units: 4, initializer: .zeros)])
    var autoencoder = try Autoencoder(architecture, seed: 2)
    autoencoder.block[0..<4] = [1, 1, 1, 1]
    let sample = Tensor([1, 4], [1.5, 0, 200, -30] as [Float])
    let bound = Run(.bound(autoencoder.outline, architecture), autoencoder.block, sample)
    let divergence = (2.25 + exp(10.0) - 10 - 1) / 2 + (exp(-10.0) + 10 - 1) / 2
    #expect(distance(bound.results[1], [divergence]) < 1e-6, "\(bound.results[1])")
    // Of the slope below 0, which is l of the second value over the sample: -30 (exp(-10) - 1) / 2 / 4.
    let training = Run(.training(autoencoder.outline, architecture), autoencoder.block, sample)
    #expect(
      distance([training.gradients[3]], [-30 * (exp(-10.0) - 1) / 2 / 4]) < 1e-6, "\(training.gradients)")
  }

  @Test("a code on use is the mean, and half as wide as the encoder's output")
  func use() throws {
    let architecture = architecture(.init())
    let autoencoder = try Autoencoder(architecture, seed: 2)
    #expect(autoencoder.outline.code == [3])
    let samples = Tensor([7, 5], Draws.normal(35, seed: 6))
    let slow = SlowAutoencoder(autoencoder)
    let means = samples.doubleRows.flatMap { slow.output(of: $0)[0..<3] }
    #expect(distance(try autoencoder.encode(samples).values, means) < 2e-6)
    let outputs = samples.doubleRows.flatMap { slow.reconstruct($0) }
    #expect(distance(try autoencoder.reconstruct(samples).values, outputs) < 2e-6)
  }

  @Test("the divergence is what a Monte Carlo estimate of it comes to")
  func monteCarlo() throws {
    let architecture = architecture(.init(beta: 1), .bernoulli)
    let autoencoder = try Autoencoder(architecture, seed: 9)
    let sample = Draws.uniform(5, seed: 4)
    let run = Run(.bound(autoencoder.outline, architecture), autoencoder.block, Tensor([1, 5], sample))
    let h = SlowAutoencoder(autoencoder).output(of: sample.map(Double.init))
    // E[log q(z) - log p(z)] over draws of z.
    var terms: [Double] = []
    for draw in Draws.normal(3 * 200_000, seed: 8).enumerated() {
      let (unit, e) = (draw.offset % 3, Double(draw.element))
      let z = h[unit] + exp(h[3 + unit] / 2) * e
      let term = (z * z - e * e - h[3 + unit]) / 2
      if unit == 0 { terms.append(term) } else { terms[terms.count - 1] += term }
    }
    let mean = terms.reduce(0, +) / Double(terms.count)
    let spread = (terms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(terms.count)).squareRoot()
    #expect(abs(Double(run.results[1][0]) - mean) < 5 * spread / Double(terms.count).squareRoot())
  }

  @Test("numbers out of range and encoders of odd width are refused by name")
  func refusals() throws {
    for (code, word) in [
      (Code.Gaussian(beta: -1), "beta"), (.init(freeBits: .nan), "freeBits"), (.init(warmUp: -2), "warmUp"),
      (.init(capacity: -3), "capacity"), (.init(freeBits: 1, capacity: 1), "freeBits or capacity"),
    ] {
      #expect(throws: ModelError.self) { try architecture(code).outline() }
      do { _ = try architecture(code).outline() } catch { #expect("\(error)".contains(word)) }
    }
    var odd = architecture(.init())
    odd.encoder = [.dense(units: 5)]
    do {
      _ = try odd.outline()
      Issue.record("an encoder of five values was taken")
    } catch {
      #expect("\(error)".contains("code gaussian") && "\(error)".contains("found [5]"))
    }
  }

  @Test("the JSON form keeps every number", arguments: codes)
  func coding(_ code: Code.Gaussian) throws {
    let architecture = architecture(code)
    let data = try JSONEncoder().encode(architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == architecture)
  }
}
