import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Every reconstruction term against its formula in double precision.
@Suite("Reconstruction terms")
struct ReconstructionTests {
  static let terms: [Reconstruction] = [
    .gaussian, .laplace, .huber(), .huber(delta: 0.25), .bernoulli, .categorical,
  ]

  /// 12 values of a 3-2 autoencoder in the shape given, and samples that suit the term.
  private func trial(
    _ term: Reconstruction, _ shape: Shape = [12], rows: Int = 33
  ) throws -> (Autoencoder, Tensor) {
    let architecture = Architecture.dense(
      input: shape, layers: [6], latent: 2, activation: .tanh, reconstruction: term)
    let last = shape.dimensions.last ?? 1
    let values: [Float] =
      switch term {
      case .categorical: Draws.shares(rows * shape.count / last, last, seed: 5)
      case .bernoulli: Draws.uniform(rows * shape.count, seed: 5)
      default: Draws.normal(rows * shape.count, seed: 5)
      }
    return (try Autoencoder(architecture, seed: 2), Tensor(shape.batch(rows), values))
  }

  @Test("every word of the command line names a term, and every term has a word")
  func names() {
    #expect(Reconstruction.names.compactMap(Reconstruction.init(name:)).map(\.name) == Reconstruction.names)
    #expect(Set(Self.terms.map(\.name)) == Set(Reconstruction.names))
    #expect(Reconstruction(name: "rmse") == nil)
    #expect(Self.terms.filter(\.isFromLogits) == [.bernoulli, .categorical])
  }

  @Test("losses and reconstructions are those of the formula", arguments: terms)
  func losses(_ term: Reconstruction) throws {
    let (autoencoder, samples) = try trial(term)
    let slow = SlowAutoencoder(autoencoder)
    let run = Run(.reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(distance(run.results[0], samples.doubleRows.flatMap { slow.reconstruct($0) }) < 1e-6)
    #expect(distance(run.results[1], samples.doubleRows.map { slow.loss($0) }) < 1e-6)
    let losses = Run(.losses(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(losses.results[0] == run.results[1])
  }

  @Test("gradients are those of the formula", arguments: terms)
  func gradients(_ term: Reconstruction) throws {
    let (autoencoder, samples) = try trial(term)
    let expected = SlowAutoencoder(autoencoder).gradient(samples.doubleRows)
    let run = Run(.training(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(distance(run.gradients, expected) < 1e-6)
    #expect(expected.contains { abs($0) > 0.001 })
  }

  @Test("categories are those of the last axis")
  func categories() throws {
    let (autoencoder, samples) = try trial(.categorical, [3, 4])
    let slow = SlowAutoencoder(autoencoder)
    let run = Run(.reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(distance(run.results[1], samples.doubleRows.map { slow.loss($0) }) < 1e-6)
    for position in 0..<(33 * 3) {
      let sum = run.results[0][(position * 4)..<(position * 4 + 4)].reduce(0, +)
      #expect(abs(sum - 1) < 1e-6)
    }
  }

  @Test("the cross-entropies stay finite and exact where logits are large")
  func largeLogits() throws {
    let architecture = Architecture(input: [3], encoder: [], decoder: [.prelu], reconstruction: .bernoulli)
    var autoencoder = try Autoencoder(architecture, seed: 0)
    autoencoder.block[0...2] = [1, 1, 1]
    let samples = Tensor([4, 3], [0, 1, 0.5, 200, -200, 90, 1e4, -1e4, 0, 1e-30, -1e-30, 30] as [Float])
    let slow = SlowAutoencoder(autoencoder)
    let run = Run(.reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    let expected = samples.doubleRows.map { slow.loss($0) }
    for (found, expected) in zip(run.results[1], expected) {
      #expect(abs(Double(found) - expected) <= 1e-6 * (1 + abs(expected)))
    }
    let training = Run(.training(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(training.gradients.allSatisfy { $0.isFinite })

    let choice = Architecture(input: [3], encoder: [], decoder: [.prelu], reconstruction: .categorical)
    let losses = Run(.losses(try choice.outline(), choice), autoencoder.block, samples)
    #expect(losses.results[0].allSatisfy { $0.isFinite })
  }

  /// With logits y = x, term by term: log(1 + eʸ) - c y + 2 (x - c)², c the nearest value in [0, 1].
  @Test("outside the domain a term in use grows with the distance, and is never below 0")
  func outside() throws {
    let architecture = Architecture(input: [1], encoder: [], decoder: [.prelu], reconstruction: .bernoulli)
    var autoencoder = try Autoencoder(architecture, seed: 0)
    autoencoder.block[0] = 1
    let samples = Tensor([5, 1], [1, 1.5, 3, -0.5, -40] as [Float])
    let expected = [0.313261687518, 0.201413277983 + 0.5, 0.048587351574 + 8, 0.474076984 + 0.5, 3200]
    for assembly in [
      Assembly.reconstruction(autoencoder.outline, architecture), .losses(autoencoder.outline, architecture),
    ] {
      let run = Run(assembly, autoencoder.block, samples)
      #expect(distance(run.results[run.results.count - 1], expected) < 1e-6, "\(run.results)")
    }
    // The softmax of (2, -1) is (e³, 1) / (1 + e³): the loss of (2, 0) and 2 · 1² on top.
    let choice = Architecture(input: [2], encoder: [], decoder: [.prelu], reconstruction: .categorical)
    let ones = [Float](repeating: 1, count: try Autoencoder(choice, seed: 0).block.count)
    let run = Run(.losses(try choice.outline(), choice), ones, Tensor([1, 2], [2, -1] as [Float]))
    #expect(distance(run.results[0], [2 * log1p(exp(-3)) + 2]) < 1e-6, "\(run.results)")
  }

  @Test("domains know what lies in them")
  func domains() {
    let values: [Float] = [-1, 0, 0.5, 1, 1.5, 7, .nan]
    func inside(_ term: Reconstruction) -> [Bool] { values.map(term.domain.contains) }
    #expect(inside(.gaussian).allSatisfy { $0 } && inside(.laplace).allSatisfy { $0 })
    #expect(inside(.bernoulli) == [false, true, true, true, false, false, true])
    #expect(inside(.categorical) == [false, true, true, true, true, true, true])
    #expect(inside(.tokens(entries: 7)) == [false, true, false, true, false, false, true])
    #expect([-1, 0.25, 3].map(Reconstruction.bernoulli.domain.nearest) == [0, 0.25, 1])
    #expect([-1, 0.25, 3].map(Reconstruction.categorical.domain.nearest) == [0, 0.25, 3])
  }

  @Test("a delta that is no number above 0 is refused", arguments: [0, -1, Float.infinity, .nan])
  func delta(_ delta: Float) {
    let architecture = Architecture.dense(
      input: [2], layers: [], latent: 1, reconstruction: .huber(delta: delta))
    #expect(throws: ModelError.self) { try architecture.outline() }
  }
}
